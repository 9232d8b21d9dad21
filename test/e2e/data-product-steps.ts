/**
 * What data products do in a journey whose events are exactly those of the access log: real runs by a real Airflow, whose rows must be what an
 * independent count of the log gives. Each run is a pod of Spark, so there are as few as the steps can do with.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LogCount } from "./access-log.ts";
import { airflowSteps } from "./airflow-steps.ts";
import { DataProducts } from "./data-products.ts";
import { patienceSeconds, type Environment } from "./environment.ts";

export interface Journey {
  readonly environment: Environment;
  readonly log: LogCount;
}

const brokenRunRows = 3;

/** Defines the steps; `journey` is called when they run. */
export function dataProductSteps(journey: () => Journey): void {
  describe("data products in it", () => {
    let environment: Environment;
    let log: LogCount;
    let database: string;
    let products: DataProducts;

    beforeAll(async () => {
      ({ environment, log } = journey());
      ({ database } = environment);
      products = await DataProducts.connect(environment);
    });

    afterAll(async () => {
      await products.close();
    });

    function sessionsByDay({ condition = "TRUE", suspend = false } = {}): object {
      return {
        suspend,
        sql: `SELECT floor(event_time TO DAY) AS "day", count(DISTINCT session_id) AS sessions
              FROM ${database}.web_events WHERE ${condition} GROUP BY 1`,
        target: { database, table: "sessions_by_day", deletionPolicy: "Delete" },
        refresh: { onUpdate: {} },
        checks: [{ unique: ["day"] }, { rowCount: { min: log.sessionsByDay.size } }],
      };
    }

    async function days(table: string): Promise<Record<string, number>> {
      const rows = await environment.query(
        `SELECT CAST(CAST(day AS date) AS varchar) AS day, sessions FROM ${table} ORDER BY 1`,
      );
      return Object.fromEntries(rows.map(({ day, sessions }) => [String(day), Number(sessions)]));
    }

    it("find an Airflow all of whose processes are well", async () => {
      await environment.waitForCondition("dataplatform/local", "AirflowReady", "True");
      const { signal } = new AbortController();
      expect(await products.airflow.probe(signal)).toMatchObject({ version: "3.3.2" });
    });

    it("are filled with what an independent count of the log finds, though the first driver was killed", async () => {
      await products.apply("sessions-by-day", sessionsByDay());
      const killed = await products.driverAtWork("sessions-by-day");
      await environment.kubectl("delete", `pod/${killed}`, "--grace-period=0", "--force");
      await products.driverAtWork("sessions-by-day", killed);
      const { status } = await products.untilRun("sessions-by-day", "Published");
      // Airflow tried the same run again; no other one was made for it.
      expect(status?.earlierRuns ?? []).toEqual([]);
      const table = `lake.${database}.sessions_by_day`;
      expect(await days(table)).toEqual(Object.fromEntries(log.sessionsByDay));
      const [row] = await environment.query(`SELECT count(*) AS rows FROM ${table}`);
      expect(Number(row?.["rows"])).toBe(log.sessionsByDay.size);
      const text = await environment.kubectl(
        "get",
        "dataproducts,configmaps,events,pods",
        "--output",
        "yaml",
      );
      expect(text).not.toContain("clickstream-secret");
    });

    it("are filled with four days of the past, a run for each", async () => {
      await products.apply("pages-by-day", {
        sql: `SELECT floor(event_time TO DAY) AS "day", page_path AS page, count(*) AS views, count(DISTINCT visitor_id) AS visitors
              FROM ${database}.web_events GROUP BY 1, 2`,
        target: {
          ...{ database, table: "pages_by_day", deletionPolicy: "Delete" },
          partitionBy: [{ column: "day", transform: "day" }],
        },
        incremental: { mode: "OverwritePartitions", newDataBy: "event_time" },
        refresh: { schedule: "0 0 * * *" },
        backfill: { from: "2015-05-17T00:00:00Z", to: "2015-05-21T00:00:00Z", concurrency: 2 },
      });
      const filled = [...log.sessionsByDay.keys()].map((day) => `${day}T00:00:00Z`);
      await products.until("pages-by-day", "four days of the past are published", ({ status }) => {
        const runs = [status?.lastRun, ...(status?.earlierRuns ?? [])];
        const published = runs.filter((run) => run?.state === "Published").map((run) => run?.from);
        const missing = filled.filter((day) => !published.includes(day));
        return missing.length === 0 ? undefined : `without ${missing.join(", ")}: ${JSON.stringify(runs)}`;
      });
      const rows = await environment.query(
        `SELECT CAST(CAST(day AS date) AS varchar) AS day, page AS path, views, visitors FROM lake.${database}.pages_by_day`,
      );
      const found = rows.map(({ day, path, views, visitors }) => ({
        ...{ day, path, views: Number(views), visitors: Number(visitors) },
      }));
      expect(sortedTexts(found)).toEqual(sortedTexts(log.pages));
    });

    it("join other products in a report that equals an independent count", async () => {
      await products.apply("weekly-report", {
        sql: `WITH visits AS (SELECT floor("day" TO WEEK) AS week, sum(sessions) AS sessions FROM ${database}.sessions_by_day GROUP BY 1),
                   pages AS (SELECT floor("day" TO WEEK) AS week, page, sum(views) AS views, sum(visitors) AS visitor_days
                             FROM ${database}.pages_by_day GROUP BY 1, 2)
              SELECT pages.week, pages.page, pages.views, pages.visitor_days, visits.sessions
              FROM pages JOIN visits ON pages.week = visits.week`,
        target: { database, table: "weekly_report", deletionPolicy: "Delete" },
        refresh: { onUpdate: {} },
      });
      await products.untilRun("weekly-report", "Published");
      const rows = await environment.query(
        `SELECT CAST(CAST(week AS date) AS varchar) AS week, page, views, visitor_days, sessions FROM lake.${database}.weekly_report`,
      );
      const found = rows.map(({ week, page, ...numbers }) => ({
        ...{ week, page, views: Number(numbers["views"]), visitorDays: Number(numbers["visitor_days"]) },
        sessions: Number(numbers["sessions"]),
      }));
      expect(sortedTexts(found)).toEqual(sortedTexts(weeklyReport(log)));
    });

    it("whose Error check fails keep their readers on the old rows, with the new ones in a branch", async () => {
      const before = await products.read("sessions-by-day");
      const condition = "event_time < TIMESTAMP '2015-05-20 00:00:00'";
      await products.apply("sessions-by-day", sessionsByDay({ condition }));
      const held = await products.untilRun("sessions-by-day", "Held");
      expect(held.status?.lastGoodSnapshot?.id).toBe(before.status?.lastGoodSnapshot?.id);
      const table = `lake.${database}.sessions_by_day`;
      expect(await days(table)).toEqual(Object.fromEntries(log.sessionsByDay));
      const branch = held.status?.lastAudit?.branch ?? "";
      const inBranch = await days(`${table} FOR VERSION AS OF '${branch}'`);
      expect(Object.keys(inBranch)).toHaveLength(brokenRunRows);
    });

    it("run in their order when the events change: the report after both of its inputs", async () => {
      const [reportBefore] = await products.runs("weekly-report");
      const { received } = await environment.account();
      // One run for both changes, that of the SQL and that of the events.
      await products.apply("sessions-by-day", sessionsByDay({ suspend: true }));
      await environment.clickstream("send", "web", "--event-type", "purchase");
      await environment.waitUntilAccounted(received + 1);
      await products.apply("sessions-by-day", sessionsByDay());
      await products.ask("pages-by-day", "again");
      const report = await products.untilRun("weekly-report", "Published", reportBefore?.id);
      const inputs = await Promise.all(
        ["sessions-by-day", "pages-by-day"].map((name) => products.read(name)),
      );
      for (const input of inputs) {
        expect(input.status?.lastRun).toMatchObject({ state: "Published" });
        expect(timeOf(report.status?.lastRun?.startedAt)).toBeGreaterThanOrEqual(
          timeOf(input.status?.lastRun?.endedAt),
        );
      }
    });

    airflowSteps("pages-by-day", journey);

    it("leave no DAG and no table when they are deleted with the policy Delete", async () => {
      const names = ["weekly-report", "pages-by-day", "sessions-by-day"];
      const dags = await Promise.all(
        names.map(async (name) => (await products.read(name)).status?.dag ?? ""),
      );
      await environment.kubectl(
        "delete",
        `--timeout=${patienceSeconds}s`,
        ...names.map((name) => `dataproduct/${name}`),
      );
      const { signal } = new AbortController();
      const left = await Promise.all(dags.map((dag) => products.airflow.readDag(dag, signal)));
      expect(left.filter((dag) => dag !== undefined)).toEqual([]);
      await environment.eventually("their tables are gone", async () => {
        const tables = await environment.query(`SHOW TABLES FROM lake.${database}`);
        const theirs = tables.map((row) => String(row["Table"])).filter((table) => !table.startsWith("web_"));
        return theirs.length === 0 ? undefined : theirs.join(", ");
      });
    });
  });
}

/** Rows of the report, counted from the log's days. */
function weeklyReport({ pages, sessionsByDay }: LogCount): object[] {
  const sessions = new Map<string, number>();
  for (const [day, count] of sessionsByDay) {
    sessions.set(mondayOf(day), (sessions.get(mondayOf(day)) ?? 0) + count);
  }
  const groups = Map.groupBy(pages, ({ day, path }) => `${mondayOf(day)} ${path}`);
  return [...groups].map(([key, group]) => {
    const week = key.slice(0, 10);
    return {
      ...{ week, page: key.slice(11), views: sum(group.map(({ views }) => views)) },
      visitorDays: sum(group.map(({ visitors }) => visitors)),
      sessions: sessions.get(week),
    };
  });
}

function mondayOf(day: string): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  return date.toISOString().slice(0, 10);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function sortedTexts(rows: readonly object[]): string[] {
  return rows.map((row) => JSON.stringify(row)).sort();
}

function timeOf(text: string | undefined): number {
  return Date.parse(text ?? "");
}
