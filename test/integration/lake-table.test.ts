/** LakeTables on a real API server, catalog and object store; plain requests look at the tables. */
import { ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { dataPlatformKind, lakeTableKind } from "../../src/crds/kinds.ts";
import { nessiePeer, peer } from "../support/catalog-peer.ts";
import type { Address } from "./running-operator.ts";
import { RunningOperator, ready } from "./running-operator.ts";

const [A, B, DOWN, NESSIE] = ["tables-a", "tables-b", "tables-down", "tables-nessie"] as const;
const DATABASE = "lake_test";

let operator: RunningOperator;
let s3: S3Client;

beforeAll(async () => {
  operator = await RunningOperator.start([A, B, DOWN, NESSIE]);
  await operator.applyPlatform(A);
  await operator.applyPlatform(B);
  const { endpoint, region, accessKeyId, secretAccessKey } = inject("engines").storage;
  s3 = new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
});
afterAll(async () => {
  s3.destroy();
  await operator.stop();
});

function at(name: string, namespace: string = A): Address {
  return { namespace, name };
}

/** Applies a LakeTable whose table has the resource's name. */
async function apply(name: string, spec: object, namespace: string = A): Promise<void> {
  const table = name.replaceAll("-", "_");
  const rest = { platformRef: { name: "main" }, database: DATABASE, table };
  await operator.apply(lakeTableKind, at(name, namespace), { ...rest, ...spec });
}

const COLUMNS = [
  { name: "event_id", type: "string", required: true, doc: "Who it is." },
  { name: "amount", type: "int" },
  { name: "received_at", type: "timestamptz", required: true },
  { name: "items", type: "list<struct<sku:string,price:decimal(9,2)>>" },
];

async function keysUnder(location: string): Promise<readonly string[]> {
  const { bucket } = inject("engines").storage;
  const prefix = location.replace(`s3://${bucket}/`, "");
  const answer = await s3.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
  return (answer.Contents ?? []).map((object) => object.Key ?? "");
}

async function put(location: string, name: string): Promise<void> {
  const { bucket } = inject("engines").storage;
  const key = `${location.replace(`s3://${bucket}/`, "")}/${name}`;
  await s3.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: "rows" }));
}

function locationOf(resource: { readonly status?: Readonly<Record<string, unknown>> }): string {
  const location = resource.status?.["location"];
  if (typeof location !== "string") throw new Error("the status has no location");
  return location;
}

describe("a new table", () => {
  it("is created with its database, layout, order and properties, under the platform's bucket", async () => {
    await apply("created", {
      columns: COLUMNS,
      partitionBy: [
        { column: "received_at", transform: "day" },
        { column: "event_id", transform: "bucket", width: 4 },
      ],
      sortBy: [{ column: "received_at" }],
      properties: { "write.parquet.compression-codec": "zstd" },
    });
    const resource = await operator.waitUntilReady(lakeTableKind, at("created"));
    const table = await peer.loadTable(DATABASE, "created");
    expect(resource.status).toMatchObject({
      tableUuid: table?.["table-uuid"],
      schemaId: 0,
      rows: 0,
      dataFiles: 0,
    });
    expect(locationOf(resource)).toMatch(/^s3:\/\/clickstream\/./);
    expect(await peer.fieldsOf(DATABASE, "created")).toMatchObject([
      { id: 1, name: "event_id", type: "string", required: true, doc: "Who it is." },
      { id: 2, name: "amount", type: "int", required: false },
      { id: 3, name: "received_at", type: "timestamptz", required: true },
      {
        id: 4,
        name: "items",
        type: { type: "list", element: { fields: [{ name: "sku" }, { type: "decimal(9, 2)" }] } },
      },
    ]);
    expect(table?.["partition-specs"][0]?.fields).toMatchObject([
      { "source-id": 3, transform: "day" },
      { "source-id": 1, transform: "bucket[4]" },
    ]);
    expect(table?.["sort-orders"]).toMatchObject([{ fields: [{ "source-id": 3, direction: "asc" }] }]);
    expect(table?.properties).toMatchObject({ "write.parquet.compression-codec": "zstd" });
    expect(ready(resource)?.message).toBe('table "lake_test.created" has 4 columns');
    await operator.waitForEvent(
      at("created"),
      "Created",
      'creating table "lake_test.created" with 4 columns',
    );
  });

  it("lies where the manifest says", async () => {
    await apply("placed", { columns: COLUMNS, location: "s3://clickstream/my/own/place" });
    const resource = await operator.waitUntilReady(lakeTableKind, at("placed"));
    expect(locationOf(resource)).toBe("s3://clickstream/my/own/place");
    expect((await peer.loadTable(DATABASE, "placed"))?.location).toBe("s3://clickstream/my/own/place");
    expect(await keysUnder("s3://clickstream/my/own/place/metadata/")).not.toEqual([]);
  });

  it("may be one that is there already, whose columns keep their ids", async () => {
    await peer.createTable(DATABASE, "adopted", [
      { id: 1, name: "event_id", type: "string", required: true },
      { id: 2, name: "amount", type: "int", required: false },
    ]);
    await apply("adopted", {
      columns: [
        { name: "amount", type: "long" },
        { name: "event_id", type: "string", required: true },
      ],
    });
    await operator.waitUntilReady(lakeTableKind, at("adopted"));
    expect(await peer.fieldsOf(DATABASE, "adopted")).toEqual([
      { id: 2, name: "amount", type: "long", required: false },
      { id: 1, name: "event_id", type: "string", required: true },
    ]);
  });
});

