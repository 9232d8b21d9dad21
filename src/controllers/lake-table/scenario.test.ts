/** Whole passes over LakeTables, with the faults that break controllers: crashes, lost answers, stale reads, drift, rivals. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dataPlatformKind } from "../../crds/kinds.ts";
import { SECRET_TYPE } from "../../platform/secret-reader.ts";
import { Scenario } from "../../testing/scenario.ts";
import { PLATFORM } from "../../testing/systems.ts";
import { createLakeTableController } from "./controller.ts";

const KEY = "shop.events";
const COLUMNS = [
  { name: "id", type: "string", required: true },
  { name: "at", type: "timestamptz" },
];
const SPEC = { platformRef: { name: "main" }, database: "shop", table: "events", columns: COLUMNS };

let scenario: Scenario;

beforeEach(async () => {
  scenario = await Scenario.start(createLakeTableController);
});
afterEach(async () => {
  await scenario.stop();
});

/** Fails the write with this number (from 0). */
function failWrite(number: number, outage: "before" | "after"): void {
  let asked = 0;
  scenario.catalog.outage = () => (asked++ === number ? outage : undefined);
}

describe("the first pass", () => {
  it("makes the table, says so once, and the second does nothing", async () => {
    scenario.putResource("events", SPEC);
    await scenario.pass("events");
    expect(scenario.ready("events")).toBe('Ready=True Succeeded: table "shop.events" has 2 columns');
    expect(scenario.status("events")).toMatchObject({
      tableUuid: "table-1",
      location: "s3://lake/shop/events",
      schemaId: 0,
      rows: 0,
    });
    const writes = scenario.api.writes.length;
    await scenario.pass("events");
    expect(scenario.api.writes).toHaveLength(writes);
    expect(scenario.catalog.writes).toEqual(["create"]);
    expect(scenario.events()).toEqual(['Normal Created: done: creating table "shop.events" with 2 columns']);
  });
});

describe("a lost answer", () => {
  it.each(["before", "after"] as const)(
    "to the creation (lost %s it took effect) leads to the same end",
    async (outage) => {
      failWrite(0, outage);
      scenario.putResource("events", SPEC);
      await scenario.pass("events");
      expect(scenario.ready("events")).toContain("Ready=False CatalogUnreachable");
      expect(await scenario.passUntilReady("events")).toBe(1);
      expect(scenario.catalog.writes).toEqual(["create"]);
    },
  );

  it.each(["before", "after"] as const)(
    "to a commit (lost %s it took effect) leads to the same end",
    async (outage) => {
      scenario.putResource("events", SPEC);
      await scenario.pass("events");
      failWrite(0, outage);
      scenario.putResource("events", { ...SPEC, columns: [...COLUMNS, { name: "n", type: "int" }] });
      await scenario.pass("events");
      expect(scenario.ready("events")).toContain("Ready=False CatalogUnreachable");
      expect(await scenario.passUntilReady("events")).toBe(1);
      expect(scenario.catalog.writes).toEqual(["create", "evolve-schema"]);
      expect(scenario.catalog.tables.get(KEY)?.fields.map((field) => field.id)).toEqual([1, 2, 3]);
    },
  );
});

describe("a crash between the table and the status", () => {
  it("leads to the same end, without taking the own table for drift", async () => {
    scenario.api.intercept = (request) =>
      request.subresource === "status" ? { kind: "status", status: 500 } : undefined;
    scenario.putResource("events", SPEC);
    await scenario.pass("events");
    scenario.api.intercept = () => undefined;
    expect(await scenario.passUntilReady("events")).toBe(1);
    expect(scenario.catalog.writes).toEqual(["create"]);
    expect(scenario.events().filter((event) => event.startsWith("Warning"))).toEqual([]);
  });
});

