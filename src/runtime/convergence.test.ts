/** A process that dies before or after any of its writes leaves nothing that the next one does not put right. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeApiServer } from "../testing/runtime/fake-api-server.ts";
import type { Fault } from "../testing/runtime/fake-api-server.ts";
import { CONFIG_MAP_ADDRESS, Harness, putWidget, WIDGET_ADDRESS } from "../testing/runtime/harness.ts";
import { FakeSystem } from "../testing/runtime/widgets.ts";

const WRITES = new Set(["create", "update", "patch", "apply", "delete"]);

let api: FakeApiServer;
let system: FakeSystem;

beforeEach(async () => {
  api = await FakeApiServer.start();
  system = new FakeSystem();
});

afterEach(() => api.stop());

/** Runs passes until one writes nothing; fails if that takes too many. */
async function converge(): Promise<void> {
  const harness = await Harness.start({ api, system });
  try {
    for (let pass = 0; pass < 10; pass += 1) {
      const before = api.writes.length + system.changes;
      await harness.pass();
      if (api.writes.length + system.changes === before) return;
    }
    throw new Error(
      `no rest after ten passes: ${api.writes.map((write) => `${write.verb} ${write.collection}`).join()}`,
    );
  } finally {
    await harness.stop();
  }
}

/** One pass of a process that dies at its `deathAt`-th write; true if it came that far. */
async function passUntilDeath(deathAt: number, when: "before" | "after"): Promise<boolean> {
  const harness = await Harness.start({ api, system });
  let writes = 0;
  const isDead = (): boolean => writes > deathAt || (writes === deathAt && when === "after");
  const die = (): void => {
    writes += 1;
    if (writes >= deathAt && !(writes === deathAt && when === "after")) throw new Error("dead");
  };
  system.beforeChange = die;
  system.afterChange = () => {
    if (isDead()) throw new Error("dead");
  };
  api.intercept = (request): Fault | undefined => {
    if (!WRITES.has(request.verb)) return isDead() ? { kind: "reset" } : undefined;
    writes += 1;
    if (writes < deathAt) return undefined;
    return { kind: "reset", after: writes === deathAt && when === "after" };
  };
  await harness.pass().catch(() => undefined);
  await harness.stop();
  api.intercept = () => undefined;
  system.beforeChange = () => undefined;
  system.afterChange = () => undefined;
  return writes >= deathAt;
}

/** What is left in the end, without what differs from run to run. */
function endState(): unknown {
  const widget = api.store.find(WIDGET_ADDRESS);
  const masked = JSON.stringify({
    finalizers: widget?.metadata.finalizers,
    status: widget?.["status"],
    data: api.store.find(CONFIG_MAP_ADDRESS)?.["data"],
    things: [...system.things],
  });
  return JSON.parse(masked) as unknown;
}

describe.each(["before", "after"] as const)("death %s the k-th write", (when) => {
  it("of a first pass: the next process reaches the same end state, for every k", async () => {
    putWidget(api);
    await converge();
    const reference = endState();
    let deathAt = 1;
    for (; ; deathAt += 1) {
      await api.stop();
      api = await FakeApiServer.start();
      system = new FakeSystem();
      putWidget(api);
      const cameThatFar = await passUntilDeath(deathAt, when);
      await converge();
      expect(endState(), `death ${when} write ${deathAt}`).toEqual(reference);
      expect(system.changes, `changes after death ${when} write ${deathAt}`).toBe(1);
      if (!cameThatFar) break;
    }
    // finalizer, thing, ConfigMap, status, Event
    expect(deathAt).toBe(6);
  });

  it("of a deletion: the thing is gone and the resource too, for every k", async () => {
    let deathAt = 1;
    for (; ; deathAt += 1) {
      await api.stop();
      api = await FakeApiServer.start();
      system = new FakeSystem();
      putWidget(api);
      await converge();
      api.store.delete(WIDGET_ADDRESS);
      const cameThatFar = await passUntilDeath(deathAt, when);
      await converge();
      expect(api.store.find(WIDGET_ADDRESS), `death ${when} write ${deathAt}`).toBeUndefined();
      expect(system.things.size, `death ${when} write ${deathAt}`).toBe(0);
      if (!cameThatFar) break;
    }
    // thing, finalizer
    expect(deathAt).toBe(3);
  });
});
