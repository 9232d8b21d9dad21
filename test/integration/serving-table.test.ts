/** ServingTables on a real API server, the real administration and a real HBase. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dataPlatformKind, servingTableKind } from "../../src/crds/kinds.ts";
import type { ServingTableName } from "../../src/naming/serving-tables.ts";
import type { WritePermit } from "../../src/runtime/controller.ts";
import type { TableAction } from "../../src/targets/hbase/diff.ts";
import type { CurrentServingTable } from "../../src/targets/hbase/table.ts";
import { createServingTables, type ServingTables } from "../../src/targets/hbase/tables.ts";
import { allStarted } from "../support/engine-set.ts";
import { startHBase, startHBaseAdmin } from "../support/hbase.ts";
import type { Engine } from "../support/process.ts";
import type { Address } from "./running-operator.ts";
import { RunningOperator, ready } from "./running-operator.ts";

const NAMESPACE = "serving-a";
const TABLE = "serving_a:profiles" as ServingTableName;
const START_MILLISECONDS = 240_000;
const PERMIT: WritePermit = { signal: new AbortController().signal, assertMayWrite: () => undefined };
const FAMILIES = [{ name: "p", versions: 5, ttl: "90d", compression: "GZ" }, { name: "s" }];
const SPEC = { platformRef: { name: "main" }, families: FAMILIES, split: { uniform: 4 } };

let directory: string;
let engines: readonly Engine[] = [];
let operator: RunningOperator;
/** What somebody does beside the operator. */
let hbase: ServingTables;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "openclickstream-hbase-"));
  const [server, admin] = await allStarted(
    startHBase({ directory: join(directory, "hbase") }),
    startHBaseAdmin({ directory: join(directory, "admin") }),
  );
  engines = [server, admin];
  hbase = createServingTables({ bootstrapServers: [server.address] }, admin.address);
  operator = await RunningOperator.start([NAMESPACE], { hbaseAdminUrl: admin.address });
  await operator.applyPlatform(NAMESPACE, { hbase: { bootstrapServers: [server.address] } });
}, START_MILLISECONDS);
afterAll(async () => {
  await operator.stop();
  await hbase.close();
  await Promise.all(engines.map(async (engine) => engine.stop()));
  await rm(directory, { recursive: true, force: true });
});

function at(name: string): Address {
  return { namespace: NAMESPACE, name };
}

async function apply(name: string, changes: object = {}): Promise<void> {
  await operator.apply(servingTableKind, at(name), { ...SPEC, ...changes });
}

async function tableNow(name = TABLE): Promise<CurrentServingTable | undefined> {
  return (await hbase.describe(name, PERMIT.signal)).table ?? undefined;
}

describe("a platform with an HBase", () => {
  it("says that it is ready, with version and identity", async () => {
    const platform = await operator.waitUntilReady(dataPlatformKind, at("main"));
    expect(ready(platform)?.message).toBe("Kafka, storage, catalog and HBase answer");
    const components = platform.status?.["components"] as readonly { readonly name: string }[];
    expect(components.find(({ name }) => name === "HBase")).toMatchObject({
      reachable: true,
      version: "2.6.4-hadoop3",
      identity: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      message: expect.stringMatching(/^1 region server, cluster /) as string,
    });
  });
});

describe("a serving table", () => {
  it("is created with its families and regions", async () => {
    await apply("profiles");
    const resource = await operator.waitUntilReady(servingTableKind, at("profiles"));
    expect(resource.status).toMatchObject({ tableName: TABLE, regions: 4, durability: "FSYNC_WAL" });
    const table = await tableNow();
    expect(table).toMatchObject({ mark: resource.status?.["mark"], durability: "FSYNC_WAL", regions: 4 });
    expect(table?.families).toEqual([
      {
        ...{ name: "p", versions: 5, minVersions: 0, ttlSeconds: 7_776_000, compression: "GZ" },
        ...{ bloomFilter: "ROW", blockSize: 65_536, inMemory: false },
      },
      {
        ...{ name: "s", versions: 1, minVersions: 0, compression: "NONE" },
        ...{ bloomFilter: "ROW", blockSize: 65_536, inMemory: false },
      },
    ]);
  });

  it("is changed with its manifest, and a family goes only when it is named", async () => {
    const families = [{ name: "p", versions: 9, minVersions: 2, bloomFilter: "ROWCOL", blockSize: "8Ki" }];
    await apply("profiles", { families });
    await operator.waitForReason(servingTableKind, at("profiles"), "DestructiveChange");
    expect((await tableNow())?.families).toHaveLength(2);
    await apply("profiles", { families, dropFamilies: ["s"] });
    await operator.waitUntilReady(servingTableKind, at("profiles"));
    expect((await tableNow())?.families).toEqual([
      {
        ...{ name: "p", versions: 9, minVersions: 2, compression: "NONE" },
        ...{ bloomFilter: "ROWCOL", blockSize: 8192, inMemory: false },
      },
    ]);
  });

  it("is put right when somebody changes it", async () => {
    const mark = (await tableNow())?.mark ?? "";
    const table = {
      name: TABLE,
      mark,
      durability: "SKIP_WAL",
      families: [],
      dropFamilies: [],
      split: undefined,
    };
    const byHand: TableAction = {
      ...{ kind: "alter-table", table, expectedMark: mark, families: [], dropped: [] },
      changes: ["durability"],
    };
    await hbase.execute(byHand, PERMIT);
    await operator.waitForEvent(at("profiles"), "DriftCorrected", "durability FSYNC_WAL instead of SKIP_WAL");
    expect(await tableNow()).toMatchObject({ durability: "FSYNC_WAL" });
  });

  it("may have its regions by their first keys, in any order", async () => {
    const name = "serving_a:wide" as ServingTableName;
    const families = [{ name: "p", versions: 1, minVersions: 1, ttl: "1s", blockSize: "16Mi" }];
    await apply("wide", { families, split: { keys: ["b", "a"] }, deletionPolicy: "Delete" });
    await operator.waitUntilReady(servingTableKind, at("wide"));
    expect(await tableNow(name)).toMatchObject({ regions: 3 });
  });

  it("is dropped with its resource only where that says so", async () => {
    await operator.delete(servingTableKind, at("wide"));
    await operator.waitUntilGone(servingTableKind, at("wide"));
    expect(await tableNow("serving_a:wide" as ServingTableName)).toBeUndefined();
    await operator.delete(servingTableKind, at("profiles"));
    await operator.waitUntilGone(servingTableKind, at("profiles"));
    expect(await tableNow()).toBeDefined();
  });

  it("waits while HBase is away, and the platform says so", async () => {
    await apply("later");
    await operator.waitUntilReady(servingTableKind, at("later"));
    await engines[0]?.stop();
    await operator.waitForReason(servingTableKind, at("later"), "HBaseUnreachable");
    await operator.waitFor(
      dataPlatformKind,
      at("main"),
      ({ status }) => status?.conditions?.find(({ type }) => type === "HBaseReady")?.status === "False",
    );
  });
});
