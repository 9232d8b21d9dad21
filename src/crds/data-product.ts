/** DataProduct: a table that SQL over other tables fills. */
import { z } from "zod";
import { MAX_CHECKS, CHECK_LIST_RULES, check } from "./data-product-checks.ts";
import { dataProductStatus } from "./data-product-status.ts";
import { duration } from "./durations.ts";
import {
  type Immutable,
  PLATFORM_IMMUTABLE,
  type Resource,
  type Sent,
  WORKLOAD_NAME_RULES,
  defineKind,
} from "./kind-definition.ts";
import { partitionField } from "./lake-table.ts";
import { tableMaintenance } from "./maintenance.ts";
import { podTemplate } from "./pod-template.ts";
import { resources } from "./quantities.ts";
import {
  DEFAULT_DELETION_POLICY,
  columnName,
  databaseName,
  deletionPolicy,
  identifier,
  platformRef,
} from "./references.ts";
import { integer, listMap, text, textSet, type Rule, withRules } from "./rules.ts";
import { cronSchedule, instant, timeZoneName } from "./schedules.ts";

/** What an absent field means; resolved by the controller, never written into the resource. */
export const DATA_PRODUCT_DEFAULTS = {
  mode: "Full",
  timeZone: "UTC",
  checkSeverity: "Error",
  suspend: false,
  allowDestructiveChanges: false,
  deletionPolicy: DEFAULT_DELETION_POLICY,
  appendDelay: "5m",
} as const;

const MODES = ["Full", "Append", "OverwritePartitions", "Merge"] as const;
const MAX_KEYS = 16;

const target = z
  .object({
    database: databaseName.describe(
      "Iceberg namespace of the table. It is created when absent. It must not change.",
    ),
    table: identifier.describe("Name of the table within the database. It must not change."),
    partitionBy: listMap(partitionField, ["column", "transform"], 16)
      .optional()
      .describe("Partition fields of the table in order, by output columns of the SQL. Default none."),
    allowDestructiveChanges: z
      .boolean()
      .optional()
      .describe(
        "Whether a change of the SQL may drop columns of the table, with their values. Default false: the table then stays as it is.",
      ),
    maintenance: tableMaintenance.optional(),
    deletionPolicy: deletionPolicy
      .optional()
      .describe("Whether deleting this resource drops the table and deletes its files. Default 'Retain'."),
  })
  .describe("The table that is filled: a LakeTable of this resource's name, with the columns of the SQL.");

const incremental = withRules(
  z.object({
    mode: z
      .enum(MODES)
      .optional()
      .describe(
        "What a run does with its rows: Full puts them in place of all rows, Append adds them, OverwritePartitions puts them in place of " +
          "the partitions that they fall into, Merge puts each in place of the row with the same keys. Default 'Full'.",
      ),
    keys: textSet(columnName, MAX_KEYS)
      .min(1)
      .optional()
      .describe("Output columns whose values together tell a row, for Merge."),
    newDataBy: columnName
      .optional()
      .describe(
        "Column of the input tables that tells when a row belongs to: a run reads the rows of its own period only. Default: it reads all.",
      ),
    lookback: duration("1s", "366d")
      .optional()
      .describe("How much further back than its period a run reads, for rows that come late. Default none."),
    delay: duration("0s", "30d")
      .optional()
      .describe(
        "How long after the end of a time a run waits before it reads it, for rows that are committed later than their newDataBy says. " +
          `Default '${DATA_PRODUCT_DEFAULTS.appendDelay}' for the mode Append, which reads a time once, else none.`,
      ),
  }),
  [
    {
      rule: "(has(self.mode) && self.mode == 'Merge') == has(self.keys)",
      message: "keys must be given for the mode Merge, and for no other mode",
      fieldPath: ".keys",
      holds: (value) => (value.mode === "Merge") === (value.keys !== undefined),
    },
    {
      rule: "!has(self.mode) || self.mode != 'Append' || has(self.newDataBy)",
      message: "newDataBy must be given for the mode Append: without it each run would add all rows again",
      fieldPath: ".newDataBy",
      holds: (value) => value.mode !== "Append" || value.newDataBy !== undefined,
    },
    {
      rule: "!has(self.newDataBy) || (has(self.mode) && self.mode != 'Full')",
      message:
        "newDataBy must be absent for the mode Full, which reads all rows; leave it out or choose another mode",
      fieldPath: ".newDataBy",
      holds: (value) => value.newDataBy === undefined || (value.mode ?? "Full") !== "Full",
    },
    {
      rule: "!has(self.lookback) || (has(self.newDataBy) && has(self.mode) && self.mode in ['OverwritePartitions', 'Merge'])",
      message:
        "lookback must only be given with newDataBy and one of the modes OverwritePartitions and Merge: other modes would count the rows twice",
      fieldPath: ".lookback",
      holds: (value) =>
        value.lookback === undefined ||
        (value.newDataBy !== undefined && (value.mode === "OverwritePartitions" || value.mode === "Merge")),
    },
    {
      rule: "!has(self.delay) || has(self.newDataBy)",
      message: "delay must only be given with newDataBy: without it a run reads all that is there",
      fieldPath: ".delay",
      holds: (value) => value.delay === undefined || value.newDataBy !== undefined,
    },
  ],
).describe(
  "Which rows a run reads, and what becomes of those that are there. Default all of them, each time.",
);