describe("somebody else's change", () => {
  beforeEach(async () => {
    scenario.putResource("events", SPEC);
    await scenario.pass("events");
  });

  it("between the read and the commit makes the commit fail, and the next pass builds on it", async () => {
    scenario.putResource("events", { ...SPEC, columns: [...COLUMNS, { name: "n", type: "int" }] });
    scenario.catalog.outage = () => {
      const table = scenario.catalog.tables.get(KEY);
      if (table !== undefined) scenario.catalog.tables.set(KEY, { ...table, lastColumnId: 7 });
      scenario.catalog.outage = () => undefined;
      return undefined;
    };
    await scenario.pass("events");
    expect(scenario.ready("events")).toContain("Ready=False NotSettled");
    expect(await scenario.passUntilReady("events")).toBe(1);
    expect(scenario.catalog.tables.get(KEY)?.fields.map((field) => field.id)).toEqual([1, 2, 8]);
  });

  it("that adds a column is never undone by dropping it", async () => {
    const table = scenario.catalog.tables.get(KEY);
    if (table === undefined) throw new Error("there is no table");
    const added = {
      id: 3,
      name: "engine",
      type: { kind: "scalar", name: "int" },
      isRequired: false,
    } as const;
    scenario.catalog.tables.set(KEY, { ...table, fields: [...table.fields, added], lastColumnId: 3 });
    await scenario.pass("events");
    expect(scenario.ready("events")).toContain(
      'Ready=False DestructiveChange: column "engine" is in the table',
    );
    expect(scenario.catalog.writes).toEqual(["create"]);
  });

  it("that adds rows shows in the figures at the next look, and only then is the status written", async () => {
    const table = scenario.catalog.tables.get(KEY);
    if (table === undefined) throw new Error("there is no table");
    const snapshot = {
      id: "8924558786060583479",
      operation: "append",
      rows: 5,
      dataFiles: 1,
      totalBytes: 99,
    };
    scenario.catalog.tables.set(KEY, { ...table, snapshot });
    const writes = scenario.api.writes.length;
    await scenario.pass("events");
    await scenario.pass("events");
    expect(scenario.api.writes).toHaveLength(writes + 1);
    expect(scenario.status("events")).toMatchObject({
      currentSnapshotId: "8924558786060583479",
      rows: 5,
      dataFiles: 1,
      totalBytes: 99,
    });
    // The API server refuses a status with a field that it does not know.
    expect(scenario.status("events")).not.toHaveProperty("operation");
  });
});

describe("deleting with Delete", () => {
  beforeEach(async () => {
    scenario.putResource("events", { ...SPEC, deletionPolicy: "Delete" });
    await scenario.pass("events");
    for (const key of ["shop/events/data/1", "shop/events_old/data/1"]) scenario.bucket.keys.add(key);
    scenario.bucket.putMetadata("shop/events/metadata/00000-x.metadata.json", "table-1");
    scenario.deleteResource("events");
  });

  it("drops the table and deletes its files, and only those", async () => {
    await scenario.pass("events");
    expect(scenario.resource("events")).toBeUndefined();
    expect(scenario.catalog.writes).toEqual(["create", "drop"]);
    expect([...scenario.bucket.keys]).toEqual(["shop/events_old/data/1"]);
    expect(scenario.events().slice(-2)).toEqual([
      'Normal Deleted: dropped table "shop.events"',
      "Normal Deleted: deleted 2 objects at s3://lake/shop/events",
    ]);
  });

  it.each(["before", "after"] as const)(
    "goes on where it was when the answer to the drop is lost (%s it took effect)",
    async (outage) => {
      failWrite(0, outage);
      await scenario.pass("events");
      expect(scenario.ready("events")).toContain("deletion waits");
      await scenario.pass("events");
      expect(scenario.resource("events")).toBeUndefined();
      expect([...scenario.bucket.keys]).toEqual(["shop/events_old/data/1"]);
    },
  );

  it("goes on where it was when the files could not be deleted: the place is in the status", async () => {
    let asked = 0;
    scenario.bucket.outage = () => (asked++ === 0 ? "before" : undefined);
    await scenario.pass("events");
    expect(scenario.catalog.tables.size).toBe(0);
    expect(scenario.ready("events")).toContain("deletion waits: 503 SlowDown");
    await scenario.pass("events");
    expect(scenario.resource("events")).toBeUndefined();
    expect([...scenario.bucket.keys]).toEqual(["shop/events_old/data/1"]);
  });

  it("drops nothing after it was frozen between its read and its write: another process may lead by now", async () => {
    const read = scenario.catalog.readTable.bind(scenario.catalog);
    scenario.catalog.readTable = async (identifier) => {
      const table = await read(identifier);
      scenario.leadership.isLeading = false;
      return table;
    };
    await scenario.pass("events");
    expect(scenario.catalog.writes).toEqual(["create"]);
    expect(scenario.bucket.keys.size).toBe(3);
  });

  it("leaves files where another LakeTable lies too", async () => {
    scenario.putResource("inner", { ...SPEC, table: "inner", location: "s3://lake/shop/events/inner" });
    await scenario.pass("events");
    expect(scenario.resource("events")).toBeUndefined();
    expect(scenario.bucket.keys.size).toBe(3);
    expect(scenario.events().at(-1)).toContain(
      "Warning CleanupAbandoned: the files at s3://lake/shop/events were left",
    );
  });
});