describe("a table evolves", () => {
  it("by adding, renaming, widening and reordering columns, and every column keeps its id", async () => {
    await apply("evolving", { columns: COLUMNS });
    await operator.waitUntilReady(lakeTableKind, at("evolving"));
    const before = await peer.fieldsOf(DATABASE, "evolving");
    await apply("evolving", {
      columns: [
        { name: "received_at", type: "timestamptz" },
        { name: "event_id", type: "string", required: true, doc: "Who it is, indeed." },
        { name: "cents", type: "long", previousName: "amount" },
        { name: "items", type: "list<struct<sku:string,price:decimal(12,2),size:int>>" },
        { name: "tags", type: "map<string,string>" },
      ],
      partitionBy: [{ column: "received_at", transform: "hour" }],
      sortBy: [{ column: "cents", direction: "desc" }],
      properties: { "write.target-file-size-bytes": "1048576" },
    });
    await operator.waitForEvent(at("evolving"), "Updated", 'renaming column "amount" to "cents"');
    const resource = await operator.waitUntilReady(lakeTableKind, at("evolving"));
    expect(resource.status).toMatchObject({ schemaId: 1 });
    const after = await peer.fieldsOf(DATABASE, "evolving");
    const idOf = (fields: typeof after, name: string): number | undefined =>
      fields.find((field) => field.name === name)?.id;
    expect(after.map((field) => field.name)).toEqual(["received_at", "event_id", "cents", "items", "tags"]);
    expect(idOf(after, "cents")).toBe(idOf(before, "amount"));
    expect(["received_at", "event_id", "items"].map((name) => idOf(after, name))).toEqual(
      ["received_at", "event_id", "items"].map((name) => idOf(before, name)),
    );
    const table = await peer.loadTable(DATABASE, "evolving");
    const spec = table?.["partition-specs"].find((one) => one["spec-id"] === table["default-spec-id"]);
    expect(spec?.fields).toMatchObject([{ "source-id": idOf(after, "received_at"), transform: "hour" }]);
    const order = table?.["sort-orders"].find((one) => one["order-id"] === table["default-sort-order-id"]);
    expect(order?.fields).toMatchObject([
      { "source-id": idOf(after, "cents"), direction: "desc", "null-order": "nulls-last" },
    ]);
  });

  it("by dropping a column only when the manifest allows it", async () => {
    await apply("dropping", { columns: COLUMNS });
    await operator.waitUntilReady(lakeTableKind, at("dropping"));
    await apply("dropping", { columns: COLUMNS.slice(0, 3) });
    const refused = await operator.waitForReason(lakeTableKind, at("dropping"), "DestructiveChange");
    expect(ready(refused)?.message).toContain('column "items" is in the table but not in spec.columns');
    expect(await peer.fieldsOf(DATABASE, "dropping")).toHaveLength(4);
    await apply("dropping", { columns: COLUMNS.slice(0, 3), allowDestructiveChanges: true });
    await operator.waitUntilReady(lakeTableKind, at("dropping"));
    expect(await peer.fieldsOf(DATABASE, "dropping")).toHaveLength(3);
  });

  it("never by an impossible change: the condition names the column and says what to do", async () => {
    await apply("impossible", { columns: COLUMNS });
    await operator.waitUntilReady(lakeTableKind, at("impossible"));
    const columns = COLUMNS.map((column) =>
      column.name === "amount" ? { ...column, type: "string" } : column,
    );
    await apply("impossible", { columns });
    const resource = await operator.waitForReason(lakeTableKind, at("impossible"), "ImpossibleChange");
    expect(ready(resource)?.message).toContain(
      'column "amount" cannot change from int to string: Iceberg widens only int to long, float to double, and the digits of a ' +
        "decimal; set the type back to int, or add a column with another name",
    );
    expect(resource.status?.conditions).toContainEqual(
      expect.objectContaining({ type: "Stalled", status: "True" }),
    );
    await apply("impossible", { columns: COLUMNS });
    await operator.waitUntilReady(lakeTableKind, at("impossible"));
  });
});

