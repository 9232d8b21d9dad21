import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TerminalError, TransientError, WaitingError } from "../errors.ts";
import { KubernetesError } from "../http/kubernetes-client.ts";
import { FakeApiServer } from "../../testing/runtime/fake-api-server.ts";
import { eventsOf, Harness, KEY, putWidget, WIDGET_ADDRESS } from "../../testing/runtime/harness.ts";
import type { HarnessOptions } from "../../testing/runtime/harness.ts";
import type { Widget, WidgetPhases } from "../../testing/runtime/widgets.ts";

const FIRST = "2026-01-01T00:00:00Z";
const LATER = "2026-01-01T00:01:00Z";
const FINALIZER = "example.io/widget";

let api: FakeApiServer;
let harness: Harness;

beforeEach(async () => {
  api = await FakeApiServer.start();
});

afterEach(async () => {
  await harness.stop();
  await api.stop();
});

async function start(phases: WidgetPhases = {}, options: Partial<HarnessOptions> = {}): Promise<Harness> {
  harness = await Harness.start({ api, phases, ...options });
  return harness;
}

function statusNow(): Widget["status"] {
  return harness.widget?.["status"] as Widget["status"];
}

/** `Type=Status reason@generation since: message` of every condition. */
function conditionsNow(): string[] {
  return (statusNow()?.conditions ?? []).map(
    ({ type, status, reason, observedGeneration, lastTransitionTime, message }) =>
      `${type}=${status} ${reason}@${observedGeneration} ${lastTransitionTime}: ${message}`,
  );
}

function writesSince(count: number): string[] {
  return api.writes
    .slice(count)
    .map(({ verb, collection, subresource }) => [verb, collection, subresource].filter(Boolean).join(" "));
}

describe("a pass that succeeds", () => {
  it("adds the finalizer before the first side effect, applies, and writes the whole status", async () => {
    putWidget(api);
    await start();
    harness.system.beforeChange = () => expect(harness.widget?.metadata.finalizers).toEqual([FINALIZER]);
    const next = await harness.pass();
    expect(next.kind).toBe("after");
    expect(writesSince(0)).toEqual([
      "patch example.io/v1/widgets",
      "apply v1/configmaps",
      "apply example.io/v1/widgets status",
      "create events.k8s.io/v1/events",
    ]);
    expect(statusNow()).toMatchObject({ thingSize: 3, observedGeneration: 1 });
    expect(conditionsNow()).toEqual([
      `Ready=True Succeeded@1 ${FIRST}: the thing has size 3`,
      `Reconciling=False Succeeded@1 ${FIRST}: `,
      `Stalled=False Succeeded@1 ${FIRST}: `,
      `ThingReady=True Succeeded@1 ${FIRST}: the thing is there`,
    ]);
    expect(eventsOf(api)).toEqual(["Normal Succeeded: the thing has size 3"]);
  });

  it("writes nothing at all in its second pass", async () => {
    putWidget(api);
    await start();
    await harness.pass();
    const [writes, changes] = [api.writes.length, harness.system.changes];
    harness.now = new Date("2026-01-01T00:01:00Z");
    await harness.pass();
    await harness.pass();
    expect(writesSince(writes)).toEqual([]);
    expect(harness.system.changes).toBe(changes);
  });

  it("comes again within the resync period, or earlier when the kind wants to", async () => {
    putWidget(api);
    await start({ status: () => ({ status: {}, conditions: [], requeueAfterSeconds: 30 }) });
    expect(await harness.pass()).toEqual({ kind: "after", seconds: 30 });
    await harness.stop();
    await start();
    const next = await harness.pass();
    if (next.kind !== "after") throw new Error(next.kind);
    expect(next.seconds).toBeGreaterThanOrEqual(96);
    expect(next.seconds).toBeLessThanOrEqual(120);
  });

  it("stamps a new generation without moving the time of what has not changed", async () => {
    putWidget(api);
    await start();
    await harness.pass();
    putWidget(api, 4);
    harness.now = new Date("2026-01-01T00:01:00Z");
    await harness.pass();
    expect(conditionsNow()[0]).toBe(`Ready=True Succeeded@2 ${FIRST}: the thing has size 4`);
    expect(eventsOf(api).length).toBe(1);
  });

  it("keeps the finalizers of others and drops its own when it is no longer needed", async () => {
    putWidget(api, 3, { finalizers: ["other/one", FINALIZER] });
    await start({ needsFinalizer: () => false });
    await harness.pass();
    expect(harness.widget?.metadata.finalizers).toEqual(["other/one"]);
  });

  it("adds no finalizer to a kind without cleanup", async () => {
    putWidget(api);
    harness = await Harness.start({ api, phases: { needsFinalizer: () => false } });
    await harness.pass();
    expect(harness.widget?.metadata.finalizers).toBeUndefined();
  });

  it("repairs a child that somebody changed or deleted", async () => {
    putWidget(api);
    await start();
    await harness.pass();
    const at = { collection: "v1/configmaps", ...KEY };
    for (const damage of [
      () => api.store.mergePatch(at, { metadata: {}, data: { size: "9" } } as never),
      () => api.store.delete(at),
    ]) {
      damage();
      await harness.pass();
      expect(api.store.get(at)["data"]).toEqual({ size: "3" });
    }
  });

  it("is not Ready while the kind says that it waits for something that was applied", async () => {
    putWidget(api);
    await start({
      status: () => ({
        status: {},
        conditions: [],
        waiting: { reason: "RolloutInProgress", message: "1 of 2 Pods are ready", retryAfterSeconds: 7 },
      }),
    });
    expect(await harness.pass()).toEqual({ kind: "after", seconds: 7 });
    expect(conditionsNow().slice(0, 3)).toEqual([
      `Ready=False RolloutInProgress@1 ${FIRST}: 1 of 2 Pods are ready`,
      `Reconciling=True RolloutInProgress@1 ${FIRST}: 1 of 2 Pods are ready`,
      `Stalled=False RolloutInProgress@1 ${FIRST}: `,
    ]);
  });
});