describe("deleting with Delete a table that is not alone at its place", () => {
  it.each([
    ["a table below that no LakeTable knows", "s3://lake/shop", "shop/kept/metadata/00001-x.metadata.json"],
    [
      "a table around that no LakeTable knows",
      "s3://lake/shop/kept/data",
      "shop/kept/metadata/00001-x.metadata.json",
    ],
  ])("drops the table, leaves the files of %s, and says so", async (_case, location, key) => {
    const keys = [key, "shop/kept/data/1"];
    scenario.putResource("events", { ...SPEC, location, deletionPolicy: "Delete" });
    await scenario.pass("events");
    for (const each of keys) scenario.bucket.keys.add(each);
    scenario.deleteResource("events");
    await scenario.pass("events");
    expect(scenario.resource("events")).toBeUndefined();
    expect([...scenario.bucket.keys]).toEqual(keys);
    expect(scenario.events().at(-1)).toContain(
      `Warning CleanupAbandoned: the files at ${location} were left: "${key}"`,
    );
  });

  it("leaves the checkpoints of pipelines, wherever the catalog put the table", async () => {
    scenario.putResource("events", { ...SPEC, deletionPolicy: "Delete" });
    await scenario.pass("events");
    const table = scenario.catalog.tables.get(KEY);
    if (table === undefined) throw new Error("there is no table");
    scenario.catalog.tables.set(KEY, { ...table, location: "s3://lake/checkpoints/shop" });
    scenario.bucket.keys.add("checkpoints/shop/web/offsets/0");
    scenario.deleteResource("events");
    await scenario.pass("events");
    expect([...scenario.bucket.keys]).toEqual(["checkpoints/shop/web/offsets/0"]);
  });

  it("is no matter for a table whose folder only begins like another one's, or is called metadata", async () => {
    scenario.putResource("events", { ...SPEC, deletionPolicy: "Delete" });
    await scenario.pass("events");
    const others = ["shop/events_old/metadata/1.metadata.json", "shop/metadata/metadata/1.metadata.json"];
    scenario.bucket.putMetadata("shop/events/metadata/1.metadata.json", "table-1");
    for (const each of others) scenario.bucket.keys.add(each);
    scenario.deleteResource("events");
    await scenario.pass("events");
    expect([...scenario.bucket.keys]).toEqual(others);
  });
});

describe("deleting with Delete a table outside of the bucket", () => {
  it("drops the table, leaves the files and says so", async () => {
    scenario.putResource("events", { ...SPEC, location: "s3://other/events", deletionPolicy: "Delete" });
    await scenario.pass("events");
    scenario.deleteResource("events");
    await scenario.pass("events");
    expect(scenario.resource("events")).toBeUndefined();
    expect(scenario.events().at(-1)).toContain("the files at s3://other/events were left");
  });
});

