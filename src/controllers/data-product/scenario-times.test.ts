/** Whole passes over products whose runs read the rows of a time: which times they read, and which they leave alone. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { timestamp } from "../../api/timestamp.ts";
import type { DataProductSpec } from "../../crds/kinds.ts";
import { lakeTableKind } from "../../crds/kinds.ts";
import type { DagRun } from "../../targets/airflow/dag.ts";
import { EVENTS_TABLE, rightAnswer, tableWith } from "../../testing/data-product.ts";
import { ProductScenario } from "../../testing/product-scenario.ts";

const DAG = "shop.sessions";
const BACKFILL = "openclickstream.io/backfill";

let world: ProductScenario;

beforeEach(async () => {
  world = await ProductScenario.start();
});
afterEach(async () => {
  await world.stop();
});

const DAILY: Partial<DataProductSpec> = {
  incremental: { mode: "Merge", keys: ["site"], newDataBy: "event_time", lookback: "1d" },
  refresh: { schedule: "0 0 * * *" },
};
const APPEND_DAILY: Partial<DataProductSpec> = {
  incremental: { mode: "Append", newDataBy: "event_time" },
  refresh: { schedule: "0 0 * * *" },
};
const APPEND_ON_UPDATE: Partial<DataProductSpec> = {
  incremental: { mode: "Append", newDataBy: "event_time", delay: "10m" },
  refresh: { onUpdate: {} },
};

/** The table that a product of this name left. */
function keep(properties: Readonly<Record<string, string>>): void {
  const table = { ...tableWith("shop.sessions", { site: "string" }), properties };
  world.scenario.catalog.tables.set("shop.sessions", table);
}

/** Passes until runs may begin, over a table with rows. */
async function takeOver(
  spec: Partial<DataProductSpec>,
  nextPeriodFrom: string,
  annotations: Readonly<Record<string, string>> = {},
): Promise<void> {
  await world.pass(spec, annotations);
  world.readFile({ nextPeriodFrom });
  world.makeTableReady({ rows: 7 });
  await world.pass(spec, annotations);
  await world.pass(spec, annotations);
}

function update(id: string): void {
  world.scenario.catalog.tables.set("shop.events", {
    ...EVENTS_TABLE,
    snapshot: { id, operation: "append" },
  });
}

function windows(): readonly unknown[] {
  return (world.airflow.runs.get(DAG) ?? []).map(({ conf }) => conf);
}

/** The run that began last. */
function newestRun(): DagRun {
  const { at } = world.airflow.writes
    .flatMap((write) => (write.startsWith("trigger") ? [{ at: write.split(" ")[2] }] : []))
    .at(-1) ?? { at: "" };
  const run = world.airflow.runs.get(DAG)?.find(({ id }) => id === at);
  if (run === undefined) throw new Error(`there is no run ${at ?? ""}`);
  return run;
}

/** A run begins now, and its rows are published. */
function publish(id: string): void {
  world.run(id, { startedAt: world.scenario.now.toISOString() });
  world.finish(id, { published: { rows: 1, tableRows: 1 } });
}

/** So many seconds before now, in whole seconds. */
function ago(seconds: number): string {
  return timestamp(new Date(world.scenario.now.getTime() - seconds * 1000));
}

/** What loses rows by age. */
function retain(keepFor: string): void {
  const spec = {
    ...{ platformRef: { name: "main" }, database: "shop", table: "events", columns: [] },
    maintenance: { retention: { column: "event_time", keep: keepFor } },
  };
  const kind = { apiVersion: "openclickstream.io/v1alpha1", kind: "LakeTable" };
  const table = { ...kind, metadata: { namespace: "shop", name: "web-events" }, spec };
  world.scenario.put(lakeTableKind, table);
}

