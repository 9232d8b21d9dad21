import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { plainConnection } from "../http/connection.ts";
import { Informer } from "./informer.ts";
import { createLogger } from "../logger.ts";
import { createMetrics } from "../metrics.ts";
import type { KubernetesObject, ResourceType } from "../../api/objects.ts";
import { createRestClient } from "../http/rest-client.ts";
import { FakeApiServer } from "../../testing/runtime/fake-api-server.ts";
import type { FakeRequest } from "../../testing/runtime/fake-api-server.ts";
import { until } from "../../testing/until.ts";

const WIDGETS: ResourceType = { group: "example.io", version: "v1", kind: "Widget", plural: "widgets" };
const COLLECTION = "example.io/v1/widgets";

let api: FakeApiServer;
let informer: Informer;
let seen: string[];
let metrics: ReturnType<typeof createMetrics>;
let connection: ReturnType<typeof plainConnection>;

beforeEach(async () => {
  api = await FakeApiServer.start();
  connection = plainConnection(api.url);
  metrics = createMetrics();
  seen = [];
});

afterEach(async () => {
  await informer.stop();
  await connection.close();
  await api.stop();
});

/** Starts with short times: an idle deadline of 0.3 s, back-off from 10 to 40 ms. */
function startInformer(options: { idle?: number; quietWatch?: number } = {}): Informer {
  informer = new Informer(
    { type: WIDGETS },
    {
      rest: createRestClient(connection, metrics),
      metrics,
      logger: createLogger("silent"),
      timing: {
        backoffBase: 0.01,
        backoffMax: 0.04,
        idle: options.idle ?? 60,
        quietWatch: options.quietWatch ?? 30,
        busyWatch: [240, 480],
      },
    },
  );
  informer.subscribe((change) => seen.push(`${change.kind} ${change.object.metadata.name}`));
  informer.start();
  return informer;
}

function put(name: string, size = 1): void {
  const at = { collection: COLLECTION, namespace: "ns", name };
  const body = {
    apiVersion: "example.io/v1",
    kind: "Widget",
    metadata: { name, namespace: "ns" },
    spec: { size },
  };
  api.store.apply(at, body, undefined);
}

function remove(name: string): void {
  api.store.delete({ collection: COLLECTION, namespace: "ns", name });
}

function cachedNames(): string[] {
  return [...informer.store.values()].map((object) => object.metadata.name).sort();
}

function storedNames(): string[] {
  const list = api.store.list({ collection: COLLECTION }, new URLSearchParams()) as {
    items: KubernetesObject[];
  };
  return list.items.map((item) => item.metadata.name).sort();
}

/** The cache holds exactly what the server holds, in the same versions. */
async function untilTrue(): Promise<void> {
  await until(
    () => JSON.stringify(cachedNames()) === JSON.stringify(storedNames()) && informer.isSynced,
    () => `cache ${cachedNames().join()} server ${storedNames().join()} seen ${seen.join("; ")}`,
  );
}

async function untilWatching(count = 1): Promise<void> {
  await until(
    () => api.watches.filter((watch) => watch.isOpen).length > 0 && api.watches.length >= count,
    () => `${api.watches.length} watches, requests ${api.requests.map((request) => request.verb).join()}`,
  );
}

function lastWatch(): FakeApiServer["watches"][number] {
  const watch = api.watches.at(-1);
  if (watch === undefined) throw new Error("no watch was opened");
  return watch;
}

function lists(): FakeRequest[] {
  return api.requests.filter((request) => request.verb === "list");
}

