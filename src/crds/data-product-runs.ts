/** What a DataProduct's status says of its runs, and of the versions of the table that they made. */
import { z } from "zod";
import { timestamp } from "./conditions.ts";
import { count, listMap, text } from "./rules.ts";

export const MAX_EARLIER_RUNS = 10;
export const MAX_MISSING_WINDOWS = 20;
/** What one resource asks for at a time is remembered, and a good many that it asked for before. */
export const MAX_REQUESTS = 32;
export const MAX_RUN_MESSAGE = 512;
export const MAX_CHECK_NAME = 63;
const MAX_RESULTS = 40;
const RUN_ID = 300;

/** A run's states in the order of its life; one of the last three is its end. */
export const RUN_STATES = ["Running", "Published", "Held", "Failed"] as const;

export const runId = text(RUN_ID).describe(
  "Id of the run, which the version of the table that it makes carries.",
);
const from = text(40)
  .optional()
  .describe("Begin of the time that the run is of, in UTC. Absent: it reads all.");
const to = text(40).optional().describe("End of that time.");

const checkResult = z
  .object({
    name: text(MAX_CHECK_NAME).describe("Name of the check."),
    severity: z.enum(["Error", "Warning"]).describe("What a violation does."),
    violations: count().describe("Rows that violate it."),
  })
  .describe("What one check found.");

const runFields = z.object({
  id: runId,
  state: z
    .enum(RUN_STATES)
    .describe(
      "Running: it waits or works. Published: readers see its rows. Held: an Error check keeps them from readers. Failed: it broke off.",
    ),
  from,
  to,
  startedAt: timestamp().optional().describe("When it began."),
  endedAt: timestamp().optional().describe("When it ended."),
  rows: count().optional().describe("Rows that the SQL gave."),
  seconds: count().optional().describe("How long it took, with incremental.delay and the start of its pod."),
  snapshotId: text(32).optional().describe("Id of the version that it made."),
  planHash: text(128)
    .optional()
    .describe(
      "Hash of what the SQL meant to it; another one than the product's: it is of the SQL of before.",
    ),
  checks: listMap(checkResult, ["name"], MAX_RESULTS)
    .optional()
    .describe("What the checks found; of earlier runs only violated checks."),
  message: text(MAX_RUN_MESSAGE).optional().describe("Why it failed or is held."),
});

const missingWindow = z
  .object({
    from: text(40).describe("Begin of the time, in UTC."),
    to: text(40).describe("End of the time."),
    runId: runId.optional(),
    state: z
      .enum(["Held", "Failed", "Unread"])
      .describe("What became of that run. Unread: there was none, and runId is absent."),
  })
  .describe("A time whose rows the table lacks.");

/** Fields of the status. */
export const runsStatus = {
  dag: text(128).optional().describe("Id of the DAG in Airflow."),
  dagFile: text(1024).optional().describe("Key of its file in the bucket."),
  dagBucket: text(1024).optional().describe("The bucket, behind the URL of its S3 service."),
  lastRun: runFields.optional().describe("The run that began last."),
  earlierRuns: listMap(runFields, ["id"], MAX_EARLIER_RUNS)
    .optional()
    .describe("The runs before it, newest first."),
  missing: listMap(missingWindow, ["from", "to"], MAX_MISSING_WINDOWS)
    .optional()
    .describe(
      "Times that no published run has read: their run failed or is held, a table that was kept lacks them, or the inputs had lost them. When " +
        "there are too many, neighbours are told as one.",
    ),
  late: z
    .object({
      rows: count().describe("Rows that came into the inputs after the run over their time."),
      from: text(40).describe("Begin of the time that was looked at, in UTC."),
      to: text(40).describe("End of that time."),
    })
    .optional()
    .describe(
      "With the mode Append: rows that the table lacks because they came late, as the last published run counted them for the times right before " +
        "its own. Absent: none were found.",
    ),
  lastGoodSnapshot: z
    .object({
      id: text(32).describe("Id of the version."),
      at: timestamp().describe("When it was published."),
      rows: count().optional().describe("Rows of the table then."),
    })
    .optional()
    .describe("The version that the last published run made."),
  lastAudit: z
    .object({
      runId,
      branch: text(310).describe("Branch of the table with the rows that were held."),
      message: text(MAX_RUN_MESSAGE).describe("Which checks hold them."),
    })
    .optional()
    .describe("The rows that the last held run wrote. They stay in their branch for seven days."),
  readUntil: text(40)
    .optional()
    .describe(
      "With refresh.onUpdate and newDataBy: up to when rows have been read; the next run goes on from here.",
    ),
  waitingSince: timestamp()
    .optional()
    .describe(
      "Since when a run that is due waits for runs that fill its inputs. After ten minutes it begins beside them.",
    ),
  nextRun: timestamp().optional().describe("When the next run by the schedule begins."),
  requests: z
    .array(text(64))
    .max(MAX_REQUESTS)
    .optional()
    .describe("Hashes of the runs and backfills that were asked for and begun."),
};
