/** Tables in the JSON of the Iceberg REST protocol: reading what a catalog answers, and writing fields, layouts and orders. */
import type { IcebergType, PartitionSpec, SortOrder, StructField, TableSchema } from "iceberg-js";
import { z } from "zod";
import type { TableIdentifier } from "../../naming/tables.ts";
import type {
  CurrentTable,
  PartitionField,
  Snapshot,
  SortField,
  TableHistory,
  TableSchema as ReadSchema,
} from "./table.ts";
import type { Field, TableType } from "./types.ts";

const integer = z.number().int();
const longInteger = z.union([integer, z.bigint()]);

const wireField = z.looseObject({
  id: integer,
  name: z.string(),
  type: z.unknown(),
  required: z.boolean(),
  doc: z.string().nullish(),
});

const wireStruct = z.object({ type: z.literal("struct"), fields: z.array(wireField) });
const wireList = z.object({
  type: z.literal("list"),
  "element-id": integer,
  element: z.unknown(),
  "element-required": z.boolean(),
});
const wireMap = z.object({
  type: z.literal("map"),
  "key-id": integer,
  key: z.unknown(),
  "value-id": integer,
  value: z.unknown(),
  "value-required": z.boolean(),
});

const wirePartitionField = z.object({
  "source-id": integer,
  "field-id": integer,
  name: z.string(),
  transform: z.string(),
});

const wireSortField = z.object({
  "source-id": integer,
  transform: z.string(),
  direction: z.enum(["asc", "desc"]),
  "null-order": z.enum(["nulls-first", "nulls-last"]),
});

const wireSnapshot = z.object({
  "snapshot-id": longInteger,
  "timestamp-ms": longInteger.nullish(),
  summary: z.record(z.string(), z.string()).nullish(),
});

const wireRef = z.object({ "snapshot-id": longInteger, "max-ref-age-ms": longInteger.nullish() });

const wireMetadata = z.object({
  "format-version": integer,
  "table-uuid": z.string(),
  location: z.string(),
  "last-column-id": integer,
  schemas: z.array(
    z.object({
      "schema-id": integer,
      "identifier-field-ids": z.array(integer).nullish(),
      fields: z.array(wireField),
    }),
  ),
  "current-schema-id": integer,
  "partition-specs": z.array(z.object({ "spec-id": integer, fields: z.array(wirePartitionField) })),
  "default-spec-id": integer,
  "last-partition-id": integer.nullish(),
  "sort-orders": z.array(z.object({ "order-id": integer, fields: z.array(wireSortField) })).nullish(),
  "default-sort-order-id": integer.nullish(),
  properties: z.record(z.string(), z.string()).nullish(),
  "current-snapshot-id": longInteger.nullish(),
  snapshots: z.array(wireSnapshot).nullish(),
  "snapshot-log": z.array(z.object({ "timestamp-ms": longInteger })).nullish(),
  refs: z.record(z.string(), wireRef).nullish(),
});

const wireTable = z.object({ metadata: wireMetadata });

type WireMetadata = z.output<typeof wireMetadata>;

/** Largest partition id of a table that never had one. */
const NO_PARTITION_ID = 999;

/** The table in an answer to load, create or commit. Throws when the answer is not what the protocol says. */
export function readTableAnswer(identifier: TableIdentifier, body: unknown): CurrentTable {
  const { metadata } = wireTable.parse(body);
  const schemaId = metadata["current-schema-id"];
  const schemas = metadata.schemas.map(readSchema);
  const schema = schemas.find((candidate) => candidate.schemaId === schemaId);
  if (schema === undefined) throw new Error(`the table has no schema ${schemaId}`);
  const snapshot = readSnapshot(metadata);
  return {
    identifier,
    uuid: metadata["table-uuid"],
    location: metadata.location.replace(/\/+$/, ""),
    formatVersion: metadata["format-version"],
    schemaId,
    schemas,
    fields: schema.fields,
    identifierFieldIds: schema.identifierFieldIds,
    lastColumnId: metadata["last-column-id"],
    partitionSpecs: metadata["partition-specs"].map((spec) => ({
      specId: spec["spec-id"],
      fields: spec.fields.map(readPartitionField),
    })),
    defaultSpecId: metadata["default-spec-id"],
    lastPartitionId: metadata["last-partition-id"] ?? NO_PARTITION_ID,
    ...readSortOrders(metadata),
    properties: metadata.properties ?? {},
    ...(snapshot && { snapshot }),
    history: readHistory(metadata),
  };
}

function readHistory(metadata: WireMetadata): TableHistory {
  const ends = Object.values(metadata.refs ?? {}).flatMap((ref) => endOf(ref, metadata));
  return {
    commits: (metadata["snapshot-log"] ?? []).map((entry) => Number(entry["timestamp-ms"])),
    firstRefEnd: ends.length === 0 ? undefined : Math.min(...ends),
  };
}

/** The age of a branch or tag is that of its snapshot. */
function endOf(ref: z.output<typeof wireRef>, { snapshots }: WireMetadata): readonly number[] {
  const age = ref["max-ref-age-ms"];
  const id = BigInt(ref["snapshot-id"]);
  const made = (snapshots ?? []).find((one) => BigInt(one["snapshot-id"]) === id)?.["timestamp-ms"];
  if (age === undefined || age === null || made === undefined || made === null) return [];
  return [Number(made) + Number(age)];
}

function readSchema(wire: WireMetadata["schemas"][number]): ReadSchema {
  return {
    schemaId: wire["schema-id"],
    fields: wire.fields.map(readField),
    identifierFieldIds: wire["identifier-field-ids"] ?? [],
  };
}

