/** Children applied in passes over a resource of a kind made for this, against an API server in this process. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CommonStatus } from "../../api/conditions.ts";
import type { Controller, CustomResource } from "../../runtime/controller.ts";
import { Scenario } from "../../testing/scenario.ts";
import { NAMESPACE } from "../../testing/systems.ts";
import { applyChildren } from "./apply-children.ts";
import type { Child, ChildOwner, ChildResult } from "./child.ts";
import { CHILD_TYPES, child, ownerReference } from "./child.ts";

const LABELS = { "app.kubernetes.io/managed-by": "openclickstream", "openclickstream.io/thing": "web" };
const THING = { group: "openclickstream.io", version: "v1alpha1", kind: "Thing", plural: "things" };
const { ConfigMap } = CHILD_TYPES;

type Thing = CustomResource<object, CommonStatus>;
type ThingController = Controller<Thing, undefined, undefined, undefined, undefined, CommonStatus>;

let scenario: Scenario;
let wanted: readonly Child[] = [];
let results: readonly ChildResult[] = [];

/** Makes of each Thing what the test wants. Its caches, like ours, hold only what carries our label. */
const CONTROLLER: ThingController = {
  kind: THING,
  concurrency: 1,
  watches: [
    { type: ConfigMap, labelSelector: "app.kubernetes.io/managed-by=openclickstream", toKeys: () => [] },
  ],
  observe: async () => undefined,
  validate: () => undefined,
  plan: () => undefined,
  apply: async (_plan, _observed, context) => {
    const set = { owner: owner(), children: wanted, labels: LABELS, pruneTypes: [ConfigMap] };
    results = await applyChildren(set, context);
    return undefined;
  },
  status: () => ({ status: {}, conditions: [] }),
};

beforeEach(async () => {
  scenario = await Scenario.start(() => CONTROLLER);
  scenario.putResource("web", {});
});
afterEach(async () => {
  await scenario.stop();
});

function owner(): ChildOwner {
  const uid = scenario.resource("web")?.metadata.uid ?? "";
  return { type: THING, key: { namespace: NAMESPACE, name: "web" }, uid };
}

function configMap(name: string, data: Record<string, string> = { a: "1" }): Child {
  return child(ConfigMap, { name, namespace: NAMESPACE, labels: LABELS }, { data });
}

/** What a pass that wants these children makes of each. Nothing when it fails: `scenario.ready` then says why. */
async function outcomes(...children: readonly Child[]): Promise<readonly string[]> {
  wanted = children;
  results = [];
  await scenario.pass("web");
  return results.map(({ name, outcome }) => `${name} ${outcome}`);
}

function dataOf(name: string): unknown {
  return scenario.find(ConfigMap, name)?.["data"];
}

/** Puts a ConfigMap there as somebody else would. */
function seed(name: string, metadata: object): void {
  const whole = { name, namespace: NAMESPACE, ...metadata };
  scenario.put(ConfigMap, { apiVersion: "v1", kind: "ConfigMap", metadata: whole });
}

describe("applying children", () => {
  it("creates them in order, as owned by their owner", async () => {
    expect(await outcomes(configMap("b"), configMap("a"))).toEqual(["b created", "a created"]);
    expect(scenario.find(ConfigMap, "a")?.metadata.ownerReferences).toEqual([ownerReference(owner())]);
  });

  it("writes nothing in a second pass", async () => {
    await outcomes(configMap("a"));
    const again = await scenario.writesDuring(async () => {
      expect(await outcomes(configMap("a"))).toEqual(["a unchanged"]);
    });
    expect(again).toEqual([]);
  });

  it("writes a changed plan", async () => {
    await outcomes(configMap("a", { a: "1", b: "2" }));
    expect(await outcomes(configMap("a", { a: "1" }))).toEqual(["a changed"]);
    expect(dataOf("a")).toEqual({ a: "1" });
  });

  it("repairs what somebody changed by hand", async () => {
    await outcomes(configMap("a"));
    scenario.change(ConfigMap, "a", (object) => {
      object["data"] = { a: "other" };
    });
    expect(await outcomes(configMap("a"))).toEqual(["a changed"]);
    expect(dataOf("a")).toEqual({ a: "1" });
  });

  it("leaves alone what somebody added, also when it writes", async () => {
    await outcomes(configMap("a"));
    scenario.change(ConfigMap, "a", (object) => {
      object["data"] = { a: "1", added: "x" };
    });
    expect(await outcomes(configMap("a"))).toEqual(["a unchanged"]);
    expect(await outcomes(configMap("a", { a: "2" }))).toEqual(["a changed"]);
    expect(dataOf("a")).toEqual({ a: "2", added: "x" });
  });

  it("removes what is ours and no longer planned", async () => {
    await outcomes(configMap("a"), configMap("b"));
    expect(await outcomes(configMap("a"))).toEqual(["a unchanged", "b deleted"]);
    expect(scenario.children()).toEqual(["ConfigMap/a"]);
  });

  it("removes nothing that carries the labels but belongs to another", async () => {
    const other = ownerReference({ ...owner(), uid: "owner-of-before" });
    seed("b", { labels: LABELS, ownerReferences: [other] });
    await outcomes(configMap("a"));
    expect(scenario.children()).toEqual(["ConfigMap/a", "ConfigMap/b"]);
  });

  it.each([
    ["a stranger", {}, "was not made by the operator"],
    [
      "another resource",
      {
        ownerReferences: [
          {
            apiVersion: "openclickstream.io/v1alpha1",
            kind: "Thing",
            name: "shop",
            uid: "x",
            controller: true,
          },
        ],
      },
      'belongs to Thing "shop"',
    ],
  ])(
    "refuses to take over a name from %s, also when the cache does not show it",
    async (_title, metadata, message) => {
      seed("a", metadata);
      const writes = await scenario.writesDuring(() => outcomes(configMap("a")));
      expect(scenario.ready("web")).toBe(
        `Ready=False ResourceConflict: ConfigMap "a" exists and ${message}; delete or rename it`,
      );
      expect(writes).toEqual([]);
    },
  );

  it("reports what the API server refuses as an error of the spec", async () => {
    scenario.api.intercept = ({ verb, collection }) =>
      verb === "apply" && collection === "v1/configmaps"
        ? { kind: "status", status: 422, reason: "Invalid" }
        : undefined;
    await outcomes(configMap("a"));
    expect(scenario.ready("web")).toMatch(
      /^Ready=False InvalidSpec: the API server refused ConfigMap "a": .*injected 422$/,
    );
  });

  it("stops at the first failure, so that a workload never sees half of its files, and goes on at the next pass", async () => {
    const children = [configMap("a"), configMap("b"), configMap("c")];
    wanted = children;
    scenario.crashAfter(1);
    await scenario.passUntilCrash("web");
    expect(scenario.children()).toEqual(["ConfigMap/a"]);
    await scenario.restart();
    expect(await outcomes(...children)).toEqual(["a unchanged", "b created", "c created"]);
  });

  it("does no harm with a stale cache", async () => {
    scenario.freezeCaches();
    await outcomes(configMap("a"));
    expect(await outcomes(configMap("a"))).toEqual(["a unchanged"]);
  });
});
