/**
 * OpenLineage events of a job that fills one table, as the specification 2-0-2 has them. Each facet names the version of its own schema.
 * Pure: the same facts give the same event, byte by byte.
 */
import { createHash } from "node:crypto";
import type { DatasetName } from "./dataset.ts";

/** Who makes these events. */
const PRODUCER = "https://openclickstream.io";
const SPEC = "https://openlineage.io/spec";
const EVENT_SCHEMA = `${SPEC}/2-0-2/OpenLineage.json#/$defs`;

/** A column with its Iceberg type. */
export interface LineageColumn {
  readonly name: string;
  readonly type: string;
}

/** A table that the job reads or fills. */
export interface LineageTable extends DatasetName {
  readonly columns: readonly LineageColumn[];
}

/** How an input column takes part in an output column. */
export type LineageUse = "direct" | "filter" | "join" | "group" | "order" | "window";

export interface LineageOrigin extends Pick<DatasetName, "namespace" | "name"> {
  readonly column: string;
  /** A field or map key within the column, with the column before it. */
  readonly path: string;
  readonly uses: readonly LineageUse[];
}

/** What is the same for all runs, until the SQL changes. */
export interface LineageJob {
  readonly namespace: string;
  readonly name: string;
  readonly sql?: string;
  readonly description?: string;
  readonly inputs: readonly LineageTable[];
  readonly output: LineageTable;
  /** By output column. */
  readonly origins: ReadonlyMap<string, readonly LineageOrigin[]>;
}

/** The transitions of a run that are told. */
export type LineageTransition = "START" | "COMPLETE" | "FAIL" | "ABORT";

export interface LineageAssertion {
  readonly assertion: string;
  readonly name: string;
  readonly severity: "error" | "warn";
  readonly violations: number;
}

export interface LineageRun {
  readonly runId: string;
  /** The time that the run is of. */
  readonly window?: { readonly from: string; readonly to: string };
  readonly engine?: { readonly name: string; readonly version: string };
  readonly rows?: number;
  readonly snapshotId?: string;
  readonly assertions?: readonly LineageAssertion[];
  readonly error?: string;
}

/** An event as it is sent. */
export interface LineageEvent {
  /** Of a run only. */
  readonly eventType?: LineageTransition;
  readonly eventTime: string;
  readonly schemaURL: string;
  readonly [field: string]: unknown;
}

/** A run's id: UUID version 5 of the resource's uid and the run's id in the table. */
export function lineageRunId(uid: string, id: string): string {
  const hash = createHash("sha1").update(RUN_NAMESPACE).update(`${uid}/${id}`).digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join(
    "-",
  );
}

/** UUID version 5 of `runs.openclickstream.io` among DNS names. */
const RUN_NAMESPACE = Buffer.from("d277182453fe5ebd819e959ec0d8a6cc", "hex");

/** A transition of a run of the job. */
export function runEvent(
  transition: LineageTransition,
  eventTime: string,
  { job, run }: { readonly job: LineageJob; readonly run: LineageRun },
): LineageEvent {
  return {
    ...{ eventType: transition, eventTime, producer: PRODUCER, schemaURL: `${EVENT_SCHEMA}/RunEvent` },
    run: { runId: run.runId, facets: runFacets(run) },
    job: jobOf(job),
    inputs: job.inputs.map(inputOf),
    outputs: [outputOf(job, run)],
  };
}

/** The end of a run of which nothing more is known. */
export function abortEvent(
  eventTime: string,
  { namespace, name, runId }: Pick<LineageJob, "namespace" | "name"> & Pick<LineageRun, "runId">,
): LineageEvent {
  return {
    eventType: "ABORT",
    ...{ eventTime, producer: PRODUCER, schemaURL: `${EVENT_SCHEMA}/RunEvent` },
    run: { runId },
    job: { namespace, name },
  };
}

/** What the job reads and fills, told without a run. */
export function jobEvent(eventTime: string, job: LineageJob): LineageEvent {
  return {
    ...{ eventTime, producer: PRODUCER, schemaURL: `${EVENT_SCHEMA}/JobEvent` },
    job: jobOf(job),
    inputs: job.inputs.map(inputOf),
    outputs: [outputOf(job)],
  };
}

