import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { findTerminalError } from "../../runtime/errors.ts";
import type { ChildSet } from "./apply-children.ts";
import { applyChildren } from "./apply-children.ts";
import type { Child, ChildOwner } from "./child.ts";
import { CHILD_TYPES, child, ownerReference } from "./child.ts";
import { FakeKubernetes, SimulatedCrash, invalid } from "../../testing/fake-kubernetes.ts";

const LABELS = { "app.kubernetes.io/managed-by": "openclickstream", "openclickstream.io/thing": "web" };
const OWNER: ChildOwner = {
  type: { group: "openclickstream.io", version: "v1alpha1", kind: "Thing", plural: "things" },
  key: { namespace: "shop", name: "web" },
  uid: "owner-1",
};
const logger = pino({ level: "silent" });

function configMap(name: string, data: Record<string, string> = { a: "1" }): Child {
  return child(CHILD_TYPES.ConfigMap, { name, namespace: "shop", labels: LABELS }, { data });
}

function setOf(...children: Child[]): ChildSet {
  return { owner: OWNER, children, labels: LABELS, pruneTypes: [CHILD_TYPES.ConfigMap] };
}

/** A cluster whose caches, like ours, hold only what carries our label. */
function cluster(): FakeKubernetes {
  return new FakeKubernetes(
    ({ metadata }) => metadata.labels?.["app.kubernetes.io/managed-by"] === undefined,
  );
}

async function outcomes(kubernetes: FakeKubernetes, set: ChildSet): Promise<readonly string[]> {
  const results = await applyChildren(set, { kubernetes, logger });
  return results.map(({ name, outcome }) => `${name} ${outcome}`);
}

describe("applying children", () => {
  it("creates them in order, as owned by their owner", async () => {
    const kubernetes = cluster();
    expect(await outcomes(kubernetes, setOf(configMap("b"), configMap("a")))).toEqual([
      "b created",
      "a created",
    ]);
    expect(kubernetes.object("ConfigMap", "a").metadata.ownerReferences).toEqual([ownerReference(OWNER)]);
  });

  it("writes nothing in a second pass", async () => {
    const kubernetes = cluster();
    await outcomes(kubernetes, setOf(configMap("a")));
    kubernetes.writes.length = 0;
    expect(await outcomes(kubernetes, setOf(configMap("a")))).toEqual(["a unchanged"]);
    expect(kubernetes.writes).toEqual([]);
  });

  it("writes a changed plan", async () => {
    const kubernetes = cluster();
    await outcomes(kubernetes, setOf(configMap("a", { a: "1", b: "2" })));
    expect(await outcomes(kubernetes, setOf(configMap("a", { a: "1" })))).toEqual(["a changed"]);
    expect(kubernetes.object("ConfigMap", "a")["data"]).toEqual({ a: "1" });
  });

  it("repairs what somebody changed by hand", async () => {
    const kubernetes = cluster();
    await outcomes(kubernetes, setOf(configMap("a")));
    kubernetes.change("ConfigMap", "a", (object) => {
      object["data"] = { a: "other" };
    });
    expect(await outcomes(kubernetes, setOf(configMap("a")))).toEqual(["a changed"]);
    expect(kubernetes.object("ConfigMap", "a")["data"]).toEqual({ a: "1" });
  });

  it("leaves alone what somebody added", async () => {
    const kubernetes = cluster();
    await outcomes(kubernetes, setOf(configMap("a")));
    kubernetes.change("ConfigMap", "a", (object) => {
      object["data"] = { a: "1", added: "x" };
    });
    expect(await outcomes(kubernetes, setOf(configMap("a")))).toEqual(["a unchanged"]);
  });

  it("removes what is ours and no longer planned", async () => {
    const kubernetes = cluster();
    await outcomes(kubernetes, setOf(configMap("a"), configMap("b")));
    expect(await outcomes(kubernetes, setOf(configMap("a")))).toEqual(["a unchanged", "b deleted"]);
    expect(kubernetes.names()).toEqual(["ConfigMap/a"]);
  });

  it("removes nothing that carries the labels but belongs to another", async () => {
    const kubernetes = cluster();
    const other = ownerReference({ ...OWNER, uid: "owner-of-before" });
    kubernetes.seed({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "b", namespace: "shop", labels: LABELS, ownerReferences: [other] },
    });
    await outcomes(kubernetes, setOf(configMap("a")));
    expect(kubernetes.names()).toEqual(["ConfigMap/a", "ConfigMap/b"]);
  });

  it.each([
    ["a stranger", {}, "was not made by the operator"],
    [
      "another resource",
      { ownerReferences: [{ ...ownerReference(OWNER), uid: "x", name: "shop" }] },
      'belongs to Thing "shop"',
    ],
  ])(
    "refuses to take over a name from %s, also when the cache does not show it",
    async (_title, metadata, message) => {
      const kubernetes = cluster();
      kubernetes.seed({
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "a", namespace: "shop", ...metadata },
      });
      const error = await outcomes(kubernetes, setOf(configMap("a"))).catch((thrown: unknown) => thrown);
      expect(findTerminalError(error)).toMatchObject({
        reason: "ResourceConflict",
        message: `ConfigMap "a" exists and ${message}; delete or rename it`,
      });
      expect(kubernetes.writes).toEqual([]);
    },
  );

  it("reports what the API server refuses as an error of the spec", async () => {
    const kubernetes = cluster();
    kubernetes.apply = async () => Promise.reject(invalid("data: too long"));
    const error = await outcomes(kubernetes, setOf(configMap("a"))).catch((thrown: unknown) => thrown);
    expect(findTerminalError(error)).toMatchObject({
      reason: "InvalidSpec",
      message: 'the API server refused ConfigMap "a": data: too long',
    });
  });

  it("stops at the first failure, so that a workload never sees half of its files, and goes on at the next pass", async () => {
    const kubernetes = cluster();
    kubernetes.crashAfter(1);
    const set = setOf(configMap("a"), configMap("b"), configMap("c"));
    await expect(outcomes(kubernetes, set)).rejects.toThrow(SimulatedCrash);
    expect(kubernetes.names()).toEqual(["ConfigMap/a"]);
    kubernetes.crashAfter(9);
    expect(await outcomes(kubernetes, set)).toEqual(["a unchanged", "b created", "c created"]);
  });

  it("does no harm with a stale cache", async () => {
    const kubernetes = cluster();
    kubernetes.freezeCache();
    await outcomes(kubernetes, setOf(configMap("a")));
    expect(await outcomes(kubernetes, setOf(configMap("a")))).toEqual(["a unchanged"]);
  });
});