describe("deleting with Delete a resource that does not have the table", () => {
  const spec = { ...SPEC, deletionPolicy: "Delete" };
  const files = ["shop/events/data/1", "shop/events/data/2"];

  beforeEach(() => {
    for (const key of files) scenario.bucket.keys.add(key);
  });

  it("leaves a foreign one that the manifest never fitted", async () => {
    scenario.putResource("maker", SPEC);
    await scenario.pass("maker");
    scenario.deleteResource("maker");
    scenario.putResource("mistake", { ...spec, columns: [{ name: "id", type: "int" }] });
    await scenario.pass("mistake");
    expect(scenario.ready("mistake")).toContain("Ready=False");
    expect(scenario.status("mistake")).not.toHaveProperty("tableUuid");
    expect(scenario.status("mistake")).not.toHaveProperty("location");
    scenario.deleteResource("mistake");
    await scenario.pass("mistake");
    expect(scenario.resource("mistake")).toBeUndefined();
    expect(scenario.catalog.writes).toEqual(["create"]);
    expect([...scenario.bucket.keys]).toEqual(files);
  });

  it("leaves that of an older resource which went before", async () => {
    scenario.putResource("first", SPEC);
    await scenario.pass("first");
    scenario.putResource("second", spec);
    await scenario.pass("second");
    scenario.deleteResource("first");
    scenario.deleteResource("second");
    await scenario.pass("second");
    expect(scenario.resource("second")).toBeUndefined();
    expect(scenario.catalog.writes).toEqual(["create"]);
    expect([...scenario.bucket.keys]).toEqual(files);
  });

  it("leaves a namesake of the one that it had, and says so", async () => {
    scenario.putResource("events", spec);
    await scenario.pass("events");
    const table = scenario.catalog.tables.get(KEY);
    if (table !== undefined) scenario.catalog.tables.set(KEY, { ...table, uuid: "foreign" });
    scenario.deleteResource("events");
    await scenario.pass("events");
    expect(scenario.resource("events")).toBeUndefined();
    expect(scenario.catalog.writes).toEqual(["create"]);
    expect([...scenario.bucket.keys]).toEqual(files);
    expect(scenario.events().at(-1)).toContain('Warning CleanupAbandoned: table "shop.events" was left');
  });

  it("leaves the files of a table that somebody renamed or took out of the catalog", async () => {
    scenario.putResource("events", spec);
    await scenario.pass("events");
    scenario.catalog.tables.delete(KEY);
    scenario.deleteResource("events");
    await scenario.pass("events");
    expect(scenario.resource("events")).toBeUndefined();
    expect([...scenario.bucket.keys]).toEqual(files);
    expect(scenario.events().at(-1)).toContain(
      "Warning CleanupAbandoned: the files at s3://lake/shop/events were left",
    );
  });
});

describe("a table that somebody renamed", () => {
  const file = "shop/events/metadata/00000-x.metadata.json";

  beforeEach(async () => {
    scenario.putResource("events", { ...SPEC, deletionPolicy: "Delete" });
    await scenario.pass("events");
    scenario.bucket.putMetadata(file, "table-1");
    scenario.catalog.rename(KEY, "shop.events_2025");
  });

  it("is waited for by its new name, and none is made in its place, until it is renamed back", async () => {
    await scenario.pass("events");
    expect(scenario.ready("events")).toContain(
      'Ready=False TableRenamed: table "shop.events" was renamed to "shop.events_2025" outside of Kubernetes',
    );
    expect(scenario.condition("events", "Stalled")).toContain("Stalled=True TableRenamed");
    expect(scenario.status("events")).toMatchObject({ renamedTo: "shop.events_2025", tableUuid: "table-1" });
    expect(scenario.catalog.writes).toEqual(["create"]);
    scenario.catalog.rename("shop.events_2025", KEY);
    expect(await scenario.passUntilReady("events")).toBe(1);
    expect(scenario.status("events")).not.toHaveProperty("renamedTo");
  });

  it("keeps its files when the resource is deleted", async () => {
    scenario.deleteResource("events");
    await scenario.pass("events");
    expect(scenario.resource("events")).toBeUndefined();
    expect([...scenario.bucket.keys]).toEqual([file]);
    expect(scenario.catalog.tables.get("shop.events_2025")?.uuid).toBe("table-1");
  });

  it("keeps its files when it was renamed between two attempts to drop it", async () => {
    scenario.catalog.rename("shop.events_2025", KEY);
    failWrite(0, "before");
    scenario.deleteResource("events");
    await scenario.pass("events");
    expect(scenario.ready("events")).toContain("deletion waits");
    scenario.catalog.rename(KEY, "shop.events_2025");
    await scenario.pass("events");
    expect(scenario.resource("events")).toBeUndefined();
    expect([...scenario.bucket.keys]).toEqual([file]);
  });

  it("keeps its files also when a table was made in its folder before, and that one goes with its resource", async () => {
    const [table] = scenario.catalog.tables.values();
    if (table === undefined) throw new Error("there is no table");
    scenario.catalog.tables.set(KEY, { ...table, uuid: "table-2" });
    await scenario.pass("events");
    expect(scenario.status("events")).toMatchObject({ tableUuid: "table-2" });
    expect(scenario.events().at(-1)).toContain(
      'Warning TableRenamed: table "shop.events" is another one now: the one before (uuid table-1) was renamed to "shop.events_2025"',
    );
    scenario.bucket.putMetadata("shop/events/metadata/00000-y.metadata.json", "table-2");
    const keys = [...scenario.bucket.keys];
    scenario.deleteResource("events");
    await scenario.pass("events");
    expect(scenario.catalog.writes).toEqual(["create", "drop without files"]);
    expect([...scenario.bucket.keys]).toEqual(keys);
    expect(scenario.events().at(-1)).toContain(`"${file}" is of another table`);
  });
});

