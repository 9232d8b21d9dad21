import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import type { DataPlatformSpec, QueryClusterSpec } from "../../crds/kinds.ts";
import { dataPlatformSpec, queryClusterSpec } from "../../crds/kinds.ts";
import { COMPONENT_LABEL } from "../../naming/marks.ts";
import type { Child } from "../../targets/kubernetes/child.ts";
import type { Secrets } from "../../platform/secrets.ts";
import { secretWith } from "../../testing/systems.ts";
import { localPlatform, presentPlatform, secretsOf } from "../../testing/clickstream-pipeline.ts";
import type { ClusterPlan } from "./plan.ts";
import { orderedChildren, planCluster } from "./plan.ts";
import { IMAGES, clusterWith, emptySurroundings } from "../../testing/query-cluster.ts";
import { validateCluster } from "./validate.ts";

const TESTDATA = join(import.meta.dirname, "testdata");

interface Case {
  readonly cluster: QueryClusterSpec;
  readonly platform: Partial<DataPlatformSpec>;
  /** Keys by Secret, where there are others than the platform's. */
  readonly secrets?: Readonly<Record<string, readonly string[]>>;
  readonly only?: readonly string[];
  /** Of these components only. */
  readonly components?: readonly string[];
}

function planOf(input: Case, secrets?: Secrets): ClusterPlan {
  const platform = localPlatform(input.platform);
  const given = Object.entries(input.secrets ?? {}).map(
    ([name, keys]) =>
      [name, secretWith(Object.fromEntries(keys.map((key) => [key, "value"])), name)] as const,
  );
  const observed = {
    ...emptySurroundings(),
    platform: presentPlatform(platform, secrets ?? new Map([...secretsOf(platform), ...given])),
    catalogSecrets: new Map(given),
    flightSecrets: new Map(given),
  };
  return planCluster(validateCluster(clusterWith(input.cluster), observed, IMAGES));
}

const goldenCases = (await readdir(TESTDATA)).filter((file) => file.endsWith(".input.yaml"));

describe("the plan of a query cluster", () => {
  it.each(goldenCases)("is as in the golden file of %s", async (file) => {
    const input = parse(await readFile(join(TESTDATA, file), "utf8")) as Case;
    expect(queryClusterSpec.safeParse(input.cluster).error).toBeUndefined();
    expect(dataPlatformSpec.safeParse(localPlatform(input.platform).spec).error).toBeUndefined();
    const golden = join(TESTDATA, file.replace(".input.", ".golden."));
    const shown = orderedChildren(planOf(input)).filter(({ type, object }) => {
      const component = object.metadata.labels?.[COMPONENT_LABEL] ?? "";
      return (
        (input.only ?? [type.kind]).includes(type.kind) &&
        (input.components ?? [component]).includes(component)
      );
    });
    const text = shown.map(({ object }) => stringify(object, { aliasDuplicateObjects: false })).join("---\n");
    await expect(text).toMatchFileSnapshot(golden);
  });

  it("writes every child that it holds, each once", () => {
    const plan = planOf({ cluster: clusterWith({ workers: 1, flight: {} }).spec, platform: {} });
    const held = [
      plan.serviceAccount,
      plan.catalogs,
      ...Object.values(plan.coordinator),
      ...Object.values(plan.worker ?? {}),
      ...(plan.flight === undefined ? [] : Object.values({ ...plan.flight })),
    ];
    expect(new Set(orderedChildren(plan))).toEqual(new Set(held));
    expect(orderedChildren(plan)).toHaveLength(held.length);
  });
});

describe("what rolls the cluster", () => {
  it.each<[string, Partial<QueryClusterSpec>, { coordinator: boolean; worker: boolean }]>([
    [
      "a new catalog: both roles",
      { catalogs: [{ name: "tpch", connector: "tpch" }] },
      { coordinator: true, worker: true },
    ],
    ["more workers: none", { workers: 5 }, { coordinator: false, worker: false }],
    [
      "larger workers: the workers",
      { workerResources: { limits: { memory: "4Gi" } } },
      { coordinator: false, worker: true },
    ],
    [
      "a larger coordinator: the coordinator",
      { coordinatorResources: { limits: { memory: "4Gi" } } },
      { coordinator: true, worker: false },
    ],
    ["another drain time: both roles", { drainTime: "5m" }, { coordinator: true, worker: true }],
    ["a gateway: none", { flight: {} }, { coordinator: false, worker: false }],
    ["no cache: both roles", { cache: { enabled: false } }, { coordinator: true, worker: true }],
  ])("is %s", (...[, spec, rolls]) => {
    const before = templatesOf(planOf({ cluster: clusterWith({ workers: 2 }).spec, platform: {} }));
    const after = templatesOf(planOf({ cluster: clusterWith({ workers: 2, ...spec }).spec, platform: {} }));
    expect({
      coordinator: before.coordinator !== after.coordinator,
      worker: before.worker !== after.worker,
    }).toEqual(rolls);
  });

  it("is a changed Secret: both roles", () => {
    const input = { cluster: clusterWith({ workers: 2 }).spec, platform: {} };
    const secrets = secretsOf(localPlatform());
    const changed = new Map(
      [...secrets].map(([name]) => [
        name,
        secretWith({ accessKeyId: "other", secretAccessKey: "other" }, name),
      ]),
    );
    const before = templatesOf(planOf(input, secrets));
    const after = templatesOf(planOf(input, changed));
    expect([before.coordinator === after.coordinator, before.worker === after.worker]).toEqual([
      false,
      false,
    ]);
  });
});

function templatesOf({ coordinator, worker }: ClusterPlan): { coordinator: string; worker: string } {
  return { coordinator: template(coordinator.deployment), worker: template(worker?.deployment) };
}

function template(planned: Child | undefined): string {
  return JSON.stringify((planned?.object as { spec?: { template?: unknown } } | undefined)?.spec?.template);
}