function facet(schema: string, fields: object): object {
  const name = schema.slice(schema.indexOf("/") + 1);
  return { _producer: PRODUCER, _schemaURL: `${SPEC}/facets/${schema}.json#/$defs/${name}`, ...fields };
}

function runFacets({ window, engine, error }: LineageRun): object {
  return {
    ...(window && {
      nominalTime: facet("1-0-1/NominalTimeRunFacet", {
        nominalStartTime: window.from,
        nominalEndTime: window.to,
      }),
    }),
    ...(engine && { processing_engine: facet("1-1-1/ProcessingEngineRunFacet", engine) }),
    ...(error !== undefined && {
      errorMessage: facet("1-0-1/ErrorMessageRunFacet", { message: error, programmingLanguage: "SQL" }),
    }),
  };
}

function jobOf({ namespace, name, sql, description }: LineageJob): object {
  const type = { processingType: "BATCH", integration: "OPEN_CLICKSTREAM", jobType: "QUERY" };
  return {
    namespace,
    name,
    facets: {
      jobType: facet("2-0-4/JobTypeJobFacet", type),
      ...(sql !== undefined && { sql: facet("1-1-0/SQLJobFacet", { query: sql }) }),
      ...(description !== undefined && {
        documentation: facet("1-1-0/DocumentationJobFacet", { description }),
      }),
    },
  };
}

function inputOf(table: LineageTable): object {
  const { namespace, name } = table;
  return { namespace, name, facets: tableFacets(table) };
}

function tableFacets({ columns, symlink }: LineageTable): object {
  return {
    schema: facet("1-2-0/SchemaDatasetFacet", {
      fields: columns.map(({ name, type }) => ({ name, type })),
    }),
    symlinks: facet("1-0-1/SymlinksDatasetFacet", { identifiers: [{ ...symlink, type: "TABLE" }] }),
  };
}

function outputOf({ output, origins }: LineageJob, run?: LineageRun): object {
  const { namespace, name } = output;
  const { rows, snapshotId, assertions = [] } = run ?? {};
  return {
    namespace,
    name,
    facets: {
      ...tableFacets(output),
      columnLineage: facet("1-2-0/ColumnLineageDatasetFacet", { fields: lineageFields(origins) }),
      ...(snapshotId !== undefined && {
        version: facet("1-0-1/DatasetVersionDatasetFacet", { datasetVersion: snapshotId }),
      }),
      ...(assertions.length > 0 && {
        dataQualityAssertions: facet("1-1-0/DataQualityAssertionsDatasetFacet", {
          assertions: assertions.map(assertionOf),
        }),
      }),
    },
    ...(rows !== undefined && {
      outputFacets: {
        outputStatistics: facet("1-0-2/OutputStatisticsOutputDatasetFacet", { rowCount: rows }),
      },
    }),
  };
}

function assertionOf({ assertion, name, severity, violations }: LineageAssertion): object {
  return { assertion, success: violations === 0, severity, name, expected: "0", actual: String(violations) };
}

function lineageFields(origins: LineageJob["origins"]): object {
  return Object.fromEntries(
    [...origins].map(([column, found]) => [column, { inputFields: found.map(inputField) }] as const),
  );
}

function inputField({ namespace, name, column, path, uses }: LineageOrigin): object {
  const within = path === column ? {} : { description: path };
  const transformations = uses.map((use) => ({ ...TRANSFORMATIONS[use], ...within }));
  return { namespace, name, field: column, transformations };
}

/** The planner tells that a value comes from a column, not whether it is changed on its way: a direct use has no subtype. */
const TRANSFORMATIONS: Readonly<Record<LineageUse, object>> = {
  direct: { type: "DIRECT" },
  filter: { type: "INDIRECT", subtype: "FILTER" },
  join: { type: "INDIRECT", subtype: "JOIN" },
  group: { type: "INDIRECT", subtype: "GROUP_BY" },
  order: { type: "INDIRECT", subtype: "SORT" },
  window: { type: "INDIRECT", subtype: "WINDOW" },
};