describe("a pass that fails", () => {
  it("with a terminal error is Stalled, keeps the status fields, and is tried again only at the resync", async () => {
    putWidget(api);
    await start();
    await harness.pass();
    await harness.stop();
    const validate = (): never => {
      throw new TerminalError("ImpossibleChange", 'column "a" cannot become int; add a new column', {
        field: "spec.columns[0].type",
      });
    };
    await start({ validate });
    harness.now = new Date("2026-01-01T00:01:00Z");
    const next = await harness.pass();
    if (next.kind !== "after") throw new Error(next.kind);
    expect(next.seconds).toBeGreaterThanOrEqual(96);
    const message = 'column "a" cannot become int; add a new column';
    expect(conditionsNow()).toEqual([
      `Ready=False ImpossibleChange@1 ${LATER}: ${message}`,
      `Reconciling=False ImpossibleChange@1 ${FIRST}: `,
      `Stalled=True ImpossibleChange@1 ${LATER}: ${message}`,
      `ThingReady=Unknown ImpossibleChange@1 ${LATER}: ${message}`,
    ]);
    expect(statusNow()?.thingSize).toBe(3);
    expect(eventsOf(api).at(-1)).toBe(`Warning ImpossibleChange: ${message}`);
  });

  it("with a waiting error waits the time that it names, without an error in the log", async () => {
    putWidget(api);
    const observe = async (): Promise<never> => {
      throw new Error("reading the topic", {
        cause: new WaitingError("KafkaUnreachable", "no broker answers", { retryAfterSeconds: 15 }),
      });
    };
    await start({ observe });
    expect(await harness.pass()).toEqual({ kind: "after", seconds: 15 });
    expect(conditionsNow()).toEqual([
      `Ready=False KafkaUnreachable@1 ${FIRST}: reading the topic`,
      `Reconciling=True KafkaUnreachable@1 ${FIRST}: reading the topic`,
      `Stalled=False KafkaUnreachable@1 ${FIRST}: `,
      `ThingReady=Unknown KafkaUnreachable@1 ${FIRST}: reading the topic`,
    ]);
    expect(harness.logged.filter((line) => line.includes('"level":"error"'))).toEqual([]);
    expect(eventsOf(api)).toEqual(["Normal KafkaUnreachable: reading the topic"]);
  });

  it("with any other error backs off, logs one error line and says so in the status", async () => {
    putWidget(api);
    const apply = async (): Promise<never> => {
      throw new TypeError("x is not a function");
    };
    await start({ apply });
    expect(await harness.pass()).toEqual({ kind: "retry" });
    expect(conditionsNow()).toEqual([
      `Ready=False InternalError@1 ${FIRST}: x is not a function`,
      `Reconciling=True InternalError@1 ${FIRST}: x is not a function`,
      `Stalled=False InternalError@1 ${FIRST}: `,
      `ThingReady=Unknown InternalError@1 ${FIRST}: x is not a function`,
    ]);
    expect(harness.logged.filter((line) => line.includes('"level":"error"')).length).toBe(1);
  });

  it("writes nothing in the second pass with the same failure", async () => {
    putWidget(api);
    const apply = async (): Promise<never> => {
      throw new TransientError("StorageUnreachable", "the endpoint refuses connections");
    };
    await start({ apply });
    await harness.pass();
    const writes = api.writes.length;
    harness.now = new Date("2026-01-01T00:01:00Z");
    await harness.pass();
    expect(writesSince(writes)).toEqual([]);
  });

  it.each([
    ["Invalid", { kind: "after" }, "Stalled=True InvalidSpec"],
    ["Forbidden", { kind: "after", seconds: 30 }, "Reconciling=True Unauthorized"],
    ["TooManyRequests", { kind: "retry", atLeastSeconds: 9 }, "Reconciling=True ApiUnavailable"],
    ["Conflict", { kind: "retry" }, "Reconciling=True ApiUnavailable"],
  ] as const)("takes the API server's %s for what it is", async (code, next, condition) => {
    putWidget(api);
    const retryAfterSeconds = code === "TooManyRequests" ? 9 : undefined;
    const apply = async (): Promise<never> => {
      throw new KubernetesError(code, "refused", { retryAfterSeconds });
    };
    await start({ apply });
    expect(await harness.pass()).toMatchObject(next);
    expect(conditionsNow().join("\n")).toContain(condition);
  });

  it("keeps the last fields and conditions when the status phase itself throws", async () => {
    putWidget(api);
    await start();
    await harness.pass();
    await harness.stop();
    const status = (): never => {
      throw new Error("bug");
    };
    await start({ status });
    expect(await harness.pass()).toEqual({ kind: "retry" });
    expect(statusNow()?.thingSize).toBe(3);
    expect(conditionsNow().map((condition) => condition.split("@")[0])).toEqual([
      "Ready=False InternalError",
      "Reconciling=True InternalError",
      "Stalled=False InternalError",
      "ThingReady=True Succeeded",
    ]);
  });

  it("shows no value of a Secret that the pass has read, in status, Event or log", async () => {
    putWidget(api);
    const data = {
      password: Buffer.from("hunter2secret").toString("base64"),
      username: Buffer.from("alice").toString("base64"),
    };
    api.store.create(
      { collection: "v1/secrets", ...KEY },
      { apiVersion: "v1", kind: "Secret", metadata: KEY, data },
    );
    const secrets = { group: "", version: "v1", kind: "Secret", plural: "secrets" };
    await start({
      observe: async (_widget, context) => {
        await context.kubernetes.get(secrets, KEY);
        context.recordEvent("Warning", "InternalError", "used hunter2secret");
        throw new Error("SASL login of alice with hunter2secret failed; password=other123");
      },
      status: ({ error }) => {
        const cause = error?.cause as Error | undefined;
        return {
          status: Object.assign({ thingSize: 1 }, { found: [{ message: cause?.message }] }),
          conditions: [],
        };
      },
    });
    await harness.pass();
    const everything = JSON.stringify([statusNow(), eventsOf(api), harness.logged]);
    expect(everything).toContain("SASL login of alice with *** failed; password=***");
    expect(everything).not.toMatch(/hunter2secret|other123/);
  });

  it("is aborted at its time limit and says so", async () => {
    putWidget(api);
    const observe: WidgetPhases["observe"] = (_widget, context) =>
      new Promise((_resolve, reject) => {
        context.signal.addEventListener("abort", () => reject(context.signal.reason as Error));
      });
    await start({ observe }, { passTimeoutSeconds: 0.05 });
    expect(await harness.pass()).toEqual({ kind: "retry" });
    expect(conditionsNow()[0]).toContain("the pass took longer than 0.05 s");
  });

  it("leaves the status alone when it cannot be written, and tries again", async () => {
    putWidget(api);
    await start();
    api.intercept = (request) =>
      request.subresource === "status" ? { kind: "status", status: 503, retryAfter: 4 } : undefined;
    expect(await harness.pass()).toEqual({ kind: "retry", atLeastSeconds: 4 });
    api.intercept = () => undefined;
    await harness.pass();
    expect(conditionsNow()[0]).toContain("Ready=True");
  });

  it("writes no status to a namesake made anew", async () => {
    putWidget(api);
    await start({
      apply: async () => {
        api.store.mergePatch(WIDGET_ADDRESS, { metadata: { finalizers: [] } } as never);
        api.store.delete(WIDGET_ADDRESS);
        putWidget(api, 8);
        return { size: 3 };
      },
    });
    expect((await harness.pass()).kind).toBe("retry");
    expect(statusNow()).toBeUndefined();
  });
});

