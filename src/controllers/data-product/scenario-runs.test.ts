/** Whole passes over products that Airflow runs: an API server in this process; catalog, bucket, planner and Airflow in memory. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DataProductSpec } from "../../crds/kinds.ts";
import { tableWith } from "../../testing/data-product.ts";
import { ProductScenario } from "../../testing/product-scenario.ts";

const DAG = "shop.sessions";
const FILE = "airflow/dags/shop.sessions.py";

let world: ProductScenario;

beforeEach(async () => {
  world = await ProductScenario.start();
});
afterEach(async () => {
  await world.stop();
});

const WINDOWED: Partial<DataProductSpec> = {
  incremental: { mode: "Merge", keys: ["site"], newDataBy: "event_time", lookback: "1d" },
  refresh: { schedule: "0 0 * * *" },
};

describe("a product that Airflow runs", () => {
  it("gets its DAG's file, and a file that keeps the bundle from being empty", async () => {
    await world.pass();
    expect(world.bucket.writes).toEqual(["write airflow/dags/.airflowignore", `write ${FILE}`]);
    expect(world.bucket.contents.get("airflow/dags/.airflowignore")).not.toBe("");
    expect(world.scenario.children()).toEqual([
      "ConfigMap/sessions-product",
      "LakeTable/sessions",
      "ServiceAccount/sessions-product",
    ]);
    await world.pass();
    expect(world.bucket.writes).toHaveLength(2);
    expect(world.condition("Scheduled")).toBe(
      `Scheduled=False NotSettled: Airflow has not read "${FILE}" yet; its bundle must have the platform's bucket and the prefix "airflow/dags/"`,
    );
  });

  it("begins its first run before its DAG is unpaused, once the table is there", async () => {
    await world.pass();
    world.readFile();
    await world.pass();
    expect(world.airflow.writes).toEqual([]);
    world.makeTableReady();
    await world.pass();
    expect(world.airflow.writes).toEqual([
      expect.stringMatching(/^trigger shop\.sessions first-[0-9a-f]{12}$/),
      `unpause ${DAG}`,
    ]);
    await world.pass();
    await world.pass();
    expect(world.airflow.writes).toHaveLength(2);
    expect(world.status().lastRun).toMatchObject({ state: "Running" });
    expect(world.condition("Scheduled")).toBe(
      `Scheduled=True Succeeded: DAG ${DAG} runs at "0 6 * * *" in UTC`,
    );
  });

  it("begins its first run before one that somebody asks for", async () => {
    const asked = { "openclickstream.io/run": "now" };
    await world.pass(WINDOWED, asked);
    world.readFile();
    world.makeTableReady();
    await world.pass(WINDOWED, asked);
    await world.pass(WINDOWED, asked);
    const triggered = world.airflow.writes.filter((write) => write.startsWith("trigger"));
    expect(triggered).toEqual([
      expect.stringMatching(/ first-[0-9a-f]{12}$/),
      expect.stringMatching(/ asked-[0-9a-f]{12}$/),
    ]);
  });

  it("pauses its DAG at once also when an annotation says nothing", async () => {
    await world.settle(WINDOWED);
    await world.pass({ ...WINDOWED, suspend: true }, { "openclickstream.io/backfill": "some days" });
    expect(world.airflow.writes.at(-1)).toBe(`pause ${DAG}`);
    expect(world.ready()).toContain("metadata.annotations[openclickstream.io/backfill] must be");
  });

  it("judges each end once, however many runs there were since", async () => {
    await world.settle();
    for (let nth = 0; nth < 20; nth += 1) {
      const startedAt = new Date(Date.parse("2026-01-02T00:00:00Z") + nth * 3_600_000).toISOString();
      world.run(`scheduled__${nth}`, { startedAt });
      world.finish(`scheduled__${nth}`, { published: { rows: 1, tableRows: 1 } });
      await world.pass();
    }
    const before = world.historyReads;
    await world.pass();
    expect(world.historyReads).toBe(before);
  });

  it("tells of a run what its table says, not what Airflow says", async () => {
    await world.settle();
    world.finish("first", { state: "failed", published: { rows: 3, tableRows: 3 } });
    await world.pass();
    expect(world.status().lastRun).toMatchObject({
      ...{ state: "Published", rows: 3, snapshotId: "1", seconds: 60, checks: [] },
      ...{ startedAt: "2026-01-01T00:00:00Z", endedAt: "2026-01-01T00:01:00Z" },
    });
    expect(world.status().lastGoodSnapshot).toEqual({ id: "1", at: "2026-01-01T00:01:00Z", rows: 3 });
    expect(world.status().rows).toBe(3);
    expect(world.ready()).toMatch(/^Ready=True Succeeded: readers see the rows of run first-/);
    expect(world.condition("ChecksPassed")).toMatch(/^ChecksPassed=True/);
  });

  it("is not ready after a run that Airflow calls a success and of which the table knows nothing", async () => {
    await world.settle();
    world.finish("first", { state: "success" });
    await world.pass();
    expect(world.status().lastRun).toMatchObject({ state: "Failed" });
    expect(world.ready()).toContain("Ready=False RunFailed");
    expect(world.ready()).toContain("no version of the table is of this run");
    expect(world.ready()).toContain("; no run was published yet");
    expect(world.condition("ChecksPassed")).toMatch(
      /^ChecksPassed=Unknown RunFailed: run first-.* failed before its rows were checked; no run was published yet$/,
    );
  });

  it("shows what a check holds, with its branch, while readers keep the version before", async () => {
    await world.settle();
    world.finish("first", { published: { rows: 3, tableRows: 3 } });
    await world.pass();
    const checks = [{ name: "one-row-a-day", severity: "Error", violations: 2 }];
    world.run("scheduled__2", { startedAt: "2026-01-01T06:00:00Z" });
    world.finish("scheduled__2", { state: "failed", held: { rows: 9, checks } });
    await world.pass();
    expect(world.status()).toMatchObject({
      lastRun: { id: "scheduled__2", state: "Held", rows: 9, checks, message: "violated: one-row-a-day (2)" },
      earlierRuns: [{ state: "Published" }],
      lastGoodSnapshot: { id: "1" },
      lastAudit: { runId: "scheduled__2", branch: "audit_scheduled__2" },
    });
    expect(world.condition("ChecksPassed")).toBe(
      "ChecksPassed=False ChecksFailed: run scheduled__2 is held, violated: one-row-a-day (2); its rows are in branch audit_scheduled__2",
    );
    expect(world.ready()).toContain("Ready=False ChecksFailed");
  });

  it("believes the table later, too: a pod that Airflow gave up may have gone on", async () => {
    await world.settle(WINDOWED, { nextPeriodFrom: "2025-12-31T00:00:00Z" });
    world.finish("first", { published: { rows: 1, tableRows: 1 } });
    await world.pass();
    const period = { from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z" };
    world.run("scheduled__1", { period, startedAt: "2026-01-01T01:00:00Z" });
    world.finish("scheduled__1", { state: "failed" });
    await world.pass();
    expect(world.status()).toMatchObject({ lastRun: { state: "Failed" }, missing: [period] });
    const before = world.historyReads;
    await world.pass();
    expect(world.historyReads).toBe(before);
    world.finish("scheduled__1", { state: "failed", published: { rows: 7, tableRows: 8 } });
    world.makeTableReady({ currentSnapshotId: "2" });
    await world.pass();
    expect(world.status().lastRun).toMatchObject({ id: "scheduled__1", state: "Published", rows: 7 });
    expect(world.status().lastRun).not.toHaveProperty("message");
    expect(world.status()).not.toHaveProperty("missing");
    expect(world.status().lastGoodSnapshot).toMatchObject({ id: "2" });
    await world.pass();
    expect(world.historyReads).toBe(before + 1);
  });

  it("reads the table's history only when a run has ended", async () => {
    await world.settle();
    await world.pass();
    expect(world.historyReads).toBe(0);
    world.finish("first", { published: { rows: 1, tableRows: 1 } });
    await world.pass();
    await world.pass();
    expect(world.historyReads).toBe(1);
  });

  it("is Stale when no newer version came in time", async () => {
    await world.settle({ freshness: { within: "1h" } });
    expect(world.condition("Fresh")).toContain("Fresh=Unknown NotPublished");
    world.finish("first", { published: { rows: 1, tableRows: 1 } });
    await world.pass();
    expect(world.condition("Fresh")).toContain(
      "Fresh=True Succeeded: readers see the version of 2026-01-01T00:01:00Z",
    );
    world.scenario.wait(3700);
    await world.pass();
    expect(world.condition("Fresh")).toContain("Fresh=False Stale");
  });
});

describe("suspending", () => {
  it("pauses the DAG even while the SQL is wrong, and resuming unpauses it", async () => {
    await world.settle();
    world.refuseSql();
    await world.pass({ suspend: true, sql: "SELECT sit FROM shop.events" });
    expect(world.airflow.writes.at(-1)).toBe(`pause ${DAG}`);
    expect(world.condition("Scheduled")).toContain("Scheduled=False Suspended");
    await world.pass({ sql: "SELECT sit FROM shop.events" });
    expect(world.airflow.writes.at(-1)).toBe(`unpause ${DAG}`);
    expect(world.ready()).toContain("Ready=False SqlInvalid");
  });
});

describe("a pod template that must not be", () => {
  it("does not keep suspending from taking effect", async () => {
    await world.settle();
    const podTemplate = { env: [{ name: "AWS_REGION", value: "x" }] };
    await world.pass({ suspend: true, podTemplate });
    expect(world.airflow.writes.at(-1)).toBe(`pause ${DAG}`);
    expect(world.ready()).toContain("Ready=False InvalidSpec: spec.podTemplate.env");
  });
});

describe("SQL that became wrong", () => {
  it("leaves file and ConfigMap of the version before, and its runs go on", async () => {
    await world.settle();
    const before = world.written();
    world.refuseSql();
    await world.pass({ sql: "SELECT sit FROM shop.events", resources: { limits: { memory: "4Gi" } } });
    expect(world.written()).toEqual(before);
    expect(world.condition("Scheduled")).toContain("Scheduled=True");
    world.finish("first", { published: { rows: 1, tableRows: 1 } });
    await world.pass();
    expect(world.status().lastRun).toMatchObject({ state: "Published" });
  });
});

describe("an Airflow that is away", () => {
  it("delays and loses nothing", async () => {
    world.airflow.isDown = true;
    await world.pass();
    world.makeTableReady();
    await world.pass();
    expect(world.condition("Scheduled")).toContain("Scheduled=False AirflowUnreachable");
    expect(world.condition("TableReady")).toContain("TableReady=True");
    world.airflow.isDown = false;
    await world.settle();
    expect(world.airflow.writes).toEqual([expect.stringContaining("first-"), `unpause ${DAG}`]);
  });
});

describe("windows of runs", () => {
  it("the first run reads what lies before the first period", async () => {
    await world.settle(WINDOWED, { nextPeriodFrom: "2025-12-31T00:00:00Z" });
    const [first] = world.airflow.runs.get(DAG) ?? [];
    expect(first?.conf).toEqual({ from: "1970-01-01T00:00:00Z", to: "2025-12-31T00:00:00Z" });
  });

  it("of a run that failed is missing until a run that was published covers it", async () => {
    await world.settle(WINDOWED, { nextPeriodFrom: "2025-12-31T00:00:00Z" });
    world.finish("first", { published: { rows: 1, tableRows: 1 } });
    await world.pass();
    const period = { from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z" };
    world.run("scheduled__1", { period, startedAt: "2026-01-02T00:00:00Z" });
    world.finish("scheduled__1", { state: "failed" });
    await world.pass();
    expect(world.status().missing).toEqual([{ ...period, runId: "scheduled__1", state: "Failed" }]);
    expect(world.condition("ChecksPassed")).toContain(
      'set the annotation openclickstream.io/run-window to "2026-01-01T00:00:00Z/2026-01-02T00:00:00Z"',
    );
    // Looks a day back, so that it has read the one before too.
    const next = { from: "2026-01-02T00:00:00Z", to: "2026-01-03T00:00:00Z" };
    world.run("scheduled__2", { period: next, startedAt: "2026-01-03T00:00:00Z" });
    world.finish("scheduled__2", { published: { rows: 1, tableRows: 2 } });
    await world.pass();
    expect(world.status()).not.toHaveProperty("missing");
    expect(world.status().lastRun).toMatchObject({ ...next, state: "Published" });
  });
});

describe("what people ask for", () => {
  const run = "openclickstream.io/run";
  const backfill = "openclickstream.io/backfill";

  it("a run begins once for each token", async () => {
    await world.settle();
    await world.pass({}, { [run]: "a" });
    await world.pass({}, { [run]: "a" });
    expect(world.airflow.writes.filter((write) => write.includes("asked-"))).toHaveLength(1);
    await world.pass({}, { [run]: "b" });
    expect(world.airflow.writes.filter((write) => write.includes("asked-"))).toHaveLength(2);
  });

  it("a run is of the window that was asked for", async () => {
    await world.settle(WINDOWED);
    const window = "2026-01-01T00:00:00Z/2026-01-02T00:00:00Z";
    await world.pass(WINDOWED, { [run]: "a", [`${run}-window`]: window });
    const [asked] = world.airflow.runs.get(DAG) ?? [];
    expect(asked?.conf).toEqual({ from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z" });
  });

  it("a backfill begins once for each value, and the annotation comes before the spec", async () => {
    const spec = { ...WINDOWED, backfill: { from: "2026-01-01T00:00:00Z", to: "2026-01-03T00:00:00Z" } };
    await world.settle(spec);
    const backfills = (): readonly string[] =>
      world.airflow.writes.filter((write) => write.startsWith("backfill"));
    expect(backfills()).toEqual([`backfill ${DAG} 2026-01-01T00:00:00Z to 2026-01-02T23:59:59Z, 1 at once`]);
    expect(world.airflow.writes).not.toContainEqual(expect.stringContaining("first-"));
    world.airflow.endBackfills();
    await world.pass(spec, { [backfill]: "2026-02-01T00:00:00Z/2026-02-02T00:00:00Z/4" });
    await world.pass(spec);
    expect(backfills().slice(1)).toEqual([
      `backfill ${DAG} 2026-02-01T00:00:00Z to 2026-02-01T23:59:59Z, 4 at once`,
    ]);
  });

  it("a backfill that is under way does not begin again when its times are written otherwise", async () => {
    await world.settle(WINDOWED);
    for (const text of ["2026-02-01/2026-02-03", "2026-02-01T00:00:00Z/2026-02-03T00:00:00Z/1"]) {
      await world.pass(WINDOWED, { [backfill]: text });
      await world.pass(WINDOWED, { [backfill]: text });
    }
    world.airflow.endBackfills();
    await world.pass();
    expect(world.airflow.writes.filter((write) => write.startsWith("backfill"))).toHaveLength(1);
  });

  it("a backfill of the same times begins once more for another word behind them", async () => {
    await world.settle(WINDOWED);
    const times = "2026-02-01T00:00:00Z/2026-02-03T00:00:00Z/2";
    await world.pass(WINDOWED, { [backfill]: times });
    const again = { [backfill]: `${times}/again` };
    await world.pass(WINDOWED, again);
    const begun = (): number => world.airflow.writes.filter((write) => write.startsWith("backfill")).length;
    // Airflow has one at a time; this one waits, and is not taken for the one that is under way.
    expect(begun()).toBe(1);
    world.airflow.endBackfills();
    await world.pass(WINDOWED, again);
    await world.pass(WINDOWED, again);
    expect(begun()).toBe(2);
    world.airflow.endBackfills();
    await world.pass(WINDOWED, again);
    expect(begun()).toBe(2);
  });

  it("a backfill's runs are other runs of the table than those of the same times before", async () => {
    await world.settle(WINDOWED);
    const startedAt = "2026-01-02T00:00:00Z";
    world.finish("first", { published: { rows: 1, tableRows: 1 } });
    world.run("scheduled__1", { conf: { backfill: "abc" }, startedAt });
    world.finish("scheduled__1", { published: { rows: 1, tableRows: 1 }, runId: "scheduled__1~abc" });
    await world.pass();
    expect(world.status().lastRun).toMatchObject({ id: "scheduled__1~abc", state: "Published" });
  });

  it("a backfill of Append over times that the table has is refused, one of times that it lacks is not", async () => {
    const APPENDED: Partial<DataProductSpec> = {
      incremental: { mode: "Append", newDataBy: "event_time" },
      refresh: { schedule: "0 0 * * *" },
    };
    await world.settle(APPENDED);
    world.finish("first", { published: { rows: 1, tableRows: 1 } });
    await world.pass();
    const properties = { "openclickstream.appended-windows": "2026-01-01T00:00:00Z/2026-01-05T00:00:00Z" };
    const table = { ...tableWith("shop.sessions", { site: "string" }), properties };
    world.scenario.catalog.tables.set("shop.sessions", table);
    await world.pass(APPENDED, { [backfill]: "2026-01-04T00:00:00Z/2026-01-08T00:00:00Z" });
    expect(world.ready()).toBe(
      "Ready=False InvalidSpec: rows from 2026-01-04T00:00:00Z to 2026-01-08T00:00:00Z are asked for, and the table has those " +
        "from 2026-01-01T00:00:00Z to 2026-01-05T00:00:00Z: mode Append would double them; ask for times that it lacks, " +
        "or use Merge or OverwritePartitions, which replace rows",
    );
    expect(world.airflow.writes.filter((write) => write.startsWith("backfill"))).toEqual([]);
    expect(world.status()).not.toHaveProperty("missing");
    await world.pass(APPENDED, { [backfill]: "2026-01-05T00:00:00Z/2026-01-08T00:00:00Z" });
    expect(world.airflow.writes.filter((write) => write.startsWith("backfill"))).toHaveLength(1);
    expect(world.ready()).toContain("Ready=True");
  });

  it("a window of time is refused where Append follows its inputs", async () => {
    const window = "2026-01-01T00:00:00Z/2026-01-02T00:00:00Z";
    const incremental = { mode: "Append", newDataBy: "event_time" } as const;
    await world.pass({ incremental, refresh: { onUpdate: {} } }, { [run]: "a", [`${run}-window`]: window });
    expect(world.ready()).toContain(
      "Ready=False InvalidSpec: metadata.annotations[openclickstream.io/run-window] must be absent with mode Append",
    );
  });

  it.each([
    [
      { [backfill]: "2026-01-01T00:00:00Z/2026-01-02T00:00:00Z/1/two words" },
      "openclickstream.io/backfill] must be two times",
    ],
    [{ [backfill]: "yesterday" }, "openclickstream.io/backfill] must be two times"],
    [{ [run]: "a", [`${run}-window`]: "1/2/3" }, "openclickstream.io/run-window] must be two times"],
  ])("an annotation that says nothing is refused: %o", async (annotations, told) => {
    await world.pass(WINDOWED, annotations);
    expect(world.ready()).toContain(`Ready=False InvalidSpec: metadata.annotations[${told}`);
  });
});

describe("a deleted product", () => {
  it("takes file and DAG along, the DAG once Airflow has noticed that its file is gone", async () => {
    await world.settle();
    world.scenario.deleteResource("sessions");
    await world.scenario.pass("sessions");
    expect(world.bucket.keys.has(FILE)).toBe(false);
    expect(world.bucket.keys.has("airflow/dags/.airflowignore")).toBe(true);
    expect(world.scenario.resource("sessions")).toBeDefined();
    world.readFile({ isStale: true });
    await world.scenario.pass("sessions");
    expect(world.airflow.dags.has(DAG)).toBe(false);
    expect(world.scenario.resource("sessions")).toBeUndefined();
  });

  it("leaves a DAG and a file of somebody else", async () => {
    world.bucket.keys.add(FILE);
    world.bucket.contents.set(FILE, "print('mine')");
    world.airflow.putDag(DAG, { owners: ["airflow"], tags: [], isStale: true });
    await world.pass();
    world.scenario.deleteResource("sessions");
    await world.scenario.pass("sessions");
    expect(world.scenario.resource("sessions")).toBeUndefined();
    expect(world.airflow.dags.has(DAG)).toBe(true);
    expect(world.bucket.keys.has(FILE)).toBe(true);
  });
});
