/** The event model: columns of the LakeTables, typed columns and enums for Java, reasons for Go, a page of docs. Pure. */
import { z } from "zod";
import { lakeTableSpec } from "../../src/crds/kinds.ts";
import { type GoConstant, goComment, goConstants, goFile, goName, goText } from "./go.ts";
import { javaEnumValues, javaFile, javaText, javaTextEnum, javadoc } from "./java.ts";
import { type GeneratedFile, contractPath, parseContract, sourceNote } from "./source.ts";
import { cell, constantName } from "./text.ts";

const NAME = "event-model";

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
      collector: z.literal(true).optional(),
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
      `${contractPath(NAME)}: table '${name}' is no valid LakeTable: ${z.prettifyError(result.error)}`,
    );
  }
}

/** Parses and checks the model. Throws with what is wrong and where. */
export function parseEventModel(yaml: string): EventModel {
  const model = parseContract(NAME, modelSchema, yaml);
  for (const [name, table] of Object.entries(model.tables)) check(name, table);
  return model;
}

/** src/generated/event-model.ts, before formatting. */
export function eventModelModule(model: EventModel): string {
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
  return `/** A pipeline's tables by their role, as LakeTables have them; the suffix follows the pipeline's prefix in the table's name. */
export const EVENT_TABLES = ${JSON.stringify(tables)} as const;
`;
}

/** The Java type of a column's values, by its Iceberg type. */
const JAVA_TYPES: Readonly<Record<string, { readonly type: string; readonly constant: string }>> = {
  string: { type: "String", constant: "STRING" },
  int: { type: "Integer", constant: "INT" },
  long: { type: "Long", constant: "LONG" },
  boolean: { type: "Boolean", constant: "BOOLEAN" },
  timestamptz: { type: "Long", constant: "TIMESTAMPTZ" },
  binary: { type: "byte[]", constant: "BINARY" },
  "map<string,string>": { type: "Map<String, String>", constant: "STRING_MAP" },
};

function javaType(type: string): { readonly type: string; readonly constant: string } {
  const known = JAVA_TYPES[type];
  if (known === undefined)
    throw new Error(`${contractPath(NAME)}: the stream job has no Java type for '${type}'`);
  return known;
}

/** `failedEvents` as the class `FailedEventColumns`. */
function columnsClass(table: string): string {
  return `${table.charAt(0).toUpperCase()}${table.slice(1).replace(/s$/, "")}Columns`;
}

function javaColumns(key: string, table: Table): GeneratedFile {
  const columns = table.columns.map(({ name, type, required, doc }, position) => {
    const java = javaType(type);
    const value = `new Column<>(${position}, ${javaText(name)}, ColumnType.${java.constant}, ${required === true})`;
    return `${javadoc(doc, 1)}    public static final Column<${java.type}> ${constantName(name)} =\n        ${value};\n`;
  });
  const all = table.columns.map(({ name }) => `        ${constantName(name)}`).join(",\n");
  const name = columnsClass(key);
  const hasMap = table.columns.some(({ type }) => type.startsWith("map<"));
  return javaFile(NAME, name, {
    imports: ["java.util.List", ...(hasMap ? ["java.util.Map"] : [])],
    source: `${javadoc(`Columns of the table of ${key.replace(/(?=[A-Z])/g, " ").toLowerCase()}. ${table.doc}`)}public final class ${name} {
${columns.join("\n")}
    /** All of them, in the order that rows hold their values. */
    public static final List<Column<?>> ALL = List.of(
${all});

    private ${name}() {
    }
}
`,
  });
}

function javaTables(model: EventModel): GeneratedFile {
  const values = Object.entries(model.tables).map(([key, { suffix, doc }]) => ({
    name: constantName(key),
    fields: [javaText(key), javaText(suffix), `${columnsClass(key)}.ALL`],
    doc,
  }));
  return javaFile(NAME, "OutputTable", {
    imports: ["java.util.List"],
    source: `/** The tables that raw records end in: each record in exactly one. */
public enum OutputTable {
${javaEnumValues(values)}
    private final String modelName;
    private final String suffix;
    private final List<Column<?>> columns;

    OutputTable(String modelName, String suffix, List<Column<?>> columns) {
        this.modelName = modelName;
        this.suffix = suffix;
        this.columns = columns;
    }

    /** The table's name in the event model and in job.json. */
    public String modelName() {
        return modelName;
    }

    /** The end of the table's name, after the pipeline's prefix. */
    public String suffix() {
        return suffix;
    }

    /** Columns in the order that rows hold their values. */
    public List<Column<?>> columns() {
        return columns;
    }
}
`,
  });
}

function javaReasons({ failureReasons }: EventModel): GeneratedFile {
  const values = failureReasons.map(({ reason, doc }) => ({
    name: constantName(reason),
    fields: [javaText(reason)],
    doc,
  }));
  return javaFile(
    NAME,
    "FailureReason",
    javaTextEnum("FailureReason", "Why an event could not be read. The list is closed.", values),
  );
}

function goModel({ failureReasons, tables }: EventModel): GeneratedFile {
  const suffixes = Object.entries(tables).map(([key, { suffix, doc }]): GoConstant => ({
    name: `Suffix${goName(key)}`,
    value: goText(suffix),
    doc,
  }));
  const constants = failureReasons.map(({ reason, doc }): GoConstant => ({
    name: `Failure${goName(reason)}`,
    type: "FailureReason",
    value: goText(reason),
    doc,
  }));
  const shared = tables.events.columns.filter(({ name }) =>
    Object.values(tables).every(({ columns }) => columns.some((column) => column.name === name)),
  );
  const columns = shared.map(({ name, doc }) => ({
    name: `Column${goName(name)}`,
    value: goText(name),
    doc,
  }));
  return goFile(NAME, [
    `${goComment("FailureReason is why an event could not be read. The list is closed.")}type FailureReason string\n`,
    goConstants("The reasons.", constants),
    goConstants("Ends of the names of a pipeline's tables, after its prefix.", suffixes),
    goConstants("Columns that all of a pipeline's tables have.", columns),
  ]);
}

/** Every file that is made of the event model, but for TypeScript, which is formatted later. */
export function eventModelFiles(model: EventModel): readonly GeneratedFile[] {
  return [
    ...Object.entries(model.tables).map(([key, table]) => javaColumns(key, table)),
    javaTables(model),
    javaReasons(model),
    goModel(model),
    ["docs/event-model.md", eventModelPage(model)],
  ];
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
function eventModelPage(model: EventModel): string {
  const reasons = model.failureReasons.map(
    ({ reason, doc, remedy }) => `| \`${reason}\` | ${cell(doc)} | ${cell(remedy)} |`,
  );
  return `<!-- ${sourceNote(NAME)} -->

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
