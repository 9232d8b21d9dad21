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
  /** ServingTable of the visitors' profiles. */
  profiles: { suffix: "profiles", limit: "workload" },
  /** Deployment, Service, ConfigMap and ServiceAccount of the profile API. */
  profileApi: { suffix: "profile-api", limit: "workload" },
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

/**
 * Where the stream job and the batch job leave in a table what they did: its properties, and members of the
 * summaries of its snapshots.
 */
export const TABLE_MARKS = {
  /** Property: the times whose rows mode Append has added, as `from/to` with commas between them. */
  appendedWindows: "openclickstream.appended-windows",
  /** Property: the times that published runs of a data product have read, in the same form. */
  readWindows: "openclickstream.read-windows",
  /** Summary: the run of a data product that made the snapshot. */
  runId: "openclickstream.run-id",
  /** Summary: the time whose rows the run read, as `from/to`. */
  window: "openclickstream.window",
  /** Summary: rows that the run's query gave. */
  rows: "openclickstream.rows",
  /** Summary: rows of the table with the run's. */
  tableRows: "openclickstream.table-rows",
  /** Summary: hash of what the SQL meant to the run. */
  planHash: "openclickstream.plan-hash",
  /** Summary: what the checks found; in the snapshot that was audited and in no other. */
  checks: "openclickstream.checks",
  /** Summary: rows that mode Append lacks, because they came after the runs over their times. */
  lateRows: "openclickstream.late-rows",
  /** Summary: the time that was looked at for rows that came late, as `from/to`. */
  lateWindow: "openclickstream.late-window",
  /** Property: the recovery that the stream job has done. */
  recoveryId: "openclickstream.recovery-id",
  /** Property: the topic whose records the table has. */
  topicId: "openclickstream.topic-id",
  /** Property: the offset of each partition up to which the table has the records. */
  nextOffsets: "openclickstream.next-offsets",
  /** Property: how many records of each partition were erased. */
  erased: "openclickstream.erased",
} as const;

/** Names of a pipeline's tables where it names none: each of the characters becomes a `_`, and something is appended. */
export const DEFAULT_TABLE_NAMES = {
  /** Database: the namespace. */
  database: { replaced: "-", appended: "" },
  /** Beginning of each table's name: the pipeline's name. */
  prefix: { replaced: "-.", appended: "_" },
} as const;
