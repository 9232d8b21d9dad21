import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isTerminalError } from "../../runtime/errors.ts";
import type { TableAction } from "./diff.ts";
import { declaredFields } from "./declared-fields.ts";
import { describeTableAction, diffTable } from "./diff.ts";
import { MANAGED_PROPERTIES } from "./diff-properties.ts";
import type { CurrentTable, WantedColumn, WantedTable } from "./table.ts";
import { TEST_TABLE, anyEditOf, anyWantedTable, carryOut } from "../../testing/arbitrary-tables.ts";
import { parseType, printType } from "./type-text.ts";
import type { Field, TableType } from "./types.ts";
import { idsOfField, withoutIds } from "./types.ts";

/** A column by its text: `name type`, with `!` for required. */
function column(text: string, more: Partial<WantedColumn> = {}): WantedColumn {
  const [name = "", type = ""] = text.replace("!", "").split(" ");
  return { name, type: parseType(type), isRequired: text.endsWith("!"), ...more };
}

function wantedTable(changes: Partial<WantedTable> = {}): WantedTable {
  return {
    identifier: TEST_TABLE,
    columns: [column("id string!"), column("n int"), column("at timestamptz!")],
    partitionBy: [],
    sortBy: [],
    properties: {},
    formatVersion: undefined,
    location: { kind: "anywhere-in-bucket", bucket: "lake", fallback: "s3://lake/shop/events" },
    unnamed: unnamedOf([], false),
    ...changes,
  };
}

/** The manifest had these columns of a table that was made with them, so that its ids are known. */
function unnamedOf(before: readonly WantedColumn[], isDropAllowed: boolean): WantedTable["unnamed"] {
  const declared =
    before.length === 0
      ? new Map<number, string>()
      : declaredFields(before, create(wantedTable({ columns: before })).fields);
  return { declared, isDropAllowed, keepsOthers: false };
}

function create(wanted: WantedTable): CurrentTable {
  return applyAll(diffTable(wanted, undefined), undefined);
}

function applyAll(actions: readonly TableAction[], current: CurrentTable | undefined): CurrentTable {
  const table = actions.reduce<CurrentTable | undefined>(carryOut, current);
  if (table === undefined) throw new Error("there is no table");
  return table;
}

/** Changes from one list of columns to another. */
function evolve(
  from: readonly WantedColumn[],
  to: readonly WantedColumn[],
  isDropAllowed = false,
): { readonly texts: readonly string[]; readonly fields: readonly Field[] } {
  const current = create(wantedTable({ columns: from }));
  const actions = diffTable(wantedTable({ columns: to, unnamed: unnamedOf(from, isDropAllowed) }), current);
  return { texts: actions.map(describeTableAction), fields: applyAll(actions, current).fields };
}

/** All columns of `wantedTable()` may be dropped. */
const UNNAMED = unnamedOf(wantedTable().columns, true);

function ids(fields: readonly Field[]): Record<string, number> {
  return Object.fromEntries(fields.map((field) => [field.name, field.id]));
}

describe("a table", () => {
  it("that is missing is created with ids of its own", () => {
    const [action] = diffTable(
      wantedTable({
        columns: [
          column("id string!", { doc: "who" }),
          column("tags map<string,list<int>>"),
          column("at timestamptz"),
        ],
        partitionBy: [
          { column: "at", transform: "day" },
          { column: "id", transform: "bucket", width: 16 },
        ],
        sortBy: [{ column: "at", direction: "desc", nullOrder: "last" }],
        properties: { "write.format.default": "parquet" },
      }),
      undefined,
    );
    expect(action).toMatchObject({
      kind: "create-table",
      fields: [
        { id: 1, name: "id", isRequired: true, doc: "who" },
        { id: 2, name: "tags", type: { keyId: 4, valueId: 5, value: { elementId: 6 } } },
        { id: 3, name: "at" },
      ],
      partitioning: [
        { sourceId: 3, fieldId: 1000, name: "at_day", transform: "day" },
        { sourceId: 1, fieldId: 1001, name: "id_bucket_16", transform: "bucket[16]" },
      ],
      sortOrder: [{ sourceId: 3, transform: "identity", direction: "desc", nullOrder: "last" }],
      properties: { "write.format.default": "parquet", [MANAGED_PROPERTIES]: "write.format.default" },
      formatVersion: 2,
    });
  });

  it("that another engine made, with capitals, empty comments and properties of its own, is left alone", () => {
    const columns = [column("orderId string!"), column("lines list<struct<skuCode:int>>")];
    const made = create(wantedTable({ columns }));
    const fields = made.fields.map((field) => ({ ...field, doc: "" }));
    const properties = { "vendor.unknown": "x" };
    expect(diffTable(wantedTable({ columns }), { ...made, fields, properties })).toEqual([]);
  });

  it("that is as wanted is left alone", () => {
    expect(diffTable(wantedTable(), create(wantedTable()))).toEqual([]);
  });
});

