/** How tables are looked after: what a LakeTable says of itself, and a DataPlatform of the Jobs that do it. */
import { z } from "zod";
import { timestamp } from "./conditions.ts";
import { duration } from "./durations.ts";
import type { Sent } from "./kind-definition.ts";
import { podTemplate } from "./pod-template.ts";
import { byteSize, resources } from "./quantities.ts";
import { columnName } from "./references.ts";
import { count, integer, patterned, type Rule, text } from "./rules.ts";

/** What an absent field means; resolved by the controllers, never written into the resource. */
export const MAINTENANCE_DEFAULTS = {
  enabled: true,
  interval: "1h",
  targetFileSize: "128Mi",
  /** Each commit writes all snapshots into the table's metadata: at one every 5 s a day of them is 17,280. */
  snapshots: { keep: "6h", min: 100 },
  orphans: { olderThan: "3d" },
} as const;

const { interval, targetFileSize, snapshots, orphans } = MAINTENANCE_DEFAULTS;

/** Also of the tables of pipelines and products, which pass it on. */
export const tableMaintenance = z
  .object({
    enabled: z
      .boolean()
      .optional()
      .describe("Whether the operator looks after the table. Default true. With false nothing is started."),
    interval: duration("10m", "30d")
      .optional()
      .describe(`Shortest time from one run to the next. Default '${interval}'.`),
    targetFileSize: byteSize("1Mi", "8Gi")
      .optional()
      .describe(`Size that small data files are written together to. Default '${targetFileSize}'.`),
    snapshots: z
      .object({
        keep: duration("1h", "3650d")
          .optional()
          .describe(
            `How long snapshots stay, for queries that run and for time travel. Default '${snapshots.keep}'.`,
          ),
        min: integer(1, 100_000)
          .optional()
          .describe(`How many snapshots stay, whatever their age. Default ${snapshots.min}.`),
      })
      .optional()
      .describe("When snapshots are removed, with the files that only they have."),
    orphans: z
      .object({
        olderThan: duration("1d", "3650d")
          .optional()
          .describe(
            `Age from which a file in the table's folders that no snapshot has is removed. Default '${orphans.olderThan}'.`,
          ),
      })
      .optional()
      .describe("When files go that writers left behind without a commit. They are looked for once a week."),
    retention: z
      .object({
        column: columnName.describe("Column of time that tells the age of a row."),
        keep: duration("1h", "36500d").describe(
          "How old a row may become, for example '400d'. Rows go by whole partitions of the column, days where it has none.",
        ),
      })
      .optional()
      .describe("Deletes rows by age. Default none: rows stay."),
  })
  .describe("How the table is looked after. On by default.");

export type TableMaintenance = z.infer<typeof tableMaintenance>;

/** What a run can do for a table, in its order. */
const UPKEEP_STEPS = ["OldRows", "DataFiles", "Manifests", "Snapshots", "OrphanFiles"] as const;

const RUN_STATES = ["Done", "NothingToDo", "Failed", "Unknown"] as const;

const figures = {
  state: z
    .enum(RUN_STATES)
    .describe(
      "Whether something was done, was due, or broke off. Unknown when the run ended well without a word on this table; it does not count as done.",
    ),
  filesBefore: count().optional().describe("Data files before."),
  filesAfter: count().optional().describe("Data files after."),
  bytesBefore: count().optional().describe("Their bytes before."),
  bytesAfter: count().optional().describe("Their bytes after."),
  snapshots: count().optional().describe("Snapshots that are left."),
  compactedFiles: count().optional().describe("Data files that were written together."),
  expiredSnapshots: count().optional().describe("Snapshots that were removed."),
  removedFiles: count().optional().describe("Files that were deleted."),
  erasedRows: count().optional().describe("Rows that were deleted by age."),
  message: text(1024).optional().describe("Why it failed, or what the catalog does not allow."),
};

/** `status.maintenance` of a LakeTable. */
export const maintenanceStatus = z
  .object({
    lastRun: z
      .object({
        job: text(253).describe("The Job that did it."),
        at: timestamp().describe("When it began."),
        finishedAt: timestamp().describe("When it ended."),
        ...figures,
      })
      .optional()
      .describe("What the last run did."),
    failures: integer(0, 1_000_000)
      .optional()
      .describe("Runs that failed since one did not; each makes the pause to the next one longer."),
    lastOrphanSearch: timestamp().optional().describe("When orphan files were last looked for."),
    due: z.array(z.enum(UPKEEP_STEPS)).max(UPKEEP_STEPS.length).optional().describe("What is to be done."),
    next: timestamp()
      .optional()
      .describe("When a run may begin for what is due; else when something can become due without a write."),
  })
  .describe("How the table is looked after.");

export type MaintenanceStatus = Sent<z.infer<typeof maintenanceStatus>>;

/** `spec.maintenance` of a DataPlatform. */
export const platformMaintenance = z
  .object({
    suspend: z
      .boolean()
      .optional()
      .describe("Whether no Job is started for any table. One that runs ends its work. Default false."),
    image: patterned(/^[A-Za-z0-9][A-Za-z0-9._:/@-]*$/, 512)
      .optional()
      .describe("Image of the Jobs, with the program batch-job. Default that of the stream job."),
    resources: resources("batch", "a Job's container").optional(),
    podTemplate: podTemplate("the pods of these Jobs"),
  })
  .describe("How the Jobs run that look after the tables of this platform, one at a time.");

/** `status.upkeep` of a DataPlatform. */
export const upkeepStatus = z
  .object({
    job: text(253).describe("The Job."),
    state: z
      .enum(["Running", "Succeeded", "Failed"])
      .describe("Whether it runs, has ended well, or has failed for some table."),
    startedAt: timestamp().describe("When it was started."),
    finishedAt: timestamp().optional().describe("When it ended."),
    message: text(1024).optional().describe("Why it failed, or why its pod does not run."),
    tables: z
      .array(
        z.object({
          database: text(256).describe("The table's database."),
          table: text(256).describe("The table's name."),
          tableUuid: text(64).describe("UUID of the table."),
          ...figures,
          state: figures.state.optional(),
          orphansSearched: z.boolean().optional().describe("Whether orphan files were looked for."),
        }),
      )
      .max(16)
      .describe("The tables that it looks after, with what it did."),
  })
  .describe("The Job that looks after tables, or the last one that did.");

export type UpkeepStatus = Sent<z.infer<typeof upkeepStatus>>;

const TIMES = ["date", "timestamp", "timestamptz"] as const;

interface RetentionHolder {
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly maintenance?: TableMaintenance | undefined;
}

/** Rows have an age only by a column that holds a time. */
export const RETENTION_RULE: Rule<RetentionHolder> = {
  rule: `!has(self.maintenance) || !has(self.maintenance.retention)
    || self.columns.exists(c, c.name == self.maintenance.retention.column && c.type in [${TIMES.map((type) => `'${type}'`).join(", ")}])`,
  message: `maintenance.retention.column must name a column of this table that is a ${TIMES.join(", ").replace(/, (?=[^,]*$)/, " or ")}`,
  fieldPath: ".maintenance.retention.column",
  holds: ({ columns, maintenance }) =>
    maintenance?.retention === undefined ||
    columns.some(
      ({ name, type }) =>
        name === maintenance.retention?.column && (TIMES as readonly string[]).includes(type),
    ),
};
