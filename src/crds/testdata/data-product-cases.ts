/** Specs of DataProduct that are valid or not. The sample has the mode Merge and four checks. */
import type { FieldCase } from "./spec-case.ts";

const EACH_TIME = { schedule: "0 6 * * *" } as const;

export const DATA_PRODUCT_CASES: readonly FieldCase[] = [
  { name: "no SQL", path: "sql", value: "", refusal: /sql: / },
  { name: "SQL of 65537 characters", path: "sql", value: "x".repeat(65_537), refusal: /sql: .*65536/ },
  { name: "SQL of 65536 characters", path: "sql", value: "x".repeat(65_536) },
  {
    name: "the database of SQL engines",
    path: "target.database",
    value: "information_schema",
    refusal: /target\.database: .*use another name/,
  },
  {
    name: "a bucket of no width",
    path: "target.partitionBy.0.transform",
    value: "bucket",
    refusal: /target\.partitionBy\.0\.width: .*width must be given/,
  },
  { name: "no incremental part, so that each run reads all", path: "incremental", value: undefined },
  {
    name: "keys without Merge",
    path: "incremental",
    value: { mode: "Append", keys: ["day"], newDataBy: "event_time" },
    refusal: /incremental\.keys: .*mode Merge/,
  },
  { name: "Merge without keys", path: "incremental.keys", value: undefined, refusal: /incremental\.keys: .*mode Merge/ },
  {
    name: "Append of all rows again and again",
    path: "incremental",
    value: { mode: "Append" },
    refusal: /incremental\.newDataBy: .*add all rows again/,
  },
  { name: "Append of new rows", path: "incremental", value: { mode: "Append", newDataBy: "event_time" } },
  {
    name: "a column for new rows when all are read",
    path: "incremental",
    value: { newDataBy: "event_time" },
    refusal: /incremental\.newDataBy: .*mode Full/,
  },
  {
    name: "rows counted twice by Append",
    path: "incremental",
    value: { mode: "Append", newDataBy: "event_time", lookback: "1h" },
    refusal: /incremental\.lookback: .*twice/,
  },
  {
    name: "a delay of runs that read all",
    path: "incremental",
    value: { mode: "Merge", keys: ["day"], delay: "1h" },
    refusal: /incremental\.delay: .*newDataBy/,
  },
  {
    name: "partitions to overwrite where there are none",
    path: "",
    value: {
      platformRef: { name: "main" },
      sql: "SELECT 1 AS one",
      target: { database: "shop", table: "one" },
      incremental: { mode: "OverwritePartitions" },
      refresh: EACH_TIME,
    },
    refusal: /target\.partitionBy: .*OverwritePartitions/,
  },
  { name: "no schedule and no update", path: "refresh", value: { timeZone: "UTC" }, refusal: /refresh: .*exactly one/ },
  { name: "a schedule and updates", path: "refresh.onUpdate", value: {}, refusal: /refresh: .*exactly one/ },
  { name: "updates", path: "refresh", value: { onUpdate: {} } },
  ...["* * * *", "60 * * * *", "* 24 * * *", "* * 0 * *", "* * * 13 *", "* * * * 8", "*/0 * * * *", "@daily", "a b c d e", ""].map(
    (schedule) => ({
      name: `the schedule '${schedule}'`,
      path: "refresh.schedule",
      value: schedule,
      refusal: /refresh\.schedule: .*five fields of cron/,
    }),
  ),
  ...["*/15 * * * *", "0 6 * * MON-FRI", "5,35 0-6/2 1,15 JAN,JUL 0"].map((schedule) => ({
    name: `the schedule '${schedule}'`,
    path: "refresh.schedule",
    value: schedule,
  })),
  ...["+01:00", "europe/berlin", "Europe/", "Europe Berlin"].map((zone) => ({
    name: `the time zone '${zone}'`,
    path: "refresh.timeZone",
    value: zone,
    refusal: /refresh\.timeZone: .*name of a time zone/,
  })),
  ...["UTC", "Etc/GMT+1", "America/Argentina/Buenos_Aires"].map((zone) => ({
    name: `the time zone '${zone}'`,
    path: "refresh.timeZone",
    value: zone,
  })),
  {
    name: "a check of two forms",
    path: "checks.1.unique",
    value: ["day"],
    refusal: /checks\.1: .*exactly one of sql/,
  },
  { name: "a check of no form", path: "checks.1", value: { name: "empty" }, refusal: /checks\.1: .*exactly one of sql/ },
  { name: "a query without a name", path: "checks.0.name", value: undefined, refusal: /checks\.0\.name: .*must be given/ },
  {
    name: "two checks of one name",
    path: "checks.1.name",
    value: "no-more-visitors-than-sessions",
    refusal: /checks: .*same name/,
  },
  {
    name: "two checks of the number of rows",
    path: "checks.1",
    value: { rowCount: { min: 1 } },
    refusal: /checks: .*two checks of rowCount/,
  },
  { name: "a number of rows without a limit", path: "checks.3.rowCount", value: {}, refusal: /checks\.3\.rowCount: .*at least one/ },
  {
    name: "fewer rows at most than at least",
    path: "checks.3.rowCount",
    value: { min: 2, max: 1 },
    refusal: /checks\.3\.rowCount\.min: .*at most max/,
  },
  {
    name: "a number of rows that is only a warning",
    path: "checks.3.severity",
    value: "Warning",
    refusal: /checks\.3\.rowCount: .*neither name nor severity/,
  },
  {
    name: "a change that is no share",
    path: "checks.3.rowCount.changeAtMost",
    value: "0.5",
    refusal: /checks\.3\.rowCount\.changeAtMost: .*whole percent/,
  },
  { name: "a backfill", path: "backfill", value: { from: "2026-03-01T00:00:00Z", to: "2026-03-05T00:00:00Z", concurrency: 2 } },
  {
    name: "a backfill backwards",
    path: "backfill",
    value: { from: "2026-03-05T00:00:00Z", to: "2026-03-05T00:00:00Z" },
    refusal: /backfill\.from: .*before to/,
  },
  ...(["from", "to"] as const).map((field) => ({
    name: `a backfill ${field} a day`,
    path: "backfill",
    value: { from: "2026-03-01T00:00:00Z", to: "2026-03-05T00:00:00Z", [field]: "2026-03-03" },
    refusal: new RegExp(`backfill\\.${field}: .*whole seconds`),
  })),
  {
    name: "a backfill without periods",
    path: "",
    value: {
      platformRef: { name: "main" },
      sql: "SELECT 1 AS one",
      target: { database: "shop", table: "one" },
      refresh: { onUpdate: {} },
      backfill: { from: "2026-03-01T00:00:00Z", to: "2026-03-05T00:00:00Z" },
    },
    refusal: /backfill: .*refresh\.schedule/,
  },
];
