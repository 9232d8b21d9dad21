/** LakeTable: one Iceberg table and the prefix that its files lie under. */
import { z } from "zod";
import { commonStatus } from "./conditions.ts";
import { TRANSFORM_SOURCES, icebergType } from "./iceberg-type.ts";
import {
  type Immutable,
  LABEL_NAME_RULES,
  PLATFORM_IMMUTABLE,
  type Resource,
  type Sent,
  defineKind,
  immutableField,
} from "./kind-definition.ts";
import {
  DEFAULT_DELETION_POLICY,
  columnName,
  databaseName,
  deletionPolicy,
  identifier,
  objectName,
  platformRef,
} from "./references.ts";
import { celText, count, integer, listMap, patterned, text, type Rule, withRules } from "./rules.ts";
import { MAINTENANCE_DEFAULTS, maintenanceStatus, RETENTION_RULE, tableMaintenance } from "./maintenance.ts";
import { tableProperties } from "./table-properties.ts";

/** What an absent field means; resolved by the controllers, never written into the resource. */
export const LAKE_TABLE_DEFAULTS = {
  columnRequired: false,
  sortDirection: "asc",
  /** Where nulls go when nullOrder is absent, by direction, as Iceberg has it. */
  nullOrder: { asc: "first", desc: "last" },
  allowDestructiveChanges: false,
  otherColumns: "Refuse",
  maintenance: MAINTENANCE_DEFAULTS,
  deletionPolicy: DEFAULT_DELETION_POLICY,
} as const;

/** Folder of the platform's bucket in which pipelines keep their checkpoints. Whatever deletes a table must not touch it. */
export const CHECKPOINT_FOLDER = "checkpoints";
const DOTTED_FOLDER = "/[.]{1,2}(/|$)";
const AMONG_CHECKPOINTS = `^s3://[^/]+/+${CHECKPOINT_FOLDER}(/|$)`;

const column = withRules(
  z.object({
    name: columnName.describe(
      "Name of the column: letters, digits and '_'. Use lower case, except for tables that others made: SQL engines know no capitals.",
    ),
    type: icebergType.describe(
      "Iceberg type, in lower case and without spaces: boolean, int, long, float, double, decimal(p,s), date, time, " +
        "timestamp, timestamptz, string, uuid, binary, fixed(n), list<T>, map<K,V> or struct<a:T,b:T>.",
    ),
    required: z
      .boolean()
      .optional()
      .describe("Whether the column must have a value in every row. Default false."),
    doc: text(1024).optional().describe("What the column means."),
    previousName: columnName
      .optional()
      .describe("Name that the column had before; the column is then renamed and keeps its data."),
  }),
  [
    {
      rule: "!has(self.previousName) || self.previousName != self.name",
      message: "previousName must differ from name; leave it out when the column is not renamed",
      fieldPath: ".previousName",
      holds: (value) => value.previousName !== value.name,
    },
  ],
).describe("One column.");

const PARTITION_TRANSFORMS = [
  "identity",
  "year",
  "month",
  "day",
  "hour",
  "bucket",
  "truncate",
  "void",
] as const;

/** Also of a pipeline's table of events. */
export const partitionField = withRules(
  z.object({
    column: columnName.describe("Name of a column of this table."),
    transform: z
      .enum(PARTITION_TRANSFORMS)
      .describe("How the partition is made from the column's value. bucket and truncate need a width."),
    width: integer(1, 1_000_000)
      .optional()
      .describe("Number of buckets for bucket, or length or step for truncate; for no other transform."),
  }),
  [
    {
      rule: "(self.transform == 'bucket' || self.transform == 'truncate') == has(self.width)",
      message: "width must be given for bucket and truncate, and for no other transform",
      fieldPath: ".width",
      holds: (value) =>
        (value.transform === "bucket" || value.transform === "truncate") === (value.width !== undefined),
    },
  ],
).describe("One partition field.");

/** Also of a pipeline's table of events. */
export const sortField = z
  .object({
    column: columnName.describe("Name of a column of this table."),
    direction: z.enum(["asc", "desc"]).optional().describe("Order of the values. Default 'asc'."),
    nullOrder: z
      .enum(["first", "last"])
      .optional()
      .describe("Where rows without a value go. Default 'first' for asc and 'last' for desc."),
  })
  .describe("One sort field.");

const TIME_TRANSFORMS: readonly string[] = ["year", "month", "day", "hour"];