describe("a manifest that only the operator can judge", () => {
  it("stalls with the column's name", async () => {
    await apply("unreadable", { columns: [{ name: "broken", type: "list<struct<a:int>,b:int>" }] });
    const resource = await operator.waitForReason(lakeTableKind, at("unreadable"), "InvalidSpec");
    expect(ready(resource)?.message).toContain('column "broken": type "list<struct<a:int>,b:int>" lacks ">"');
  });
});

describe("figures of the current snapshot", () => {
  it("appear in the status at the next look", async () => {
    await apply("counted", { columns: COLUMNS });
    await operator.waitUntilReady(lakeTableKind, at("counted"));
    const id = 8924558786060583479n;
    const summary = {
      operation: "append",
      "total-records": "9999",
      "total-data-files": "3",
      "total-files-size": "123456",
    };
    const snapshot = {
      "snapshot-id": id,
      "sequence-number": 1,
      "timestamp-ms": Date.now(),
      "manifest-list": `${locationOf(await operator.waitUntilReady(lakeTableKind, at("counted")))}/metadata/snap-1.avro`,
      "schema-id": 0,
      summary,
    };
    await peer.commit(DATABASE, "counted", [
      { action: "add-snapshot", snapshot },
      { action: "set-snapshot-ref", "ref-name": "main", type: "branch", "snapshot-id": id },
    ]);
    const resource = await operator.waitFor(
      lakeTableKind,
      at("counted"),
      (seen) => seen.status?.["rows"] === 9999,
    );
    expect(resource.status).toMatchObject({
      currentSnapshotId: "8924558786060583479",
      dataFiles: 3,
      totalBytes: 123456,
    });
  });
});

describe("what somebody changes by hand", () => {
  it("in the properties is put right; those that the manifest does not name stay", async () => {
    await apply("tuned", { columns: COLUMNS, properties: { "write.format.default": "parquet" } });
    await operator.waitUntilReady(lakeTableKind, at("tuned"));
    await peer.commit(DATABASE, "tuned", [
      { action: "set-properties", updates: { "write.format.default": "orc", "engine.own": "1" } },
    ]);
    await operator.waitForEvent(at("tuned"), "DriftCorrected", "changing properties write.format.default");
    expect((await peer.loadTable(DATABASE, "tuned"))?.properties).toMatchObject({
      "write.format.default": "parquet",
      "engine.own": "1",
    });
  });

  it("by dropping the table is undone with an empty one, and an Event says so", async () => {
    await apply("dropped", { columns: COLUMNS });
    const before = await operator.waitUntilReady(lakeTableKind, at("dropped"));
    await peer.dropTable(DATABASE, "dropped");
    await operator.waitFor(
      lakeTableKind,
      at("dropped"),
      (seen) => seen.status?.["tableUuid"] !== before.status?.["tableUuid"],
    );
    expect(await peer.fieldsOf(DATABASE, "dropped")).toHaveLength(4);
    await operator.waitForEvent(at("dropped"), "DriftCorrected", "was gone, with its rows");
  });
});

