/** What a ClickstreamPipeline's status shows. */
import { z } from "zod";
import { commonStatus, scaleStatus, timestamp } from "./conditions.ts";
import { count, integer, text } from "./rules.ts";

const url = text(1024);
const uuid = text(64);

export const clickstreamPipelineStatus = z.object({
  ...commonStatus,
  worstStage: text(64)
    .optional()
    .describe(
      "What keeps the pipeline from being ready: Platform, Spec or Operator when the pipeline cannot be worked on, " +
        "else the first stage that is not ready: Stream, Tables, Collector, Processing, Profiles or ProfileApi; None when all are.",
    ),
  scale: scaleStatus("collector pods").optional(),
  collectorUrl: url.optional().describe("Address of the collector within the cluster."),
  topicName: text(249).optional().describe("Name of the raw topic."),
  topicPartitions: integer(0, 2_147_483_647).optional().describe("Partitions that the raw topic has."),
  tables: z
    .object({
      events: text(260).optional().describe("Table of events, as 'database.table'."),
      failedEvents: text(260).optional().describe("Table of failed events, as 'database.table'."),
      duplicateEvents: text(260).optional().describe("Table of duplicate events, as 'database.table'."),
    })
    .optional()
    .describe("The tables that rows go to."),
  tableIds: z
    .object({
      events: uuid.describe("Uuid of the table of events."),
      failedEvents: uuid.describe("Uuid of the table of failed events."),
      duplicateEvents: uuid.describe("Uuid of the table of duplicate events."),
    })
    .optional()
    .describe(
      "The very tables that the stream job writes: another table of the same name is not taken for one of them.",
    ),
  recovery: z
    .object({
      id: text(40).describe("What names it, as the annotation openclickstream.io/recover does."),
      readAgain: z
        .boolean()
        .describe(
          "Whether all records that Kafka still had were read again, since a table had lost its rows.",
        ),
      time: timestamp().describe("When the operator carried it out."),
    })
    .optional()
    .describe("The last recovery. The stream job's checkpoint is the one that began with it."),
  job: z
    .object({
      lastCommittedBatch: count().optional().describe("Number of the micro-batch that was last committed."),
      inputRowsPerSecond: z.number().min(0).optional().describe("Records a second that come in."),
      processedRowsPerSecond: z
        .number()
        .min(0)
        .optional()
        .describe("Records a second that the job can work off."),
      lag: count().optional().describe("Records in the topic that are not committed yet."),
      conflicts: count()
        .optional()
        .describe(
          "Events since the job's start that have the id of another one with other content: a fault of the sender, no retry. Their bytes are in the table of duplicate events.",
        ),
      executorsLost: count()
        .optional()
        .describe("Executors that ended without being asked to since the driver's start."),
      lastExecutorLoss: text(512)
        .optional()
        .describe("Why the last of them ended, as Kubernetes and Spark say."),
      erased: count()
        .optional()
        .describe(
          "Records whose rows were ever erased from the tables by the product's own means. `kubectl clickstream account` counts them too.",
        ),
      restarts: count().optional().describe("How often the driver's container was restarted."),
    })
    .optional()
    .describe("What the stream job reports."),
  profiles: z
    .object({
      table: text(260).describe("HBase's table of the visitors' profiles, as 'namespace:name'."),
      lag: count().optional().describe("Records that the tables have and the profiles do not yet."),
      apiUrl: url.optional().describe("Address of the profile API within the cluster, where there is one."),
    })
    .optional()
    .describe("Visitors' profiles, where they are kept."),
});
