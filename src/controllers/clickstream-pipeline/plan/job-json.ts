/** `job.json`: what the stream job is told. The job restarts when it changes, so it holds nothing that the job does not use. Pure. */
import { formatTable } from "../../../naming/tables.ts";
import { KAFKA_CA_FILE } from "../../../targets/kubernetes/platform-environment.ts";
import type { ValidatedPipeline } from "../validate.ts";

/** Name of the Iceberg catalog in Spark. */
const SPARK_CATALOG = "lake";

/** The whole file as text. */
export function renderJobJson(pipeline: ValidatedPipeline): string {
  return `${JSON.stringify(jobOf(pipeline), null, 2)}\n`;
}

/** Where the job keeps offsets and state, below the platform's bucket. */
export function checkpointPrefix(key: ValidatedPipeline["owner"]["key"]): string {
  return `checkpoints/${key.namespace}/${key.name}`;
}

function jobOf(pipeline: ValidatedPipeline): object {
  const { owner, platform, processing, tables } = pipeline;
  const { kafka, catalog, storage } = platform.spec;
  return {
    pipeline: owner.key,
    kafka: {
      bootstrapServers: kafka.bootstrapServers.join(","),
      topic: pipeline.topicName,
      security: {
        tls: kafka.tls !== undefined,
        saslMechanism: kafka.sasl?.mechanism,
        caFile: kafka.tls?.caSecretRef === undefined ? undefined : KAFKA_CA_FILE,
      },
    },
    catalog: { name: SPARK_CATALOG, uri: catalog.uri, warehouse: catalog.warehouse, prefix: catalog.prefix },
    storage: { endpoint: storage.endpoint, region: storage.region, pathStyle: storage.pathStyle ?? true },
    tables: {
      events: formatTable(tables.events),
      failedEvents: formatTable(tables.failedEvents),
      duplicateEvents: formatTable(tables.duplicateEvents),
    },
    checkpoint: `s3a://${storage.bucket}/${checkpointPrefix(owner.key)}`,
    triggerIntervalSeconds: processing.triggerIntervalSeconds,
    sessionTimeoutSeconds: processing.sessionTimeoutSeconds,
    dedupWindowSeconds: processing.dedupWindowSeconds,
    watermarkSeconds: processing.watermarkSeconds,
    maxRowsPerTrigger: processing.maxRowsPerTrigger,
    shufflePartitions: shufflePartitions(pipeline),
  };
}

/** The first checkpoint fixes this number for the life of the state; more than the topic's partitions would only cost files. */
function shufflePartitions({ stream }: ValidatedPipeline): number {
  return Math.min(Math.max(stream.partitions, 2), 200);
}
