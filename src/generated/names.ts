/** Generated from contracts/names.yaml by `node scripts/generate.ts`; do not edit. */

/** Hexadecimal digits of the hash in a name that was cut. */
export const NAME_HASH_LENGTH = 8;

/** Longest names of children. */
export const MAX_NAME_LENGTHS = {
  /**
   * Name of a Deployment, StatefulSet, Service, ConfigMap or ServiceAccount. A `.` of the parent becomes a
   * `-` before anything else, and a StatefulSet's pods carry the name and a hash in a label of at most 63
   * characters.
   */
  workload: 52,
  /** Name of one of our own resources. */
  resource: 253,
} as const;

/** Children of a pipeline: what follows its name, and which limit their names have. */
export const PIPELINE_CHILDREN = {
  /** EventStream of the raw records. */
  rawStream: { suffix: "raw", limit: "resource" },
  /** LakeTable of the events. */
  events: { suffix: "events", limit: "resource" },
  /** LakeTable of the failed events. */
  failedEvents: { suffix: "failed-events", limit: "resource" },
  /** LakeTable of the duplicate events. */
  duplicateEvents: { suffix: "duplicate-events", limit: "resource" },
  /** Deployment, Service and ServiceAccount of the collector. */
  collector: { suffix: "collector", limit: "workload" },
  /** Service of the collector's metrics and accounting, never reached from outside. */
  collectorInternal: { suffix: "collector-internal", limit: "workload" },
  /** StatefulSet, Service and ServiceAccount of the stream job. */
  streamJob: { suffix: "stream", limit: "workload" },
} as const;

/** What a data product makes beside its LakeTable: what follows its name, and which limit the names have. */
export const PRODUCT_CHILDREN = {
  /** ConfigMap and ServiceAccount of a data product's runs. */
  run: { suffix: "product", limit: "workload" },
} as const;

/** How the ids of a data product's runs begin, by what starts them. */
export const RUN_PREFIXES = {
  /** The run that a product by schedule begins with. */
  first: "first-",
  /** A run that the annotation asks for. */
  asked: "asked-",
  /** A run that follows the inputs. */
  update: "update-",
} as const;

/** Names of a pipeline's tables where it names none: each of the characters becomes a `_`, and something is appended. */
export const DEFAULT_TABLE_NAMES = {
  /** Database: the namespace. */
  database: { replaced: "-", appended: "" },
  /** Beginning of each table's name: the pipeline's name. */
  prefix: { replaced: "-.", appended: "_" },
} as const;