const refresh = withRules(
  z.object({
    schedule: cronSchedule().optional().describe("When to run, as five fields of cron in timeZone."),
    onUpdate: z
      .object({
        minInterval: duration("1m", "30d")
          .optional()
          .describe("Shortest time between the starts of two runs. Default none."),
      })
      .optional()
      .describe("Runs whenever an input table has a new version."),
    timeZone: timeZoneName()
      .optional()
      .describe("Time zone of the schedule, and of the days and hours in the SQL. Default 'UTC'."),
  }),
  [
    {
      rule: "has(self.schedule) != has(self.onUpdate)",
      message: "must have exactly one of schedule and onUpdate",
      holds: (value) => (value.schedule === undefined) !== (value.onUpdate === undefined),
    },
  ],
).describe("When the table is refreshed.");

const backfill = withRules(
  z.object({
    from: instant().describe("Begin of the first period, in UTC, such as '2026-03-01T00:00:00Z'."),
    to: instant().describe("End of the last period, in UTC; the period that begins here is not filled."),
    concurrency: integer(1, 16).optional().describe("Runs at the same time. Default 1."),
  }),
  [
    {
      rule: "self.from < self.to",
      message: "from must lie before to; swap them or move one",
      fieldPath: ".from",
      holds: (value) => value.from < value.to,
    },
  ],
).describe(
  "Periods of the past to run once more, by the schedule. Another value here begins another backfill.",
);

const dataProductFields = z.object({
  platformRef,
  sql: text(65_536)
    .min(1)
    .describe(
      "One query. Tables are named 'database.table' and lie in the platform's catalog. Its output columns become the table's.",
    ),
  target,
  incremental: incremental.optional(),
  refresh,
  checks: withRules(z.array(check).max(MAX_CHECKS), CHECK_LIST_RULES)
    .optional()
    .describe("What the rows must be before readers see them. Default nothing."),
  freshness: z
    .object({ within: duration("1m", "366d").describe("Greatest age of the version that readers see.") })
    .optional()
    .describe("How old the table may become before the condition Fresh is False. Default any age."),
  backfill: backfill.optional(),
  resources: resources("batch", "a run").optional(),
  suspend: z
    .boolean()
    .optional()
    .describe("Whether no run is started; the table stays as it is and can be read. Default false."),
  podTemplate: podTemplate("the pods of runs"),
});

type Fields = z.output<typeof dataProductFields>;

const rules: readonly Rule<Fields>[] = [
  {
    rule: `!has(self.incremental) || !has(self.incremental.mode) || self.incremental.mode != 'OverwritePartitions'
      || (has(self.target.partitionBy) && self.target.partitionBy.size() > 0)`,
    message:
      "target.partitionBy must be given for the mode OverwritePartitions, which puts rows in place of whole partitions",
    fieldPath: ".target.partitionBy",
    holds: (spec) =>
      spec.incremental?.mode !== "OverwritePartitions" || (spec.target.partitionBy ?? []).length > 0,
  },
  {
    rule: "!has(self.backfill) || has(self.refresh.schedule)",
    message: "backfill must only be given with refresh.schedule, which says what its periods are",
    fieldPath: ".backfill",
    holds: (spec) => spec.backfill === undefined || spec.refresh.schedule !== undefined,
  },
];

export const dataProductSpec = withRules(dataProductFields, rules);

export type DataProductSpec = Immutable<z.infer<typeof dataProductSpec>>;
export type DataProductStatus = Sent<z.infer<typeof dataProductStatus>>;
export type DataProduct = Resource<DataProductSpec, DataProductStatus>;

export const dataProductKind = defineKind({
  kind: "DataProduct",
  plural: "dataproducts",
  shortName: "product",
  description:
    "DataProduct keeps a table that SQL over other tables fills: it checks the SQL against their columns before anything runs, makes the " +
    "table with the columns of the SQL, and has Airflow run it. Deleting it keeps the table unless target.deletionPolicy is Delete.",
  columns: [
    {
      name: "Last Run",
      type: "string",
      jsonPath: ".status.lastRun.state",
      description: "What became of the run that began last.",
    },
    { name: "Rows", type: "integer", jsonPath: ".status.rows", description: "Rows of the table." },
    {
      name: "Fresh",
      type: "string",
      jsonPath: '.status.conditions[?(@.type=="Fresh")].status',
      description: "Whether the table is as young as freshness.within demands.",
    },
    {
      name: "Next",
      type: "string",
      jsonPath: ".status.nextRun",
      description: "When the next run by the schedule begins.",
    },
    {
      name: "Target",
      type: "string",
      jsonPath: ".status.target",
      description: "The table that is filled.",
      priority: 1,
    },
    {
      name: "Inputs",
      type: "string",
      jsonPath: ".status.inputs[*].table",
      description: "Tables that the SQL reads.",
      priority: 1,
    },
  ],
  schema: dataProductSpec,
  statusSchema: dataProductStatus,
  nameRules: WORKLOAD_NAME_RULES,
  immutables: [
    PLATFORM_IMMUTABLE,
    {
      rule: "self.target.database == oldSelf.target.database",
      message: "target.database must not change; create a new DataProduct for another table",
      fieldPath: ".target.database",
    },
    {
      rule: "self.target.table == oldSelf.target.table",
      message: "target.table must not change; create a new DataProduct for another table",
      fieldPath: ".target.table",
    },
  ],
});
