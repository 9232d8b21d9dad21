/** Whole passes over products whose platform names a receiver of lineage; it, Airflow, catalog and planner live in memory. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { dataPlatformKind } from "../../crds/kinds.ts";
import { lineageRunId } from "../../targets/openlineage/event.ts";
import { PLATFORM_WITH_AIRFLOW, rightAnswer } from "../../testing/data-product.ts";
import type { FakeLineageReceiver } from "../../testing/lineage.ts";
import { LINEAGE_SPEC } from "../../testing/lineage.ts";
import { ProductScenario } from "../../testing/product-scenario.ts";
import { SECRET_TYPE } from "../../platform/secret-reader.ts";

const PLATFORM = { ...PLATFORM_WITH_AIRFLOW, spec: { ...PLATFORM_WITH_AIRFLOW.spec, lineage: LINEAGE_SPEC } };
const SETTLED = "the receiver was told of all runs that this status remembers";

let world: ProductScenario;
let receiver: FakeLineageReceiver;

beforeEach(async () => {
  world = await ProductScenario.start(PLATFORM);
  receiver = world.scenario.lineage;
});
afterEach(async () => {
  await world.stop();
});

/** `START scheduled__1` of each event that was taken since the last call, and `job`. */
function told(): readonly string[] {
  const uid = world.scenario.resource("sessions")?.metadata.uid ?? "";
  const ids = (world.airflow.runs.get("shop.sessions") ?? []).map(({ id }) => id);
  const names = new Map(ids.map((id) => [lineageRunId(uid, id), id]));
  return receiver.events.splice(0).map(({ eventType, run }) => {
    const { runId = "" } = (run ?? {}) as { runId?: string };
    return eventType === undefined ? "job" : `${eventType} ${names.get(runId) ?? runId}`;
  });
}

/** A product that is ready, with its first run told. */
async function settle(): Promise<void> {
  await world.settle();
  world.finish("first", { published: { rows: 3, tableRows: 3 } });
  await world.pass();
  told();
}

/** A run begins and ends, an hour after the one before. */
async function runOnce(nth: number): Promise<void> {
  const startedAt = new Date(Date.parse("2026-01-02T00:00:00Z") + nth * 3_600_000).toISOString();
  world.run(`scheduled__${nth}`, { startedAt });
  world.finish(`scheduled__${nth}`, { published: { rows: nth, tableRows: nth } });
  await world.pass();
}