describe("a column", () => {
  it("is added with a fresh id, and those that stay keep theirs", () => {
    const { texts, fields } = evolve(
      [column("a int"), column("b int")],
      [column("a int"), column("b int"), column("c list<int>")],
    );
    expect(texts).toEqual(['adding column "c" (list<int>)']);
    expect(ids(fields)).toEqual({ a: 1, b: 2, c: 3 });
  });

  it("is added in the middle, which is a new order too", () => {
    const { texts } = evolve(
      [column("a int"), column("b int")],
      [column("a int"), column("c int"), column("b int")],
    );
    expect(texts).toEqual(['adding column "c" (int), reordering columns']);
  });

  it("is renamed and keeps its id", () => {
    const { texts, fields } = evolve(
      [column("a int"), column("b int")],
      [column("x int", { previousName: "a" }), column("b int")],
    );
    expect(texts).toEqual(['renaming column "a" to "x"']);
    expect(ids(fields)).toEqual({ x: 1, b: 2 });
  });

  it("is not renamed again when the manifest still tells its previous name", () => {
    const columns = [column("x int", { previousName: "a" })];
    expect(evolve([column("x int")], columns).texts).toEqual([]);
  });

  it("is added when the previous name belongs to nothing", () => {
    expect(
      evolve([column("b int")], [column("b int"), column("x int", { previousName: "a" })]).texts,
    ).toEqual(['adding column "x" (int)']);
  });

  it.each([
    ["int", "long"],
    ["float", "double"],
    ["decimal(9,2)", "decimal(18,2)"],
  ])("is widened from %s to %s", (from, to) => {
    expect(evolve([column(`a ${from}`)], [column(`a ${to}`)]).texts).toEqual([
      `widening column "a" from ${from} to ${to}`,
    ]);
  });

  it("is renamed, widened, documented and made optional at once", () => {
    const to = [column("b long", { previousName: "a", doc: "count" })];
    const { texts, fields } = evolve([column("a int!")], to);
    expect(texts).toEqual([
      'renaming column "a" to "b", making column "b" optional, documenting column "b", widening column "b" from int to long',
    ]);
    expect(fields).toEqual([
      { id: 1, name: "b", type: { kind: "scalar", name: "long" }, isRequired: false, doc: "count" },
    ]);
  });

  it("loses its doc when the manifest has none", () => {
    const { texts, fields } = evolve([column("a int", { doc: "old" })], [column("a int")]);
    expect([texts, fields[0]?.doc]).toEqual([['documenting column "a"'], undefined]);
  });

  it("changes its place", () => {
    const { texts, fields } = evolve([column("a int"), column("b int")], [column("b int"), column("a int")]);
    expect(texts).toEqual(["reordering columns"]);
    expect(fields.map((field) => field.id)).toEqual([2, 1]);
  });

  it("is dropped only when the manifest allows it, and another one of its name is a new column", () => {
    const from = [column("a int"), column("b string")];
    expect(() => evolve(from, [column("b string")])).toThrow(
      'column "a" is in the table but not in spec.columns; add it there to keep it, or set spec.allowDestructiveChanges: true',
    );
    const current = create(wantedTable({ columns: from }));
    const dropped = applyAll(
      diffTable(wantedTable({ columns: [column("b string")], unnamed: unnamedOf(from, true) }), current),
      current,
    );
    const again = applyAll(diffTable(wantedTable({ columns: from }), dropped), dropped);
    expect(ids(again.fields)).toEqual({ a: 3, b: 2 });
  });

  it("that cannot be renamed because both names exist is explained", () => {
    const to = [column("x int", { previousName: "a" })];
    expect(() => evolve([column("a int"), column("x int")], to)).toThrow('"a" cannot be renamed to it');
  });

  it.each([
    ["string", "int"],
    ["long", "int"],
    ["double", "float"],
    ["decimal(18,2)", "decimal(9,2)"],
    ["decimal(9,2)", "decimal(18,3)"],
    ["timestamp", "timestamptz"],
    ["int", "list<int>"],
    ["list<int>", "map<int,int>"],
    ["struct<a:int>", "int"],
  ])("cannot change from %s to %s; the message names it and says what to do", (from, to) => {
    expect(() => evolve([column(`price ${from}`)], [column(`price ${to}`)])).toThrow(
      `column "price" cannot change from ${from} to ${to}: Iceberg widens only int to long, float to double, and the digits of a ` +
        `decimal; set the type back to ${from}, or add a column with another name`,
    );
  });

  it("cannot become required", () => {
    expect(() => evolve([column("a int")], [column("a int!")])).toThrow('column "a" cannot become required');
  });

  it("cannot be added as required", () => {
    expect(() => evolve([column("a int")], [column("a int"), column("b int!")])).toThrow(
      'column "b" cannot be added as required',
    );
  });

  it("that data was ever partitioned by cannot be dropped", () => {
    const current = create(wantedTable({ partitionBy: [{ column: "n", transform: "identity" }] }));
    const columns = wantedTable().columns.filter((one) => one.name !== "n");
    expect(() => diffTable(wantedTable({ columns, unnamed: UNNAMED }), current)).toThrow(
      'column "n" cannot be dropped: the table is or was partitioned by it',
    );
  });

  it("that identifies rows cannot be dropped or made optional", () => {
    const current = { ...create(wantedTable()), identifierFieldIds: [1] };
    const columns = wantedTable().columns.filter((one) => one.name !== "id");
    expect(() => diffTable(wantedTable({ columns, unnamed: UNNAMED }), current)).toThrow("identifier fields");
    expect(() => diffTable(wantedTable({ columns: [column("id string"), ...columns] }), current)).toThrow(
      'column "id" cannot become optional',
    );
  });
});

