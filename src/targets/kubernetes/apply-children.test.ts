/** Children applied in passes over a resource of a kind made for this, against an API server in this process. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CommonStatus } from "../../api/conditions.ts";
import type { Controller, CustomResource } from "../../runtime/controller.ts";
import { COMPONENT_LABEL } from "../../naming/marks.ts";
import { Scenario } from "../../testing/scenario.ts";
import { NAMESPACE } from "../../testing/systems.ts";
import { applyChildren } from "./apply-children.ts";
import type { Child, ChildOwner, ChildResult } from "./child.ts";
import { CHILD_TYPES, child, ownerReference } from "./child.ts";

const LABELS = { "app.kubernetes.io/managed-by": "openclickstream", "openclickstream.io/thing": "web" };
const THING = { group: "openclickstream.io", version: "v1alpha1", kind: "Thing", plural: "things" };
const { ConfigMap, Deployment } = CHILD_TYPES;

type Thing = CustomResource<object, CommonStatus>;
type ThingController = Controller<Thing, undefined, undefined, undefined, undefined, CommonStatus>;

let scenario: Scenario;
let wanted: readonly Child[] = [];
let results: readonly ChildResult[] = [];

/** Makes of each Thing what the test wants. Its caches, like ours, hold only what carries our label. */
const CONTROLLER: ThingController = {
  kind: THING,
  concurrency: 1,
  watches: [ConfigMap, Deployment].map((type) => ({
    type,
    labelSelector: "app.kubernetes.io/managed-by=openclickstream",
    toKeys: () => [],
  })),
  observe: async () => undefined,
  validate: () => undefined,
  plan: () => undefined,
  apply: async (_plan, _observed, context) => {
    const set = { owner: owner(), children: wanted, labels: LABELS, pruneTypes: [ConfigMap] };
    const { results: children, problem } = await applyChildren(set, context);
    results = children;
    if (problem !== undefined) throw problem;
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

  it.each([
    ["has lost its owner reference", []],
    [
      "names an owner of this kind and name that is gone, as a backup does",
      [
        {
          apiVersion: "openclickstream.io/v1alpha1",
          kind: "Thing",
          name: "web",
          uid: "before",
          controller: true,
        },
      ],
    ],
  ])("takes a child of its own back that %s, the same object as before", async (_case, ownerReferences) => {
    await outcomes(configMap("a"));
    const uid = scenario.find(ConfigMap, "a")?.metadata.uid;
    scenario.change(ConfigMap, "a", (object) => {
      object["metadata"] = { ...(object["metadata"] as object), ownerReferences };
    });
    expect(await outcomes(configMap("a"))).toEqual(["a changed"]);
    const { metadata } = scenario.find(ConfigMap, "a") ?? {};
    expect(metadata?.uid).toBe(uid);
    expect(metadata?.ownerReferences?.filter(({ controller }) => controller)).toEqual([
      ownerReference(owner()),
    ]);
    expect(await outcomes(configMap("a"))).toEqual(["a unchanged"]);
  });

  it("takes over nothing that only bears the labels: it was not made by the operator", async () => {
    seed("a", { labels: LABELS });
    await outcomes(configMap("a"));
    expect(scenario.ready("web")).toContain(
      'ResourceConflict: ConfigMap "a" exists and was not made by the operator',
    );
  });

  it("goes on with the others after one that is refused, but not with the workload of the same component", async () => {
    const labelled = (component: string): Record<string, string> => ({
      ...LABELS,
      [COMPONENT_LABEL]: component,
    });
    const workload = (name: string): Child =>
      child(Deployment, { name, namespace: NAMESPACE, labels: labelled(name) }, {});
    const config = child(ConfigMap, { name: "b", namespace: NAMESPACE, labels: labelled("b") }, { data: {} });
    seed("b", {});
    expect(await outcomes(config, configMap("c"), workload("b"), workload("d"))).toEqual([
      "c created",
      "d created",
    ]);
    expect(scenario.ready("web")).toContain('ResourceConflict: ConfigMap "b" exists');
  });

  it("names field, both values and who wrote the one that is there, of a child that cannot be set back", async () => {
    await outcomes(configMap("a"));
    scenario.change(ConfigMap, "a", (object) => {
      object["data"] = { a: "6" };
      const managedFields = [
        { manager: "openclickstream-thing", fieldsV1: { "f:metadata": {} } },
        { manager: "kubectl-patch", fieldsV1: { "f:data": { "f:a": {} } } },
      ];
      object["metadata"] = { ...(object["metadata"] as object), managedFields };
    });
    scenario.api.intercept = ({ verb, collection }) =>
      verb === "apply" && collection === "v1/configmaps"
        ? { kind: "status", status: 422, reason: "Invalid", fields: ["data.a"] }
        : undefined;
    await outcomes(configMap("a"));
    expect(scenario.ready("web")).toContain(
      'Ready=False InvalidSpec: ConfigMap "a" has data.a "6", as "kubectl-patch" wrote it, and Thing "web" wants "1", ' +
        "which the API server does not take back; give the Thing the same value, or set it back there: ",
    );
  });

  it("stops where nobody is reached, so that a workload never sees half of its files, and goes on at the next pass", async () => {
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