describe("a place in which metadata of a table lies", () => {
  it.each([
    ["in it", "shop/kept/metadata/00000-x.metadata.json"],
    ["in it, compressed", "shop/kept/metadata/00000-x.gz.metadata.json"],
    ["below it", "shop/kept/inner/metadata/00000-x.metadata.json"],
    ["around it", "shop/metadata/00000-x.metadata.json"],
  ])("is never taken by a new table: metadata %s", async (_case, key) => {
    scenario.bucket.putMetadata(key, "kept");
    scenario.putResource("events", { ...SPEC, location: "s3://lake/shop/kept" });
    await scenario.pass("events");
    expect(scenario.ready("events")).toContain(
      `Ready=False ResourceConflict: the table would lie at s3://lake/shop/kept, where the metadata of a table lies that the catalog ` +
        `does not have ("${key}")`,
    );
    expect(scenario.catalog.writes).toEqual([]);
    scenario.bucket.keys.clear();
    expect(await scenario.passUntilReady("events")).toBe(1);
  });

  it("is named by the table that a deleted resource left there with Retain", async () => {
    scenario.putResource("kept", { ...SPEC, table: "kept", location: "s3://lake/shop/kept" });
    await scenario.pass("kept");
    scenario.bucket.putMetadata("shop/kept/metadata/00000-x.metadata.json", "table-1");
    scenario.deleteResource("kept");
    scenario.putResource("events", { ...SPEC, location: "s3://lake/shop/kept/inner" });
    await scenario.pass("events");
    expect(scenario.ready("events")).toContain('where table "shop.kept" has its metadata');
    expect(scenario.catalog.writes).toEqual(["create"]);
  });

  it("is left for another one by a table that names no place", async () => {
    scenario.bucket.putMetadata("shop/events/metadata/00000-x.metadata.json", "kept");
    scenario.putResource("events", SPEC);
    await scenario.pass("events");
    expect(scenario.status("events")).toMatchObject({ location: "s3://lake/shop/events-table-1" });
  });

  it("is not guessed free while the store cannot be asked", async () => {
    scenario.delete(SECRET_TYPE, "s3");
    scenario.putResource("events", SPEC);
    await scenario.pass("events");
    expect(scenario.ready("events")).toBe('Ready=False SecretNotFound: Secret "s3" does not exist');
    expect(scenario.catalog.writes).toEqual([]);
  });
});

describe("two resources whose tables would lie in one place", () => {
  const place = "s3://lake/shared";

  it.each([
    ["the same", place, place],
    ["one inside of the other", place, `${place}/inner`],
    ["one around the other", `${place}/inner`, place],
  ])("the younger is refused and names the older: %s", async (_case, first, location) => {
    scenario.putResource("first", { ...SPEC, table: "first", location: first });
    await scenario.pass("first");
    scenario.putResource("second", { ...SPEC, table: "second", location, deletionPolicy: "Delete" });
    await scenario.pass("second");
    expect(scenario.ready("second")).toContain(
      `Ready=False ResourceConflict: the place ${location} is not this table's alone: the files of LakeTable "shop/first" lie at ${first}`,
    );
    expect(scenario.status("second")).toMatchObject({ conflictsWith: "first" });
    expect(scenario.catalog.writes).toEqual(["create"]);
    await scenario.pass("first");
    expect(scenario.ready("first")).toContain("Ready=True");
    scenario.deleteResource("first");
    expect(await scenario.passUntilReady("second")).toBe(1);
  });

  it("the one that has its table keeps it, though the other is older", async () => {
    scenario.putResource("holder", { ...SPEC, table: "holder", location: `${place}/inner` });
    await scenario.pass("holder");
    scenario.putResource(
      "old",
      { ...SPEC, table: "old", location: place },
      { creationTimestamp: "2020-01-01T00:00:00Z" },
    );
    await scenario.pass("old");
    expect(scenario.ready("old")).toContain("ResourceConflict: the place s3://lake/shared");
    await scenario.pass("holder");
    expect(scenario.ready("holder")).toContain("Ready=True");
  });

  it.each([
    ["two, as nobody knows better: both are made", undefined, "Ready=True"],
    ["one that has two addresses: the younger is refused", "one", "Ready=False ResourceConflict"],
  ])("where buckets of one name are in stores that are %s", async (_case, identity, expected) => {
    const elsewhere = { namespace: "elsewhere", name: "main" };
    const storage = { ...PLATFORM.spec.storage, endpoint: "http://other:7070" };
    const far = { spec: { ...PLATFORM.spec, storage, catalog: { uri: "http://far" } } };
    scenario.put(dataPlatformKind, { ...PLATFORM, metadata: elsewhere, ...far });
    for (const platform of [elsewhere, { namespace: "shop", name: "main" }])
      if (identity !== undefined) scenario.putIdentities(platform, { Storage: identity });
    const metadata = { namespace: "elsewhere", creationTimestamp: "2020-01-01T00:00:00Z" };
    scenario.putResource("first", { ...SPEC, table: "first", location: place }, metadata);
    scenario.putResource("second", { ...SPEC, location: place });
    await scenario.pass("second");
    expect(scenario.ready("second")).toContain(expected);
  });
});