describe("a nested column", () => {
  it("gets fields, widens them and changes their order, and keeps all ids", () => {
    const { texts, fields } = evolve(
      [column("items list<struct<sku:string,price:int>>")],
      [column("items list<struct<price:long,sku:string,size:int>>")],
    );
    expect(texts).toEqual([
      'widening column "items.element.price" from int to long, adding column "items.element.size" (int), ' +
        'reordering fields of column "items.element"',
    ]);
    expect(fields[0]?.type).toMatchObject({
      elementId: 2,
      element: {
        fields: [
          { id: 4, name: "price" },
          { id: 3, name: "sku" },
          { id: 5, name: "size" },
        ],
      },
    });
  });

  it("loses a field only when the manifest allows it", () => {
    const [from, to] = [[column("s struct<a:int,b:int>")], [column("s struct<a:int>")]];
    expect(() => evolve(from, to)).toThrow('column "s.b" is in the table');
    expect(() => evolve(from, [column("s struct<a:int,c:int>")])).toThrow(
      "to rename it, do that in SQL first (ALTER TABLE … RENAME COLUMN s.b TO …), which keeps its data, and then write the new name",
    );
    expect(evolve(from, to, true).texts).toEqual(['dropping column "s.b"']);
  });

  it("cannot change the key of a map", () => {
    expect(() => evolve([column("m map<int,int>")], [column("m map<long,int>")])).toThrow(
      'column "m" cannot change the key of its map from int to long',
    );
  });

  it("keeps what a manifest cannot say: required and documented fields inside", () => {
    const current = create(wantedTable({ columns: [column("s struct<a:int>")] }));
    const inside: Field = {
      id: 2,
      name: "a",
      type: { kind: "scalar", name: "int" },
      isRequired: true,
      doc: "kept",
    };
    const type: TableType = { kind: "struct", fields: [inside] };
    const table = { ...current, fields: [{ id: 1, name: "s", isRequired: false, type }] };
    expect(diffTable(wantedTable({ columns: [column("s struct<a:int>")] }), table)).toEqual([]);
    const actions = diffTable(wantedTable({ columns: [column("s struct<a:long>")] }), table);
    expect(actions).toMatchObject([
      { fields: [{ type: { fields: [{ ...inside, type: { name: "long" } }] } }] },
    ]);
  });
});