function readSortOrders(metadata: WireMetadata): Pick<CurrentTable, "sortOrders" | "defaultSortOrderId"> {
  const sortOrders = (metadata["sort-orders"] ?? []).map((order) => ({
    orderId: order["order-id"],
    fields: order.fields.map(readSortField),
  }));
  return { sortOrders, defaultSortOrderId: metadata["default-sort-order-id"] ?? 0 };
}

function readField(wire: z.output<typeof wireField>): Field {
  const { id, name, type, required, doc, ...extra } = wire;
  return {
    id,
    name,
    type: readType(type),
    isRequired: required,
    ...(doc !== undefined && doc !== null && { doc }),
    ...(Object.keys(extra).length > 0 && { extra }),
  };
}

function readType(type: unknown): TableType {
  if (typeof type === "string") return { kind: "scalar", name: readScalar(type) };
  const { type: kind } = z.looseObject({ type: z.string() }).parse(type);
  switch (kind) {
    case "list": {
      const list = wireList.parse(type);
      const element = readType(list.element);
      return { kind, elementId: list["element-id"], isElementRequired: list["element-required"], element };
    }
    case "map":
      return readMap(wireMap.parse(type));
    case "struct":
      return { kind, fields: wireStruct.parse(type).fields.map(readField) };
    default:
      throw new Error(`the table has a column of the unknown form "${kind}"`);
  }
}

function readMap(map: z.output<typeof wireMap>): TableType {
  return {
    kind: "map",
    keyId: map["key-id"],
    key: readType(map.key),
    valueId: map["value-id"],
    isValueRequired: map["value-required"],
    value: readType(map.value),
  };
}

/** `decimal(9, 2)` and `fixed[16]` of the protocol are `decimal(9,2)` and `fixed(16)` in manifests. */
function readScalar(name: string): string {
  return name.replaceAll(" ", "").replace(/^fixed\[(\d+)\]$/, "fixed($1)");
}

function writeScalar(name: string): string {
  return name.replace(/^decimal\((\d+),(\d+)\)$/, "decimal($1, $2)").replace(/^fixed\((\d+)\)$/, "fixed[$1]");
}

function readPartitionField(wire: z.output<typeof wirePartitionField>): PartitionField {
  const { name, transform } = wire;
  return { sourceId: wire["source-id"], fieldId: wire["field-id"], name, transform };
}

function readSortField(wire: z.output<typeof wireSortField>): SortField {
  return {
    sourceId: wire["source-id"],
    transform: wire.transform,
    direction: wire.direction,
    nullOrder: wire["null-order"] === "nulls-first" ? "first" : "last",
  };
}

function readSnapshot(metadata: WireMetadata): Snapshot | undefined {
  const id = metadata["current-snapshot-id"];
  if (id === undefined || id === null || BigInt(id) < 0n) return undefined;
  const snapshot = (metadata.snapshots ?? []).find((one) => BigInt(one["snapshot-id"]) === BigInt(id));
  return { id: String(id), ...snapshotFigures(snapshot?.summary ?? {}) };
}

/** What the writer of a snapshot said of it. */
function snapshotFigures(summary: Readonly<Record<string, string>>): Omit<Snapshot, "id"> {
  const operation = summary["operation"];
  const rows = readCount(summary["total-records"]);
  const dataFiles = readCount(summary["total-data-files"]);
  const totalBytes = readCount(summary["total-files-size"]);
  return {
    ...(operation !== undefined && { operation }),
    ...(rows !== undefined && { rows }),
    ...(dataFiles !== undefined && { dataFiles }),
    ...(totalBytes !== undefined && { totalBytes }),
  };
}

function readCount(text: string | undefined): number | undefined {
  const count = Number(text ?? Number.NaN);
  return Number.isSafeInteger(count) && count >= 0 ? count : undefined;
}

/** A schema as the protocol takes it. */
export function writeSchema(
  fields: readonly Field[],
  schemaId: number,
  identifierFieldIds: readonly number[],
): TableSchema {
  return {
    type: "struct",
    "schema-id": schemaId,
    ...(identifierFieldIds.length > 0 && { "identifier-field-ids": [...identifierFieldIds] }),
    fields: fields.map(writeField),
  };
}

function writeField(field: Field): StructField {
  return {
    ...field.extra,
    id: field.id,
    name: field.name,
    required: field.isRequired,
    type: writeType(field.type),
    ...(field.doc !== undefined && { doc: field.doc }),
  };
}

function writeType(type: TableType): IcebergType {
  switch (type.kind) {
    case "scalar":
      return writeScalar(type.name);
    case "list":
      return {
        type: "list",
        "element-id": type.elementId,
        element: writeType(type.element),
        "element-required": type.isElementRequired,
      };
    case "map":
      return {
        type: "map",
        "key-id": type.keyId,
        key: writeType(type.key),
        "value-id": type.valueId,
        value: writeType(type.value),
        "value-required": type.isValueRequired,
      };
    case "struct":
      return { type: "struct", fields: type.fields.map(writeField) };
  }
}

/** A partitioning as the protocol takes it. */
export function writePartitionSpec(fields: readonly PartitionField[], specId: number): PartitionSpec {
  return {
    "spec-id": specId,
    fields: fields.map((field) => ({
      "source-id": field.sourceId,
      "field-id": field.fieldId,
      name: field.name,
      transform: field.transform,
    })),
  };
}

/** A sort order as the protocol takes it. */
export function writeSortOrder(fields: readonly SortField[], orderId: number): SortOrder {
  return {
    "order-id": orderId,
    fields: fields.map((field) => ({
      "source-id": field.sourceId,
      transform: field.transform,
      direction: field.direction,
      "null-order": `nulls-${field.nullOrder}`,
    })),
  };
}