describe("a paused resource", () => {
  const PAUSED = { annotations: { "openclickstream.io/paused": "true" } };
  const MESSAGE = 'nothing is changed while the annotation openclickstream.io/paused is "true"';

  it("is looked at without anything being written, and says what is and that it is paused", async () => {
    putWidget(api);
    await start({ outstanding: ({ size }) => (size === 3 ? undefined : `make it ${size} large`) });
    await harness.pass();
    putWidget(api, 7, PAUSED);
    harness.now = new Date("2026-01-01T00:01:00Z");
    const writes = api.writes.length;
    await harness.pass();
    await harness.pass();
    expect(writesSince(writes)).toEqual([
      "apply example.io/v1/widgets status",
      "create events.k8s.io/v1/events",
    ]);
    expect(harness.system.things.get("w")).toBe(3);
    expect(statusNow()).toMatchObject({ thingSize: 3, observedGeneration: 2 });
    const left = "the spec is not in effect, as the resource is paused; left to do: make it 7 large";
    expect(conditionsNow()).toEqual([
      `Ready=False Paused@2 ${LATER}: ${left}`,
      `Reconciling=True Paused@2 ${LATER}: ${left}`,
      `Stalled=False Paused@2 ${FIRST}: `,
      `ThingReady=True Succeeded@2 ${FIRST}: the thing is there`,
      `Paused=True Paused@2 ${LATER}: ${MESSAGE}`,
    ]);
  });

  it("tells what goes wrong meanwhile", async () => {
    putWidget(api);
    let isDown = false;
    await start({
      observe: async () => {
        if (isDown) throw new WaitingError("KafkaUnreachable", "no answer");
        return { size: 3 };
      },
    });
    await harness.pass();
    putWidget(api, 3, PAUSED);
    await harness.pass();
    expect(conditionsNow()[0]).toContain("Ready=True");
    isDown = true;
    await harness.pass();
    expect(conditionsNow()[0]).toContain("Ready=False KafkaUnreachable");
    expect(conditionsNow().at(-1)).toContain("Paused=True");
  });

  it("from its beginning gets no finalizer", async () => {
    putWidget(api, 3, PAUSED);
    await start();
    await harness.pass();
    expect(harness.widget?.metadata.finalizers).toBeUndefined();
    expect(harness.system.things.size).toBe(0);
  });

  it("goes on where it was when the annotation goes, and loses the condition", async () => {
    putWidget(api, 3, PAUSED);
    await start();
    await harness.pass();
    putWidget(api, 3, { annotations: {} });
    await harness.pass();
    expect(conditionsNow().map((condition) => condition.split(" ")[0])).toEqual([
      "Ready=True",
      "Reconciling=False",
      "Stalled=False",
      "ThingReady=True",
    ]);
  });

  it("is not cleaned up when it is deleted, until its namespace goes", async () => {
    putWidget(api);
    await start();
    await harness.pass();
    putWidget(api, 3, PAUSED);
    api.store.delete(WIDGET_ADDRESS);
    putNamespace({});
    expect(await harness.pass()).toEqual({ kind: "after", seconds: 30 });
    expect(conditionsNow().at(-1)).toContain(`deletion waits: ${MESSAGE}`);
    putNamespace({ deletionTimestamp: "2026-01-01T00:00:00Z" });
    expect(await harness.pass()).toEqual({ kind: "forget" });
    expect(harness.widget).toBeUndefined();
    expect(harness.system.things.has("w")).toBe(true);
  });
});

