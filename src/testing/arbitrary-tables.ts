/** For tests: random tables, and a model of what a catalog makes of our actions. */
import fc from "fast-check";
import type { DatabaseName, TableName } from "../naming/tables.ts";
import { TerminalError } from "../runtime/errors.ts";
import type { CreateTable, TableAction, TableChange } from "../targets/iceberg/diff.ts";
import type {
  CurrentTable,
  PartitionField,
  SortOrder,
  TransformName,
  WantedColumn,
  WantedPartitionField,
  WantedSortField,
  WantedTable,
} from "../targets/iceberg/table.ts";
import { parseType } from "../targets/iceberg/type-text.ts";
import type { WantedType } from "../targets/iceberg/types.ts";
import { IdSource, idsOfField } from "../targets/iceberg/types.ts";

const NOTHING_DECLARED: ReadonlyMap<number, string> = new Map();

export const TEST_TABLE = { database: "shop" as DatabaseName, table: "events" as TableName };

/** Types of every form, three levels deep. */
export function anyWantedType(): fc.Arbitrary<WantedType> {
  const scalar = fc
    .constantFrom(
      "int",
      "long",
      "float",
      "double",
      "string",
      "timestamptz",
      "decimal(9,2)",
      "decimal(12,2)",
      "fixed(16)",
    )
    .map((name): WantedType => ({ kind: "scalar", name }));
  const { type } = fc.letrec<{ type: WantedType }>((tie) => ({
    type: fc.oneof(
      { maxDepth: 3, depthIdentifier: "type" },
      { weight: 4, arbitrary: scalar },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant("list" as const), element: tie("type") }) },
      {
        weight: 1,
        arbitrary: fc.record({ kind: fc.constant("map" as const), key: scalar, value: tie("type") }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant("struct" as const),
          fields: fc.uniqueArray(fc.record({ name: anyName(), type: tie("type") }), {
            selector: (field) => field.name,
            minLength: 1,
            maxLength: 3,
          }),
        }),
      },
    ),
  }));
  return type;
}

/** Few names, so that two tables share some. */
function anyName(): fc.Arbitrary<string> {
  return fc.constantFrom("a", "b", "c", "d", "e", "f");
}

function anyColumn(): fc.Arbitrary<WantedColumn> {
  return fc
    .record({
      name: anyName(),
      type: anyWantedType(),
      isRequired: fc.boolean(),
      doc: fc.option(fc.constantFrom("one", "two"), { nil: undefined }),
    })
    .map(({ doc, ...column }) => ({ ...column, ...(doc !== undefined && { doc }) }));
}

/** A valid table; its partitioning and order name its columns. */
export function anyWantedTable(): fc.Arbitrary<WantedTable> {
  const columns = fc.uniqueArray(anyColumn(), {
    selector: (column) => column.name,
    minLength: 1,
    maxLength: 5,
  });
  return columns.chain((some) => anyWantedTableWith(some));
}

/** A valid table with just these columns. */
function anyWantedTableWith(columns: readonly WantedColumn[]): fc.Arbitrary<WantedTable> {
  const names = columns.filter((column) => column.type.kind === "scalar").map((column) => column.name);
  const column = names.length === 0 ? undefined : fc.constantFrom(...names);
  return fc.record({
    identifier: fc.constant(TEST_TABLE),
    columns: fc.constant(columns),
    partitionBy: column === undefined ? fc.constant([]) : anyPartitioning(column),
    sortBy: column === undefined ? fc.constant([]) : anySortOrder(column),
    properties: fc.dictionary(fc.constantFrom("p", "q"), fc.constantFrom("1", "2")),
    formatVersion: fc.constant(undefined),
    location: fc.constant({
      kind: "anywhere-in-bucket" as const,
      bucket: "lake",
      fallback: "s3://lake/shop/events",
    }),
    unnamed: fc.record({
      declared: fc.constant(NOTHING_DECLARED),
      isDropAllowed: fc.boolean(),
      keepsOthers: fc.constant(false),
    }),
  });
}

function anyPartitioning(column: fc.Arbitrary<string>): fc.Arbitrary<readonly WantedPartitionField[]> {
  const field = fc
    .record({
      column,
      transform: fc.constantFrom<TransformName>("identity", "day", "bucket"),
      width: fc.constantFrom(4, 8),
    })
    .map(({ width, ...rest }) => (rest.transform === "bucket" ? { ...rest, width } : rest));
  return fc.uniqueArray(field, { selector: (one) => `${one.column} ${one.transform}`, maxLength: 2 });
}

function anySortOrder(column: fc.Arbitrary<string>): fc.Arbitrary<readonly WantedSortField[]> {
  const field = fc.record({
    column,
    direction: fc.constantFrom("asc" as const, "desc" as const),
    nullOrder: fc.constantFrom("first" as const, "last" as const),
  });
  return fc.uniqueArray(field, { selector: (one) => one.column, maxLength: 2 });
}

/** A table like `before` after a few edits that a person might make to its manifest. */
export function anyEditOf(before: WantedTable): fc.Arbitrary<WantedTable> {
  const edit = fc.constantFrom(...EDITS);
  return fc
    .record({ edits: fc.array(edit, { maxLength: 4 }), index: fc.nat(9) })
    .map(({ edits, index }) => edits.reduce((columns, apply) => apply(columns, index), [...before.columns]))
    .chain((columns) =>
      anyWantedTableWith(columns).map((table) => ({
        ...table,
        unnamed: { declared: NOTHING_DECLARED, isDropAllowed: true, keepsOthers: false },
      })),
    );
}