describe("a product whose platform names a receiver of lineage", () => {
  it("tells of its job, then of each run's begin and end, once", async () => {
    await world.settle();
    const first = world.airflow.runs.get("shop.sessions")?.[0]?.id ?? "";
    expect(told()).toEqual(["job"]);
    world.run(first, { state: "running", startedAt: "2026-01-01T00:00:00Z" });
    await world.pass();
    await world.pass();
    expect(told()).toEqual([`START ${first}`]);
    world.finish("first", { published: { rows: 3, tableRows: 3 } });
    await world.pass();
    expect(told()).toEqual([`COMPLETE ${first}`]);
    await world.pass();
    expect(told()).toEqual([]);
    expect(world.condition("LineageSent")).toBe(`LineageSent=True Succeeded: ${SETTLED}`);
    expect(world.status().lineageEvents).toMatchObject({
      planHash: "hash-1",
      runs: [{ id: first, state: "Published", endedAt: "2026-01-01T00:01:00Z" }],
    });
  });

  it("says where rows come from, by names that other tools give the same tables", async () => {
    await settle();
    world.run("scheduled__1", { startedAt: "2026-01-02T06:00:00Z" });
    const checks = [{ name: "rowCount", severity: "Error", violations: 2 }];
    world.finish("scheduled__1", { state: "failed", held: { rows: 9, checks } });
    await world.pass();
    const [, failed] = receiver.events;
    expect(failed).toMatchObject({
      eventType: "FAIL",
      eventTime: "2026-01-02T06:01:00Z",
      run: { facets: { errorMessage: { message: "violated: rowCount (2)" } } },
      job: { namespace: "shop", name: "sessions", facets: { sql: { query: expect.any(String) as string } } },
      inputs: [
        {
          namespace: "s3://lake",
          name: "shop/events",
          facets: { symlinks: { identifiers: [{ namespace: "http://catalog", name: "shop.events" }] } },
        },
      ],
      outputs: [
        {
          namespace: "s3://lake",
          name: "shop/sessions",
          facets: {
            columnLineage: {
              fields: {
                site: {
                  inputFields: [
                    {
                      namespace: "s3://lake",
                      name: "shop/events",
                      field: "site",
                      transformations: [{ type: "DIRECT" }, { type: "INDIRECT", subtype: "GROUP_BY" }],
                    },
                  ],
                },
              },
            },
            dataQualityAssertions: {
              assertions: [{ assertion: "row_count", success: false, severity: "error", actual: "2" }],
            },
          },
        },
      ],
    });
  });

  it("tells of its job again when its SQL means something else", async () => {
    await settle();
    world.planner.answer = () => rightAnswer({ planHash: "hash-2" });
    await world.pass();
    expect(told()).toEqual(["job"]);
  });

  it("goes on telling of runs while its SQL is wrong", async () => {
    await settle();
    world.refuseSql();
    await runOnce(1);
    const [, complete] = receiver.events;
    expect(complete).toMatchObject({ outputs: [{ facets: { columnLineage: { fields: { site: {} } } } }] });
    expect(complete?.["job"]).not.toHaveProperty("facets.sql");
    expect(told()).toEqual(["START scheduled__1", "COMPLETE scheduled__1"]);
  });

  it("tells of a run that is run again under its id", async () => {
    await settle();
    await runOnce(1);
    told();
    world.run("scheduled__1", { state: "running", startedAt: "2026-01-03T00:00:00Z", endedAt: undefined });
    await world.pass();
    expect(told()).toEqual(["START scheduled__1"]);
    world.finish("scheduled__1", { published: { rows: 2, tableRows: 2 } });
    await world.pass();
    expect(told()).toEqual(["COMPLETE scheduled__1"]);
  });

  it("tells another receiver what it remembers", async () => {
    await settle();
    const lineage = { ...LINEAGE_SPEC, namespace: "prod" };
    world.scenario.put(dataPlatformKind, { ...PLATFORM, ...{ spec: { ...PLATFORM.spec, lineage } } });
    await world.pass();
    expect(receiver.events[0]).toMatchObject({ job: { namespace: "prod" } });
    expect(told()).toEqual([
      "job",
      expect.stringMatching(/^START first-/),
      expect.stringMatching(/^COMPLETE first-/),
    ]);
  });
});

describe("a receiver that is away", () => {
  it("is told in order when it is back, and holds up nothing", async () => {
    await settle();
    receiver.isDown = true;
    await runOnce(1);
    await runOnce(2);
    expect(world.status().lastRun).toMatchObject({ id: "scheduled__2", state: "Published" });
    expect(world.ready()).toContain("Ready=True");
    expect(world.condition("LineageSent")).toBe(
      "LineageSent=False LineageUnreachable: 4 events to be sent: the receiver of lineage at http://marquez is unreachable: down",
    );
    receiver.isDown = false;
    await world.pass();
    expect(told()).toEqual([
      "START scheduled__1",
      "COMPLETE scheduled__1",
      "START scheduled__2",
      "COMPLETE scheduled__2",
    ]);
    expect(world.condition("LineageSent")).toContain("LineageSent=True");
  });

  it("for an event in the middle is told the rest, and nothing twice", async () => {
    await settle();
    receiver.isDown = true;
    await runOnce(1);
    receiver.isDown = false;
    const send = receiver.send.bind(receiver);
    receiver.send = (event, permit) => {
      receiver.isDown = event.eventType === "COMPLETE";
      return send(event, permit);
    };
    await world.pass();
    expect(told()).toEqual(["START scheduled__1"]);
    receiver.isDown = false;
    receiver.send = send;
    await world.pass();
    expect(told()).toEqual(["COMPLETE scheduled__1"]);
  });

  it("for long misses the runs that the status has forgotten, and the status counts them", async () => {
    await settle();
    receiver.isDown = true;
    for (let nth = 1; nth <= 14; nth += 1) await runOnce(nth);
    expect(world.status().lineageEvents?.dropped).toBe(6);
    receiver.isDown = false;
    await world.pass();
    const events = told();
    expect(events).toHaveLength(22);
    expect(events[0]).toBe("START scheduled__4");
    expect(world.condition("LineageSent")).toBe(
      `LineageSent=True Succeeded: ${SETTLED}; 6 events never reached it`,
    );
  });

  it("is told again what was told when the status could not be written", async () => {
    await settle();
    await world.scenario.restart();
    world.run("scheduled__1", { startedAt: "2026-01-02T06:00:00Z" });
    world.scenario.api.intercept = ({ subresource }) =>
      subresource === "status" ? { kind: "reset" } : undefined;
    await world.pass();
    expect(told()).toEqual(["START scheduled__1"]);
    world.scenario.api.intercept = () => undefined;
    await world.pass();
    expect(told()).toEqual(["START scheduled__1"]);
  });
});

