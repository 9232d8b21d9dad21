/** `job.json`: the stream job's configuration. The job restarts when it changes, so it holds nothing that the job does not use. Pure. */
import { CHECKPOINT_FOLDER } from "../../../crds/kinds.ts";
import type { JobDocument } from "../../../generated/job.ts";
import { formatTable } from "../../../naming/tables.ts";
import { kafkaFiles } from "../../../platform/environment.ts";
import { lakeDocument } from "../../../workloads/lake-document.ts";
import { taskSlots } from "../../../workloads/spark-memory.ts";
import type { ValidatedPipeline } from "../validate.ts";

const LEAST_SHUFFLE_PARTITIONS = 4;
const MOST_SHUFFLE_PARTITIONS = 200;

/** The whole file as text. */
export function renderJobJson(pipeline: ValidatedPipeline): string {
  return `${JSON.stringify(jobOf(pipeline), null, 2)}\n`;
}

/** Below it the job keeps offsets and state, in the platform's bucket. */
export function checkpointPrefix(key: ValidatedPipeline["owner"]["key"]): string {
  return `${CHECKPOINT_FOLDER}/${key.namespace}/${key.name}`;
}

function jobOf(pipeline: ValidatedPipeline): JobDocument {
  const { owner, platform, processing, tables } = pipeline;
  const { recovery } = pipeline.identity;
  const { kafka, storage } = platform.spec;
  const files = kafkaFiles(platform.spec);
  return {
    pipeline: owner.key,
    kafka: {
      bootstrapServers: kafka.bootstrapServers.join(","),
      topic: pipeline.topicName,
      security: {
        tls: kafka.tls !== undefined,
        saslMechanism: kafka.sasl?.mechanism,
        caFile: files.authorities,
        clientCertificateFile: files.clientCertificate,
        clientKeyFile: files.clientKey,
      },
    },
    ...lakeDocument(platform.spec),
    tables: {
      events: formatTable(tables.events),
      failedEvents: formatTable(tables.failedEvents),
      duplicateEvents: formatTable(tables.duplicateEvents),
    },
    checkpoint: `s3a://${storage.bucket}/${checkpointFolder(pipeline)}`,
    triggerIntervalSeconds: processing.triggerIntervalSeconds,
    sessionTimeoutSeconds: processing.sessionTimeoutSeconds,
    dedupWindowSeconds: processing.dedupWindowSeconds,
    watermarkSeconds: processing.watermarkSeconds,
    maxRowsPerTrigger: processing.maxRowsPerTrigger,
    ipMasking: pipeline.collector.ipMasking,
    absentIds: processing.absentIds,
    ...(processing.siteHosts.length === 0 ? {} : { siteHosts: processing.siteHosts }),
    propertyColumns: propertyColumns(pipeline),
    profiles: profilesOf(pipeline),
    shufflePartitions: shufflePartitions(pipeline),
    ...(recovery !== undefined && {
      recoveryId: recovery.id,
      ...(recovery.readAgain && { readAgain: true }),
    }),
  };
}

/** Each recovery has one of its own: what the job kept before stays as it is, and goes with the pipeline. */
function checkpointFolder({ owner, identity: { recovery } }: ValidatedPipeline): string {
  const prefix = checkpointPrefix(owner.key);
  return recovery === undefined ? prefix : `${prefix}/recovery-${recovery.id}`;
}

function propertyColumns({ eventsTable }: ValidatedPipeline): JobDocument["propertyColumns"] {
  if (eventsTable.columns.length === 0) return undefined;
  return eventsTable.columns.map(({ name, property }) => ({ column: name, property: property ?? name }));
}

function profilesOf({ profiles }: ValidatedPipeline): JobDocument["profiles"] {
  if (profiles?.hbase === undefined) return undefined;
  const { hbase, table, history, identity } = profiles;
  return { bootstrapServers: hbase.bootstrapServers.join(","), table, history, ...identity };
}

/**
 * Parts that the state is kept in. The first checkpoint fixes the number for the life of the state, and every part costs some files in
 * every batch: as many as can work at the same time, and a few more than a small job needs, so that it can grow.
 */
function shufflePartitions({ processing }: ValidatedPipeline): number {
  const slots = Math.max(processing.executors, 1) * taskSlots(processing.executorResources);
  return Math.min(Math.max(slots, LEAST_SHUFFLE_PARTITIONS), MOST_SHUFFLE_PARTITIONS);
}