describe("a table that somebody renamed", () => {
  const place = "s3://clickstream/renamed/table";

  it("is waited for by its new name; deleting its resource, or making another at its place, costs no file", async () => {
    await apply("renamed", { columns: COLUMNS, location: place, deletionPolicy: "Delete" });
    const before = await operator.waitUntilReady(lakeTableKind, at("renamed"));
    await put(place, "data/part-1.parquet");
    await peer.renameTable(DATABASE, "renamed", "renamed_2025");
    const files = await keysUnder(`${place}/`);
    expect(files.length).toBeGreaterThan(1);
    const waiting = await operator.waitForReason(lakeTableKind, at("renamed"), "TableRenamed");
    expect(ready(waiting)?.message).toContain(`was renamed to "${DATABASE}.renamed_2025"`);
    expect(waiting.status).toMatchObject({
      renamedTo: `${DATABASE}.renamed_2025`,
      tableUuid: before.status?.["tableUuid"],
    });
    expect(await peer.loadTable(DATABASE, "renamed")).toBeUndefined();
    await operator.delete(lakeTableKind, at("renamed"));
    await operator.waitUntilGone(lakeTableKind, at("renamed"));
    await apply("usurper", { columns: COLUMNS, location: `${place}/inner` });
    const refused = await operator.waitForReason(lakeTableKind, at("usurper"), "ResourceConflict");
    expect(ready(refused)?.message).toContain(`where table "${DATABASE}.renamed_2025" has its metadata`);
    expect(await keysUnder(`${place}/`)).toEqual(files);
    expect((await peer.loadTable(DATABASE, "renamed_2025"))?.["table-uuid"]).toBe(
      before.status?.["tableUuid"],
    );
  });

  it("keeps its files though a table was made in its folder and goes with its resource", async () => {
    const shared = "s3://clickstream/renamed/shared";
    await apply("sharing", { columns: COLUMNS, location: shared, deletionPolicy: "Delete" });
    await operator.waitUntilReady(lakeTableKind, at("sharing"));
    await peer.renameTable(DATABASE, "sharing", "sharing_2025");
    // What the operator did before: it made a new table in the same folder.
    const fields = [
      { id: 1, name: "event_id", type: "string", required: true, doc: "Who it is." },
      { id: 2, name: "amount", type: "int", required: false },
      { id: 3, name: "received_at", type: "timestamptz", required: true },
    ];
    await peer.createTableAt(shared, { database: DATABASE, table: "sharing", fields });
    await operator.waitForEvent(at("sharing"), "TableRenamed", `renamed to "${DATABASE}.sharing_2025"`);
    await operator.waitFor(lakeTableKind, at("sharing"), (seen) => seen.status?.["fields"] !== undefined);
    await put(shared, "data/part-1.parquet");
    const uuid = (await peer.loadTable(DATABASE, "sharing"))?.["table-uuid"];
    await operator.waitFor(lakeTableKind, at("sharing"), (seen) => seen.status?.["tableUuid"] === uuid);
    const files = await keysUnder(`${shared}/`);
    await operator.delete(lakeTableKind, at("sharing"));
    await operator.waitUntilGone(lakeTableKind, at("sharing"));
    expect(await peer.loadTable(DATABASE, "sharing")).toBeUndefined();
    expect(await keysUnder(`${shared}/`)).toEqual(files);
    expect(await peer.fieldsOf(DATABASE, "sharing_2025")).toHaveLength(4);
  });
});

describe("two tables in one place", () => {
  const place = "s3://clickstream/places/one";

  it.each([
    ["the same", place],
    ["one inside of the other", `${place}/inner`],
    ["one around the other", "s3://clickstream/places"],
  ])(
    "are refused, the other is named, and no file is lost with the one that was refused: %s",
    async (_case, location) => {
      await apply("first", { columns: COLUMNS, location: place });
      await operator.waitUntilReady(lakeTableKind, at("first"));
      const files = await keysUnder(`${place}/`);
      await apply("second", { columns: COLUMNS, location, deletionPolicy: "Delete" }, B);
      const refused = await operator.waitForReason(lakeTableKind, at("second", B), "ResourceConflict");
      expect(ready(refused)?.message).toContain(`the files of LakeTable "${A}/first" lie at ${place}`);
      await operator.delete(lakeTableKind, at("second", B));
      await operator.waitUntilGone(lakeTableKind, at("second", B));
      expect(await peer.loadTable(DATABASE, "second")).toBeUndefined();
      expect(await keysUnder(`${place}/`)).toEqual(files);
    },
  );

  it("are refused though the first one has no resource any more, as it was kept", async () => {
    const kept = "s3://clickstream/places/kept";
    await apply("kept", { columns: COLUMNS, location: kept });
    await operator.waitUntilReady(lakeTableKind, at("kept"));
    await operator.delete(lakeTableKind, at("kept"));
    await operator.waitUntilGone(lakeTableKind, at("kept"));
    const files = await keysUnder(`${kept}/`);
    await apply("heir", { columns: COLUMNS, location: kept, deletionPolicy: "Delete" });
    const refused = await operator.waitForReason(lakeTableKind, at("heir"), "ResourceConflict");
    expect(ready(refused)?.message).toContain(`where table "${DATABASE}.kept" has its metadata`);
    await operator.delete(lakeTableKind, at("heir"));
    await operator.waitUntilGone(lakeTableKind, at("heir"));
    expect(await keysUnder(`${kept}/`)).toEqual(files);
  });
});