function putNamespace(metadata: object): void {
  const at = { collection: "v1/namespaces", namespace: "", name: "ns" };
  api.store.apply(
    at,
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "ns", ...metadata } },
    undefined,
  );
}

describe("a deleted resource", () => {
  it("is cleaned up once and then released", async () => {
    putWidget(api);
    await start();
    await harness.pass();
    api.store.delete(WIDGET_ADDRESS);
    expect(await harness.pass()).toEqual({ kind: "forget" });
    expect(harness.widget).toBeUndefined();
    expect(harness.system.things.size).toBe(0);
    expect(await harness.pass()).toEqual({ kind: "forget" });
  });

  it("is left to others when it does not carry our finalizer", async () => {
    putWidget(api, 3, { finalizers: ["other/one"] });
    api.store.delete(WIDGET_ADDRESS);
    await start();
    expect(await harness.pass()).toEqual({ kind: "forget" });
    expect(api.writes).toEqual([]);
  });

  it("stays with a condition that says why while its cleanup fails", async () => {
    putWidget(api);
    await start({
      finalize: async () => {
        throw new WaitingError("KafkaUnreachable", "no broker answers", { retryAfterSeconds: 600 });
      },
    });
    await harness.pass();
    api.store.delete(WIDGET_ADDRESS);
    putNamespace({});
    harness.now = new Date(Date.now() + 3_600_000);
    expect(await harness.pass()).toEqual({ kind: "after", seconds: 30 });
    expect(harness.widget?.metadata.finalizers).toEqual([FINALIZER]);
    expect(conditionsNow()[0]).toContain("Ready=False KafkaUnreachable@2");
    expect(conditionsNow()[0]).toContain("deletion waits: no broker answers");
    const writes = api.writes.length;
    await harness.pass();
    expect(writesSince(writes)).toEqual([]);
  });

  it.each([
    ["terminal", new TerminalError("ImpossibleChange", "never")],
    ["transient", new Error("boom")],
  ])("is let go after a minute in a namespace that goes, after a %s failure too", async (_class, error) => {
    putWidget(api);
    await start({
      finalize: async () => {
        throw error;
      },
    });
    await harness.pass();
    api.store.delete(WIDGET_ADDRESS);
    putNamespace({ deletionTimestamp: "2026-01-01T00:00:00Z" });
    harness.now = new Date(Date.now() + 1000);
    expect((await harness.pass()).kind).not.toBe("forget");
    expect(conditionsNow()[0]).toContain("DeletionFailed");
    harness.now = new Date(Date.now() + 62_000);
    expect(await harness.pass()).toEqual({ kind: "forget" });
    expect(harness.widget).toBeUndefined();
    expect(eventsOf(api).join()).toContain("CleanupAbandoned");
  });
});

