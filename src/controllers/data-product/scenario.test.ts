/** Whole passes over data products against an API server in this process, with a catalog and a planner in memory. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dataPlatformKind, lakeTableKind } from "../../crds/kinds.ts";
import type { DataPlatform, DataProductSpec } from "../../crds/kinds.ts";
import { WaitingError } from "../../runtime/errors.ts";
import {
  EVENTS_TABLE,
  FakePlanner,
  FRESH_TABLES,
  SESSIONS_SQL,
  productSpec,
  rightAnswer,
  tableWith,
} from "../../testing/data-product.ts";
import { FRESH_DAGS } from "../../testing/airflow.ts";
import { Scenario } from "../../testing/scenario.ts";
import { PLATFORM } from "../../testing/systems.ts";
import { createDataProductController } from "./controller.ts";

let scenario: Scenario;
let planner: FakePlanner;

beforeEach(async () => {
  planner = new FakePlanner();
  scenario = await Scenario.start((systems) =>
    createDataProductController({
      planner,
      dags: FRESH_DAGS,
      tables: FRESH_TABLES,
      image: "images.test/spark:1",
      ...systems,
    }),
  );
  scenario.catalog.tables.set("shop.events", EVENTS_TABLE);
});
afterEach(async () => {
  await scenario.stop();
});

function put(spec: Partial<DataProductSpec> = {}, name = "sessions"): void {
  scenario.putResource(name, productSpec(spec));
}

/** What one pass over this spec writes of the children. */
async function pass(spec: Partial<DataProductSpec> = {}): Promise<readonly string[]> {
  put(spec);
  return scenario.writesDuring(() => scenario.pass("sessions"));
}

/** What the LakeTable's controller writes once the table is there. */
function makeTableReady(rows?: number): void {
  const { generation } = scenario.find(lakeTableKind, "sessions")?.metadata ?? {};
  const ready = { type: "Ready", status: "True", reason: "Succeeded", message: "it is there" };
  const condition = { ...ready, observedGeneration: generation, lastTransitionTime: "2026-01-01T00:00:00Z" };
  scenario.putStatus(
    "sessions",
    { conditions: [condition], ...(rows !== undefined && { rows }) },
    lakeTableKind,
  );
}

function refuse(message: string): void {
  planner.answer = () => ({ state: "wrong", errors: [{ message, line: 1, column: 8 }] });
}

describe("a data product", () => {
  it("gets a LakeTable with the columns of its SQL, and is left alone in the next pass", async () => {
    expect(await pass()).toEqual(["apply LakeTable sessions"]);
    expect(scenario.find(lakeTableKind, "sessions")?.["spec"]).toEqual({
      platformRef: { name: "main" },
      database: "shop",
      table: "sessions",
      columns: [
        { name: "site", type: "string" },
        { name: "sessions", type: "long" },
      ],
      deletionPolicy: "Retain",
    });
    expect(await pass()).toEqual([]);
  });

  it("asks the planner with the columns of the tables that the SQL reads", async () => {
    await pass({
      incremental: { mode: "Merge", keys: ["site"] },
      refresh: { onUpdate: {}, timeZone: "Europe/Berlin" },
    });
    expect(planner.asked).toEqual([
      {
        sql: SESSIONS_SQL,
        timeZone: "Europe/Berlin",
        tables: [
          {
            database: "shop",
            table: "events",
            columns: [
              { name: "site", type: "string", required: false },
              { name: "event_time", type: "timestamptz", required: false },
              { name: "properties", type: "map<string,string>", required: false },
            ],
          },
        ],
        incremental: { mode: "Merge", keys: ["site"], partitionBy: [] },
      },
    ]);
  });

  it("shows columns, inputs and lineage, and the rows of its table", async () => {
    await pass();
    makeTableReady(42);
    await scenario.pass("sessions");
    expect(scenario.status("sessions")).toEqual({
      conditions: expect.any(Array) as unknown,
      observedGeneration: 1,
      target: "shop.sessions",
      columns: [
        { name: "site", type: "string" },
        { name: "sessions", type: "long" },
      ],
      inputs: [{ table: "shop.events", columns: [{ path: "site", type: "string" }] }],
      lineage: [
        { column: "site", inputs: [{ table: "shop.events", path: "site", uses: ["direct", "group"] }] },
        { column: "sessions", inputs: [{ table: "shop.events", path: "site", uses: ["group"] }] },
      ],
      planHash: "hash-1",
      rows: 42,
    });
    expect(scenario.condition("sessions", "SqlValid")).toBe(
      "SqlValid=True Succeeded: 2 columns from shop.events",
    );
    expect(scenario.condition("sessions", "TableReady")).toBe("TableReady=True Succeeded: it is there");
  });

  it("says that nothing runs it, and is ready where no runs are wanted", async () => {
    await pass();
    makeTableReady();
    await scenario.pass("sessions");
    expect(scenario.condition("sessions", "Scheduled")).toContain("Scheduled=False AirflowMissing");
    expect(scenario.ready("sessions")).toContain("Ready=False AirflowMissing");
    await pass({ suspend: true });
    expect(scenario.condition("sessions", "Scheduled")).toContain("Scheduled=False Suspended");
    expect(scenario.ready("sessions")).toContain("Ready=True Succeeded");
  });
});

