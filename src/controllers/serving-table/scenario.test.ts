/** Whole passes over ServingTables, with the faults that break controllers: lost answers, crashes, drift, rivals, strangers. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dataPlatformKind, servingTableKind } from "../../crds/kinds.ts";
import type { FakeHBase } from "../../testing/hbase.ts";
import { PLATFORM_WITH_HBASE } from "../../testing/hbase.ts";
import { Scenario } from "../../testing/scenario.ts";
import { PLATFORM } from "../../testing/systems.ts";
import type { CurrentServingTable } from "../../targets/hbase/table.ts";
import { createServingTableController } from "./controller.ts";

const TABLE = "shop:profiles";
const FAMILIES = [{ name: "p", versions: 5, ttl: "90d", compression: "GZ" }, { name: "s" }];
const SPEC = { platformRef: { name: "main" }, families: FAMILIES, split: { uniform: 4 } };

let scenario: Scenario;
let hbase: FakeHBase;

beforeEach(async () => {
  scenario = await Scenario.start(createServingTableController, PLATFORM_WITH_HBASE);
  ({ hbase } = scenario);
});
afterEach(async () => {
  await scenario.stop();
});

function table(): CurrentServingTable {
  const found = hbase.tables.get(TABLE);
  if (found === undefined) throw new Error("there is no table");
  return found;
}

function change(changes: Partial<CurrentServingTable>): void {
  hbase.tables.set(TABLE, { ...table(), ...changes });
}

/** A table that somebody else made. */
function foreign(changes: Partial<CurrentServingTable> = {}): CurrentServingTable {
  const family = { versions: 1, minVersions: 0, compression: "NONE", bloomFilter: "ROW" };
  const families = ["p", "s"].map((name) => ({ ...family, name, blockSize: 65_536, inMemory: false }));
  return { durability: "USE_DEFAULT", isEnabled: true, regions: 1, storeBytes: 7, families, ...changes };
}

/** The hash that is asked for. */
function awaited(): string {
  const { awaitsApproval } = scenario.status("profiles") as { awaitsApproval?: { hash: string } };
  if (awaitsApproval === undefined) throw new Error("nothing waits for a confirmation");
  return awaitsApproval.hash;
}

function confirm(spec: object, hash: string): void {
  scenario.putResource("profiles", { ...spec }, { annotations: { "openclickstream.io/approve": hash } });
}

async function made(spec: object = SPEC): Promise<void> {
  scenario.putResource("profiles", { ...spec });
  await scenario.pass("profiles");
  expect(scenario.ready("profiles")).toContain("Ready=True");
}

describe("the first pass", () => {
  it("makes the table, says so once, and the second does nothing", async () => {
    await made();
    expect(scenario.ready("profiles")).toBe(
      `Ready=True Succeeded: table "${TABLE}" has 4 regions, families "p", "s"`,
    );
    const mark = scenario.resource("profiles")?.metadata.uid;
    expect(table()).toMatchObject({ mark, durability: "FSYNC_WAL" });
    expect(scenario.status("profiles")).toMatchObject({
      tableName: TABLE,
      mark,
      clusterId: "fake",
      regions: 4,
    });
    expect(scenario.status("profiles")).toMatchObject({
      families: [
        { name: "p", versions: 5, ttlSeconds: 7_776_000, compression: "GZ", blockSize: 65_536 },
        { name: "s", versions: 1, minVersions: 0, compression: "NONE", bloomFilter: "ROW", inMemory: false },
      ],
    });
    expect(scenario.events()).toEqual([
      `Normal Created: done: creating table "${TABLE}" with families "p", "s"`,
    ]);
    const writes = scenario.api.writes.length;
    await scenario.pass("profiles");
    expect(scenario.api.writes).toHaveLength(writes);
    expect(hbase.writes).toEqual(["create-table"]);
  });

  it("waits where the platform names no HBase", async () => {
    scenario.put(dataPlatformKind, { ...PLATFORM });
    scenario.putResource("profiles", SPEC);
    await scenario.pass("profiles");
    expect(scenario.ready("profiles")).toBe(
      'Ready=False PlatformNotReady: DataPlatform "main" names no HBase; give it spec.hbase',
    );
  });

  it.each(["before", "after"] as const)(
    "whose answer is lost (no effect %s it) leads to the same end",
    async (outage) => {
      let isFirst = true;
      hbase.outage = () => {
        const result = isFirst ? outage : undefined;
        isFirst = false;
        return result;
      };
      scenario.putResource("profiles", SPEC);
      await scenario.pass("profiles");
      expect(scenario.ready("profiles")).toContain("Ready=False HBaseUnreachable");
      expect(await scenario.passUntilReady("profiles")).toBe(1);
      expect(hbase.writes).toEqual(["create-table"]);
      expect(scenario.status("profiles")).not.toHaveProperty("driftCorrectedAt");
    },
  );
});