describe("Informer", () => {
  it("lists in pages of 500 and hears of every later change in order", async () => {
    for (let index = 0; index < 1201; index += 1) put(`w-${index}`);
    startInformer();
    await informer.whenSynced();
    expect(lists().map((request) => request.query.get("continue"))).toEqual([null, "500", "1000"]);
    expect(informer.store.size).toBe(1201);
    await untilWatching();
    seen.length = 0;
    put("new");
    put("new", 2);
    remove("new");
    await until(
      () => seen.length === 3,
      () => seen.join(),
    );
    expect(seen).toEqual(["added new", "updated new", "deleted new"]);
  });

  it("asks for bookmarks and an end after 240 to 480 s", async () => {
    startInformer();
    await untilWatching();
    const { query } = lastWatch().request;
    expect(query.get("allowWatchBookmarks")).toBe("true");
    expect(Number(query.get("timeoutSeconds"))).toBeGreaterThanOrEqual(240);
    expect(Number(query.get("timeoutSeconds"))).toBeLessThanOrEqual(480);
  });

  it("gives list items their kind, and drops managedFields and the last-applied text", async () => {
    const at = { collection: COLLECTION, namespace: "ns", name: "a" };
    const annotations = { "kubectl.kubernetes.io/last-applied-configuration": "{}", keep: "yes" };
    const metadata = { name: "a", namespace: "ns", annotations, managedFields: [{ manager: "kubectl" }] };
    api.store.create(at, { apiVersion: "example.io/v1", kind: "Widget", metadata });
    startInformer();
    await informer.whenSynced();
    const object = informer.store.get({ namespace: "ns", name: "a" });
    expect(object).toMatchObject({ apiVersion: "example.io/v1", kind: "Widget" });
    expect(object?.metadata.annotations).toEqual({ keep: "yes" });
    expect(object?.metadata).not.toHaveProperty("managedFields");
    expect(Object.isFrozen(object?.metadata.annotations)).toBe(true);
  });

  it("goes on after a listener has thrown", async () => {
    startInformer();
    informer.subscribe(() => {
      throw new Error("from a listener");
    });
    informer.subscribe((change) => seen.push(`second ${change.object.metadata.name}`));
    await untilWatching();
    put("a");
    put("b");
    await until(
      () => seen.length === 4,
      () => seen.join(),
    );
    expect(seen).toEqual(["added a", "second a", "added b", "second b"]);
  });
});