describe("a receiver that refuses an event", () => {
  it("is not sent it again, and gets those behind it", async () => {
    await settle();
    receiver.refusal = ({ eventType }) => (eventType === "START" ? "no START here" : undefined);
    world.run("scheduled__1", { startedAt: "2026-01-02T06:00:00Z" });
    await world.pass();
    expect(world.condition("LineageSent")).toBe(
      "LineageSent=False LineageRefused: the last event was refused: no START here; 1 event never reached it",
    );
    const { sends } = receiver;
    await world.pass();
    expect(receiver.sends).toBe(sends);
    world.finish("scheduled__1", { published: { rows: 1, tableRows: 1 } });
    await world.pass();
    expect(told()).toEqual(["COMPLETE scheduled__1"]);
    expect(world.condition("LineageSent")).toBe(
      `LineageSent=True Succeeded: ${SETTLED}; 1 event never reached it`,
    );
  });
});

describe("a receiver without its Secret", () => {
  it("is told once that is there, and the product is ready all the same", async () => {
    world.scenario.delete(SECRET_TYPE, "marquez");
    await world.settle();
    world.finish("first", { published: { rows: 3, tableRows: 3 } });
    await world.pass();
    expect(world.ready()).toContain("Ready=True");
    expect(world.condition("LineageSent")).toMatch(
      /^LineageSent=False SecretNotFound: 3 events to be sent: /,
    );
    expect(receiver.sends).toBe(0);
    world.scenario.putSecret("marquez", { token: "value-of-token" });
    world.scenario.wait(60);
    await world.pass();
    expect(told()).toHaveLength(3);
  });
});

describe("a platform that names no receiver any more", () => {
  it("leaves nothing of it in the status", async () => {
    await settle();
    world.scenario.put(dataPlatformKind, PLATFORM_WITH_AIRFLOW);
    await world.pass();
    expect(world.condition("LineageSent")).toBe("not judged");
    expect(world.status().lineageEvents).toBeUndefined();
  });
});

describe("a product that is deleted", () => {
  beforeEach(async () => {
    await settle();
    world.run("scheduled__1", { startedAt: "2026-01-02T06:00:00Z" });
    await world.pass();
    told();
    world.scenario.deleteResource("sessions");
    world.airflow.putDag("shop.sessions", { isStale: true });
  });

  it("tells that nobody follows its run any more", async () => {
    const { uid = "" } = world.scenario.resource("sessions")?.metadata ?? {};
    await world.scenario.pass("sessions");
    expect(world.scenario.resource("sessions")).toBeUndefined();
    expect(receiver.events).toMatchObject([
      { eventType: "ABORT", run: { runId: lineageRunId(uid, "scheduled__1") }, job: { name: "sessions" } },
    ]);
  });

  it("does not wait for a receiver that is away", async () => {
    receiver.isDown = true;
    await world.scenario.pass("sessions");
    expect(world.scenario.resource("sessions")).toBeUndefined();
  });
});