describe("a changed manifest", () => {
  it("changes families in one step and tells what", async () => {
    await made();
    scenario.putResource("profiles", {
      ...SPEC,
      families: [{ name: "p", versions: 9 }, { name: "s" }, { name: "t" }],
    });
    await scenario.pass("profiles");
    expect(scenario.ready("profiles")).toContain("Ready=True");
    expect(hbase.writes).toEqual(["create-table", "alter-table"]);
    expect(scenario.events()).toContain(
      `Normal Updated: done: altering table "${TABLE}": family "p": versions 9 instead of 5, ` +
        'family "p": ttlSeconds Unlimited instead of 7776000, family "p": compression NONE instead of GZ, adding family "t"',
    );
  });

  it("that leaves a family out waits for a person who confirms that very change", async () => {
    await made();
    const families = [{ name: "p", versions: 5, ttl: "90d", compression: "NONE" }];
    scenario.putResource("profiles", { ...SPEC, families });
    await scenario.pass("profiles");
    const hash = awaited();
    expect(scenario.ready("profiles")).toBe(
      `Ready=False ApprovalRequired: table "${TABLE}": data would be lost: family "s" goes with its cells; ` +
        `to confirm it: kubectl annotate --overwrite --namespace shop servingtable/profiles openclickstream.io/approve=${hash}`,
    );
    // What loses nothing is done meanwhile.
    expect(table().families).toMatchObject([{ name: "s" }, { name: "p", compression: "NONE" }]);
    confirm({ ...SPEC, families }, "another");
    await scenario.pass("profiles");
    expect(scenario.ready("profiles")).toContain('the annotation has "another", which is another change');
    expect(awaited()).toBe(hash);
    confirm({ ...SPEC, families }, hash);
    await scenario.pass("profiles");
    expect(scenario.ready("profiles")).toContain('families "p"');
    expect(table().families.map(({ name }) => name)).toEqual(["p"]);
    expect(scenario.status("profiles")).toMatchObject({
      approved: { hash, time: "2026-01-01T00:00:00Z" },
      changes: [
        { cause: "Approval", text: `altering table "${TABLE}": dropping family "s"` },
        { cause: "Manifest", text: `altering table "${TABLE}": family "p": compression NONE instead of GZ` },
        { cause: "Manifest", text: `creating table "${TABLE}" with families "p", "s"` },
      ],
    });
    expect(scenario.status("profiles")).not.toHaveProperty("awaitsApproval");
    expect(scenario.events()).toContain(
      `Normal Approved: confirmed as ${hash}: family "s" goes with its cells`,
    );
  });

  it("that was confirmed once is asked for again when it comes again", async () => {
    await made();
    const less = {
      ...SPEC,
      families: [{ name: "p", versions: 3, ttl: "90d", compression: "GZ" }, { name: "s" }],
    };
    scenario.putResource("profiles", less);
    await scenario.pass("profiles");
    const hash = awaited();
    confirm(less, hash);
    await scenario.pass("profiles");
    expect(scenario.ready("profiles")).toContain("Ready=True");
    change({ families: table().families.map((family) => ({ ...family, versions: 9 })) });
    await scenario.pass("profiles");
    expect(awaited()).not.toBe(hash);
    expect(table().families).toMatchObject([{ versions: 9 }, { versions: 9 }]);
  });

  it.each([
    ["fewer versions", { versions: 3 }, 'family "p" keeps 3 of 5 versions'],
    ["a shorter time", { ttl: "1d" }, 'family "p" keeps cells for 86400 s instead of 7776000 s'],
  ])("to %s waits, unless the family is empty or nobody has to confirm", async (_, settings, loss) => {
    const families = [{ name: "p", versions: 5, ttl: "90d", ...settings }, { name: "s" }];
    for (const way of ["waits", "empty", "automatic"] as const) {
      hbase.tables.clear();
      hbase.emptyFamilies.clear();
      await made();
      if (way === "empty") hbase.emptyFamilies.add("p");
      scenario.putResource("profiles", {
        ...{ ...SPEC, families },
        ...(way === "automatic" && { approval: "Automatic" }),
      });
      await scenario.pass("profiles");
      expect(scenario.ready("profiles")).toContain(
        way === "waits" ? `ApprovalRequired: table "${TABLE}": data would be lost: ${loss}` : "Ready=True",
      );
    }
    expect(scenario.events()).toContain(`Normal Approved: the manifest is enough to lose data: ${loss}`);
  });

  it("is not held up by what waits: drift is put right meanwhile", async () => {
    await made();
    const less = { ...SPEC, families: [{ name: "p", versions: 3 }, { name: "s" }] };
    scenario.putResource("profiles", less);
    await scenario.pass("profiles");
    change({ durability: "SKIP_WAL" });
    await scenario.pass("profiles");
    expect(table()).toMatchObject({ durability: "FSYNC_WAL", families: [{ versions: 5 }, { name: "s" }] });
    expect(awaited()).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe("a change by hand", () => {
  it("is undone, once, with an Event and the time", async () => {
    await made();
    change({ durability: "SKIP_WAL", families: table().families.map((one) => ({ ...one, versions: 1 })) });
    await scenario.pass("profiles");
    await scenario.pass("profiles");
    expect(hbase.writes).toEqual(["create-table", "alter-table"]);
    expect(scenario.status("profiles")).toMatchObject({ driftCorrectedAt: "2026-01-01T00:00:00Z" });
    expect(scenario.events().filter((event) => event.startsWith("Warning"))).toEqual([
      `Warning DriftCorrected: table "${TABLE}" had been changed outside of Kubernetes; done: altering table "${TABLE}": ` +
        'durability FSYNC_WAL instead of SKIP_WAL, family "p": versions 5 instead of 1',
    ]);
  });

  it("that drops the table makes it anew and says that the rows are gone", async () => {
    await made();
    hbase.tables.delete(TABLE);
    await scenario.pass("profiles");
    expect(scenario.ready("profiles")).toContain("Ready=True");
    expect(scenario.events().join()).toContain(`table "${TABLE}" was gone, with its rows`);
  });

  it("that makes another table of the name is told, and the new one kept", async () => {
    await made();
    hbase.tables.set(TABLE, foreign());
    hbase.emptyFamilies.add("p");
    await scenario.pass("profiles");
    expect(scenario.events().filter((event) => event.startsWith("Warning Recreated"))).toHaveLength(1);
    expect(table()).toMatchObject({ mark: scenario.resource("profiles")?.metadata.uid, storeBytes: 7 });
  });

  it("that puts another's mark on it is left alone", async () => {
    await made({ ...SPEC, deletionPolicy: "Delete" });
    change({ mark: "other", durability: "SKIP_WAL" });
    await scenario.pass("profiles");
    expect(scenario.ready("profiles")).toContain("Ready=False ResourceConflict");
    scenario.deleteResource("profiles");
    await scenario.pass("profiles");
    expect(scenario.resource("profiles")).toBeUndefined();
    expect(hbase.writes).toEqual(["create-table"]);
    expect(scenario.events().join()).toContain('was left with its rows: it bears the mark "other"');
  });

  it("that disables it shows", async () => {
    await made();
    change({ isEnabled: false });
    await scenario.pass("profiles");
    expect(scenario.ready("profiles")).toContain("Ready=False TableDisabled");
  });

  it("of a table that cannot be read is not guessed at", async () => {
    await made();
    hbase.isDown = true;
    expect(await scenario.pass("profiles")).toEqual({ kind: "after", seconds: 10 });
    expect(scenario.ready("profiles")).toContain("Ready=False HBaseUnreachable");
    expect(scenario.status("profiles")).toMatchObject({
      regions: 4,
      families: [{ name: "p" }, { name: "s" }],
    });
  });

  it("is not undone while the resource is paused", async () => {
    await made();
    scenario.putResource("profiles", SPEC, { annotations: { "openclickstream.io/paused": "true" } });
    change({ durability: "SKIP_WAL" });
    await scenario.pass("profiles");
    expect(hbase.writes).toEqual(["create-table"]);
    expect(scenario.ready("profiles")).toContain("Ready=False Paused");
  });
});

describe("a table that is there already", () => {
  it("is taken over with its rows, and dropped later only by its mark", async () => {
    hbase.tables.set(TABLE, foreign());
    await made({ ...SPEC, deletionPolicy: "Delete", approval: "Automatic" });
    expect(hbase.writes).toEqual(["alter-table"]);
    expect(scenario.events()[0]).toBe(`Normal Updated: took over table "${TABLE}" with its rows`);
    scenario.deleteResource("profiles");
    await scenario.pass("profiles");
    expect(hbase.tables.size).toBe(0);
  });

  it("with a family that the manifest does not name is not touched, empty or not", async () => {
    const theirs = foreign()
      .families.slice(0, 1)
      .map((family) => ({ ...family, name: "theirs" }));
    hbase.tables.set(TABLE, foreign({ families: [...foreign().families, ...theirs] }));
    ["p", "theirs"].forEach((family) => hbase.emptyFamilies.add(family));
    scenario.putResource("profiles", SPEC);
    await scenario.pass("profiles");
    expect(scenario.ready("profiles")).toContain(
      `ApprovalRequired: table "${TABLE}": data would be lost: family "theirs" goes with its cells;`,
    );
    expect(hbase.writes).toEqual([]);
    expect(scenario.status("profiles")).not.toHaveProperty("mark");
  });

  it("of an older resource stays its own", async () => {
    await made();
    scenario.wait(60);
    scenario.putResource("rival", { ...SPEC, tableName: TABLE, families: [{ name: "x" }] });
    await scenario.pass("rival");
    expect(scenario.ready("rival")).toContain("Ready=False ResourceConflict");
    expect(scenario.status("rival")).toMatchObject({ conflictsWith: "profiles" });
    expect(hbase.writes).toEqual(["create-table"]);
  });
});

describe("deleting", () => {
  it("keeps the table by default", async () => {
    await made();
    scenario.deleteResource("profiles");
    expect(scenario.resource("profiles")).toBeUndefined();
    expect(hbase.tables.size).toBe(1);
  });

  it("with Delete waits for a person, also after the platform is gone, and for an HBase that is down", async () => {
    await made({ ...SPEC, deletionPolicy: "Delete" });
    scenario.delete(dataPlatformKind, "main");
    scenario.deleteResource("profiles");
    hbase.isDown = true;
    await scenario.pass("profiles");
    expect(scenario.ready("profiles")).toContain("deletion waits: HBase at hbase:16000 is unreachable");
    hbase.isDown = false;
    await scenario.pass("profiles");
    expect(scenario.ready("profiles")).toContain(
      `deletion waits: table "${TABLE}": data would be lost: the whole table goes with its rows; to confirm it: kubectl annotate`,
    );
    expect(hbase.writes).toEqual(["create-table"]);
    const hash = / openclickstream\.io\/approve=(\w+)$/.exec(scenario.ready("profiles") ?? "")?.[1] ?? "";
    scenario.change(servingTableKind, "profiles", ({ metadata }) => {
      Object.assign(metadata as object, { annotations: { "openclickstream.io/approve": hash } });
    });
    await scenario.pass("profiles");
    expect(scenario.resource("profiles")).toBeUndefined();
    expect(hbase.writes).toEqual(["create-table", "drop"]);
    expect(scenario.events()).toContain(
      `Normal Approved: confirmed as ${hash}: the whole table goes with its rows`,
    );
  });

  it("with Delete asks nobody about a table that holds nothing", async () => {
    await made({ ...SPEC, deletionPolicy: "Delete" });
    ["p", "s"].forEach((family) => hbase.emptyFamilies.add(family));
    scenario.deleteResource("profiles");
    await scenario.pass("profiles");
    expect(scenario.resource("profiles")).toBeUndefined();
    expect(hbase.writes).toEqual(["create-table", "drop"]);
  });

  it("with Delete leaves the rows that nobody gave up when the namespace goes", async () => {
    await made({ ...SPEC, deletionPolicy: "Delete" });
    scenario.terminateNamespace();
    scenario.deleteResource("profiles");
    await scenario.pass("profiles");
    expect(scenario.resource("profiles")).toBeUndefined();
    expect(hbase.writes).toEqual(["create-table"]);
    expect([...scenario.events(), ...scenario.eventsAtHome()].join()).toContain(
      "the namespace is being deleted, and nobody confirmed",
    );
  });

  it("leaves the table where the platform has come to lead to another HBase", async () => {
    await made({ ...SPEC, deletionPolicy: "Delete" });
    hbase.clusterId = "another";
    scenario.deleteResource("profiles");
    await scenario.pass("profiles");
    expect(scenario.resource("profiles")).toBeUndefined();
    expect(hbase.writes).toEqual(["create-table"]);
    expect(scenario.events().join()).toContain(
      'was left: the DataPlatform leads to HBase cluster "another" now',
    );
  });
});
