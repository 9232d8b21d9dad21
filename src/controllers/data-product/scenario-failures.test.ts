/** Whole passes over products whose runs failed, or ended while nobody looked. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DataProductSpec } from "../../crds/kinds.ts";
import { TransientError, WaitingError } from "../../runtime/errors.ts";
import { ProductScenario } from "../../testing/product-scenario.ts";

const DAG = "shop.sessions";

/** Each run has a day of its own, and reads nothing of others. */
const WINDOWED: Partial<DataProductSpec> = {
  incremental: { mode: "Merge", keys: ["site"], newDataBy: "event_time" },
  refresh: { schedule: "0 0 * * *" },
};

let world: ProductScenario;

beforeEach(async () => {
  world = await ProductScenario.start();
});
afterEach(async () => {
  await world.stop();
});

describe("a run that failed", () => {
  it("shows why a run failed, in the words of its pod, and tells an Event of it", async () => {
    await world.settle();
    const run = world.airflow.runs.get(DAG)?.[0]?.id ?? "";
    const said = { runId: run, state: "Failed", seconds: 9, checks: [] };
    const result = JSON.stringify({
      ...said,
      message: "reading shop.events with value-of-password here: Forbidden",
    });
    const state = { terminated: { exitCode: 1, reason: "Error", message: result } };
    world.airflow.failures.set(run, {
      error: "Pod sessions-product returned a failure.",
      status: { phase: "Failed", containerStatuses: [{ name: "batch-job", state }] },
    });
    world.finish("first", { state: "failed" });
    await world.pass();
    await world.pass();
    expect(world.status().lastRun).toMatchObject({
      state: "Failed",
      message: "reading shop.events with *** here: Forbidden",
    });
    expect(world.airflow.failuresRead).toEqual([run]);
    expect(world.ready()).toContain(`RunFailed: run ${run}: reading shop.events with *** here: Forbidden`);
    expect(world.scenario.events()).toContainEqual(
      expect.stringContaining(`run ${run} failed: reading shop.events with *** here: Forbidden`),
    );
  });

  it("waits with the end of a run while Airflow does not say why it failed", async () => {
    await world.settle();
    world.finish("first", { state: "failed" });
    const readFailure = world.airflow.readFailure.bind(world.airflow);
    world.airflow.readFailure = async () => Promise.reject(new TransientError("AirflowUnreachable", "500"));
    await world.pass();
    expect(world.status().lastRun).toMatchObject({ state: "Running" });
    world.airflow.readFailure = readFailure;
    await world.pass();
    expect(world.status().lastRun).toMatchObject({
      state: "Failed",
      message: "it failed in all its tries; the log of its task in Airflow says why",
    });
  });

  it("tells a failure also where the user may not read what tasks leave", async () => {
    await world.settle();
    world.finish("first", { state: "failed" });
    world.airflow.readFailure = async () => Promise.reject(new WaitingError("Unauthorized", "403"));
    await world.pass();
    expect(world.status().lastRun).toMatchObject({ state: "Failed" });
  });
});

describe("runs that ended while nobody looked", () => {
  it("judges every end also when more runs have ended than a listing has, the oldest first", async () => {
    await world.settle(WINDOWED, { nextPeriodFrom: "2025-12-31T00:00:00Z" });
    world.finish("first", { published: { rows: 1, tableRows: 1 } });
    await world.pass();
    const day = (nth: number): string =>
      new Date(Date.UTC(2026, 0, 1 + nth)).toISOString().replace(".000Z", "Z");
    for (let nth = 0; nth < 60; nth += 1) {
      world.run(`scheduled__${nth}`, {
        period: { from: day(nth), to: day(nth + 1) },
        startedAt: day(nth + 1),
      });
      const isLost = nth === 2 || nth === 50;
      const end = isLost ? { state: "failed" as const } : { published: { rows: 1, tableRows: nth } };
      world.finish(`scheduled__${nth}`, end);
    }
    await world.pass();
    expect(world.status().missing).toEqual([
      { from: day(50), to: day(51), runId: "scheduled__50", state: "Failed" },
      { from: day(2), to: day(3), runId: "scheduled__2", state: "Failed" },
    ]);
    expect(world.status().earlierRuns).toHaveLength(10);
    expect(world.status().lastRun).toMatchObject({ id: "scheduled__59", state: "Published" });
    const before = world.historyReads;
    await world.pass();
    expect(world.historyReads).toBe(before);
  });
});
