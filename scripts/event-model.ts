/** Reads model/events.yaml, checks it, and makes what is generated from it: TypeScript, JSON for Java, and a page of docs. */
import { parse } from "yaml";
import { z } from "zod";
import { lakeTableSpec } from "../src/crds/kinds.ts";

const columnSchema = z.strictObject({
  name: z.string(),
  type: z.string(),
  required: z.literal(true).optional(),
  doc: z.string().min(1).max(1024),
  source: z.string().min(1),
});

const tableSchema = z.strictObject({
  suffix: z.string(),
  doc: z.string().min(1),
  partitionBy: lakeTableSpec.shape.partitionBy.unwrap(),
  sortBy: lakeTableSpec.shape.sortBy.unwrap(),
  columns: z.array(columnSchema).min(1),
});

const modelSchema = z.strictObject({
  tables: z.strictObject({ events: tableSchema, failedEvents: tableSchema, duplicateEvents: tableSchema }),
  failureReasons: z.array(
    z.strictObject({
      reason: z.string().regex(/^[a-z]+(_[a-z]+)*$/),
      doc: z.string().min(1),
      remedy: z.string().min(1),
    }),
  ),
});

export type EventModel = z.infer<typeof modelSchema>;
type Table = EventModel["tables"]["events"];

/** Columns as a LakeTable has them: without what only the docs tell. */
function lakeTableColumns(table: Table) {
  return table.columns.map(({ name, type, required, doc }) => ({
    name,
    type,
    ...(required === true ? { required } : {}),
    doc,
  }));
}

function check(name: string, table: Table): void {
  const result = lakeTableSpec.safeParse({
    platformRef: { name: "p" },
    database: "d",
    table: table.suffix,
    columns: lakeTableColumns(table),
    partitionBy: table.partitionBy,
    sortBy: table.sortBy,
  });
  if (!result.success) {
    throw new Error(
      `model/events.yaml: table '${name}' is no valid LakeTable: ${z.prettifyError(result.error)}`,
    );
  }
}

/** Parses and checks the model. Throws with what is wrong and where. */
export function parseEventModel(yaml: string): EventModel {
  const result = modelSchema.safeParse(parse(yaml));
  if (!result.success) throw new Error(`model/events.yaml: ${z.prettifyError(result.error)}`);
  for (const [name, table] of Object.entries(result.data.tables)) check(name, table);
  return result.data;
}

const SOURCE_NOTE = "Generated from model/events.yaml by `node scripts/generate.ts`; do not edit.";

/** src/controllers/clickstream-pipeline/plan/event-columns.ts, before formatting. */
export function eventColumnsModule(model: EventModel): string {
  const tables = Object.fromEntries(
    Object.entries(model.tables).map(([key, table]) => [
      key,
      {
        suffix: table.suffix,
        columns: lakeTableColumns(table),
        partitionBy: table.partitionBy,
        sortBy: table.sortBy,
      },
    ]),
  );
  return `/* eslint max-lines: off -- generated data */
/** The columns of a pipeline's three tables. ${SOURCE_NOTE} */
import type { LakeTableColumn, LakeTablePartitionField, LakeTableSortField } from "../../../crds/kinds.ts";

/** One table of the event model, as a LakeTable has it. */
export interface EventTable {
  /** Name of the table after the pipeline's prefix. */
  readonly suffix: string;
  readonly columns: readonly LakeTableColumn[];
  readonly partitionBy: readonly LakeTablePartitionField[];
  readonly sortBy: readonly LakeTableSortField[];
}

/** The three tables by their role. */
export const EVENT_TABLES: Readonly<Record<${Object.keys(tables)
    .map((key) => JSON.stringify(key))
    .join(" | ")}, EventTable>> = ${JSON.stringify(tables, undefined, 2)};

/** Why an event could not be read: the closed list. */
export const FAILURE_REASONS = ${JSON.stringify(model.failureReasons.map(({ reason }) => reason))} as const;

/** One reason of the closed list. */
export type FailureReason = (typeof FAILURE_REASONS)[number];
`;
}

/** java/stream-job/src/main/resources/event-model.json. */
export function eventModelJson(model: EventModel): string {
  const tables = Object.fromEntries(
    Object.entries(model.tables).map(([key, table]) => [
      key,
      {
        suffix: table.suffix,
        columns: table.columns.map(({ name, type, required, doc }) => ({
          name,
          type,
          required: required === true,
          doc,
        })),
      },
    ]),
  );
  const failureReasons = model.failureReasons.map(({ reason, doc }) => ({ reason, doc }));
  return `${JSON.stringify({ note: SOURCE_NOTE, tables, failureReasons }, undefined, 2)}\n`;
}

/** Text for a cell of a Markdown table. */
export function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "&lt;").replace(/\s+/g, " ").trim();
}

function tableSection(table: Table): string {
  const rows = table.columns.map(
    ({ name, type, required, doc, source }) =>
      `| \`${name}\` | ${cell(type)} | ${required === true ? "yes" : ""} | ${cell(doc)} | ${cell(source)} |`,
  );
  const partition = table.partitionBy.map(({ column, transform }) => `${transform}(${column})`).join(", ");
  const sort = table.sortBy.map(({ column }) => column).join(", ");
  return `## \`<prefix>${table.suffix}\`

${table.doc} Partitioned by \`${partition}\`, sorted by \`${sort}\`.

| Column | Type | Required | Meaning | Source |
| --- | --- | --- | --- | --- |
${rows.join("\n")}
`;
}

/** docs/event-model.md. */
export function eventModelPage(model: EventModel): string {
  const reasons = model.failureReasons.map(
    ({ reason, doc, remedy }) => `| \`${reason}\` | ${cell(doc)} | ${cell(remedy)} |`,
  );
  return `<!-- ${SOURCE_NOTE} -->

# Event model

Every record of a pipeline's raw topic ends as exactly one row in exactly one of three Iceberg tables. A row carries
the partition and offset of its record, so the tables can be counted against the topic:
\`received = stored + failed + duplicate\`.

The tables lie in the pipeline's database (default: its namespace with \`_\` for \`-\`), and their names begin with its
prefix (default: its name with \`_\` for \`-\`, and \`_\`). The pipeline \`web\` in the namespace \`quickstart\` has
\`quickstart.web_events\`, \`quickstart.web_failed_events\` and \`quickstart.web_duplicate_events\`. Types are Iceberg's;
a column that is not required is null when its source has nothing to say.

${Object.values(model.tables)
  .map((table) => tableSection(table))
  .join("\n")}
## Why an event fails

The column \`reason\` of failed events holds one of these words and no other.

| Reason | Meaning | What to do |
| --- | --- | --- |
${reasons.join("\n")}
`;
}