type Edit = (columns: WantedColumn[], index: number) => WantedColumn[];

const EDITS: readonly Edit[] = [
  (columns) => columns.toReversed(),
  (columns, index) => (columns.length > 1 ? columns.toSpliced(index % columns.length, 1) : columns),
  (columns, index) => columns.toSpliced(index, 0, newColumn(columns)),
  (columns, index) => renameColumn(columns, index),
  (columns) => columns.map((column) => ({ ...column, isRequired: false, doc: "edited" })),
  (columns) => columns.map((column) => ({ ...column, type: widen(column.type) })),
];

function newColumn(columns: readonly WantedColumn[]): WantedColumn {
  const name = `new_${columns.length}`;
  const type = parseType("list<struct<x:int,y:map<string,double>>>");
  const isTaken = columns.some((column) => column.name === name);
  return { name: isTaken ? `${name}_again` : name, type, isRequired: false };
}

function renameColumn(columns: readonly WantedColumn[], index: number): WantedColumn[] {
  const at = index % columns.length;
  return columns.map((column, nth) => {
    const isRenamedAlready =
      column.previousName !== undefined || columns.some((one) => one.name === `${column.name}_new`);
    return nth === at && !isRenamedAlready
      ? { ...column, name: `${column.name}_new`, previousName: column.name }
      : column;
  });
}

const WIDENED: Readonly<Record<string, string>> = {
  int: "long",
  float: "double",
  "decimal(9,2)": "decimal(12,2)",
};

function widen(type: WantedType): WantedType {
  switch (type.kind) {
    case "scalar":
      return { kind: "scalar", name: WIDENED[type.name] ?? type.name };
    case "list":
      return { ...type, element: widen(type.element) };
    case "map":
      return { ...type, value: widen(type.value) };
    case "struct":
      return { ...type, fields: type.fields.map((field) => ({ ...field, type: widen(field.type) })) };
  }
}

/** The table after an action, as the Iceberg specification has it. */
export function carryOut(table: CurrentTable | undefined, action: TableAction): CurrentTable {
  if (action.kind === "create-table") return tableOf(action);
  if (table === undefined) throw new Error(`there is no table for ${action.kind}`);
  return changeTable(table, action);
}

function tableOf(action: CreateTable): CurrentTable {
  const ids = new IdSource(Math.max(0, ...action.fields.flatMap((field) => idsOfField(field))));
  return {
    identifier: action.identifier,
    uuid: "11111111-2222-3333-4444-555555555555",
    location: action.location.kind === "exact" ? action.location.url : action.location.fallback,
    formatVersion: action.formatVersion,
    schemaId: 0,
    schemas: [{ schemaId: 0, fields: action.fields, identifierFieldIds: [] }],
    fields: action.fields,
    identifierFieldIds: [],
    lastColumnId: ids.last,
    partitionSpecs: [{ specId: 0, fields: action.partitioning }],
    defaultSpecId: 0,
    lastPartitionId: Math.max(999, ...action.partitioning.map((field) => field.fieldId)),
    sortOrders: [{ orderId: action.sortOrder.length === 0 ? 0 : 1, fields: action.sortOrder }],
    defaultSortOrderId: action.sortOrder.length === 0 ? 0 : 1,
    properties: action.properties,
    history: { commits: [], firstRefEnd: undefined },
  };
}

function changeTable(table: CurrentTable, action: TableChange): CurrentTable {
  switch (action.kind) {
    case "upgrade-format":
      return { ...table, formatVersion: action.to };
    case "evolve-schema":
      return withSchema(table, action);
    case "change-partitioning":
      return action.change.kind === "known"
        ? { ...table, defaultSpecId: action.change.id }
        : withSpec(table, action.change.layout);
    case "change-sort-order":
      return action.change.kind === "known"
        ? { ...table, defaultSortOrderId: action.change.id }
        : withOrder(table, action.change.layout);
    case "change-properties": {
      const kept = Object.entries(table.properties).filter(([key]) => !action.unset.includes(key));
      return { ...table, properties: { ...Object.fromEntries(kept), ...action.set } };
    }
  }
}

/** Like real catalogs: a schema that is there already cannot be added, only be made current by its id. */
function withSchema(
  table: CurrentTable,
  { fields, knownId, lastColumnId }: Extract<TableChange, { kind: "evolve-schema" }>,
): CurrentTable {
  const { identifierFieldIds } = table;
  const same = table.schemas.find((schema) => JSON.stringify(schema.fields) === JSON.stringify(fields));
  if (same?.schemaId !== knownId) throw new TerminalError("InvalidSpec", "No previously added schema");
  if (same !== undefined) return { ...table, schemaId: same.schemaId, fields: same.fields };
  const schemaId = Math.max(...table.schemas.map((schema) => schema.schemaId)) + 1;
  const schemas = [...table.schemas, { schemaId, fields, identifierFieldIds }];
  return { ...table, schemaId, schemas, fields, lastColumnId };
}

function withSpec(table: CurrentTable, fields: readonly PartitionField[]): CurrentTable {
  const specId = Math.max(...table.partitionSpecs.map((spec) => spec.specId)) + 1;
  return {
    ...table,
    partitionSpecs: [...table.partitionSpecs, { specId, fields }],
    defaultSpecId: specId,
    lastPartitionId: Math.max(table.lastPartitionId, ...fields.map((field) => field.fieldId)),
  };
}

function withOrder(table: CurrentTable, order: SortOrder): CurrentTable {
  return { ...table, sortOrders: [...table.sortOrders, order], defaultSortOrderId: order.orderId };
}
