/** Whole passes over products that follow their inputs. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DataProductSpec } from "../../crds/kinds.ts";
import { dataProductKind } from "../../crds/kinds.ts";
import type { PastSnapshot } from "../../targets/iceberg/history.ts";
import { EVENTS_TABLE, productSpec } from "../../testing/data-product.ts";
import { ProductScenario } from "../../testing/product-scenario.ts";

const DAG = "shop.sessions";
const ON_UPDATE: Partial<DataProductSpec> = { refresh: { onUpdate: {} } };

let world: ProductScenario;

beforeEach(async () => {
  world = await ProductScenario.start();
});
afterEach(async () => {
  await world.stop();
});

/** The input gets another version. */
function update(id: string, operation = "append"): void {
  world.scenario.catalog.tables.set("shop.events", { ...EVENTS_TABLE, snapshot: { id, operation } });
}

/** Ids of all runs that the operator has started. */
function started(): readonly string[] {
  return world.airflow.writes.flatMap((write) =>
    write.startsWith("trigger") ? (write.split(" ")[2] ?? "") : [],
  );
}

/** The run that was started last is published. */
async function publish(): Promise<void> {
  world.finish(started().at(-1) ?? "", { published: { rows: 1, tableRows: 1 } });
  await world.pass();
}

describe("a product that follows its inputs", () => {
  it("starts nothing while its inputs are empty, and a run for each new version", async () => {
    await world.settle(ON_UPDATE);
    expect(started()).toEqual([]);
    update("1");
    await world.pass();
    await world.pass();
    expect(started()).toEqual([expect.stringMatching(/^update-[0-9a-f]{12}-[0-9a-f]{6}-1$/)]);
    await publish();
    await world.pass();
    expect(started()).toHaveLength(1);
    update("2");
    await world.pass();
    expect(new Set(started()).size).toBe(2);
  });

  it("starts nothing when an input was compacted", async () => {
    update("1");
    await world.settle(ON_UPDATE);
    await publish();
    const snapshot = (id: string, operation: string): PastSnapshot => ({
      ...{ id, at: new Date(0) },
      summary: { operation },
    });
    const published = [snapshot("2", "replace"), snapshot("1", "append")];
    world.scenario.catalog.histories.set("shop.events", { published, branches: new Map() });
    update("2", "replace");
    await world.pass();
    expect(new Set(started()).size).toBe(1);
    update("3");
    await world.pass();
    expect(new Set(started()).size).toBe(2);
  });

  it("starts a run when its SQL means something else", async () => {
    update("1");
    await world.settle(ON_UPDATE);
    await publish();
    const { answer } = world.planner;
    world.planner.answer = (request) => {
      const before = answer(request);
      return before.state === "right" ? { ...before, plan: { ...before.plan, planHash: "hash-2" } } : before;
    };
    await world.pass();
    expect(new Set(started()).size).toBe(2);
  });

  it("runs again when its SQL and its inputs are as they once were", async () => {
    update("1");
    await world.settle(ON_UPDATE);
    for (const [nth, id] of ["2", "1", "2"].entries()) {
      world.run(started().at(-1) ?? "", { startedAt: `2026-01-01T0${nth}:00:00Z` });
      world.scenario.wait(3600);
      await publish();
      update(id);
      await world.pass();
    }
    expect(new Set(started()).size).toBe(4);
  });

  it("runs again when only its checks have changed", async () => {
    update("1");
    await world.settle(ON_UPDATE);
    await publish();
    await world.pass({ ...ON_UPDATE, checks: [{ notNull: ["site"] }] });
    await world.pass();
    expect(new Set(started()).size).toBe(2);
  });

  it("knows the versions of its last run after a dozen runs that people asked for", async () => {
    update("1");
    await world.settle(ON_UPDATE);
    await publish();
    for (let nth = 0; nth < 14; nth += 1) {
      const startedAt = new Date(Date.parse("2026-01-02T00:00:00Z") + nth * 3_600_000).toISOString();
      world.run(`manual__${nth}`, { startedAt });
      world.finish(`manual__${nth}`, { published: { rows: 1, tableRows: 1 } });
      await world.pass();
    }
    expect(started()).toHaveLength(1);
  });

  it("gathers what comes while a run is under way into one run behind it", async () => {
    update("1");
    await world.settle(ON_UPDATE);
    update("2");
    await world.pass();
    update("3");
    await world.pass();
    expect(started()).toHaveLength(1);
    expect(world.condition("Scheduled")).toContain("the next waits for the run that is under way");
    await publish();
    expect(started()).toHaveLength(2);
  });

  it("keeps the shortest interval between the starts of two runs", async () => {
    update("1");
    await world.settle({ refresh: { onUpdate: { minInterval: "5m" } } });
    await publish();
    update("2");
    world.scenario.wait(120);
    await world.pass();
    expect(started()).toHaveLength(1);
    expect(world.condition("Scheduled")).toContain("waits for refresh.onUpdate.minInterval");
    world.scenario.wait(180);
    await world.pass();
    expect(started()).toHaveLength(2);
  });

  it("repeats a run that failed after longer and longer pauses, but not one that a check holds", async () => {
    update("1");
    await world.settle(ON_UPDATE);
    world.finish("update-", { state: "failed" });
    await world.pass();
    expect(started()).toHaveLength(1);
    world.scenario.wait(120);
    await world.pass();
    expect(started()[1]).toBe((started()[0] ?? "").replace(/1$/, "2"));
    world.run(started()[1] ?? "", { startedAt: "2026-01-01T00:02:00Z" });
    world.finish(started()[1] ?? "", { state: "failed", held: { rows: 1, checks: [] } });
    world.scenario.wait(86_400);
    await world.pass();
    await world.pass();
    expect(started()).toHaveLength(2);
  });

  it("loses nothing while it is suspended", async () => {
    update("1");
    await world.settle(ON_UPDATE);
    await publish();
    await world.pass({ ...ON_UPDATE, suspend: true });
    update("2");
    await world.pass();
    expect(started()).toHaveLength(1);
    await world.pass(ON_UPDATE);
    await world.pass();
    expect(started()).toHaveLength(2);
  });

  it.each([
    ["a run that follows them", ON_UPDATE],
    ["the first run by a schedule", {}],
  ])("waits for a run of a product whose table it reads: %s", async (_which, spec) => {
    update("1");
    const upstream = { sql: "SELECT 1 AS site", target: { database: "shop", table: "events" } };
    world.scenario.putResource("events", productSpec(upstream));
    world.scenario.putStatus("events", { lastRun: { id: "a", state: "Running" } }, dataProductKind);
    await world.settle(spec);
    expect(started()).toEqual([]);
    expect(world.condition("Scheduled")).toContain(
      'waits for a run of DataProduct "events", whose table it reads',
    );
    world.scenario.putStatus("events", { lastRun: { id: "a", state: "Published" } }, dataProductKind);
    await world.pass();
    expect(started()).toHaveLength(1);
  });

  it("lets no run of the schedule overtake the first one while that waits", async () => {
    update("1");
    const upstream = { sql: "SELECT 1 AS site", target: { database: "shop", table: "events" } };
    world.scenario.putResource("events", productSpec(upstream));
    upstreamRuns({ id: "a", state: "Running" });
    await world.settle({});
    expect(world.airflow.writes.filter((write) => write.startsWith("unpause"))).toEqual([]);
    upstreamRuns({ id: "a", state: "Published" });
    await world.pass();
    const [first, second] = world.airflow.writes.map((write) => write.split(" ")[0]);
    expect([first, second]).toEqual(["trigger", "unpause"]);
  });

  /** What the product that fills the input says of its runs. */
  function upstreamRuns(lastRun: object, ...earlierRuns: object[]): void {
    const status = { lastRun, ...(earlierRuns.length > 0 && { earlierRuns }) };
    world.scenario.putStatus("events", status, dataProductKind);
  }

  it("does not wait for the runs of a backfill that are queued", async () => {
    update("1");
    const upstream = { sql: "SELECT 1 AS site", target: { database: "shop", table: "events" } };
    world.scenario.putResource("events", productSpec(upstream));
    const queued = { id: "backfill__2~0123456789ab", state: "Running" };
    const under = { id: "backfill__1~0123456789ab", state: "Running", startedAt: "2026-01-01T00:00:00Z" };
    upstreamRuns(queued, under);
    await world.settle(ON_UPDATE);
    expect(started()).toEqual([]);
    upstreamRuns(queued, { ...under, state: "Published" });
    await world.pass();
    expect(started()).toHaveLength(1);
  });

  it("waits ten minutes at most, and says since when and for whom", async () => {
    update("1");
    const upstream = { sql: "SELECT 1 AS site", target: { database: "shop", table: "events" } };
    world.scenario.putResource("events", productSpec(upstream));
    upstreamRuns({ id: "a", state: "Running", startedAt: "2026-01-01T00:00:00Z" });
    await world.settle(ON_UPDATE);
    expect(world.condition("Scheduled")).toContain(
      'waits for a run of DataProduct "events", whose table it reads, until 2026-01-01T00:10:00Z at most',
    );
    expect(world.status().waitingSince).toBe("2026-01-01T00:00:00Z");
    world.scenario.wait(599);
    await world.pass();
    expect(started()).toEqual([]);
    world.scenario.wait(1);
    await world.pass();
    expect(started()).toHaveLength(1);
    expect(world.status()).not.toHaveProperty("waitingSince");
    await publish();
    update("2");
    await world.pass();
    expect(started()).toHaveLength(1);
    expect(world.status().waitingSince).toBe("2026-01-01T00:10:00Z");
  });

  it("goes on with the version before while its SQL is wrong", async () => {
    update("1");
    await world.settle(ON_UPDATE);
    await publish();
    world.refuseSql();
    await world.pass({ ...ON_UPDATE, sql: "SELECT sit FROM shop.other" });
    expect(started()).toHaveLength(1);
    update("2");
    await world.pass();
    expect(started()).toHaveLength(2);
  });

  it("with newDataBy reads from where the last published run ended, and what comes late", async () => {
    update("1");
    const windowed = {
      ...ON_UPDATE,
      incremental: { mode: "Merge", keys: ["site"], newDataBy: "event_time", lookback: "1h" },
    } as const;
    await world.settle(windowed);
    const conf = () => world.airflow.runs.get(DAG)?.[0]?.conf;
    expect(conf()).toEqual({ from: "1970-01-01T00:00:00Z", to: "2026-01-01T00:00:00Z" });
    await publish();
    expect(world.status().readUntil).toBe("2026-01-01T00:00:00Z");
    update("2");
    world.scenario.wait(600);
    await world.pass();
    expect(conf()).toEqual({ from: "2025-12-31T23:00:00Z", to: "2026-01-01T00:10:00Z" });
  });

  it("goes on behind a run whose end it learns of together with new versions", async () => {
    update("1");
    const incremental = { mode: "Append", newDataBy: "event_time", delay: "0s" } as const;
    await world.settle({ ...ON_UPDATE, incremental });
    const conf = () => world.airflow.runs.get(DAG)?.[0]?.conf;
    const until = conf()?.["to"];
    update("2");
    world.scenario.wait(600);
    await publish();
    expect(started()).toHaveLength(2);
    expect(conf()).toEqual({ from: until, to: "2026-01-01T00:10:00Z" });
  });
});
