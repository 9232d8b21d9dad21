/** What a DataProduct's status says: of its SQL and its table here, of its runs beside. */
import { z } from "zod";
import { commonStatus } from "./conditions.ts";
import { lineageEventsStatus } from "./data-product-lineage-events.ts";
import { runsStatus } from "./data-product-runs.ts";
import { count, listMap, text } from "./rules.ts";

/** Most columns of a table of ours. */
const MAX_COLUMNS = 256;
const MAX_INPUTS = 64;
const MAX_PATHS = 1024;
/** Of one output column. */
const MAX_ORIGINS = 1024;

const TABLE_NAME = 257;
const PATH = 512;

/** How an input column takes part in an output column. */
const LINEAGE_USES = ["direct", "filter", "join", "group", "order", "window"] as const;

const outputColumn = z
  .object({
    name: text(128).describe("Name of the column."),
    type: text(768).describe("Its Iceberg type, as a LakeTable writes it."),
  })
  .describe("One output column.");

const inputColumn = z
  .object({
    path: text(PATH).describe("The column, or a field or map key within one."),
    type: text(768).optional().describe("Iceberg type of the whole column when the SQL was last checked."),
  })
  .describe("One column that the SQL reads.");

const inputTable = z
  .object({
    table: text(TABLE_NAME).describe("The table as 'database.table'."),
    columns: listMap(inputColumn, ["path"], MAX_PATHS).describe("What the SQL reads of it."),
  })
  .describe("One table that the SQL reads.");

const origin = z
  .object({
    table: text(TABLE_NAME).describe("The table as 'database.table'."),
    path: text(PATH).describe("The column, or a field or map key within one."),
    uses: z
      .array(z.enum(LINEAGE_USES))
      .max(LINEAGE_USES.length)
      .describe(
        "How it takes part: its value itself (direct), or through a filter, join, group, order or window.",
      ),
  })
  .describe("One input column that an output column comes from.");

const columnLineage = z
  .object({
    column: text(128).describe("The output column."),
    inputs: listMap(origin, ["table", "path"], MAX_ORIGINS).describe("The input columns that it comes from."),
  })
  .describe("Where one output column comes from.");

export const dataProductStatus = z.object({
  ...commonStatus,
  target: text(TABLE_NAME).optional().describe("The table that is filled, as 'database.table'."),
  columns: listMap(outputColumn, ["name"], MAX_COLUMNS)
    .optional()
    .describe("Output columns of the SQL, as it was last found to be right."),
  inputs: listMap(inputTable, ["table"], MAX_INPUTS)
    .optional()
    .describe("Tables and columns that the SQL reads, as it was last found to be right."),
  lineage: listMap(columnLineage, ["column"], MAX_COLUMNS)
    .optional()
    .describe("For each output column the input columns that it comes from."),
  lineageOmitted: count()
    .optional()
    .describe(
      "Input columns that lineage leaves out, because a resource can hold only so many: the indirect ones go first.",
    ),
  planHash: text(128)
    .optional()
    .describe(
      "Hash of what the SQL means, with the columns of its inputs: it changes when a run would do something else.",
    ),
  rows: count().optional().describe("Rows of the table that readers see."),
  ...runsStatus,
  lineageEvents: lineageEventsStatus.optional(),
});
