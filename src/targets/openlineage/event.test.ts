import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { datasetName } from "./dataset.ts";
import type { LineageEvent, LineageJob, LineageRun } from "./event.ts";
import { abortEvent, jobEvent, lineageRunId, runEvent } from "./event.ts";

const TESTDATA = join(import.meta.dirname, "testdata");
const CATALOG = "https://catalog.example.com/api/catalog";
const BEGIN = "2026-03-01T06:00:00Z";
const END = "2026-03-01T06:01:00Z";

const EVENTS = datasetName("shop.events", { location: "s3://lake/shop/events", catalogUri: CATALOG });

const JOB: LineageJob = {
  namespace: "shop",
  name: "sessions",
  sql: "SELECT site, count(*) AS sessions FROM shop.events WHERE properties['sku'] = 'a' GROUP BY site",
  description: "Sessions of each site",
  inputs: [
    {
      ...EVENTS,
      columns: [
        { name: "site", type: "string" },
        { name: "properties", type: "map<string,string>" },
      ],
    },
  ],
  output: {
    ...datasetName("shop.sessions", { location: "s3://lake/shop/sessions", catalogUri: CATALOG }),
    columns: [
      { name: "site", type: "string" },
      { name: "sessions", type: "long" },
    ],
  },
  origins: new Map([
    [
      "site",
      [
        { ...EVENTS, column: "site", path: "site", uses: ["direct", "group"] },
        { ...EVENTS, column: "properties", path: "properties['sku']", uses: ["filter"] },
      ],
    ],
    ["sessions", [{ ...EVENTS, column: "site", path: "site", uses: ["join", "order", "window"] }]],
  ]),
};

const RUN: LineageRun = {
  runId: lineageRunId("0b1f7c9e-4a55-4c3a-9a3a-1e5b0f3d2c11", "scheduled__2026-03-01"),
  window: { from: "2026-02-28T00:00:00Z", to: "2026-03-01T00:00:00Z" },
  engine: { name: "Airflow", version: "3.3.2" },
};

const CHECKED = [
  { assertion: "not_null", name: "notNull(site)", severity: "error", violations: 0 },
  { assertion: "custom_sql", name: "some", severity: "warn", violations: 2 },
] as const;

const CASES: Readonly<Record<string, LineageEvent>> = {
  job: jobEvent(BEGIN, JOB),
  start: runEvent("START", BEGIN, { job: JOB, run: RUN }),
  complete: runEvent("COMPLETE", END, {
    job: JOB,
    run: { ...RUN, rows: 12, snapshotId: "4711", assertions: CHECKED },
  }),
  fail: runEvent("FAIL", END, {
    job: JOB,
    run: { ...RUN, assertions: CHECKED, error: "violated: notNull(site) (3)" },
  }),
  abort: abortEvent(END, { ...JOB, runId: RUN.runId }),
};

describe("an event", () => {
  it.each(Object.entries(CASES))("is as in the golden file: %s", async (name, event) => {
    const text = `${JSON.stringify(event, undefined, 2)}\n`;
    await expect(text).toMatchFileSnapshot(join(TESTDATA, `${name}.golden.json`));
  });
});

describe("a run's id", () => {
  it("is the same UUID for the same run, and another one for any other", () => {
    const ids = [lineageRunId("uid", "a"), lineageRunId("uid", "b"), lineageRunId("other", "a")];
    expect(new Set(ids).size).toBe(3);
    expect(lineageRunId("uid", "a")).toBe(ids[0]);
    // Made by `uuid.uuid5(uuid.uuid5(uuid.NAMESPACE_DNS, "runs.openclickstream.io"), "uid/a")` of Python.
    expect(ids[0]).toBe("4967e2a0-8712-550c-8672-4e1dfcbbaa1c");
  });
});

describe("a table's name", () => {
  const catalogUri = CATALOG;

  it.each([
    ["s3://lake/shop/events", "s3://lake", "shop/events"],
    ["s3a://lake/shop/events/", "s3://lake", "shop/events"],
    ["s3://lake", "s3://lake", "/"],
  ])("of the files at %s is %s and %s", (location, namespace, name) => {
    const symlink = { namespace: CATALOG, name: "shop.events" };
    expect(datasetName("shop.events", { location, catalogUri })).toEqual({ namespace, name, symlink });
  });
});