describe("allowDestructiveChanges that stays in the manifest", () => {
  it("drops nothing that somebody renames or adds in SQL, and what a change of the manifest leaves out", async () => {
    const spec = { columns: COLUMNS, allowDestructiveChanges: true };
    await apply("allowed", spec);
    await operator.waitUntilReady(lakeTableKind, at("allowed"));
    const before = await peer.fieldsOf(DATABASE, "allowed");
    await peer.alterColumns(DATABASE, "allowed", (fields) =>
      fields.map((field) => (field.name === "amount" ? { ...field, name: "cents" } : field)),
    );
    const renamed = await operator.waitForReason(lakeTableKind, at("allowed"), "ColumnRenamed");
    expect(ready(renamed)?.message).toContain('column "amount" (field id 2) was renamed to "cents"');
    const columns = COLUMNS.map((one) => (one.name === "amount" ? { ...one, name: "cents" } : one));
    await apply("allowed", { ...spec, columns });
    await operator.waitUntilReady(lakeTableKind, at("allowed"));
    expect((await peer.fieldsOf(DATABASE, "allowed")).map(({ id }) => id)).toEqual(
      before.map(({ id }) => id),
    );
    const engine = { id: 20, name: "engine", type: "int", required: false };
    await peer.alterColumns(DATABASE, "allowed", (fields) => [...fields, engine]);
    await operator.waitForReason(lakeTableKind, at("allowed"), "DestructiveChange");
    await apply("allowed", { ...spec, columns: columns.slice(0, 3) });
    await operator.waitForReason(lakeTableKind, at("allowed"), "DestructiveChange");
    expect(await peer.fieldsOf(DATABASE, "allowed")).toHaveLength(5);
    await apply("allowed", { ...spec, columns: [...columns.slice(0, 3), { name: "engine", type: "int" }] });
    await operator.waitUntilReady(lakeTableKind, at("allowed"));
    const names = (await peer.fieldsOf(DATABASE, "allowed")).map(({ name }) => name);
    expect(names).toEqual(["event_id", "cents", "received_at", "engine"]);
  });
});

describe("a column with the name of a partition field", () => {
  const partitionBy = [{ column: "received_at", transform: "day" }];

  it("is refused in any order of steps, and the table stays readable", async () => {
    await apply("clashing", { columns: COLUMNS, partitionBy });
    await operator.waitUntilReady(lakeTableKind, at("clashing"));
    const clash = { name: "received_at_day", type: "date" };
    for (const by of [partitionBy, []]) {
      await apply("clashing", { columns: [...COLUMNS, clash], partitionBy: by });
      const refused = await operator.waitForReason(lakeTableKind, at("clashing"), "ImpossibleChange");
      expect(ready(refused)?.message).toContain(
        'column "received_at_day" would have the name of the table\'s partition field "received_at_day" (day of column "received_at")',
      );
      expect(await peer.fieldsOf(DATABASE, "clashing")).toHaveLength(4);
      await apply("clashing", { columns: COLUMNS, partitionBy: by });
      await operator.waitUntilReady(lakeTableKind, at("clashing"));
    }
  });

  it("that is there already, as Nessie lets it be, is told, and renamed by the manifest", async () => {
    const { uri } = inject("nessie");
    const clashed = at("clashed", NESSIE);
    await operator.applyPlatform(NESSIE, { catalog: { uri } });
    await apply("clashed", { columns: COLUMNS, partitionBy }, NESSIE);
    await operator.waitUntilReady(lakeTableKind, clashed);
    const clash = { id: 20, name: "received_at_day", type: "date", required: false };
    await nessiePeer.alterColumns(DATABASE, "clashed", (fields) => [...fields, clash]);
    const declared = { name: "received_at_day", type: "date" };
    await apply("clashed", { columns: [...COLUMNS, declared], partitionBy }, NESSIE);
    const told = await operator.waitForReason(lakeTableKind, clashed, "ImpossibleChange");
    expect(ready(told)?.message).toContain("so that no engine can read the table");
    const renamed = { name: "day", type: "date", previousName: "received_at_day" };
    await apply("clashed", { columns: [...COLUMNS, renamed], partitionBy }, NESSIE);
    await operator.waitUntilReady(lakeTableKind, clashed);
    const fields = await nessiePeer.fieldsOf(DATABASE, "clashed");
    expect(fields.at(-1)).toMatchObject({ id: 20, name: "day" });
  });
});

