/** Compares the wanted partitioning and sort order with a table's. Pure. Both hold for new data only. */
import { TerminalError } from "../../runtime/errors.ts";
import type {
  CurrentTable,
  PartitionField,
  SortField,
  SortOrder,
  WantedPartitionField,
  WantedSortField,
} from "./table.ts";
import { currentPartitionFields, currentSortFields } from "./table.ts";
import type { Field } from "./types.ts";

/** Ids of partition fields begin above this. */
const FIRST_PARTITION_ID = 1000;

/** Either a layout that the table had before, by its id, or a new one. */
export type LayoutChange<Layout> =
  | { readonly kind: "known"; readonly id: number; readonly layout: Layout }
  | { readonly kind: "new"; readonly layout: Layout };

/** What a partition field is made of; its name and id do not matter to data. */
interface PartitionShape {
  readonly sourceId: number;
  readonly transform: string;
  readonly name: string;
}

/** `undefined`: it is as wanted. `fields` is the schema that will hold then. */
export function diffPartitioning(
  wanted: readonly WantedPartitionField[],
  fields: readonly Field[],
  table: CurrentTable,
): LayoutChange<readonly PartitionField[]> | undefined {
  const shapes = partitionShapes(wanted, fields);
  if (isSamePartitioning(shapes, currentPartitionFields(table))) return undefined;
  const known = table.partitionSpecs.find((spec) => isSamePartitioning(shapes, spec.fields));
  if (known !== undefined) return { kind: "known", id: known.specId, layout: known.fields };
  return { kind: "new", layout: withPartitionIds(shapes, table) };
}

/** Fields of the partitioning of a new table. */
export function newPartitionFields(
  wanted: readonly WantedPartitionField[],
  fields: readonly Field[],
): readonly PartitionField[] {
  return partitionShapes(wanted, fields).map((shape, index) => ({
    ...shape,
    fieldId: FIRST_PARTITION_ID + index,
  }));
}

/** `undefined`: it is as wanted. */
export function diffSortOrder(
  wanted: readonly WantedSortField[],
  fields: readonly Field[],
  table: CurrentTable,
): LayoutChange<SortOrder> | undefined {
  const order = newSortFields(wanted, fields);
  if (isSameOrder(order, currentSortFields(table))) return undefined;
  const known = table.sortOrders.find((candidate) => isSameOrder(order, candidate.fields));
  if (known !== undefined) return { kind: "known", id: known.orderId, layout: known };
  const highest = Math.max(0, ...table.sortOrders.map((candidate) => candidate.orderId));
  // 0 is by definition the order of an unsorted table.
  return { kind: "new", layout: { orderId: order.length === 0 ? 0 : highest + 1, fields: order } };
}

/** Fields of the sort order of a table with this schema. */
export function newSortFields(
  wanted: readonly WantedSortField[],
  fields: readonly Field[],
): readonly SortField[] {
  return wanted.map((field) => ({
    sourceId: idOfColumn(field.column, fields, "spec.sortBy"),
    transform: "identity",
    direction: field.direction,
    nullOrder: field.nullOrder,
  }));
}

function partitionShapes(
  wanted: readonly WantedPartitionField[],
  fields: readonly Field[],
): readonly PartitionShape[] {
  const taken = new Set(fields.map((field) => field.name));
  return wanted.map((field) => {
    const name = partitionName(field, taken);
    taken.add(name);
    return {
      sourceId: idOfColumn(field.column, fields, "spec.partitionBy"),
      transform: field.width === undefined ? field.transform : `${field.transform}[${field.width}]`,
      name,
    };
  });
}

/** The name that engines show; it may be a column's only where it has the column's very values. */
function partitionName(field: WantedPartitionField, taken: ReadonlySet<string>): string {
  if (field.transform === "identity") return field.column;
  const suffix = field.transform === "void" ? "null" : field.transform;
  const parts = [field.column, suffix, ...(field.width === undefined ? [] : [String(field.width)])];
  let name = parts.join("_");
  while (taken.has(name)) name += "_partition";
  return name;
}

/** In format version 1 a field that was taken away stays as `void`; it makes no difference. */
function isSamePartitioning(wanted: readonly PartitionShape[], current: readonly PartitionField[]): boolean {
  const wantsVoid = wanted.some((field) => field.transform === "void");
  const effective = wantsVoid ? current : current.filter((field) => field.transform !== "void");
  return (
    wanted.length === effective.length &&
    wanted.every(
      (field, index) =>
        field.sourceId === effective[index]?.sourceId && field.transform === effective[index].transform,
    )
  );
}

/** A field that the table had before keeps its id, so that engines see its old and new files as one partition column. */
function withPartitionIds(shapes: readonly PartitionShape[], table: CurrentTable): readonly PartitionField[] {
  const before = new Map(
    table.partitionSpecs
      .flatMap((spec) => spec.fields)
      .map((field) => [`${field.sourceId} ${field.transform}`, field.fieldId]),
  );
  let last = Math.max(table.lastPartitionId, FIRST_PARTITION_ID - 1);
  return shapes.map((shape) => {
    const known = before.get(`${shape.sourceId} ${shape.transform}`);
    if (known === undefined) last += 1;
    return { ...shape, fieldId: known ?? last };
  });
}

function isSameOrder(wanted: readonly SortField[], current: readonly SortField[]): boolean {
  return (
    wanted.length === current.length &&
    wanted.every((field, index) => JSON.stringify(sortKey(field)) === JSON.stringify(sortKey(current[index])))
  );
}

function sortKey(field: SortField | undefined): unknown {
  return [field?.sourceId, field?.transform, field?.direction, field?.nullOrder];
}

function idOfColumn(column: string, fields: readonly Field[], where: string): number {
  const field = fields.find((candidate) => candidate.name === column);
  if (field === undefined) {
    throw new TerminalError(
      "InvalidSpec",
      `${where} must name a column of the table, and "${column}" is none`,
      {
        field: where,
      },
    );
  }
  return field.id;
}