describe("Informer after a fault", () => {
  it("relists after 410 in the answer to the watch, even when that list fails three times", async () => {
    put("old");
    let failures = 0;
    let isGone = true;
    api.intercept = (request) => {
      if (request.verb === "watch" && isGone) {
        isGone = false;
        return { kind: "status", status: 410, reason: "Expired" };
      }
      if (request.verb === "list" && !isGone && failures < 3) {
        failures += 1;
        return { kind: "status", status: failures === 2 ? 429 : 500 };
      }
      return undefined;
    };
    startInformer();
    await informer.whenSynced();
    put("new");
    await untilTrue();
    expect(failures).toBe(3);
    expect(lists().length).toBe(5);
  });

  it("relists after 410 within the stream and finds what was deleted meanwhile", async () => {
    put("kept");
    put("deleted");
    startInformer();
    await untilWatching();
    lastWatch().freeze();
    remove("deleted");
    put("new");
    api.store.compact();
    put("newer");
    lastWatch().send(
      `${JSON.stringify({ type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired" } })}\n`,
    );
    lastWatch().end();
    await untilTrue();
    expect(seen).toContain("deleted deleted");
    expect((await metrics.relists.get()).values.map((value) => value.labels["cause"])).toEqual([
      "start",
      "gone",
    ]);
  });

  it("reads everything in one piece after 410 on a page's token", async () => {
    for (let index = 0; index < 600; index += 1) put(`w-${index}`);
    api.intercept = (request) =>
      request.query.get("continue") === "500"
        ? { kind: "status", status: 410, reason: "Expired" }
        : undefined;
    startInformer();
    await informer.whenSynced();
    expect(informer.store.size).toBe(600);
    expect(lists().map((request) => request.query.get("limit"))).toEqual(["500", "500", null]);
  });

  it("resumes from the last event after a reset, without a list", async () => {
    startInformer();
    await untilWatching();
    put("before");
    await untilTrue();
    lastWatch().freeze();
    put("during");
    lastWatch().destroy();
    await untilTrue();
    expect(seen).toEqual(["added before", "added during"]);
    expect(lists().length).toBe(1);
  });

  it("resumes after a line that was cut off, and takes the event from the next watch", async () => {
    startInformer();
    await untilWatching();
    lastWatch().freeze();
    put("whole");
    lastWatch().send('{"type":"ADDED","object":{"metadata":{"name":"wh');
    lastWatch().end();
    await untilTrue();
    expect(seen).toEqual(["added whole"]);
    expect(lists().length).toBe(1);
  });

  it("resumes after a line that is not JSON, and lists again when that happens three times", async () => {
    put("a");
    let bad = 0;
    api.intercept = (request) => {
      if (request.verb !== "watch" || bad >= 3) return undefined;
      bad += 1;
      return { kind: "raw", text: "<html>gateway</html>\n" };
    };
    startInformer();
    await untilWatching();
    put("b");
    await untilTrue();
    expect((await metrics.relists.get()).values.map((value) => value.labels["cause"])).toEqual([
      "start",
      "failures",
    ]);
  });

  it("finds a half-open connection by its silence and misses nothing", async () => {
    startInformer({ idle: 0.1 });
    await untilWatching();
    lastWatch().freeze();
    put("unheard");
    await untilTrue();
    expect(seen).toEqual(["added unheard"]);
    const restarts = (await metrics.watchRestarts.get()).values;
    expect(restarts.some((value) => value.labels["cause"] === "idle")).toBe(true);
  });

  it("watches a quiet kind for a shorter time than the idle deadline, so that the server's end proves the connection", async () => {
    startInformer({ idle: 0.3, quietWatch: 1 });
    await untilWatching(2);
    const [first, second] = api.watches.map((watch) => Number(watch.request.query.get("timeoutSeconds")));
    expect(first).toBeGreaterThanOrEqual(240);
    expect(second).toBe(1);
  });

  it("moves its version on by bookmarks, so that a compaction costs no list", async () => {
    put("a");
    startInformer();
    await untilWatching();
    api.store.version += 1000;
    lastWatch().bookmark();
    lastWatch().end();
    await untilWatching(2);
    expect(lastWatch().request.query.get("resourceVersion")).toBe(String(api.store.version));
  });

  it("ignores duplicates and replays of older versions", async () => {
    put("a");
    startInformer();
    await untilWatching();
    const old = api.store.get({ collection: COLLECTION, namespace: "ns", name: "a" });
    put("a", 2);
    await until(
      () => seen.includes("updated a"),
      () => seen.join(),
    );
    const current = api.store.get({ collection: COLLECTION, namespace: "ns", name: "a" });
    lastWatch().send(`${JSON.stringify({ type: "MODIFIED", object: current })}\n`);
    lastWatch().send(`${JSON.stringify({ type: "ADDED", object: old })}\n`);
    put("marker");
    await until(
      () => seen.includes("added marker"),
      () => seen.join(),
    );
    expect(seen).toEqual(["added a", "updated a", "added marker"]);
    expect(informer.store.get({ namespace: "ns", name: "a" })).toMatchObject({ spec: { size: 2 } });
  });

  it("sees a namesake made anew as another object, also when the gap hid its deletion", async () => {
    put("a");
    startInformer();
    await untilWatching();
    lastWatch().freeze();
    remove("a");
    put("a", 5);
    api.store.compact();
    lastWatch().destroy();
    await until(
      () => seen.length === 3,
      () => seen.join(),
    );
    expect(seen).toEqual(["added a", "deleted a", "added a"]);
  });

  it.each([401, 403, 404, 429, 500, 503])("comes back after HTTP %i on the watch", async (status) => {
    let failures = 0;
    api.intercept = (request) => {
      if (request.verb !== "watch" || failures >= 2) return undefined;
      failures += 1;
      return { kind: "status", status };
    };
    startInformer();
    await untilWatching();
    put("a");
    await untilTrue();
  });

  it("waits as long as Retry-After says", async () => {
    let refusedAt = 0;
    let cameBackAt = 0;
    api.intercept = (request) => {
      if (request.verb !== "list") return undefined;
      if (refusedAt > 0) {
        cameBackAt ||= performance.now();
        return undefined;
      }
      refusedAt = performance.now();
      return { kind: "status", status: 429, retryAfter: 1 };
    };
    startInformer();
    await informer.whenSynced();
    expect(cameBackAt - refusedAt).toBeGreaterThan(950);
  });

  it("does not ask in a tight loop while the server closes every watch at once", async () => {
    api.intercept = (request) => (request.verb === "watch" ? { kind: "raw", text: "" } : undefined);
    startInformer();
    await until(
      () => api.requests.length > 20,
      () => String(api.requests.length),
    );
    const before = api.requests.length;
    const from = performance.now();
    await until(
      () => api.requests.length > before + 10,
      () => String(api.requests.length),
    );
    // Ten restarts at 20 to 40 ms each.
    expect(performance.now() - from).toBeGreaterThan(150);
  });

  it("keeps an own write that a list from before it does not show", async () => {
    startInformer();
    await untilWatching();
    lastWatch().freeze();
    put("own");
    const own = api.store.get({ collection: COLLECTION, namespace: "ns", name: "own" });
    informer.noteOwnWrite(own);
    expect(cachedNames()).toEqual(["own"]);
    const before = String(Number(own.metadata.resourceVersion) - 1);
    expect(informer.store.replace([], before)).toEqual([]);
    expect(cachedNames()).toEqual(["own"]);
    expect(
      informer.store.replace([], own.metadata.resourceVersion ?? "").map((change) => change.kind),
    ).toEqual(["deleted"]);
  });

  it("does not bring an object back to life whose deletion overtook the answer to an own write", async () => {
    put("a");
    startInformer();
    await untilWatching();
    put("a", 2);
    const written = api.store.get({ collection: COLLECTION, namespace: "ns", name: "a" });
    remove("a");
    await until(
      () => seen.includes("deleted a"),
      () => seen.join(),
    );
    informer.noteOwnWrite(written);
    expect(cachedNames()).toEqual([]);
  });
});
