/** The reader against servers that answer as Trino 476 does. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { coordinatorPod } from "../../testing/query-cluster.ts";
import { JsonClient } from "../http/json-client.ts";
import type { PodObject } from "../kubernetes/pods.ts";
import { CachingCacheReader, cacheBean, type CacheReading } from "./cache-statistics.ts";

const FIRST = "127.0.0.1";
const SECOND = "127.0.0.2";

/** Reads, reads that the store completed, bytes of the cache, bytes of the store. */
type Counters = readonly [number, number, number, number];

const asked: { readonly path: string; readonly user: string }[] = [];
const answers = new Map<string, Counters | number>();
const client = new JsonClient();
const server = createServer((request, response) => {
  const path = decodeURIComponent(request.url ?? "");
  asked.push({ path, user: String(request.headers["x-trino-user"]) });
  const found = answers.get(request.socket.localAddress ?? "") ?? 404;
  if (typeof found === "number") return void response.writeHead(found).end();
  const names = ["CacheReads.AllTime.Count", "ExternalReads.AllTime.Count"];
  names.push("CacheReads.AllTime.Total", "ExternalReads.AllTime.Total");
  const attributes = names.map((name, nth) => ({ name, type: "double", value: found[nth] }));
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ attributes }));
});
let reader: CachingCacheReader;
let now: Date;

beforeEach(async () => {
  await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
  reader = new CachingCacheReader(client, (server.address() as AddressInfo).port);
  now = new Date("2026-01-01T00:00:00Z");
  asked.length = 0;
  answers.clear();
  answers.set(FIRST, [13, 9, 1000, 40_000]);
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

async function read(...pods: readonly PodObject[]): Promise<CacheReading> {
  const signal = new AbortController().signal;
  return reader.read({ cluster: "quickstart/query", pods, catalogs: ["lake"], now, signal });
}

describe("the figures of a cluster's cache", () => {
  it("are asked of the bean of the catalog, and reads that the store completed are no hits", async () => {
    expect(await read(coordinatorPod("a", FIRST))).toEqual({
      state: "known",
      at: now,
      pods: 1,
      catalogs: [{ name: "lake", hits: 4, misses: 9, hitBytes: 1000, missBytes: 40_000 }],
    });
    expect(asked).toEqual([{ path: `/v1/jmx/mbean/${cacheBean("lake")}`, user: "openclickstream-operator" }]);
  });

  it("are the sum over all pods that are ready", async () => {
    answers.set(SECOND, [7, 1, 500, 20]);
    const starting = { ...coordinatorPod("c", "127.0.0.3"), status: { podIP: "127.0.0.3" } };
    const found = await read(coordinatorPod("a", FIRST), coordinatorPod("b", SECOND), starting);
    expect(found).toMatchObject({
      pods: 2,
      catalogs: [{ hits: 10, misses: 10, hitBytes: 1500, missBytes: 40_020 }],
    });
  });

  it("are asked once a minute, and at once when there are other pods", async () => {
    await read(coordinatorPod("a", FIRST));
    await read(coordinatorPod("a", FIRST));
    expect(asked).toHaveLength(1);
    await read(coordinatorPod("b", FIRST));
    expect(asked).toHaveLength(2);
    now = new Date(now.getTime() + 60_000);
    await read(coordinatorPod("b", FIRST));
    expect(asked).toHaveLength(3);
  });

  it.each([
    ["refuses", 403, /^pod "query-a": Trino does not tell what its cache did: .*403/],
    ["names them otherwise", [Number.NaN, 0, 0, 0] as Counters, /names the figures of its cache otherwise$/],
  ])("are unknown when a pod %s", async (_, answer, message) => {
    answers.set(FIRST, answer);
    const found = await read(coordinatorPod("a", FIRST));
    expect(found).toEqual({ state: "unknown", message: expect.stringMatching(message) as string });
  });

  it("are unknown without a pod", async () => {
    expect(await read()).toEqual({ state: "unknown", message: "no pod is ready" });
  });
});