/** The table after somebody's `ALTER TABLE`: the fields that `change` makes of its own. */
function altered(table: CurrentTable, change: (fields: Field[]) => Field[]): CurrentTable {
  const fields = change([...table.fields]);
  const schemaId = table.schemaId + 1;
  const schemas = [...table.schemas, { schemaId, fields, identifierFieldIds: [] }];
  return { ...table, fields, schemaId, schemas, lastColumnId: table.lastColumnId + 1 };
}

describe("a column that the manifest does not name", () => {
  const columns = [column("a int"), column("b string")];
  const table = create(wantedTable({ columns }));
  const other = (name: string, isRequired = false): Field => ({
    id: 3,
    name,
    type: { kind: "scalar", name: "int" },
    isRequired,
  });
  const wanted = (unnamed: Partial<WantedTable["unnamed"]>): WantedTable =>
    wantedTable({ columns, unnamed: { ...unnamedOf(columns, false), ...unnamed } });

  it("is never dropped when somebody else added it, whatever is allowed", () => {
    const added = altered(table, (fields) => [...fields, other("engine")]);
    for (const isDropAllowed of [true, false]) {
      expect(() => diffTable(wanted({ isDropAllowed }), added)).toThrow(
        'column "engine" is in the table but not in spec.columns, and this manifest never had it',
      );
    }
  });

  it("is never dropped from a table that is taken over, as no manifest had it before", () => {
    const taken = wantedTable({
      columns: [column("a int")],
      unnamed: { declared: new Map(), isDropAllowed: true, keepsOthers: false },
    });
    expect(() => diffTable(taken, table)).toThrow("this manifest never had it");
  });

  it("is told as renamed when its id had another name, whatever is allowed", () => {
    const renamed = altered(table, ([a, b]) => [a as Field, { ...(b as Field), name: "c" }]);
    for (const [isDropAllowed, keepsOthers] of [
      [true, false],
      [false, true],
    ] as const) {
      expect(() => diffTable(wanted({ isDropAllowed, keepsOthers }), renamed)).toThrow(
        'column "b" (field id 2) was renamed to "c" outside of Kubernetes; set its name to "c" in spec.columns to accept that',
      );
    }
    const accepted = wantedTable({
      columns: [column("a int"), column("c string")],
      unnamed: unnamedOf(columns, true),
    });
    expect(diffTable(accepted, renamed)).toEqual([]);
  });

  it("is told as renamed inside of a column too", () => {
    const from = [column("s struct<x:int>")];
    const before = create(wantedTable({ columns: from }));
    const renamed = altered(before, ([s]) => {
      const type = { kind: "struct", fields: [{ ...other("y"), id: 2 }] } as const;
      return [{ ...(s as Field), type }];
    });
    const same = wantedTable({ columns: from, unnamed: unnamedOf(from, true) });
    expect(() => diffTable(same, renamed)).toThrow(
      'column "s.x" (field id 2) was renamed to "s.y" outside of Kubernetes',
    );
  });

  it("stays where it is when others' columns are kept, and is no difference", () => {
    for (const position of [0, 1, 2]) {
      const added = altered(table, (fields) => fields.toSpliced(position, 0, other("engine")));
      expect(diffTable(wanted({ keepsOthers: true }), added)).toEqual([]);
      const more = wantedTable({
        columns: [...columns, column("n int")],
        unnamed: wanted({ keepsOthers: true }).unnamed,
      });
      const names = applyAll(diffTable(more, added), added).fields.map((field) => field.name);
      expect(names).toEqual(["a", "b", "n"].toSpliced(position, 0, "engine"));
    }
  });

  it("stays when others' columns are kept, though the manifest had it, unless dropping is allowed", () => {
    const less = wantedTable({ columns: [column("a int")], unnamed: wanted({ keepsOthers: true }).unnamed });
    expect(diffTable(less, table)).toEqual([]);
    const unnamed = { ...less.unnamed, isDropAllowed: true };
    expect(diffTable({ ...less, unnamed }, table).map(describeTableAction)).toEqual(['dropping column "b"']);
  });

  it("is refused when it is required, as then no row can be written without it", () => {
    const added = altered(table, (fields) => [...fields, other("engine", true)]);
    expect(() => diffTable(wanted({ keepsOthers: true }), added)).toThrow('column "engine" is in the table');
  });
});

