/** Data products and their surroundings for tests, and a planner in memory that knows answers by SQL. */
import type { ObservedProduct } from "../controllers/data-product/observe.ts";
import { NO_TIMES } from "../controllers/data-product/kept-table.ts";
import { NOT_READ } from "../controllers/observation.ts";
import type { ProductPlan } from "../controllers/data-product/plan.ts";
import { planProduct } from "../controllers/data-product/plan.ts";
import { validateProduct } from "../controllers/data-product/validate.ts";
import type { DataProduct, DataProductSpec } from "../crds/kinds.ts";
import { parseTableIdentifier } from "../naming/tables.ts";
import type { InputTables } from "../targets/iceberg/input-tables.ts";
import type { CurrentTable } from "../targets/iceberg/table.ts";
import { parseType } from "../targets/iceberg/type-text.ts";
import { IdSource, withFreshIds } from "../targets/iceberg/types.ts";
import type { PlannerAnswer, PlanRequest, SqlPlan, SqlPlanner } from "../targets/planner/planner.ts";
import type { PresentPlatform } from "../platform/platform.ts";
import { AIRFLOW_SPEC } from "./airflow.ts";
import { PLATFORM, PRESENT, secretWith } from "./systems.ts";

export const SESSIONS_SQL = "SELECT site, count(*) AS sessions FROM shop.events GROUP BY site";

export function productSpec(spec: Partial<DataProductSpec> = {}): DataProductSpec {
  return {
    platformRef: { name: "main" },
    sql: SESSIONS_SQL,
    target: { database: "shop", table: "sessions" },
    refresh: { schedule: "0 6 * * *" },
    ...spec,
  };
}

export function productWith(
  spec: Partial<DataProductSpec> = {},
  rest: Partial<DataProduct> = {},
): DataProduct {
  return {
    apiVersion: "openclickstream.io/v1alpha1",
    kind: "DataProduct",
    metadata: { name: "sessions", namespace: "shop", uid: "product-uid", generation: 1 },
    spec: productSpec(spec),
    ...rest,
  };
}

/** A table of the catalog with these columns, by name and type. */
export function tableWith(name: string, columns: Readonly<Record<string, string>>): CurrentTable {
  const [database = "", table = ""] = name.split(".");
  const parsed = parseTableIdentifier({ database, table });
  if (!("identifier" in parsed)) throw new Error(`no table name: ${name}`);
  const ids = new IdSource(0);
  const fields = Object.entries(columns).map(([column, type]) => ({
    id: ids.next(),
    name: column,
    type: withFreshIds(parseType(type), ids),
    isRequired: false,
  }));
  return {
    identifier: parsed.identifier,
    uuid: `uuid-of-${name}`,
    location: `s3://lake/${database}/${table}`,
    formatVersion: 2,
    schemaId: 0,
    schemas: [{ schemaId: 0, fields, identifierFieldIds: [] }],
    fields,
    identifierFieldIds: [],
    lastColumnId: ids.last,
    partitionSpecs: [{ specId: 0, fields: [] }],
    defaultSpecId: 0,
    lastPartitionId: 999,
    sortOrders: [{ orderId: 0, fields: [] }],
    defaultSortOrderId: 0,
    properties: {},
    history: { commits: [], firstRefEnd: undefined },
  };
}

export const EVENTS_TABLE = tableWith("shop.events", {
  site: "string",
  event_time: "timestamptz",
  properties: "map<string,string>",
});

/** What a planner makes of `SESSIONS_SQL`. */
export function sessionsPlan(changes: Partial<SqlPlan> = {}): SqlPlan {
  const site = { database: "shop", table: "events", path: "site" };
  return {
    columns: [
      { name: "site", type: "string", required: false },
      { name: "sessions", type: "long", required: true },
    ],
    tables: [{ database: "shop", table: "events", columns: ["site"] }],
    lineage: [
      {
        column: "site",
        inputs: [
          { ...site, use: "direct" },
          { ...site, use: "group" },
        ],
      },
      { column: "sessions", inputs: [{ ...site, use: "group" }] },
    ],
    deterministic: true,
    modes: [{ mode: "Full", safe: true }],
    spark: "SELECT site, count(*) AS sessions FROM shop.events GROUP BY site",
    trino: "SELECT site, count(*) AS sessions FROM shop.events GROUP BY site",
    planHash: "hash-1",
    ...changes,
  };
}

export function rightAnswer(changes: Partial<SqlPlan> = {}): PlannerAnswer {
  return { state: "right", plan: sessionsPlan(changes) };
}

/** Surroundings in which the SQL is right and nothing has been made yet. */
export function productSurroundings(changes: Partial<ObservedProduct> = {}): ObservedProduct {
  return {
    platform: PRESENT,
    cluster: { state: "known", value: "11111111-2222-3333-4444-555555555555" },
    circle: undefined,
    inputs: { state: "known", value: [EVENTS_TABLE] },
    rowVersions: new Map(),
    missing: [],
    answer: { state: "known", value: rightAnswer() },
    table: undefined,
    runningInputs: [],
    times: { state: "known", value: NO_TIMES },
    retentions: [],
    ...{ dag: NOT_READ, dagFile: NOT_READ, history: NOT_READ, failures: new Map() },
    ...changes,
  };
}

/** A platform that has an Airflow. */
export const PLATFORM_WITH_AIRFLOW = { ...PLATFORM, spec: { ...PLATFORM.spec, airflow: AIRFLOW_SPEC } };

const PRESENT_WITH_AIRFLOW: PresentPlatform = {
  ...PRESENT,
  spec: PLATFORM_WITH_AIRFLOW.spec,
  secrets: new Map([
    ...PRESENT.secrets,
    ["airflow", secretWith({ username: "operator", password: "airflow-password" })],
  ]),
};

/** What is planned of right SQL on a platform with Airflow, before anything is there. */
export function planWith(
  spec: Partial<DataProductSpec> = {},
  surroundings: Partial<ObservedProduct> = {},
): ProductPlan {
  const created = { creationTimestamp: "2026-01-01T00:00:00Z" };
  const product = productWith(spec);
  const named = { ...product, metadata: { ...product.metadata, ...created } };
  const sparkWindow =
    spec.incremental?.newDataBy === undefined
      ? {}
      : { sparkWindow: "SELECT … :from … :to", sparkWindowRows: "event_time >= :from" };
  const observed = productSurroundings({
    platform: PRESENT_WITH_AIRFLOW,
    answer: { state: "known", value: rightAnswer(sparkWindow) },
    ...{ dag: { state: "known", value: NO_DAG }, dagFile: { state: "known", value: undefined } },
    ...surroundings,
  });
  return planProduct(
    validateProduct(named, observed, { image: RUN_IMAGE }),
    observed,
    new Date("2026-01-01T00:00:00Z"),
  );
}

const NO_DAG = { dag: undefined, runs: [], importError: undefined };

export const RUN_IMAGE = "images.test/spark:1";

/** Answers what it was told to, and notes what it was asked. */
export class FakePlanner implements SqlPlanner {
  readonly asked: PlanRequest[] = [];
  answer: (request: PlanRequest) => PlannerAnswer = () => rightAnswer();

  async plan(request: PlanRequest): Promise<PlannerAnswer> {
    this.asked.push(request);
    return this.answer(request);
  }
}

/** Each read is one of the catalog. */
export const FRESH_TABLES: Pick<InputTables, "of"> = {
  of: (catalog) => ({ readTable: (identifier, { signal }) => catalog.readTable(identifier, signal) }),
};