const lakeTableFields = z.object({
  platformRef,
  database: databaseName.describe(
    "Iceberg namespace of the table. It is created when absent. It must not change.",
  ),
  table: identifier.describe("Name of the table within the database. It must not change."),
  columns: listMap(column, ["name"], 256)
    .min(1)
    .describe(
      "Columns in order. A column that was named before and is left out is dropped, if allowDestructiveChanges is true.",
    ),
  partitionBy: listMap(partitionField, ["column", "transform"], 16)
    .optional()
    .describe("Partition fields in order. Default none. A change holds for new data only."),
  sortBy: listMap(sortField, ["column"], 16)
    .optional()
    .describe("Sort order that writers are asked to keep. Default none."),
  properties: tableProperties
    .optional()
    .describe("Table properties by their Iceberg names, for example 'write.target-file-size-bytes'."),
  location: withRules(
    patterned(/^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[A-Za-z0-9!_.*'()=-]+)+$/, 1024),
    [
      {
        rule: `!self.matches(${celText(AMONG_CHECKPOINTS)})`,
        message: `must not lie in ${CHECKPOINT_FOLDER}/, where pipelines keep their checkpoints; use another folder`,
        holds: (location) => !new RegExp(AMONG_CHECKPOINTS).test(location),
      },
      {
        rule: `!self.matches(${celText(DOTTED_FOLDER)})`,
        message:
          "must not hold the folders '.' and '..': object stores take them as names, and tools as other places",
        holds: (location) => !new RegExp(DOTTED_FOLDER).test(location),
      },
    ],
  )
    .optional()
    .describe(
      "Where the files lie, as 's3://bucket/prefix'. Default a prefix of its own in the platform's bucket. It must not change.",
    ),
  allowDestructiveChanges: z
    .boolean()
    .optional()
    .describe(
      "Whether a change of this manifest may lose data: dropping columns and fields that it named before and names no more. What " +
        "others add or rename is never dropped. Default false.",
    ),
  otherColumns: z
    .enum(["Refuse", "Keep"])
    .optional()
    .describe(
      "What becomes of optional columns and fields that others add to the table: Refuse stalls until they are named here, Keep leaves " +
        "them as they are. Default 'Refuse'.",
    ),
  maintenance: tableMaintenance.optional(),
  deletionPolicy: deletionPolicy
    .optional()
    .describe("Whether deleting this resource drops the table and deletes its files. Default 'Retain'."),
});

type Fields = z.output<typeof lakeTableFields>;
type PartitionField = NonNullable<Fields["partitionBy"]>[number];

function typeWord(type: string): string {
  return type.split("(", 1)[0] ?? type;
}

function canTransform(partition: PartitionField, columns: Fields["columns"]): boolean {
  const source = columns.find((candidate) => candidate.name === partition.column);
  if (source === undefined) return true;
  if (partition.transform === "identity" || partition.transform === "void") return !source.type.includes("<");
  const words: readonly string[] = TRANSFORM_SOURCES[partition.transform];
  return words.includes(typeWord(source.type));
}

function celTransformRule(): string {
  const allowed = Object.entries(TRANSFORM_SOURCES).map(([transform, words]) => {
    const list = words.map((word) => `'${word}'`).join(", ");
    return `p.transform == '${transform}' ? c.type.split('(', 2)[0] in [${list}]`;
  });
  return `!has(self.partitionBy) || self.partitionBy.all(p, self.columns.all(c, c.name != p.column
    || (${allowed.join(" : ")} : !c.type.contains('<'))))`;
}

function hasColumn(columns: Fields["columns"], name: string): boolean {
  return columns.some((candidate) => candidate.name === name);
}

const CEL_TIMES = `[${TIME_TRANSFORMS.map(celText).join(", ")}]`;

function previousNames(spec: Fields): readonly string[] {
  return spec.columns.flatMap((candidate) => candidate.previousName ?? []);
}

const rules: readonly Rule<Fields>[] = [
  {
    rule: "!has(self.partitionBy) || self.partitionBy.all(p, self.columns.exists(c, c.name == p.column))",
    message: "partitionBy must name columns of this table; add the column or correct the name",
    fieldPath: ".partitionBy",
    holds: (spec) => (spec.partitionBy ?? []).every((field) => hasColumn(spec.columns, field.column)),
  },
  {
    rule: `!has(self.partitionBy) || self.partitionBy.all(p, !(p.transform in ${CEL_TIMES})
      || self.partitionBy.exists_one(q, q.column == p.column && q.transform in ${CEL_TIMES}))`,
    message: "partitionBy must have only one of year, month, day and hour of a column; keep the finest",
    fieldPath: ".partitionBy",
    holds: (spec) => {
      const times = (spec.partitionBy ?? []).filter(({ transform }) => TIME_TRANSFORMS.includes(transform));
      return new Set(times.map((field) => field.column)).size === times.length;
    },
  },
  {
    rule: celTransformRule(),
    message:
      "partitionBy must fit the column's type: year, month, day take date, timestamp, timestamptz; hour takes timestamp, " +
      "timestamptz; truncate takes int, long, decimal, string, binary; bucket takes these and date, time, timestamp, " +
      "timestamptz, uuid, fixed; identity and void take every type but list, map, struct",
    fieldPath: ".partitionBy",
    holds: (spec) => (spec.partitionBy ?? []).every((field) => canTransform(field, spec.columns)),
  },
  {
    rule: "!has(self.sortBy) || self.sortBy.all(s, self.columns.exists(c, c.name == s.column && !c.type.contains('<')))",
    message: "sortBy must name columns of this table that are no list, map or struct",
    fieldPath: ".sortBy",
    holds: (spec) =>
      (spec.sortBy ?? []).every((field) =>
        spec.columns.some((candidate) => candidate.name === field.column && !candidate.type.includes("<")),
      ),
  },
  {
    rule: "self.columns.all(c, !has(c.previousName) || !self.columns.exists(d, d.name == c.previousName))",
    message:
      "columns must not name as previousName a column that is still there; remove previousName once the rename is done. To swap two " +
      "names, rename one column to a third name, then the other, then the first again, in three changes",
    fieldPath: ".columns",
    holds: (spec) => !previousNames(spec).some((name) => hasColumn(spec.columns, name)),
  },
  {
    rule: "self.columns.all(c, !has(c.previousName) || self.columns.exists_one(d, has(d.previousName) && d.previousName == c.previousName))",
    message: "columns must not hold the same previousName twice; only one column can be renamed from another",
    fieldPath: ".columns",
    holds: (spec) => new Set(previousNames(spec)).size === previousNames(spec).length,
  },
  RETENTION_RULE,
];

export const lakeTableSpec = withRules(lakeTableFields, rules);

export const lakeTableStatus = z.object({
  ...commonStatus,
  tableUuid: text(64)
    .optional()
    .describe(
      "UUID of the table that this resource has: made, or taken over. Only this one is dropped with it.",
    ),
  location: text(2048).optional().describe("Where the table's files lie."),
  fields: z
    .record(z.string(), text(256))
    .meta({ maxProperties: 10_000 })
    .optional()
    .describe(
      "Names by field id of what this manifest named when it was last in effect. Only these can be dropped by leaving them out.",
    ),
  otherColumns: z
    .array(text(256))
    .max(1000)
    .optional()
    .describe("Columns of the table that others added and that are kept."),
  renamedTo: text(512)
    .optional()
    .describe("Name by which the table is in the catalog that this resource had, when somebody renamed it."),
  schemaId: integer(0, 2_147_483_647).optional().describe("Id of the current schema."),
  currentSnapshotId: text(32)
    .optional()
    .describe(
      "Id of the current snapshot as text, because it does not fit a JSON number. Absent while the table is empty.",
    ),
  rows: count().optional().describe("Rows of the current snapshot."),
  dataFiles: count().optional().describe("Data files of the current snapshot."),
  totalBytes: count().optional().describe("Bytes of the current snapshot's data files."),
  maintenance: maintenanceStatus.optional(),
  conflictsWith: objectName
    .optional()
    .describe(
      "Name of the LakeTable that has the same table, or a place in or around this one's, which therefore is not touched.",
    ),
});

export type LakeTableSpec = Immutable<z.infer<typeof lakeTableSpec>>;
export type LakeTableColumn = LakeTableSpec["columns"][number];
export type LakeTablePartitionField = NonNullable<LakeTableSpec["partitionBy"]>[number];
export type LakeTableStatus = Sent<z.infer<typeof lakeTableStatus>>;
export type LakeTable = Resource<LakeTableSpec, LakeTableStatus>;

export const lakeTableKind = defineKind({
  kind: "LakeTable",
  plural: "laketables",
  shortName: "lt",
  description:
    "LakeTable owns one Iceberg table: it creates the database, the S3 prefix and the table, and evolves schema, partitioning, " +
    "sort order and properties. Deleting it keeps the table unless deletionPolicy is Delete.",
  columns: [
    { name: "Database", type: "string", jsonPath: ".spec.database", description: "Iceberg namespace." },
    { name: "Table", type: "string", jsonPath: ".spec.table", description: "Name of the table." },
    { name: "Rows", type: "integer", jsonPath: ".status.rows", description: "Rows of the current snapshot." },
    {
      name: "Files",
      type: "integer",
      jsonPath: ".status.dataFiles",
      description: "Data files.",
      priority: 1,
    },
    { name: "Bytes", type: "integer", jsonPath: ".status.totalBytes", description: "Bytes.", priority: 1 },
    {
      name: "Maintained",
      type: "string",
      jsonPath: '.status.conditions[?(@.type=="Maintained")].status',
      description: "Whether the table is looked after.",
      priority: 1,
    },
    {
      name: "Last Upkeep",
      type: "date",
      jsonPath: ".status.maintenance.lastRun.at",
      description: "How long ago that was last begun, whatever came of it.",
      priority: 1,
    },
    { name: "Location", type: "string", jsonPath: ".status.location", description: "Location.", priority: 1 },
  ],
  schema: lakeTableSpec,
  statusSchema: lakeTableStatus,
  nameRules: LABEL_NAME_RULES,
  immutables: [
    PLATFORM_IMMUTABLE,
    {
      rule: "self.database == oldSelf.database",
      message: "database must not change; create a new LakeTable for another table",
      fieldPath: ".database",
    },
    {
      rule: "self.table == oldSelf.table",
      message: "table must not change; create a new LakeTable for another table",
      fieldPath: ".table",
    },
    immutableField("location", "create a new LakeTable at the other location and copy the data"),
  ],
});
