import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffTable } from "./diff.ts";
import { parseJson } from "./json.ts";
import { TEST_TABLE, anyWantedTable, carryOut } from "../../testing/arbitrary-tables.ts";
import type { CurrentTable } from "./table.ts";
import { readTableAnswer, writePartitionSpec, writeSchema, writeSortOrder } from "./wire.ts";

/** A table as a catalog would answer it. */
function answer(table: CurrentTable): Record<string, unknown> {
  return {
    "format-version": table.formatVersion,
    "table-uuid": table.uuid,
    location: `${table.location}/`,
    "last-column-id": table.lastColumnId,
    schemas: [writeSchema(table.fields, table.schemaId, table.identifierFieldIds)],
    "current-schema-id": table.schemaId,
    "partition-specs": table.partitionSpecs.map((spec) => writePartitionSpec(spec.fields, spec.specId)),
    "default-spec-id": table.defaultSpecId,
    "last-partition-id": table.lastPartitionId,
    "sort-orders": table.sortOrders.map((order) => writeSortOrder(order.fields, order.orderId)),
    "default-sort-order-id": table.defaultSortOrderId,
    properties: table.properties,
    "current-snapshot-id": -1,
    snapshots: [],
  };
}

function anyTable(): fc.Arbitrary<CurrentTable> {
  return anyWantedTable().map((wanted) => {
    const table = diffTable(wanted, undefined).reduce<CurrentTable | undefined>(carryOut, undefined);
    if (table === undefined) throw new Error("there is no table");
    return table;
  });
}

describe("a table in the protocol's JSON", () => {
  it("is read as it was written", () => {
    fc.assert(
      fc.property(anyTable(), (table) => {
        const body = parseJson(JSON.stringify({ metadata: answer(table) }));
        expect(readTableAnswer(TEST_TABLE, body)).toEqual(table);
      }),
    );
  });

  it("may have a snapshot whose id no JavaScript number can hold", () => {
    const [table] = fc.sample(anyTable(), 1);
    if (table === undefined) throw new Error("there is no table");
    const snapshot = `{"snapshot-id":8924558786060583479,"summary":{"total-records":"9999","total-data-files":"3","total-files-size":"123456"}}`;
    const text = JSON.stringify({ metadata: answer(table) })
      .replace('"current-snapshot-id":-1', '"current-snapshot-id":8924558786060583479')
      .replace('"snapshots":[]', `"snapshots":[${snapshot}]`);
    expect(readTableAnswer(TEST_TABLE, parseJson(text)).snapshot).toEqual({
      id: "8924558786060583479",
      rows: 9999,
      dataFiles: 3,
      totalBytes: 123456,
    });
  });

  it("may lack counts in the snapshot's summary, which are then absent", () => {
    const [table] = fc.sample(anyTable(), 1);
    if (table === undefined) throw new Error("there is no table");
    const metadata = {
      ...answer(table),
      "current-snapshot-id": 7,
      snapshots: [{ "snapshot-id": 7, summary: {} }],
    };
    expect(readTableAnswer(TEST_TABLE, { metadata }).snapshot).toEqual({ id: "7" });
  });

  it("tells when the main branch got its snapshots, and when the first of the other branches ends", () => {
    const [table] = fc.sample(anyTable(), 1);
    if (table === undefined) throw new Error("there is no table");
    const metadata = {
      ...answer(table),
      "snapshot-log": [1000, 2000, 3000].map((time, id) => ({ "snapshot-id": id, "timestamp-ms": time })),
      snapshots: [1, 2].map((id) => ({ "snapshot-id": id, "timestamp-ms": id * 1000 })),
      refs: {
        main: { "snapshot-id": 2, type: "branch" },
        audit_1: { "snapshot-id": 1, type: "branch", "max-ref-age-ms": 500 },
        audit_2: { "snapshot-id": 2, type: "branch", "max-ref-age-ms": 500 },
      },
    };
    const { history } = readTableAnswer(TEST_TABLE, parseJson(JSON.stringify({ metadata })));
    expect(history).toEqual({ commits: [1000, 2000, 3000], firstRefEnd: 1500 });
    expect(readTableAnswer(TEST_TABLE, { metadata: answer(table) }).history).toEqual({ commits: [] });
  });

  it("keeps what the catalog says of a field beyond what we know", () => {
    const [table] = fc.sample(anyTable(), 1);
    if (table === undefined) throw new Error("there is no table");
    const field = { id: 1, name: "a", required: false, type: "int", "initial-default": 7 };
    const schemas = [{ "schema-id": table.schemaId, type: "struct", fields: [field] }];
    const read = readTableAnswer(TEST_TABLE, { metadata: { ...answer(table), schemas } });
    expect(writeSchema(read.fields, 0, [])).toMatchObject({ fields: [field] });
  });

  it.each([[{}], [undefined], ["text"], [{ metadata: { "format-version": "two" } }]])(
    "is refused when it is no such thing: %j",
    (body) => {
      expect(() => readTableAnswer(TEST_TABLE, body)).toThrow();
    },
  );
});

describe("JSON with large integers", () => {
  it("keeps every digit of those and leaves other numbers alone", () => {
    expect(
      parseJson(
        '{"a":9007199254740993,"b":1,"c":1.5,"d":-9007199254740993,"e":1e300,"f":"9007199254740993"}',
      ),
    ).toEqual({
      a: 9007199254740993n,
      b: 1,
      c: 1.5,
      d: -9007199254740993n,
      e: 1e300,
      f: "9007199254740993",
    });
  });
});
