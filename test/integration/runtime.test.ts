/** The runtime against a real API server: what the fake one cannot prove. */
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { WaitingError } from "../../src/runtime/errors.ts";
import { startHealthServer } from "../../src/runtime/http/http-server.ts";
import type { ResourceType } from "../../src/api/objects.ts";
import { resourcePath } from "../../src/runtime/http/rest-client.ts";
import { until } from "../../src/testing/until.ts";
import { CONFIG_MAPS, FakeSystem, WIDGETS } from "../../src/testing/runtime/widgets.ts";
import { RuntimeCluster, writeCount } from "./runtime-cluster.ts";
import type { WidgetOperator } from "./runtime-cluster.ts";
import { startTcpProxy } from "../support/tcp-proxy.ts";
import type { TcpProxy } from "../support/tcp-proxy.ts";

const EVENTS: ResourceType = { group: "events.k8s.io", version: "v1", kind: "Event", plural: "events" };
const LEASES: ResourceType = { group: "coordination.k8s.io", version: "v1", kind: "Lease", plural: "leases" };
const LEASE_TIMING = { leaseDuration: 8, renewDeadline: 6, retryPeriod: 0.5 };

let cluster: RuntimeCluster;
let system: FakeSystem;
const running: WidgetOperator[] = [];

beforeAll(async () => {
  cluster = new RuntimeCluster(inject("apiServer").kubeconfig);
  await cluster.installWidgets();
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((operator) => operator.stop()));
});

afterAll(() => cluster.close());

/** A namespace of the test's own and an operator that sees nothing else. */
async function startIn(
  namespace: string,
  options: Parameters<RuntimeCluster["startOperator"]>[1] = {},
): Promise<WidgetOperator> {
  await cluster.createNamespace(namespace);
  system = new FakeSystem();
  const operator = cluster.startOperator(system, { watchNamespaces: [namespace], ...options });
  running.push(operator);
  return operator;
}