describe("the way back to an earlier schema", () => {
  it("is open: added and dropped, renamed and back, reordered and back, a comment set, unset and changed in SQL", async () => {
    const [a, b] = [
      { name: "a", type: "int" },
      { name: "b", type: "int" },
    ];
    const steps: readonly (readonly object[])[] = [
      [a, b],
      [a, b, { name: "c", type: "int" }],
      [a, b],
      [a, { ...b, name: "d", previousName: "b" }],
      [a, { ...b, previousName: "d" }],
      [b, a],
      [a, b],
      [{ ...a, doc: "more" }, b],
      [a, b],
    ];
    for (const columns of steps) {
      await apply("returning", { columns, allowDestructiveChanges: true });
      await operator.waitUntilReady(lakeTableKind, at("returning"));
    }
    expect(await peer.fieldsOf(DATABASE, "returning")).toMatchObject([
      { id: 1, name: "a" },
      { id: 2, name: "b" },
    ]);
    await peer.alterColumns(DATABASE, "returning", (fields) =>
      fields.map((field) => ({ ...field, doc: "by hand" })),
    );
    await operator.waitForEvent(at("returning"), "DriftCorrected", 'documenting column "a"');
    const resource = await operator.waitUntilReady(lakeTableKind, at("returning"));
    expect(resource.status).toMatchObject({ schemaId: 0 });
  });
});

describe("a format version", () => {
  const properties = { "format-version": "3" };

  it("that the catalog makes is made, and reached from an older one", async () => {
    await apply("newest", { columns: COLUMNS, properties });
    await operator.waitUntilReady(lakeTableKind, at("newest"));
    expect(await peer.loadTable(DATABASE, "newest")).toMatchObject({ "format-version": 3 });
    await apply("upgraded", { columns: COLUMNS });
    await operator.waitUntilReady(lakeTableKind, at("upgraded"));
    expect(await peer.loadTable(DATABASE, "upgraded")).toMatchObject({ "format-version": 2 });
    await apply("upgraded", { columns: COLUMNS, properties });
    await operator.waitUntilReady(lakeTableKind, at("upgraded"));
    expect(await peer.loadTable(DATABASE, "upgraded")).toMatchObject({ "format-version": 3 });
  });

  it("that it does not make is refused with what it makes, for a new table and for one that is there", async () => {
    const { uri } = inject("nessie");
    await operator.applyPlatform(NESSIE, { catalog: { uri } });
    await apply("newest", { columns: COLUMNS, properties }, NESSIE);
    const refused = await operator.waitForReason(lakeTableKind, at("newest", NESSIE), "ImpossibleChange");
    expect(ready(refused)?.message).toContain("the catalog makes tables of format version 2 and not 3");
    expect(await nessiePeer.loadTable(DATABASE, "newest")).toBeUndefined();
    await apply("newest", { columns: COLUMNS }, NESSIE);
    await operator.waitUntilReady(lakeTableKind, at("newest", NESSIE));
    await apply("newest", { columns: COLUMNS, properties }, NESSIE);
    const stalled = await operator.waitForReason(lakeTableKind, at("newest", NESSIE), "ImpossibleChange");
    expect(ready(stalled)?.message).toContain("format version");
  });
});

