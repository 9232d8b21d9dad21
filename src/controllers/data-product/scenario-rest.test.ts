/** What passes ask of Airflow while nothing happens to a product, and when something does. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { dataProductKind } from "../../crds/kinds.ts";
import { managedLabels } from "../../naming/marks.ts";
import { CHILD_TYPES } from "../../targets/kubernetes/child.ts";
import { DagRegisters } from "../../targets/airflow/dag-register.ts";
import { ProductScenario } from "../../testing/product-scenario.ts";

const DAG = "shop.sessions";

let world: ProductScenario;
/** Milliseconds. */
let now: number;
let asked: string[];

beforeEach(async () => {
  [now, asked] = [0, []];
  world = await ProductScenario.start(
    undefined,
    new DagRegisters({ tag: "openclickstream", now: () => now }),
  );
  const { airflow } = world;
  airflow.listChangedDags = () => Promise.resolve(new Set());
  for (const name of ["readDag", "listDags", "listRuns", "listChangedDags"] as const) {
    const read = airflow[name].bind(airflow) as (...args: unknown[]) => Promise<never>;
    airflow[name] = (...args: unknown[]) => {
      asked.push(name);
      return read(...args);
    };
  }
  await passAfter(0);
  airflow.putDag(DAG);
  world.makeTableReady();
  for (let nth = 0; nth < 3; nth += 1) await passAfter(3);
  world.finish("first-", { published: { rows: 1, tableRows: 1 } });
  airflow.listChangedDags = () => Promise.resolve(new Set([DAG]));
  await passAfter(3);
  airflow.listChangedDags = () => {
    asked.push("listChangedDags");
    return Promise.resolve(new Set());
  };
  await passAfter(31);
  await passAfter(31);
  asked = [];
});
afterEach(async () => {
  await world.stop();
});

async function passAfter(seconds: number): Promise<void> {
  now += seconds * 1000;
  await world.pass();
}

it("a product at rest is told by what was listed half a minute ago, for all products together", async () => {
  expect(world.status().lastRun).toMatchObject({ state: "Published" });
  await passAfter(10);
  await passAfter(10);
  expect(asked).toEqual([]);
  await passAfter(31);
  expect(asked).toEqual(["listDags", "listChangedDags"]);
});

it("a run's pod is reason enough to look at once", async () => {
  world.run("scheduled__1", { startedAt: "2026-01-01T01:00:00Z" });
  world.airflow.listChangedDags = () => Promise.resolve(new Set([DAG]));
  await passAfter(5);
  expect(world.status().lastRun).toMatchObject({ state: "Published" });
  const labels = managedLabels(dataProductKind.kind, "sessions");
  world.scenario.put(CHILD_TYPES.Pod, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "run", namespace: "shop", labels },
  });
  await passAfter(1);
  expect(world.status().lastRun).toMatchObject({ id: "scheduled__1", state: "Running" });
});

it("a product whose DAG Airflow has not read is not asked about by name again and again", async () => {
  const other = await ProductScenario.start(
    undefined,
    new DagRegisters({ tag: "openclickstream", now: () => now }),
  );
  try {
    let byName = 0;
    const read = other.airflow.readDag.bind(other.airflow);
    other.airflow.readDag = (dagId) => {
      byName += 1;
      return read(dagId);
    };
    await other.pass();
    expect(byName).toBe(1);
    for (let nth = 0; nth < 3; nth += 1) {
      now += 5000;
      await other.pass();
    }
    expect(byName).toBe(1);
    other.readFile();
    now += 5000;
    await other.pass();
    expect(other.condition("Scheduled")).toContain("is paused until the table is there");
  } finally {
    await other.stop();
  }
});