describe("SQL that is wrong", () => {
  it("stalls with its place, and the table of the version before stays", async () => {
    await pass();
    const before = scenario.find(lakeTableKind, "sessions");
    refuse('no column "sit"');
    expect(await pass({ sql: "SELECT sit FROM shop.events" })).toEqual([]);
    const told = 'SqlInvalid: spec.sql, line 1, column 8: no column "sit"';
    expect(scenario.ready("sessions")).toBe(`Ready=False ${told}`);
    expect(scenario.condition("sessions", "Stalled")).toBe(`Stalled=True ${told}`);
    expect(scenario.condition("sessions", "SqlValid")).toBe(`SqlValid=False ${told}`);
    expect(scenario.status("sessions")["planHash"]).toBe("hash-1");
    expect(scenario.find(lakeTableKind, "sessions")).toEqual(before);
  });

  it.each([
    [
      "dropped",
      { event_time: "timestamptz" },
      'column "site" of shop.events was dropped or renamed (it was string)',
    ],
    ["retyped", { site: "binary" }, 'column "site" of shop.events is binary now (it was string)'],
  ])("because a column was %s names product, column and change", async (_change, columns, told) => {
    await pass();
    scenario.catalog.tables.set("shop.events", tableWith("shop.events", columns));
    refuse('no column "site"');
    expect(await pass()).toEqual([]);
    expect(scenario.ready("sessions")).toContain(
      `Ready=False InputChanged: ${told}; change spec.sql, or change the table back`,
    );
    expect(scenario.ready("sessions")).toContain('line 1, column 8: no column "site"');
  });

  it("goes on by itself once the column is back", async () => {
    await pass();
    scenario.catalog.tables.set("shop.events", tableWith("shop.events", { event_time: "timestamptz" }));
    refuse('no column "site"');
    await pass();
    scenario.catalog.tables.set("shop.events", EVENTS_TABLE);
    planner.answer = () => rightAnswer();
    await pass();
    expect(scenario.condition("sessions", "SqlValid")).toContain("SqlValid=True");
  });
});

