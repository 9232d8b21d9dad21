import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ServingTableName } from "../../naming/serving-tables.ts";
import type { WritePermit } from "../../runtime/controller.ts";
import { describeError } from "../../testing/systems.ts";
import { diffTable } from "./diff.ts";
import type { WantedServingTable } from "./table.ts";
import type { ServingTables } from "./tables.ts";
import { createServingTables } from "./tables.ts";

const NAME = "shop:profiles" as ServingTableName;
const { signal } = new AbortController();
const PERMIT: WritePermit = { signal, assertMayWrite: () => undefined };
const SETTINGS = { compression: "NONE", bloomFilter: "ROW", blockSize: 65_536, inMemory: false };
const FAMILY = { ...SETTINGS, name: "p", versions: 5, minVersions: 0, ttlSeconds: undefined };
const WANTED: WantedServingTable = {
  ...{ name: NAME, mark: "me", durability: "FSYNC_WAL", families: [FAMILY] },
  split: { regions: 4 },
};

let http: Server;
let url: string;
let hbase: ServingTables;
let answer: { status: number; body: unknown };
/** Path and body of every request. */
let asked: unknown[];

beforeEach(async () => {
  asked = [];
  answer = { status: 200, body: {} };
  http = createServer((request, response) => {
    let text = "";
    request.on("data", (chunk: Buffer) => (text += chunk.toString()));
    request.on("end", () => {
      asked.push([request.url, JSON.parse(text)]);
      response.writeHead(answer.status, { "content-type": "application/json" });
      response.end(JSON.stringify(answer.body));
    });
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  hbase = createServingTables({ bootstrapServers: ["hbase:16000"] }, `${url}/`);
});
afterEach(async () => {
  await hbase.close();
  http.closeAllConnections();
  await new Promise((resolve) => http.close(resolve));
});

async function failure(work: Promise<unknown>): Promise<unknown> {
  return describeError(
    await work.then(
      () => new Error("it did not fail"),
      (error: unknown) => error,
    ),
  );
}

describe("a table", () => {
  it("is created with families and regions", async () => {
    for (const action of diffTable(WANTED, undefined)) await hbase.execute(action, PERMIT);
    const family = { ...SETTINGS, name: "p", versions: 5 };
    expect(asked).toEqual([
      [
        "/v1/create",
        {
          ...{ bootstrapServers: ["hbase:16000"], table: NAME, mark: "me", durability: "FSYNC_WAL" },
          ...{ families: [family], regions: 4 },
        },
      ],
    ]);
  });

  it("is altered only where it differs, and while it bears the mark that it was read with", async () => {
    const current = { ...SETTINGS, name: "p", versions: 5, minVersions: 0 };
    const table = {
      ...{ mark: "old", durability: "FSYNC_WAL", isEnabled: true, regions: 4, storeBytes: 0 },
      families: [current, { ...current, name: "gone" }],
    };
    const actions = diffTable(WANTED, table);
    for (const action of actions) await hbase.execute(action, PERMIT);
    expect(asked).toMatchObject([
      ["/v1/alter", { mark: "me", expectedMark: "old", families: [], dropFamilies: ["gone"] }],
    ]);
  });

  it("that nobody has is absent, and one is dropped by its mark", async () => {
    answer.body = { clusterId: "c" };
    expect(await hbase.describe(NAME, signal)).toEqual({ clusterId: "c" });
    await hbase.drop({ name: NAME, mark: "me" }, PERMIT);
    expect(asked.at(-1)).toMatchObject(["/v1/drop", { table: NAME, expectedMark: "me" }]);
  });

  it("is not touched once this replica may write no more", async () => {
    const assertMayWrite = (): never => {
      throw new Error("another replica leads");
    };
    await expect(hbase.drop({ name: NAME, mark: "me" }, { signal, assertMayWrite })).rejects.toThrow("leads");
    expect(asked).toEqual([]);
  });
});

describe("a refusal", () => {
  it.each([
    [400, "terminal", "InvalidSpec"],
    [403, "waiting", "Unauthorized"],
    [404, "transient", "ResourceConflict"],
    [409, "transient", "ResourceConflict"],
    [422, "terminal", "InvalidSpec"],
    [500, "waiting", "HBaseUnreachable"],
    [503, "waiting", "HBaseUnreachable"],
    [504, "waiting", "HBaseUnreachable"],
  ])("of HTTP %i is %s %s, with HBase's words", async (status, cls, reason) => {
    answer = { status, body: { message: "because" } };
    const error = await failure(hbase.describe(NAME, signal));
    expect(error).toMatchObject({
      class: cls,
      reason,
      message: expect.stringContaining("because") as string,
    });
  });

  it("that is no answer of the administration says so", async () => {
    answer.body = { clusterId: 7 };
    expect(await failure(hbase.probe(signal))).toMatchObject({
      class: "transient",
      message: expect.stringContaining("answered otherwise than agreed") as string,
    });
  });

  it("of an administration that is away tells how to install it", async () => {
    await new Promise((resolve) => http.close(resolve));
    expect(await failure(hbase.probe(signal))).toEqual({
      class: "waiting",
      reason: "HBaseUnreachable",
      message: `the administration of HBase at ${url}/ does not answer: ECONNREFUSED; apply manifests/operator/hbase-admin`,
    });
  });
});
