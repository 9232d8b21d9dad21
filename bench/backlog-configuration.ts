/** What the operator gives a pipeline with default resources, for a run without Kubernetes. */
import { planPipeline, orderedChildren } from "../src/controllers/clickstream-pipeline/plan.ts";
import { validatePipeline } from "../src/controllers/clickstream-pipeline/validate.ts";
import { mebibytes } from "../src/api/quantity.ts";
import { CLICKSTREAM_PIPELINE_DEFAULTS, CONTAINER_DEFAULTS } from "../src/crds/kinds.ts";
import type { JobDocument } from "../src/generated/job.ts";
import {
  IMAGES,
  healthySurroundings,
  localPlatform,
  pipelineWith,
} from "../src/testing/clickstream-pipeline.ts";
import type { EngineAddresses } from "../test/support/engine-set.ts";

/** Everything that driver and executor are told, and the limits of their containers in MiB. */
export interface BacklogConfiguration {
  readonly sparkProperties: Readonly<Record<string, string>>;
  readonly jobJson: string;
  readonly topic: string;
  readonly partitions: number;
  readonly database: string;
  readonly tablePrefix: string;
  /** Path below the bucket. */
  readonly checkpoint: string;
  readonly driverLimit: number;
  readonly executorLimit: number;
}

const DATABASE = "backlog";
const TABLE_PREFIX = "web";

/** The operator's own files; only where the executor runs is another. */
export function backlogConfiguration({ kafka, storage, catalog }: EngineAddresses): BacklogConfiguration {
  const { endpoint, region, bucket } = storage;
  const platform = localPlatform({
    kafka: { bootstrapServers: [...kafka.bootstrapServers] },
    storage: { endpoint, region, bucket, pathStyle: true, credentialsSecretRef: { name: "s3-credentials" } },
    catalog: { uri: catalog.uri },
  });
  const observed = healthySurroundings(platform);
  const children = orderedChildren(
    planPipeline(validatePipeline(pipelineWith(), observed, IMAGES), observed),
  );
  const data = children
    .map(({ object }) => object as { readonly data?: Readonly<Record<string, string>> })
    .find((object) => object.data?.["job.json"] !== undefined)?.data;
  const job = JSON.parse(data?.["job.json"] ?? "") as JobDocument;
  const tables = {
    events: `${DATABASE}.${TABLE_PREFIX}_events`,
    failedEvents: `${DATABASE}.${TABLE_PREFIX}_failed_events`,
    duplicateEvents: `${DATABASE}.${TABLE_PREFIX}_duplicate_events`,
  };
  const executorLimit = mebibytes(CONTAINER_DEFAULTS.executor.limits.memory);
  return {
    sparkProperties: withoutKubernetes(data?.["spark.properties"] ?? "", executorLimit),
    jobJson: JSON.stringify({ ...job, tables }),
    topic: job.kafka.topic,
    partitions: CLICKSTREAM_PIPELINE_DEFAULTS.stream.partitions,
    database: DATABASE,
    tablePrefix: TABLE_PREFIX,
    checkpoint: new URL(job.checkpoint).pathname.slice(1),
    driverLimit: mebibytes(CONTAINER_DEFAULTS.driver.limits.memory),
    executorLimit,
  };
}

/** With Spark's own worker in the place of Kubernetes: it starts the executor as a process of its own. */
function withoutKubernetes(file: string, executorLimit: number): Record<string, string> {
  const lines = file.trimEnd().split("\n");
  const all = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2) as [string, string]));
  const kept = Object.entries(all).filter(
    ([name]) => !/^spark\.(kubernetes\.|driver\.(bindAddress|port|blockManager))/.test(name),
  );
  const properties: Record<string, string> = Object.fromEntries(kept);
  const { "spark.executor.cores": cores, "spark.executor.memory": heap } = properties;
  return {
    ...properties,
    "spark.master": `local-cluster[1,${String(cores)},${String(executorLimit)}]`,
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    // As the image's `executor` starts it.
    "spark.executor.extraJavaOptions": `${properties["spark.executor.extraJavaOptions"] ?? ""} -Xms${String(heap)}`,
  };
}