describe("a product over a table that was kept", () => {
  const READ = "1970-01-01T00:00:00Z/2025-12-20T00:00:00Z,2025-12-21T00:00:00Z/2025-12-28T00:00:00Z";

  it("reads first what came since, and tells of the times that the table lacks", async () => {
    keep({ "openclickstream.read-windows": READ });
    await takeOver(DAILY, "2026-01-01T00:00:00Z");
    expect(windows()).toEqual([{ from: "2025-12-27T00:00:00Z", to: "2026-01-01T00:00:00Z" }]);
    expect(world.status().missing).toEqual([
      { from: "2025-12-20T00:00:00Z", to: "2025-12-21T00:00:00Z", state: "Unread" },
    ]);
    expect(world.condition("ChecksPassed")).toContain(
      "the rows from 2025-12-20T00:00:00Z to 2025-12-21T00:00:00Z are missing, because no run has read them",
    );
    world.finish("first", { published: { rows: 1, tableRows: 8 } });
    await world.pass();
    expect(world.status().missing).toHaveLength(1);
  });

  it("appends only what the table does not have", async () => {
    keep({ "openclickstream.appended-windows": "1970-01-01T00:00:00Z/2025-12-28T00:00:00Z" });
    await takeOver(APPEND_DAILY, "2026-01-01T00:00:00Z");
    expect(windows()).toEqual([{ from: "2025-12-28T00:00:00Z", to: "2026-01-01T00:00:00Z" }]);
    expect(world.status()).not.toHaveProperty("missing");
  });

  it("starts no run of its own where the table has all that lies before the first period", async () => {
    keep({ "openclickstream.appended-windows": "1970-01-01T00:00:00Z/2026-01-01T00:00:00Z" });
    await takeOver(APPEND_DAILY, "2026-01-01T00:00:00Z");
    expect(windows()).toEqual([]);
    expect(world.status()).not.toHaveProperty("missing");
  });

  it("tells of the time between when a backfill comes instead of the first run", async () => {
    keep({ "openclickstream.read-windows": "1970-01-01T00:00:00Z/2025-12-28T00:00:00Z" });
    await takeOver(DAILY, "2026-01-01T00:00:00Z", { [BACKFILL]: "2025-12-30/2026-01-01" });
    expect(world.status().missing).toEqual([
      { from: "2025-12-28T00:00:00Z", to: "2026-01-01T00:00:00Z", state: "Unread" },
    ]);
  });

  it("goes on where the table ends when it follows its inputs", async () => {
    keep({ "openclickstream.read-windows": "1970-01-01T00:00:00Z/2025-12-28T00:00:00Z" });
    update("1");
    await takeOver({ ...DAILY, refresh: { onUpdate: {} } }, "");
    expect(windows()).toEqual([{ from: "2025-12-27T00:00:00Z", to: ago(0) }]);
    world.finish("update", { published: { rows: 1, tableRows: 8 } });
    await world.pass();
    expect(world.status().readUntil).toMatch(/^2026-/);
  });

  it("goes on where the table ends also after its first run has failed", async () => {
    keep({ "openclickstream.read-windows": "1970-01-01T00:00:00Z/2025-12-28T00:00:00Z" });
    update("1");
    await takeOver({ ...DAILY, refresh: { onUpdate: {} } }, "");
    world.finish("update", { state: "failed" });
    await world.pass();
    world.scenario.wait(120);
    await world.pass();
    const second = newestRun();
    expect(second.id).toMatch(/-2$/);
    expect(second.conf).toEqual({ from: "2025-12-27T00:00:00Z", to: ago(0) });
  });

  it("goes on where a run ended that somebody asked for", async () => {
    const before = "1970-01-01T00:00:00Z/2025-12-28T00:00:00Z";
    keep({ "openclickstream.read-windows": before });
    const asked = { "openclickstream.io/run": "now" };
    const spec: Partial<DataProductSpec> = { ...DAILY, refresh: { onUpdate: {} } };
    await takeOver(spec, "", asked);
    const first = newestRun();
    expect(first.id).toMatch(/^asked-/);
    expect(first.conf).toEqual({ from: "2025-12-27T00:00:00Z", to: ago(0) });
    world.scenario.wait(600);
    const until = String(first.conf["to"]);
    keep({ "openclickstream.read-windows": `1970-01-01T00:00:00Z/${until}` });
    publish(first.id);
    update("1");
    await world.pass(spec, asked);
    await world.pass(spec, asked);
    expect(newestRun().id).toMatch(/^update-/);
    expect(newestRun().conf).toEqual({ from: "2025-12-31T00:00:00Z", to: ago(0) });
  });

  it("begins its first run also when somebody starts one before it in Airflow", async () => {
    keep({ "openclickstream.read-windows": "1970-01-01T00:00:00Z/2025-12-28T00:00:00Z" });
    await world.pass(DAILY);
    world.readFile({ nextPeriodFrom: "2026-01-01T00:00:00Z" });
    world.run("manual__1", { conf: { from: "2025-12-01T00:00:00Z", to: "2025-12-02T00:00:00Z" } });
    await world.pass(DAILY);
    world.makeTableReady({ rows: 7 });
    await world.pass(DAILY);
    expect(newestRun().id).toMatch(/^first-/);
    expect(newestRun().conf).toEqual({ from: "2025-12-27T00:00:00Z", to: "2026-01-01T00:00:00Z" });
  });
});

describe("rows that are committed late", () => {
  it("are waited for, and read by a second run where nothing new comes", async () => {
    update("1");
    await world.settle(APPEND_ON_UPDATE);
    const first = newestRun();
    expect(first.conf["to"]).toBe(ago(600));
    publish(first.id);
    await world.pass();
    await world.pass();
    expect(windows()).toHaveLength(1);
    world.scenario.wait(601);
    await world.pass();
    const second = newestRun();
    expect(second.id).toMatch(/-2$/);
    expect(second.conf["from"]).toBe(first.conf["to"]);
    publish(second.id);
    world.scenario.wait(1200);
    await world.pass();
    await world.pass();
    expect(windows()).toHaveLength(2);
  });

  it("are counted where a run over their time has ended already", async () => {
    await world.settle(APPEND_DAILY);
    const late = {
      "openclickstream.late-rows": "12",
      "openclickstream.late-window": "2025-12-29T00:00:00Z/2025-12-31T00:00:00Z",
    };
    world.finish("first", { published: { rows: 1, tableRows: 1, summary: late } });
    await world.pass();
    expect(world.status().late).toEqual({
      rows: 12,
      from: "2025-12-29T00:00:00Z",
      to: "2025-12-31T00:00:00Z",
    });
    expect(world.ready()).toContain(
      "; 12 rows of the time from 2025-12-29T00:00:00Z to 2025-12-31T00:00:00Z came after the run over it and are not in the table: " +
        "make spec.incremental.delay longer",
    );
  });
});