describe("an earlier schema", () => {
  const [a, b, c] = [column("a int"), column("b int"), column("c int")];

  it.each<[string, readonly WantedColumn[], readonly WantedColumn[]]>([
    ["after an order and back", [a, b], [b, a]],
    ["after a rename and back", [a, b], [a, column("c int", { previousName: "b" })]],
    ["after a comment and none", [a, b], [a, column("b int", { doc: "more" })]],
    ["after a new column and none", [a, b], [a, b, c]],
  ])("is made current again %s", (_case, before, after) => {
    const first = create(wantedTable({ columns: before }));
    const there = applyAll(
      diffTable(wantedTable({ columns: after, unnamed: unnamedOf(before, true) }), first),
      first,
    );
    const declared = declaredFields(after, there.fields);
    const back = before.map((one, nth) => {
      const now = after[nth]?.previousName === undefined ? undefined : after[nth].name;
      return { ...one, ...(now !== undefined && { previousName: now }) };
    });
    const actions = diffTable(
      wantedTable({ columns: back, unnamed: { declared, isDropAllowed: true, keepsOthers: false } }),
      there,
    );
    expect(actions).toMatchObject([{ kind: "evolve-schema", knownId: 0 }]);
    const again = applyAll(actions, there);
    expect([again.schemaId, again.fields]).toEqual([0, first.fields]);
  });
});

describe("a column with the name of a partition field", () => {
  const byDay = [{ column: "at", transform: "day" }] as const;
  const { columns } = wantedTable();
  const clash =
    'column "at_day" would have the name of the table\'s partition field "at_day" (day of column "at")';

  it("cannot be added", () => {
    const table = create(wantedTable({ partitionBy: byDay }));
    const wanted = wantedTable({ columns: [...columns, column("at_day date")], partitionBy: byDay });
    expect(() => diffTable(wanted, table)).toThrow(clash);
  });

  it("cannot come from a rename", () => {
    const table = create(wantedTable({ partitionBy: byDay }));
    const renamed = columns.map((one) =>
      one.name === "n" ? column("at_day int", { previousName: "n" }) : one,
    );
    expect(() => diffTable(wantedTable({ columns: renamed, partitionBy: byDay }), table)).toThrow(clash);
  });

  it("cannot be added after the table was partitioned otherwise, or not at all any more", () => {
    const daily = create(wantedTable({ partitionBy: byDay }));
    const table = applyAll(diffTable(wantedTable(), daily), daily);
    const wanted = wantedTable({ columns: [...columns, column("at_day date")] });
    expect(() => diffTable(wanted, table)).toThrow(clash);
  });

  it("cannot take the place of a renamed column that the table is partitioned by, in one step or two", () => {
    const partitionBy = [{ column: "n", transform: "identity" }] as const;
    const table = create(wantedTable({ partitionBy }));
    const renamed = columns.map((one) => (one.name === "n" ? column("m int", { previousName: "n" }) : one));
    const byM = [{ column: "m", transform: "identity" }] as const;
    const second = wantedTable({ columns: [...renamed, column("n int")], partitionBy: byM });
    const told =
      'column "n" would have the name of the table\'s partition field "n" (identity of column "m")';
    const first = applyAll(diffTable(wantedTable({ columns: renamed, partitionBy: byM }), table), table);
    expect(() => diffTable(second, first)).toThrow(told);
  });

  it("that is there already is told, until another name is given to it", () => {
    const table = altered(create(wantedTable({ partitionBy: byDay })), (fields) => [
      ...fields,
      { id: 4, name: "at_day", type: { kind: "scalar", name: "date" }, isRequired: false },
    ]);
    const so = [...columns, column("at_day date")];
    expect(() => diffTable(wantedTable({ columns: so, partitionBy: byDay }), table)).toThrow(
      'column "at_day" has the name of the table\'s partition field "at_day" (day of column "at"), so that no engine can read',
    );
    const other = [...columns, column("day date", { previousName: "at_day" })];
    expect(diffTable(wantedTable({ columns: other, partitionBy: byDay }), table)).toMatchObject([
      { changes: [{ kind: "rename-column", from: "at_day", to: "day" }] },
    ]);
  });

  it("may be the very column that the partition field is made from", () => {
    const partitionBy = [{ column: "n", transform: "identity" }] as const;
    expect(diffTable(wantedTable({ partitionBy }), create(wantedTable({ partitionBy })))).toEqual([]);
  });
});