describe("allowDestructiveChanges", () => {
  const more = [...COLUMNS, { name: "n", type: "int" }];
  const allowed = { ...SPEC, columns: more, allowDestructiveChanges: true };

  beforeEach(async () => {
    scenario.putResource("events", allowed);
    await scenario.pass("events");
  });

  /** Somebody's ALTER TABLE. */
  function alter(change: (names: string[]) => string[], added?: string): void {
    const table = scenario.catalog.tables.get(KEY);
    if (table === undefined) throw new Error("there is no table");
    const names = change(table.fields.map((field) => field.name));
    const renamed = table.fields.map((field, nth) => ({ ...field, name: names[nth] ?? field.name }));
    const type = { kind: "scalar", name: "int" } as const;
    const fields =
      added === undefined ? renamed : [...renamed, { id: 4, name: added, type, isRequired: false }];
    scenario.catalog.tables.set(KEY, { ...table, fields, lastColumnId: 4 });
  }

  it("drops what a change of the manifest leaves out", async () => {
    scenario.putResource("events", { ...allowed, columns: COLUMNS });
    await scenario.passUntilReady("events");
    expect(scenario.catalog.tables.get(KEY)?.fields.map((field) => field.name)).toEqual(["id", "at"]);
  });

  it("drops nothing that somebody renamed in SQL, which is told as a rename", async () => {
    alter((names) => names.map((name) => (name === "n" ? "amount" : name)));
    await scenario.pass("events");
    expect(scenario.ready("events")).toContain(
      'Ready=False ColumnRenamed: column "n" (field id 3) was renamed to "amount" outside of Kubernetes',
    );
    scenario.putResource("events", { ...allowed, columns: COLUMNS });
    await scenario.pass("events");
    expect(scenario.ready("events")).toContain("ColumnRenamed");
    expect(scenario.catalog.writes).toEqual(["create"]);
    scenario.putResource("events", { ...allowed, columns: [...COLUMNS, { name: "amount", type: "int" }] });
    expect(await scenario.passUntilReady("events")).toBe(1);
    expect(scenario.catalog.writes).toEqual(["create"]);
  });

  it("drops nothing that somebody added in SQL, not even with the next change of the manifest", async () => {
    alter((names) => names, "engine");
    scenario.putResource("events", { ...allowed, columns: COLUMNS });
    await scenario.pass("events");
    expect(scenario.ready("events")).toContain(
      'Ready=False DestructiveChange: column "engine" is in the table but not in spec.columns, and this manifest never had it',
    );
    expect(scenario.catalog.writes).toEqual(["create"]);
  });
});

describe("columns of others", () => {
  it("are kept and shown where the manifest says so", async () => {
    scenario.putResource("events", { ...SPEC, otherColumns: "Keep" });
    await scenario.pass("events");
    const table = scenario.catalog.tables.get(KEY);
    if (table === undefined) throw new Error("there is no table");
    const engine = {
      id: 3,
      name: "engine",
      type: { kind: "scalar", name: "int" },
      isRequired: false,
    } as const;
    scenario.catalog.tables.set(KEY, { ...table, fields: [...table.fields, engine], lastColumnId: 3 });
    await scenario.pass("events");
    expect(scenario.ready("events")).toBe(
      'Ready=True Succeeded: table "shop.events" has 3 columns, one of them added by others: engine',
    );
    expect(scenario.status("events")).toMatchObject({
      otherColumns: ["engine"],
      fields: { 1: "id", 2: "at" },
    });
  });
});