describe("an input whose rows have no time", () => {
  it("is named where the SQL is right, because a change of it reaches only what is read later", async () => {
    const caution =
      "an input has no column event_time: when it changes, rows of earlier times stay as they are";
    const modes = [{ mode: "Merge", safe: true, caution }];
    world.planner.answer = () => rightAnswer({ sparkWindow: "SELECT … :from … :to", modes });
    await world.pass(DAILY);
    expect(world.condition("SqlValid")).toBe(
      `SqlValid=True Succeeded: 2 columns from shop.events; ${caution}`,
    );
  });
});

describe("times that the inputs have lost", () => {
  it.each([
    [
      "3d",
      "DAY",
      'spec.incremental.lookback must reach back at most as far as the inputs keep rows, less the stretch of time by which the SQL groups; it is "3d"',
    ],
    [
      undefined,
      "MONTH",
      "spec.incremental.newDataBy must be of inputs that keep whole stretches of the time by which the SQL groups",
    ],
  ])("are not looked back to: lookback %s by %s", async (lookback, unit, told) => {
    retain("3d");
    world.planner.answer = () => rightAnswer({ sparkWindow: "SELECT … :from … :to", windowUnit: unit });
    const incremental = { mode: "Merge", keys: ["site"], newDataBy: "event_time" } as const;
    await world.pass({
      ...DAILY,
      incremental: { ...incremental, ...(lookback !== undefined && { lookback }) },
    });
    expect(world.ready()).toContain(
      `Ready=False InvalidSpec: ${told}, and LakeTable "web-events" keeps rows of shop.events for 3d`,
    );
  });

  it("are not filled again by a backfill, and the DAG's runs leave them alone", async () => {
    retain("30d");
    await world.settle(DAILY);
    const old = { [BACKFILL]: "2025-01-01T00:00:00Z/2025-02-01T00:00:00Z" };
    await world.pass(DAILY, old);
    expect(world.ready()).toContain(
      'Ready=False InvalidSpec: rows from 2025-01-01T00:00:00Z to 2025-02-01T00:00:00Z are asked for, and LakeTable "web-events" keeps those of ' +
        "shop.events for 30d only",
    );
    expect(world.airflow.writes.filter((write) => write.startsWith("backfill"))).toEqual([]);
    const file = world.bucket.contents.get("airflow/dags/shop.sessions.py") ?? "";
    expect(file).toContain("KEPT = timedelta(seconds=2592000)");
    expect(file).toContain("since = max(start - LOOKBACK, readable)");
  });

  it("are told as missing when a product that follows its inputs was away for longer", async () => {
    retain("2d");
    update("1");
    const spec: Partial<DataProductSpec> = { ...DAILY, refresh: { onUpdate: {} } };
    await world.settle(spec);
    publish(newestRun().id);
    await world.pass();
    const until = world.status().readUntil ?? "";
    world.scenario.wait(5 * 86_400);
    update("2");
    await world.pass();
    const since = ago(2 * 86_400);
    expect(world.status().missing).toEqual([{ from: until, to: since, state: "Unread" }]);
    expect(world.status().readUntil).toBe(since);
    expect(newestRun().conf).toEqual({ from: since, to: ago(0) });
  });
});

describe("an operator that dies between starting a backfill of Append and remembering it", () => {
  it.each([
    ["under way", false],
    ["over", true],
  ])("starts none twice, and refuses none that is %s", async (_, isOver) => {
    await world.settle(APPEND_DAILY);
    world.finish("first", { published: { rows: 1, tableRows: 1 } });
    await world.pass();
    const before = world.scenario.resource("sessions")?.["status"];
    const asked = { [BACKFILL]: "2026-01-05T00:00:00Z/2026-01-08T00:00:00Z" };
    await world.pass(APPEND_DAILY, asked);
    const [backfill] = world.airflow.backfills.get(DAG) ?? [];
    world.scenario.putStatus("sessions", before ?? {});
    world.run("scheduled__1", { conf: backfill?.conf ?? {}, startedAt: "2026-01-09T00:00:00Z" });
    keep({ "openclickstream.appended-windows": "1970-01-01T00:00:00Z/2026-01-06T00:00:00Z" });
    if (isOver) world.airflow.endBackfills();
    await world.pass(APPEND_DAILY, asked);
    await world.pass(APPEND_DAILY, asked);
    expect(world.airflow.writes.filter((write) => write.startsWith("backfill"))).toHaveLength(1);
    expect(world.ready()).toContain("Ready=True");
    expect(world.status().requests).toContain(backfill?.conf["backfill"]);
  });
});