describe("an operator on a real API server", () => {
  it("makes a new resource Ready, with finalizer, child, status and one Event, and then rests", async () => {
    const key = { namespace: "runtime-ready", name: "a" };
    const operator = await startIn(key.namespace, { resyncSeconds: 0.2 });
    const from = performance.now();
    await cluster.putWidget(key, 3);
    const widget = await cluster.untilReady(key);
    console.log(`apply to Ready: ${Math.round(performance.now() - from)} ms`);
    expect(widget.metadata.finalizers).toEqual(["example.io/widget"]);
    expect(widget.status?.conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual([
      "Ready=True",
      "Reconciling=False",
      "Stalled=False",
      "ThingReady=True",
    ]);
    expect(await cluster.find(CONFIG_MAPS, key)).toMatchObject({ data: { size: "3" } });
    const events = async (): Promise<readonly object[]> =>
      (
        await cluster.rest.json<{ items: object[] }>({
          verb: "list",
          path: resourcePath(EVENTS, key).replace(/\/a$/, ""),
        })
      ).items;
    await until(
      async () => (await events()).length > 0,
      () => "no Event",
    );
    expect(await events()).toMatchObject([
      {
        reason: "Succeeded",
        type: "Normal",
        regarding: { kind: "Widget", name: "a" },
        note: "the thing has size 3",
      },
    ]);
    await untilPasses(operator, 10);
    const writes = await writeCount(operator);
    await untilPasses(operator, 10);
    expect(await writeCount(operator)).toBe(writes);
  });

  it("follows a change of the spec and repairs what somebody else changed in child or status", async () => {
    const key = { namespace: "runtime-drift", name: "a" };
    await startIn(key.namespace, { resyncSeconds: 1 });
    await cluster.putWidget(key, 3);
    await cluster.untilReady(key);
    await cluster.putWidget(key, 4);
    expect((await cluster.untilReady(key)).status?.thingSize).toBe(4);
    const size = async (): Promise<unknown> =>
      ((await cluster.find(CONFIG_MAPS, key)) as { data?: { size?: string } } | undefined)?.data?.size;
    await cluster.apply(CONFIG_MAPS, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: key,
      data: { size: "99" },
    });
    await until(
      async () => (await size()) === "4",
      () => "the child was not repaired",
    );
    await cluster.rest.json({ verb: "delete", path: resourcePath(CONFIG_MAPS, key) });
    await until(
      async () => (await size()) === "4",
      () => "the child was not made again",
    );
    await cluster.rest.json({
      verb: "patch",
      path: resourcePath(WIDGETS, { ...key, subresource: "status" }),
      body: { status: { thingSize: 77 } },
    });
    await until(
      async () => (await cluster.findWidget(key))?.status?.thingSize === 4,
      () => "the status was not repaired",
    );
  });

  it("drops a condition that no longer holds from the list that the API server keeps by type", async () => {
    const key = { namespace: "runtime-paused", name: "a" };
    await startIn(key.namespace);
    await cluster.putWidget(key, 3, { annotations: { "openclickstream.io/paused": "true" } });
    const types = async (): Promise<string[]> =>
      ((await cluster.findWidget(key))?.status?.conditions ?? []).map(
        ({ type, status }) => `${type}=${status}`,
      );
    await until(
      async () => (await types()).includes("Paused=True"),
      () => "not Paused",
    );
    expect((await types()).at(-1)).toBe("Paused=True");
    await cluster.putWidget(key, 3, { annotations: {} });
    await until(
      async () => !(await types()).includes("Paused=True"),
      () => "still Paused",
    );
    expect(await types()).toEqual(["Ready=True", "Reconciling=False", "Stalled=False", "ThingReady=True"]);
  });

  it("cleans up after a deleted resource and lets it go", async () => {
    const key = { namespace: "runtime-deleted", name: "a" };
    await startIn(key.namespace);
    await cluster.putWidget(key, 3);
    await cluster.untilReady(key);
    await cluster.rest.json({ verb: "delete", path: resourcePath(WIDGETS, key) });
    await until(
      async () => (await cluster.findWidget(key)) === undefined,
      () => "still there",
    );
    expect(system.things.size).toBe(0);
  });

  it("says why it waits, and goes on as soon as what it waits for is there", async () => {
    const key = { namespace: "runtime-waiting", name: "a" };
    let isThere = false;
    const observe = async (): Promise<undefined> => {
      if (!isThere)
        throw new WaitingError("KafkaUnreachable", "no broker answers", { retryAfterSeconds: 0.3 });
    };
    await startIn(key.namespace, { phases: { observe } });
    await cluster.putWidget(key, 3);
    const reason = async (): Promise<unknown> =>
      (await cluster.findWidget(key))?.status?.conditions?.find(({ type }) => type === "Ready")?.reason;
    await until(
      async () => (await reason()) === "KafkaUnreachable",
      () => "no condition",
    );
    isThere = true;
    await cluster.untilReady(key);
  });

  it("answers healthz, readyz and metrics over HTTP", async () => {
    const key = { namespace: "runtime-health", name: "a" };
    const { operator } = await startIn(key.namespace);
    await cluster.putWidget(key, 3);
    await cluster.untilReady(key);
    const server = await startHealthServer(0, operator);
    const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${server.port}${path}`);
    expect((await get("/healthz")).status).toBe(200);
    expect((await get("/readyz")).status).toBe(200);
    expect((await get("/other")).status).toBe(404);
    const text = await (await get("/metrics")).text();
    expect(text).toMatch(
      /openclickstream_reconcile_total\{controller="Widget",result="success",reason="Succeeded"\} [1-9]/,
    );
    await server.close();
  });
});

describe("two replicas", () => {
  const namespace = "runtime-leader";
  const election = (identity: string) => ({ election: { namespace, identity, timing: LEASE_TIMING } });

  it("write one at a time: the second takes over when the first stops, and when it dies", async () => {
    const first = await startIn(namespace, election("first"));
    const isLeading = async (operator: WidgetOperator): Promise<boolean> =>
      (await operator.metrics.leader.get()).values[0]?.value === 1;
    await until(
      () => isLeading(first),
      () => "the first does not lead",
      10_000,
    );
    const second = cluster.startOperator(system, { watchNamespaces: [namespace], ...election("second") });
    running.push(second);
    await cluster.putWidget({ namespace, name: "a" }, 1);
    await cluster.untilReady({ namespace, name: "a" });
    expect(await writeCount(second)).toBe(0);
    await first.stop();
    running.splice(running.indexOf(first), 1);
    await until(
      () => isLeading(second),
      () => "the second does not lead",
      10_000,
    );
    await cluster.putWidget({ namespace, name: "a" }, 2);
    expect((await cluster.untilReady({ namespace, name: "a" })).status?.thingSize).toBe(2);
    // Somebody takes the lease: it must stop by itself.
    const lease = { namespace, name: "openclickstream-operator" };
    await cluster.rest.json({
      verb: "patch",
      path: resourcePath(LEASES, lease),
      body: { spec: { holderIdentity: "thief" } },
    });
    expect((await second.end).kind).toBe("lost");
    const writes = await writeCount(second);
    await cluster.putWidget({ namespace, name: "a" }, 5);
    const third = cluster.startOperator(system, { watchNamespaces: [namespace], ...election("third") });
    running.push(third);
    expect((await cluster.untilReady({ namespace, name: "a" })).status?.thingSize).toBe(5);
    expect(await writeCount(second)).toBe(writes);
  });
});

describe("a connection to the API server", () => {
  let proxy: TcpProxy;

  async function startBehindProxy(namespace: string): Promise<WidgetOperator> {
    proxy = await startTcpProxy(Number(new URL(inject("apiServer").url).port));
    await cluster.createNamespace(namespace);
    system = new FakeSystem();
    const operator = cluster.startOperator(system, {
      watchNamespaces: [namespace],
      server: `https://127.0.0.1:${proxy.port}`,
      informerTiming: { idle: 3, quietWatch: 2 },
    });
    running.push(operator);
    return operator;
  }

  afterEach(() => proxy.stop());

  it("that is cut and refused for a while is found again, and what changed meanwhile is not lost", async () => {
    const [a, b] = [
      { namespace: "runtime-cut", name: "a" },
      { namespace: "runtime-cut", name: "b" },
    ];
    const operator = await startBehindProxy(a.namespace);
    await cluster.putWidget(a, 1);
    await cluster.putWidget(b, 1);
    await cluster.untilReady(a);
    await cluster.untilReady(b);
    proxy.cut();
    await cluster.putWidget(a, 2);
    await cluster.rest.json({ verb: "delete", path: resourcePath(WIDGETS, b) });
    const restarts = await restartCount(operator);
    await until(
      async () => (await restartCount(operator)) > restarts,
      () => "the cut was not noticed",
    );
    proxy.restore();
    expect((await cluster.untilReady(a)).status?.thingSize).toBe(2);
    await until(
      async () => (await cluster.findWidget(b)) === undefined,
      () => "the deletion was lost",
    );
    expect(operator.operator.unhealthy()).toEqual([]);
  });

  it("that stays open and says nothing is given up by the idle deadline", async () => {
    const key = { namespace: "runtime-frozen", name: "a" };
    const operator = await startBehindProxy(key.namespace);
    await cluster.putWidget(key, 1);
    await cluster.untilReady(key);
    proxy.freeze();
    await cluster.putWidget(key, 2);
    const restarts = await restartCount(operator);
    await until(
      async () => (await restartCount(operator)) > restarts,
      () => "the silence was not noticed",
      15_000,
    );
    proxy.restore();
    expect((await cluster.untilReady(key, 60_000)).status?.thingSize).toBe(2);
  });
});

async function restartCount(operator: WidgetOperator): Promise<number> {
  const { values } = await operator.metrics.watchRestarts.get();
  return values.reduce((sum, { value }) => sum + value, 0);
}

/** Waits for so many more passes. */
async function untilPasses(operator: WidgetOperator, count: number): Promise<void> {
  const passes = async (): Promise<number> =>
    (await operator.metrics.passes.get()).values.reduce((sum, { value }) => sum + value, 0);
  const from = await passes();
  await until(
    async () => (await passes()) >= from + count,
    () => "no more passes",
    20_000,
  );
}