describe("the partitioning", () => {
  const byDay = { column: "at", transform: "day" } as const;
  const byHour = { column: "at", transform: "hour" } as const;

  it("changes for new data, and going back uses the layout that the table knows", () => {
    const daily = create(wantedTable({ partitionBy: [byDay] }));
    const toHours = diffTable(wantedTable({ partitionBy: [byHour] }), daily);
    expect(toHours).toEqual([
      {
        kind: "change-partitioning",
        change: { kind: "new", layout: [{ sourceId: 3, fieldId: 1001, name: "at_hour", transform: "hour" }] },
      },
    ]);
    expect(diffTable(wantedTable({ partitionBy: [byDay] }), applyAll(toHours, daily))).toMatchObject([
      { change: { kind: "known", id: 0 } },
    ]);
  });

  it("keeps the id of a field that it had before, in another combination too", () => {
    const daily = create(wantedTable({ partitionBy: [byDay] }));
    const both = diffTable(
      wantedTable({ partitionBy: [{ column: "id", transform: "identity" }, byDay] }),
      daily,
    );
    expect(both).toMatchObject([{ change: { layout: [{ fieldId: 1001 }, { fieldId: 1000 }] } }]);
  });

  it("may be by a column that the same pass adds", () => {
    const columns = [...wantedTable().columns, column("day date")];
    const actions = diffTable(
      wantedTable({ columns, partitionBy: [{ column: "day", transform: "identity" }] }),
      create(wantedTable()),
    );
    expect(actions).toMatchObject([
      { kind: "evolve-schema" },
      { change: { layout: [{ sourceId: 4, name: "day" }] } },
    ]);
  });

  it("gets another name where a column has that name", () => {
    const columns = [...wantedTable().columns, column("at_day string")];
    expect(diffTable(wantedTable({ columns, partitionBy: [byDay] }), undefined)).toMatchObject([
      { partitioning: [{ name: "at_day_partition" }] },
    ]);
  });

  it("ignores what format version 1 left behind", () => {
    const daily = create(wantedTable({ partitionBy: [byDay] }));
    const fields = [{ sourceId: 2, fieldId: 1005, name: "n_old", transform: "void" }];
    const table = {
      ...daily,
      partitionSpecs: [{ specId: 0, fields: [...fields, ...(daily.partitionSpecs[0]?.fields ?? [])] }],
    };
    expect(diffTable(wantedTable({ partitionBy: [byDay] }), table)).toEqual([]);
  });

  it("of a table of format version 1 changes only together with the format", () => {
    const old = { ...create(wantedTable({ partitionBy: [byDay] })), formatVersion: 1 };
    expect(() => diffTable(wantedTable({ partitionBy: [byHour] }), old)).toThrow('format-version to "2"');
    expect(
      diffTable(wantedTable({ partitionBy: [byHour], formatVersion: 2 }), old).map((action) => action.kind),
    ).toEqual(["upgrade-format", "change-partitioning"]);
  });

  it("must name a column", () => {
    const wanted = wantedTable({ partitionBy: [{ column: "none", transform: "day" }] });
    expect(() => diffTable(wanted, undefined)).toThrow(
      'spec.partitionBy must name a column of the table, and "none" is none',
    );
  });
});

describe("the sort order", () => {
  const byTime = { column: "at", direction: "asc", nullOrder: "first" } as const;

  it("changes, goes back to a known one, and can end", () => {
    const sorted = create(wantedTable({ sortBy: [byTime] }));
    const reversed = diffTable(wantedTable({ sortBy: [{ ...byTime, direction: "desc" }] }), sorted);
    expect(reversed).toMatchObject([
      { kind: "change-sort-order", change: { kind: "new", layout: { orderId: 2 } } },
    ]);
    expect(diffTable(wantedTable({ sortBy: [byTime] }), applyAll(reversed, sorted))).toMatchObject([
      { change: { kind: "known", id: 1 } },
    ]);
    expect(diffTable(wantedTable(), sorted)).toEqual([
      { kind: "change-sort-order", change: { kind: "new", layout: { orderId: 0, fields: [] } } },
    ]);
  });
});

