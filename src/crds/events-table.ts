/** The table of events as a ClickstreamPipeline may change it: further columns from properties, layout and properties of the table. */
import { z } from "zod";
import { EVENT_TABLES } from "../generated/event-model.ts";
import { partitionField, sortField } from "./lake-table.ts";
import { tableMaintenance } from "./maintenance.ts";
import { identifier } from "./references.ts";
import { celText, listMap, patterned, text, withRules } from "./rules.ts";
import { tableProperties } from "./table-properties.ts";

/** Those that a text can be read as. */
const TYPES = ["string", "boolean", "int", "long", "double", "timestamptz"] as const;

const EVENT_COLUMN_NAMES: readonly string[] = EVENT_TABLES.events.columns.map(({ name }) => name);

const propertyColumn = z
  .object({
    name: identifier.describe("Name of the column. None of the event model's."),
    type: z.enum(TYPES).describe("Type of the column."),
    property: patterned(/^[^\s=][^\n\r]{0,254}$/, 255)
      .optional()
      .describe("Property of the event that fills the column. Default the column's name."),
    doc: text(1024).optional().describe("What the column means."),
  })
  .describe("One further column.");

/** What a pipeline's manifest may say of its table of events. */
export const eventsTable = z
  .object({
    columns: withRules(listMap(propertyColumn, ["name"], 100), [
      {
        rule: `self.all(column, !(column.name in [${EVENT_COLUMN_NAMES.map(celText).join(", ")}]))`,
        message: "must not hold a name of the event model's columns; use another name",
        holds: (columns) => !columns.some(({ name }) => EVENT_COLUMN_NAMES.includes(name)),
      },
    ])
      .optional()
      .describe(
        "Further columns, each filled from one property of the event. A value that is not of the type leaves the column empty; it stays " +
          "in the column properties. A column that is taken out stays in the table and is filled no more.",
      ),
    properties: tableProperties
      .optional()
      .describe("Table properties by their Iceberg names, before those that the pipeline sets by itself."),
    partitionBy: listMap(partitionField, ["column", "transform"], 16)
      .optional()
      .describe(
        "Partition fields in order. Default the day of received_at. A change holds for new data only.",
      ),
    sortBy: listMap(sortField, ["column"], 16)
      .optional()
      .describe("Sort order of new data. Default that of the event model."),
  })
  .describe("The table of events.");

const isTime = ({ type }: { readonly type: string }): boolean => type === "timestamptz";

/** Columns of time that all of a pipeline's tables have. */
const COMMON_TIMES: readonly string[] = Object.values(EVENT_TABLES)
  .map(({ columns }) => columns.filter(isTime).map(({ name }) => name as string))
  .reduce((common, names) => common.filter((name) => names.includes(name)));

/** What a pipeline passes on to its tables. */
export const eventsMaintenance = withRules(tableMaintenance, [
  {
    rule: `!has(self.retention) || self.retention.column in [${COMMON_TIMES.map(celText).join(", ")}]`,
    message: `retention.column must be one of the times that all three tables have: ${COMMON_TIMES.join(", ")}`,
    fieldPath: ".retention.column",
    holds: ({ retention }) => retention === undefined || COMMON_TIMES.includes(retention.column),
  },
]).describe("How each of the tables is looked after; passed on to their LakeTables.");