describe("a replica without the lease", () => {
  it("writes nothing to the API, whatever the phases try", async () => {
    putWidget(api);
    await start({ finalize: async () => undefined, needsFinalizer: () => false });
    harness.leadership.isLeading = false;
    expect((await harness.pass()).kind).toBe("retry");
    expect(api.writes).toEqual([]);
  });

  it("does not write down what it saw when the lease goes during the pass", async () => {
    putWidget(api);
    await start({
      apply: async (plan) => {
        harness.stopping.abort(new Error("lost"));
        return plan;
      },
    });
    await harness.pass();
    expect(statusNow()).toBeUndefined();
  });
});

describe("a stale cache", () => {
  it("is not read after an own write: two passes in a row do not write twice", async () => {
    putWidget(api);
    await start();
    await harness.settle();
    for (const watch of api.watches) watch.freeze();
    await harness.passOnStaleCache();
    const writes = api.writes.length;
    await harness.passOnStaleCache();
    expect(writesSince(writes).filter((write) => !write.includes("events"))).toEqual([]);
  });

  it("does not add its finalizer over one that somebody else added meanwhile", async () => {
    putWidget(api);
    await start();
    await harness.settle();
    for (const watch of api.watches) watch.freeze();
    api.store.mergePatch(WIDGET_ADDRESS, { metadata: { finalizers: ["other/one"] } } as never);
    expect((await harness.passOnStaleCache()).kind).toBe("retry");
    expect(harness.widget?.metadata.finalizers).toEqual(["other/one"]);
  });
});
