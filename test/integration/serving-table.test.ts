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
import { startHBase, startHBaseAdmin, writerCommand } from "../support/hbase.ts";
import { startProgram, type Engine } from "../support/process.ts";
import type { Address } from "./running-operator.ts";
import { RunningOperator, ready } from "./running-operator.ts";

const NAMESPACE = "serving-a";
const TABLE = "serving_a:profiles" as ServingTableName;
const START_MILLISECONDS = 240_000;
const PERMIT: WritePermit = { signal: new AbortController().signal, assertMayWrite: () => undefined };
const FAMILIES = [{ name: "p", versions: 5, ttl: "90d", compression: "GZ" }, { name: "s" }];
const SPEC = { platformRef: { name: "main" }, families: FAMILIES, split: { uniform: 4 } };

let directory: string;
/** Of HBase. */
let address: string;
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
  ({ address } = server);
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

  it("is changed with its manifest, and an empty family goes", async () => {
    const families = [{ name: "p", versions: 9, minVersions: 2, bloomFilter: "ROWCOL", blockSize: "8Ki" }];
    await apply("profiles", { families });
    // Nobody has written to it, so there is nothing to confirm.
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

  it("waits for a person before anything that somebody wrote is lost, and does then just that", async () => {
    const name = "serving_a:kept" as ServingTableName;
    const families = [{ name: "p", versions: 5 }, { name: "s" }];
    await apply("kept", { families, deletionPolicy: "Delete" });
    await operator.waitUntilReady(servingTableKind, at("kept"));
    await writeRow(name, "s");
    expect(await hbase.filledOf(name, ["p", "s", "none"], PERMIT.signal)).toEqual(["s"]);
    // Of p, which is empty, nothing is lost with fewer versions; with s its cells are.
    const less = { families: [{ name: "p", versions: 2 }], deletionPolicy: "Delete" };
    await apply("kept", less);
    const { status } = await operator.waitForReason(servingTableKind, at("kept"), "ApprovalRequired");
    const { hash, losses } = status?.["awaitsApproval"] as { hash: string; losses: string[] };
    expect(losses).toEqual(['family "s" goes with its cells']);
    expect((await tableNow(name))?.families).toMatchObject([{ name: "p", versions: 2 }, { name: "s" }]);
    await operator.annotate(servingTableKind, at("kept"), { "openclickstream.io/approve": hash });
    await operator.waitUntilReady(servingTableKind, at("kept"));
    expect((await tableNow(name))?.families).toMatchObject([{ name: "p" }]);
    await writeRow(name, "p");
    await operator.delete(servingTableKind, at("kept"));
    const waiting = await operator.waitFor(servingTableKind, at("kept"), ({ status: now }) =>
      JSON.stringify(now?.conditions ?? []).includes("the whole table goes with its rows"),
    );
    const [, toDrop = ""] = /approve=(\w+)/.exec(JSON.stringify(waiting.status)) ?? [];
    expect(await tableNow(name)).toBeDefined();
    await operator.annotate(servingTableKind, at("kept"), { "openclickstream.io/approve": toDrop });
    await operator.waitUntilGone(servingTableKind, at("kept"));
    expect(await tableNow(name)).toBeUndefined();
  });

  it(
    "waits while HBase is away, and the platform says so; goes on when it is back",
    async () => {
      await apply("later");
      await operator.waitUntilReady(servingTableKind, at("later"));
      await engines[0]?.stop();
      await operator.waitForReason(servingTableKind, at("later"), "HBaseUnreachable");
      await operator.waitFor(
        dataPlatformKind,
        at("main"),
        ({ status }) => status?.conditions?.find(({ type }) => type === "HBaseReady")?.status === "False",
      );
      const body = JSON.stringify({ bootstrapServers: [address] });
      const answer = await fetch(`${engines[1]?.address ?? ""}/v1/cluster`, { method: "POST", body });
      expect({ code: answer.status, after: answer.headers.get("retry-after") }).toEqual({
        code: 503,
        after: "10",
      });
      const again = await startHBase({
        directory: join(directory, "hbase"),
        port: Number(address.split(":")[1]),
      });
      engines = [again, ...engines.slice(1)];
      await operator.waitUntilReady(servingTableKind, at("later"));
    },
    START_MILLISECONDS,
  );
});

/** One row by a client of its own, until it is acknowledged. */
async function writeRow(table: string, family: string): Promise<void> {
  const writer = await startProgram({
    name: "the writer",
    command: [...(await writerCommand()), address, table, family, "write"],
    logFile: join(directory, "writer.log"),
    deadlineSeconds: 60,
    isReady: async (log) => log.includes("\n"),
    stopSignal: "SIGKILL",
  });
  await writer.stop();
}