describe("what is away", () => {
  it("leaves the product as it is while the planner does not answer", async () => {
    await pass();
    planner.answer = () => {
      throw new WaitingError("PlannerUnavailable", "the SQL planner does not answer: ECONNREFUSED");
    };
    expect(await pass({ sql: "SELECT 1 AS site FROM shop.events" })).toEqual([]);
    expect(scenario.condition("sessions", "SqlValid")).toContain("SqlValid=Unknown PlannerUnavailable");
    expect(scenario.condition("sessions", "Stalled")).toContain("Stalled=False");
    expect(scenario.status("sessions")["planHash"]).toBe("hash-1");
  });

  it("waits for a table that another product is to make, without asking the planner", async () => {
    put({ sql: "SELECT path FROM shop.raw", target: { database: "shop", table: "pages" } }, "pages");
    await pass({ sql: "SELECT path AS site FROM shop.pages" });
    expect(scenario.ready("sessions")).toBe(
      'Ready=False InputMissing: table shop.pages, which spec.sql reads, is not there yet; DataProduct "pages" is to make it',
    );
    expect(scenario.condition("sessions", "Reconciling")).toContain("Reconciling=True");
  });
});

describe("a circle of products", () => {
  it("is refused, with its way", async () => {
    put({ sql: "SELECT site FROM shop.sessions", target: { database: "shop", table: "pages" } }, "pages");
    expect(await pass({ sql: "SELECT site FROM shop.pages" })).toEqual([]);
    expect(scenario.ready("sessions")).toContain(
      "Ready=False ProductCycle: products read each other's tables in a circle: sessions reads pages reads sessions",
    );
    expect(planner.asked).toEqual([]);
  });

  it("of one is refused", async () => {
    await pass({ sql: "SELECT site FROM shop.events UNION ALL SELECT site FROM shop.sessions" });
    expect(scenario.ready("sessions")).toContain("ProductCycle: spec.sql reads the table that it fills");
  });

  it("through two platforms of one catalog is refused, and not through those of two", async () => {
    const pages = { database: "shop", table: "pages" };
    const uris = [
      ["another", "http://catalog/"],
      ["foreign", "http://elsewhere"],
    ] as const;
    for (const [name, uri] of uris) {
      const { spec, ...rest } = PLATFORM;
      const metadata = { namespace: "shop", name };
      scenario.put(dataPlatformKind, {
        ...rest,
        metadata,
        spec: { ...spec, catalog: { uri } },
      } as DataPlatform);
    }
    scenario.catalog.tables.set("shop.pages", tableWith("shop.pages", { site: "string" }));
    const other = { sql: "SELECT site FROM shop.sessions", target: pages };
    put({ ...other, platformRef: { name: "foreign" } }, "pages");
    expect(await pass({ sql: "SELECT site FROM shop.pages" })).toEqual(["apply LakeTable sessions"]);
    put({ ...other, platformRef: { name: "another" } }, "pages");
    await pass({ sql: "SELECT site FROM shop.pages" });
    expect(scenario.ready("sessions")).toContain(
      "Ready=False ProductCycle: products read each other's tables in a circle: sessions reads pages reads sessions",
    );
  });

  it("elsewhere is none of the product's", async () => {
    scenario.catalog.tables.set("shop.pages", tableWith("shop.pages", { site: "string" }));
    put({ sql: "SELECT site FROM shop.other", target: { database: "shop", table: "pages" } }, "pages");
    put({ sql: "SELECT site FROM shop.pages", target: { database: "shop", table: "other" } }, "other");
    expect(await pass({ sql: "SELECT site FROM shop.pages" })).toEqual(["apply LakeTable sessions"]);
  });
});

describe("a deleted product", () => {
  it("passes its policy on to its table", async () => {
    await pass({ target: { database: "shop", table: "sessions", deletionPolicy: "Delete" } });
    expect(scenario.find(lakeTableKind, "sessions")?.["spec"]).toMatchObject({ deletionPolicy: "Delete" });
    put();
    scenario.deleteResource("sessions");
    await scenario.pass("sessions");
    expect(scenario.find(lakeTableKind, "sessions")?.["spec"]).toMatchObject({ deletionPolicy: "Retain" });
    expect(scenario.resource("sessions")).toBeUndefined();
  });
});