describe("the way back to an earlier schema", () => {
  it("is open after a column was added and dropped again, a comment set and unset", async () => {
    const commented = [{ ...COLUMNS[0], doc: "who" }, COLUMNS[1]];
    const spec = { ...SPEC, allowDestructiveChanges: true };
    for (const columns of [COLUMNS, [...COLUMNS, { name: "n", type: "int" }], COLUMNS, commented, COLUMNS]) {
      scenario.putResource("events", { ...spec, columns });
      expect(await scenario.passUntilReady("events")).toBe(1);
    }
    expect(scenario.catalog.tables.get(KEY)).toMatchObject({ schemaId: 0, schemas: { length: 3 } });
  });
});

describe("a catalog that does less than it says", () => {
  it("is told of with what is missing, and not asked again and again", async () => {
    const create = scenario.catalog.createTable.bind(scenario.catalog);
    scenario.catalog.createTable = async (...creation) => {
      const table = { ...(await create(...creation)), formatVersion: 2 };
      scenario.catalog.tables.set(KEY, table);
      return table;
    };
    scenario.putResource("events", { ...SPEC, properties: { "format-version": "3" } });
    await scenario.pass("events");
    expect(scenario.ready("events")).toContain(
      "Ready=False ImpossibleChange: the catalog answered that it is done, but the table is not as asked; still missing is " +
        "upgrading the table format from 2 to 3",
    );
    expect(scenario.condition("events", "Stalled")).toContain("Stalled=True");
  });
});

describe("two resources that want one table", () => {
  it("the one that has it keeps it; the other one touches nothing, not even when it is deleted", async () => {
    scenario.putResource("first", SPEC);
    await scenario.pass("first");
    scenario.putResource("second", {
      ...SPEC,
      columns: [{ name: "x", type: "int" }],
      deletionPolicy: "Delete",
    });
    await scenario.pass("second");
    expect(scenario.ready("second")).toContain(
      'Ready=False ResourceConflict: table "shop.events" belongs to the older LakeTable "shop/first"',
    );
    scenario.deleteResource("second");
    await scenario.pass("second");
    expect(scenario.resource("second")).toBeUndefined();
    expect(scenario.catalog.writes).toEqual(["create"]);
  });
});

describe("two resources of two namespaces that want one table of one catalog", () => {
  const elsewhere = { namespace: "elsewhere", name: "main" };

  beforeEach(() => {
    scenario.put(dataPlatformKind, { ...PLATFORM, metadata: elsewhere });
    const metadata = { namespace: "elsewhere", creationTimestamp: "2020-01-01T00:00:00Z" };
    scenario.putResource("first", SPEC, metadata);
    scenario.putResource("first", SPEC, metadata);
  });

  it("the younger does not take it over while the platform of the older is away", async () => {
    scenario.delete(dataPlatformKind, "main", "elsewhere");
    scenario.putResource("second", SPEC);
    await scenario.pass("second");
    expect(scenario.ready("second")).toContain("Ready=False ResourceConflict");
    expect(scenario.catalog.writes).toEqual([]);
  });

  it("the younger, whose own platform is gone, drops nothing by what is remembered of it", async () => {
    const far = { spec: { ...PLATFORM.spec, catalog: { uri: "http://far" } } };
    scenario.put(dataPlatformKind, { ...PLATFORM, metadata: elsewhere, ...far });
    scenario.putIdentities({ namespace: "shop", name: "main" }, { Catalog: "here" });
    scenario.putIdentities(elsewhere, { Catalog: "there" });
    scenario.putResource("second", { ...SPEC, deletionPolicy: "Delete" });
    expect(await scenario.passUntilReady("second")).toBe(1);
    scenario.put(dataPlatformKind, { ...PLATFORM, metadata: elsewhere });
    scenario.delete(dataPlatformKind, "main");
    scenario.deleteResource("second");
    await scenario.pass("second");
    expect(scenario.resource("second")).toBeUndefined();
    expect(scenario.catalog.writes).toEqual(["create"]);
  });
});