describe("two resources that want one table", () => {
  it("the older has it, and the younger is told by whom", async () => {
    await apply("contested", { columns: COLUMNS });
    await operator.waitUntilReady(lakeTableKind, at("contested"));
    await apply("contested", { columns: [{ name: "other", type: "int" }], deletionPolicy: "Delete" }, B);
    const loser = await operator.waitForReason(lakeTableKind, at("contested", B), "ResourceConflict");
    expect(loser.status).toMatchObject({ conflictsWith: "contested" });
    await operator.delete(lakeTableKind, at("contested", B));
    await operator.waitUntilGone(lakeTableKind, at("contested", B));
    expect(await peer.fieldsOf(DATABASE, "contested")).toHaveLength(4);
  });
});

describe("deleting a resource", () => {
  it("keeps the table and its files", async () => {
    await apply("retained", { columns: COLUMNS });
    const resource = await operator.waitUntilReady(lakeTableKind, at("retained"));
    expect(resource.metadata.finalizers).toBeUndefined();
    await operator.delete(lakeTableKind, at("retained"));
    await operator.waitUntilGone(lakeTableKind, at("retained"));
    expect(await peer.loadTable(DATABASE, "retained")).toBeDefined();
    expect(await keysUnder(locationOf(resource))).not.toEqual([]);
  });

  it("drops the table and deletes its files when deletionPolicy says so, and nothing beside them", async () => {
    await apply("removed", { columns: COLUMNS, deletionPolicy: "Delete" });
    const location = locationOf(await operator.waitUntilReady(lakeTableKind, at("removed")));
    await put(location, "data/part-1.parquet");
    await put(`${location}_neighbour`, "part-1.parquet");
    await operator.delete(lakeTableKind, at("removed"));
    await operator.waitUntilGone(lakeTableKind, at("removed"));
    expect(await peer.loadTable(DATABASE, "removed")).toBeUndefined();
    expect(await keysUnder(`${location}/`)).toEqual([]);
    expect(await keysUnder(`${location}_neighbour/`)).toHaveLength(1);
  });

  it("uses what is remembered of the platform when that was deleted first", async () => {
    const name = "orphaned";
    await operator.applyPlatform(DOWN);
    await apply(name, { columns: COLUMNS, deletionPolicy: "Delete" }, DOWN);
    await operator.waitUntilReady(lakeTableKind, at(name, DOWN));
    await operator.delete(dataPlatformKind, at("main", DOWN));
    await operator.waitForReason(lakeTableKind, at(name, DOWN), "PlatformNotFound");
    await operator.delete(lakeTableKind, at(name, DOWN));
    await operator.waitUntilGone(lakeTableKind, at(name, DOWN));
    expect(await peer.loadTable(DATABASE, name)).toBeUndefined();
  });
});

describe("a catalog that is down", () => {
  it("means waiting, and the table is made as soon as the platform points at one that answers", async () => {
    await operator.applyPlatform(DOWN, { catalog: { uri: "http://127.0.0.1:1/iceberg" } });
    await apply("late", { columns: COLUMNS }, DOWN);
    const waiting = await operator.waitForReason(lakeTableKind, at("late", DOWN), "CatalogUnreachable");
    expect(ready(waiting)?.message).toContain(
      "http://127.0.0.1:1/iceberg is unreachable: connect ECONNREFUSED",
    );
    await operator.applyPlatform(DOWN);
    await operator.waitUntilReady(lakeTableKind, at("late", DOWN));
  });
});

describe("when nothing changes", () => {
  it("nothing is written", async () => {
    await apply("quiet", {
      columns: COLUMNS,
      partitionBy: [{ column: "received_at", transform: "day" }],
      properties: { a: "b" },
    });
    const before = await operator.waitUntilReady(lakeTableKind, at("quiet"));
    const table = await peer.loadTable(DATABASE, "quiet");
    const passes = (): number =>
      operator.logged.filter((line) => line.includes('"quiet"') && line.includes("Pass done")).length;
    const done = passes();
    await expect.poll(passes, { timeout: 20_000 }).toBeGreaterThan(done + 2);
    const after = await operator.get(lakeTableKind, at("quiet"));
    expect(after?.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    expect(await peer.loadTable(DATABASE, "quiet")).toEqual(table);
  });
});