describe("properties", () => {
  it("are set and, once they leave the manifest, removed; those of others stay", () => {
    const before = create(wantedTable({ properties: { a: "1", b: "1" } }));
    const current = { ...before, properties: { ...before.properties, engine: "x" } };
    expect(diffTable(wantedTable({ properties: { b: "2" } }), current)).toEqual([
      { kind: "change-properties", set: { b: "2", [MANAGED_PROPERTIES]: "b" }, unset: ["a"] },
    ]);
    expect(diffTable(wantedTable(), current)).toEqual([
      { kind: "change-properties", set: {}, unset: ["a", "b", MANAGED_PROPERTIES] },
    ]);
  });

  it("of a table that was not made here are never removed", () => {
    const current = { ...create(wantedTable()), properties: { foreign: "1" } };
    expect(diffTable(wantedTable(), current)).toEqual([]);
  });
});

describe("what cannot change", () => {
  it("is the place of the files", () => {
    const url = "s3://lake/elsewhere";
    expect(() => diffTable(wantedTable({ location: { kind: "exact", url } }), create(wantedTable()))).toThrow(
      "lies at s3://lake/shop/events and its files cannot be moved; set spec.location to that",
    );
  });

  it("is the format back to an older one", () => {
    expect(() => diffTable(wantedTable({ formatVersion: 1 }), create(wantedTable()))).toThrow(
      "cannot go back to 1",
    );
  });
});

describe("carrying out the difference", () => {
  it("leaves no difference for two manifests that have nothing to do with each other", () => {
    fc.assert(fc.property(anyWantedTable(), anyWantedTable(), expectConvergence), { numRuns: 300 });
  });

  it("leaves no difference after edits of a manifest", () => {
    const pair = anyWantedTable().chain((before) => fc.tuple(fc.constant(before), anyEditOf(before)));
    fc.assert(
      fc.property(pair, ([before, after]) => expectConvergence(before, after)),
      { numRuns: 500 },
    );
  });

  it("never uses an id twice, and never again for something else", () => {
    const pair = anyWantedTable().chain((before) => fc.tuple(fc.constant(before), anyEditOf(before)));
    fc.assert(
      fc.property(pair, ([before, after]) => {
        const current = create(before);
        const declared = declaredFields(before.columns, current.fields);
        const actions = diffOrUndefined({ ...after, unnamed: { ...after.unnamed, declared } }, current);
        if (actions === undefined) return;
        const fields = applyAll(actions, current).fields;
        const all = fields.flatMap(idsOfField);
        expect(new Set(all).size).toBe(all.length);
        const old = new Set(current.fields.flatMap(idsOfField));
        for (const id of all) expect(old.has(id) || id > current.lastColumnId).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

function expectConvergence(before: WantedTable, after: WantedTable): void {
  const current = create(before);
  expect(diffTable(before, current)).toEqual([]);
  const declared = declaredFields(before.columns, current.fields);
  const wanted = { ...after, unnamed: { ...after.unnamed, declared } };
  const actions = diffOrUndefined(wanted, current);
  if (actions === undefined) return;
  const changed = applyAll(actions, current);
  expect(diffTable(wanted, changed)).toEqual([]);
  expect(changed.fields.map((field) => `${field.name} ${printType(withoutIds(field.type))}`)).toEqual(
    after.columns.map((one) => `${one.name} ${printType(one.type)}`),
  );
}

/** `undefined` when the change is refused, which must be for a reason of the closed list. */
function diffOrUndefined(wanted: WantedTable, current: CurrentTable): readonly TableAction[] | undefined {
  try {
    return diffTable(wanted, current);
  } catch (error) {
    expect(isTerminalError(error)).toBe(true);
    expect(["ImpossibleChange", "DestructiveChange"]).toContain((error as { reason: string }).reason);
    return undefined;
  }
}