describe("two resources that want one table through two addresses of one catalog", () => {
  const elsewhere = { namespace: "elsewhere", name: "main" };

  beforeEach(() => {
    const alias = { spec: { ...PLATFORM.spec, catalog: { uri: "http://alias" } } };
    scenario.put(dataPlatformKind, { ...PLATFORM, metadata: elsewhere, ...alias });
    const metadata = { namespace: "elsewhere", creationTimestamp: "2020-01-01T00:00:00Z" };
    scenario.putResource("first", SPEC, metadata);
    scenario.putResource("first", SPEC, metadata);
  });

  it("have one owner: where the catalog is counts, and not what it is called", async () => {
    scenario.putIdentities({ namespace: "shop", name: "main" }, { Catalog: "one" });
    scenario.putIdentities(elsewhere, { Catalog: "one" });
    scenario.putResource("second", SPEC);
    await scenario.pass("second");
    expect(scenario.status("second")).toMatchObject({ conflictsWith: "first" });
    expect(scenario.catalog.writes).toEqual([]);
  });

  it("make nothing until it is known which catalog each address leads to", async () => {
    scenario.putResource("second", SPEC);
    await scenario.pass("second");
    expect(scenario.ready("second")).toContain(
      'Ready=False ResourceConflict: table "shop.events" may belong to the older LakeTable "elsewhere/first"',
    );
    expect(scenario.catalog.writes).toEqual([]);
  });

  it("have nothing looked after while it is not known any more which catalog an address leads to", async () => {
    const own = { namespace: "shop", name: "main" };
    scenario.putIdentities(own, { Catalog: "one" });
    scenario.putIdentities(elsewhere, { Catalog: "two" });
    scenario.putResource("second", SPEC);
    await scenario.passUntilReady("second");
    const { tableUuid } = scenario.status("second");
    const maintenance = { due: ["DataFiles"], lastOrphanSearch: "2026-01-01T00:00:00Z" };
    scenario.putStatus("second", { ...scenario.status("second"), maintenance });
    scenario.putIdentities(elsewhere, {});
    await scenario.pass("second");
    expect(scenario.ready("second")).toContain("may belong to the older LakeTable");
    const { lastOrphanSearch } = maintenance;
    expect(scenario.status("second")).toMatchObject({ tableUuid, maintenance: { lastOrphanSearch } });
    expect(scenario.status("second")["maintenance"]).not.toHaveProperty("due");
  });
});

describe("two resources that want one table, of which the owner goes", () => {
  it("keep its rows, whatever the owner's policy: the other one has them then", async () => {
    scenario.putResource("first", { ...SPEC, deletionPolicy: "Delete" });
    await scenario.pass("first");
    scenario.putResource("second", SPEC);
    await scenario.pass("second");
    scenario.deleteResource("first");
    await scenario.pass("first");
    expect(scenario.resource("first")).toBeUndefined();
    expect(scenario.events()).toContain(
      'Warning CleanupAbandoned: table "shop.events" was left with its rows: LakeTable "shop/second" claims it too',
    );
    expect(await scenario.passUntilReady("second")).toBe(1);
    expect(scenario.status("second")).toMatchObject({ tableUuid: "table-1" });
    expect(scenario.catalog.writes).toEqual(["create"]);
  });
});

describe("a platform that lacks the Secret of the object store", () => {
  it("has its tables changed all the same; a table to delete stays until its files can be deleted too", async () => {
    const spec = { ...SPEC, deletionPolicy: "Delete" };
    scenario.putResource("events", spec);
    await scenario.pass("events");
    scenario.delete(SECRET_TYPE, "s3");
    await scenario.restart();
    scenario.putResource("events", { ...spec, properties: { a: "1" } });
    expect(await scenario.passUntilReady("events")).toBe(1);
    expect(scenario.catalog.writes).toEqual(["create", "change-properties"]);
    scenario.deleteResource("events");
    await scenario.pass("events");
    expect(scenario.ready("events")).toBe(
      'Ready=False SecretNotFound: deletion waits: Secret "s3" does not exist',
    );
    expect(scenario.catalog.writes).toEqual(["create", "change-properties"]);
    scenario.putPlatform();
    scenario.wait(10);
    await scenario.pass("events");
    expect(scenario.resource("events")).toBeUndefined();
    expect(scenario.catalog.writes).toEqual(["create", "change-properties", "drop"]);
  });
});

describe("a platform that is not there yet", () => {
  it("is waited for", async () => {
    scenario.delete(dataPlatformKind, "main");
    scenario.putResource("events", SPEC);
    await scenario.pass("events");
    expect(scenario.ready("events")).toBe(
      'Ready=False PlatformNotFound: DataPlatform "main" does not exist in namespace "shop"',
    );
    scenario.putPlatform();
    expect(await scenario.passUntilReady("events")).toBe(1);
  });
});
