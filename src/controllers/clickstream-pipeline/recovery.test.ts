/** Whole passes over a pipeline whose tables or checkpoint are not those of its job any more. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clickstreamPipelineKind, eventStreamKind, lakeTableKind } from "../../crds/kinds.ts";
import type { JobDocument } from "../../generated/job.ts";
import { JsonClient } from "../../targets/http/json-client.ts";
import type { CurrentTable } from "../../targets/iceberg/table.ts";
import { CHILD_TYPES } from "../../targets/kubernetes/child.ts";
import { IMAGES, conditions, localPlatform } from "../../testing/clickstream-pipeline.ts";
import { Scenario } from "../../testing/scenario.ts";
import { createClickstreamPipelineController } from "./controller.ts";

const TABLES = ["events", "failed_events", "duplicate_events"] as const;
type Table = (typeof TABLES)[number];
const ANNOTATION = "openclickstream.io/recover";
const COMMAND = '"kubectl clickstream recover web -n quickstart" shows what can be done, and does it';

const client = new JsonClient();
let scenario: Scenario;

beforeEach(async () => {
  scenario = await Scenario.start(
    (systems) => createClickstreamPipelineController({ images: IMAGES, client, ...systems }),
    localPlatform(),
  );
});
afterEach(async () => {
  await scenario.stop();
});

function nameOf(table: Table): string {
  return `web-${table.replace("_", "-")}`;
}

/** What the catalog has under the table's name. */
function putTable(table: Table, uuid: string, properties: Readonly<Record<string, string>> = {}): void {
  scenario.catalog.tables.set(`quickstart.web_${table}`, { uuid, properties } as CurrentTable);
}

function dropTable(table: Table): void {
  scenario.catalog.tables.delete(`quickstart.web_${table}`);
}

/** The LakeTable's own controller has made this table, or found it. */
function settleTable(table: Table, uuid: string, properties?: Readonly<Record<string, string>>): void {
  putTable(table, uuid, properties);
  const generation = scenario.find(lakeTableKind, nameOf(table))?.metadata.generation ?? 1;
  const status = { tableUuid: uuid, conditions: conditions({ observedGeneration: generation }) };
  scenario.putStatus(nameOf(table), status, lakeTableKind);
}

/** A pipeline whose job has been started on three tables. */
async function startPipeline(): Promise<void> {
  scenario.putResource("web", { platformRef: { name: "local" } });
  await scenario.pass("web");
  for (const table of TABLES) settleTable(table, `${table}-1`);
  scenario.putStatus("web-raw", { conditions: conditions({}) }, eventStreamKind);
  for (let passes = 1; passes <= 3; passes += 1) await scenario.pass("web");
}

function ask(id: string): void {
  scenario.change(clickstreamPipelineKind, "web", (pipeline) => {
    const metadata = pipeline["metadata"] as object;
    pipeline["metadata"] = { ...metadata, annotations: { [ANNOTATION]: id } };
  });
}

function pass(): Promise<readonly string[]> {
  return scenario.writesDuring(() => scenario.pass("web"));
}

/** What the job is told. */
function job(): JobDocument {
  const { data } = scenario.find(CHILD_TYPES.ConfigMap, "web-stream") as unknown as {
    data: Record<string, string>;
  };
  return JSON.parse(data["job.json"] ?? "") as JobDocument;
}

/** The driver's container has ended with this message. */
function endDriver(message: string): void {
  const labels = {
    "app.kubernetes.io/managed-by": "openclickstream",
    "openclickstream.io/clickstreampipeline": "web",
    "app.kubernetes.io/component": "stream",
  };
  const terminated = { exitCode: 1, reason: "Error", message: `${message}\nmore` };
  const container = { name: "driver", image: "x", imageID: "x", ready: false, restartCount: 1 };
  const metadata = { namespace: "quickstart", name: "web-stream-0", labels };
  scenario.put(CHILD_TYPES.Pod, { apiVersion: "v1", kind: "Pod", metadata });
  scenario.putStatus(
    "web-stream-0",
    {
      containerStatuses: [
        {
          ...container,
          state: { waiting: { reason: "CrashLoopBackOff" } },
          lastState: { terminated },
        },
      ],
    },
    CHILD_TYPES.Pod,
  );
}

describe("a pipeline whose table is dropped", () => {
  it("remembers the very tables that its job writes", async () => {
    await startPipeline();
    expect(scenario.status("web")["tableIds"]).toEqual({
      events: "events-1",
      failedEvents: "failed_events-1",
      duplicateEvents: "duplicate_events-1",
    });
    expect(await pass()).toEqual([]);
  });

  it.each(TABLES)("says so in the next pass, with the table and the command: %s", async (table) => {
    await startPipeline();
    dropTable(table);
    await pass();
    expect(scenario.ready("web")).toBe(
      `Ready=False TableLost: Tables: table "quickstart.web_${table}" (uuid ${table}-1) is gone from the catalog, ` +
        `dropped or renamed outside of Kubernetes; ${COMMAND}`,
    );
    expect(scenario.condition("web", "Stalled")).toContain("Stalled=True TableLost");
    expect(scenario.status("web")["worstStage"]).toBe("Tables");
  });

  it("says that another table has its name, once it was made anew, and goes on saying so", async () => {
    await startPipeline();
    settleTable("events", "events-2");
    const told =
      'TablesReady=False TableReplaced: table "quickstart.web_events" is another one now (uuid events-2, was events-1), ' +
      `without the rows of before, and the stream job does not go on with it; ${COMMAND}`;
    for (let passes = 1; passes <= 2; passes += 1) {
      expect(await pass()).toEqual([]);
      expect(scenario.condition("web", "TablesReady")).toBe(told);
    }
  });

  it("is not said while the catalog cannot be asked", async () => {
    await startPipeline();
    dropTable("events");
    scenario.catalog.readTable = () => Promise.reject(new Error("no answer"));
    await pass();
    expect(scenario.condition("web", "TablesReady")).toBe(
      "TablesReady=True Succeeded: all 3 tables are there",
    );
  });

  it("is still said while the catalog cannot be asked again", async () => {
    await startPipeline();
    dropTable("events");
    await pass();
    const told = scenario.condition("web", "TablesReady");
    expect(told).toContain("TablesReady=False TableLost");
    scenario.catalog.readTable = () => Promise.reject(new Error("no answer"));
    await pass();
    expect(scenario.condition("web", "TablesReady")).toBe(told);
  });

  it("is not looked for while the platform's probe does not reach the catalog", async () => {
    await startPipeline();
    await scenario.provePlatform(["Kafka", "Storage"]);
    dropTable("events");
    let reads = 0;
    scenario.catalog.readTable = async () => {
      reads += 1;
      return undefined;
    };
    await pass();
    expect(reads).toBe(0);
    expect(scenario.condition("web", "TablesReady")).toBe(
      "TablesReady=True Succeeded: all 3 tables are there",
    );
  });

  it("leaves it to the LakeTable to say where the table is, when that knows its new name", async () => {
    await startPipeline();
    dropTable("events");
    const renamed = conditions(
      { status: "False", reason: "TableRenamed", message: "it is called x now" },
      { status: "True" },
    );
    scenario.putStatus("web-events", { tableUuid: "events-1", conditions: renamed }, lakeTableKind);
    await pass();
    expect(scenario.condition("web", "TablesReady")).toBe(
      'TablesReady=False TableRenamed: LakeTable "web-events": it is called x now',
    );
  });
});

describe("a recovery that was asked for", () => {
  it("waits for the table, which its LakeTable is woken to make, and then starts the job on a new checkpoint", async () => {
    await startPipeline();
    expect(job().checkpoint).toBe("s3a://clickstream/checkpoints/quickstart/web");
    dropTable("events");
    ask("a1");
    expect(await pass()).toEqual([
      "apply LakeTable web-events",
      "apply LakeTable web-failed-events",
      "apply LakeTable web-duplicate-events",
    ]);
    expect(scenario.find(lakeTableKind, "web-events")?.metadata.annotations).toMatchObject({
      [ANNOTATION]: "a1",
    });
    expect(scenario.ready("web")).toContain("recovery a1 begins as soon as all tables are there");
    expect(scenario.condition("web", "Stalled")).toContain("Stalled=False");
    expect(scenario.status("web")["recovery"]).toBeUndefined();
    settleTable("events", "events-2");
    expect(await pass()).toEqual(["apply ConfigMap web-stream", "apply StatefulSet web-stream"]);
    expect(job()).toMatchObject({
      checkpoint: "s3a://clickstream/checkpoints/quickstart/web/recovery-a1",
      recoveryId: "a1",
      readAgain: true,
    });
    expect(scenario.status("web")).toMatchObject({
      tableIds: { events: "events-2", failedEvents: "failed_events-1" },
      recovery: { id: "a1", readAgain: true, time: "2026-01-01T00:00:00.500Z" },
    });
    expect(scenario.condition("web", "TablesReady")).toContain("TablesReady=True");
    expect(await pass()).toEqual([]);
  });

  it("is carried out once, and stays when the annotation goes", async () => {
    await startPipeline();
    settleTable("events", "events-2");
    ask("a1");
    await pass();
    scenario.change(clickstreamPipelineKind, "web", (pipeline) => {
      pipeline["metadata"] = { ...(pipeline["metadata"] as object), annotations: {} };
    });
    scenario.wait(60);
    expect(await pass()).toEqual([]);
    expect(scenario.status("web")["recovery"]).toMatchObject({ time: "2026-01-01T00:00:00.500Z" });
  });

  it("of a checkpoint alone goes on behind what the tables hold", async () => {
    await startPipeline();
    ask("a1");
    await pass();
    expect(job().recoveryId).toBe("a1");
    expect(job().readAgain).toBeUndefined();
  });

  it("comes to the same when the operator dies between the job's files and the job", async () => {
    await startPipeline();
    settleTable("events", "events-2");
    ask("a1");
    scenario.crashAfter(4);
    await scenario.passUntilCrash("web");
    await scenario.restart();
    expect(job().readAgain).toBe(true);
    // The job may have begun meanwhile.
    settleTable("events", "events-2", { "openclickstream.recovery-id": "a1" });
    expect(await pass()).toEqual(["apply StatefulSet web-stream"]);
    expect(job()).toMatchObject({ recoveryId: "a1", readAgain: true });
    expect(scenario.condition("web", "TablesReady")).toContain("TablesReady=True");
  });

  it("changes nothing while the pipeline is paused, and is carried out afterwards", async () => {
    await startPipeline();
    settleTable("events", "events-2");
    scenario.putResource(
      "web",
      { platformRef: { name: "local" } },
      { annotations: { [ANNOTATION]: "a1", "openclickstream.io/paused": "true" } },
    );
    expect(await pass()).toEqual([]);
    expect(scenario.status("web")).toMatchObject({ tableIds: { events: "events-1" } });
    ask("a1");
    await pass();
    expect(job()).toMatchObject({ recoveryId: "a1", readAgain: true });
  });

  it("is known by the tables to the next pipeline that has them, which goes on with its checkpoint", async () => {
    scenario.putResource("web", { platformRef: { name: "local" } });
    await scenario.pass("web");
    for (const table of TABLES) settleTable(table, `${table}-1`, { "openclickstream.recovery-id": "a1" });
    scenario.putStatus("web-raw", { conditions: conditions({}) }, eventStreamKind);
    await scenario.pass("web");
    expect(job()).toMatchObject({ checkpoint: "s3a://clickstream/checkpoints/quickstart/web/recovery-a1" });
    scenario.catalog.readTable = () => Promise.reject(new Error("no answer"));
    await scenario.pass("web");
    expect(job()).toMatchObject({ recoveryId: "a1" });
  });

  it("refuses an id that no folder can have", async () => {
    await startPipeline();
    ask("../other");
    expect(await pass()).toEqual([]);
    expect(scenario.ready("web")).toContain(
      "Ready=False InvalidSpec: the annotation openclickstream.io/recover must consist of at most 40 small letters, digits and '-', not \"../other\"",
    );
  });
});

describe("a pipeline whose job refuses its checkpoint", () => {
  it.each(["CheckpointLost", "CheckpointForeign"])("says why, and the command: %s", async (reason) => {
    await startPipeline();
    endDriver(`${reason}: the checkpoint is not theirs`);
    await pass();
    expect(scenario.condition("web", "ProcessingReady")).toBe(
      `ProcessingReady=False ${reason}: the checkpoint is not theirs; ${COMMAND}`,
    );
    expect(scenario.condition("web", "Stalled")).toContain(`Stalled=True ${reason}`);
  });

  it("says of other failures what it said before", async () => {
    await startPipeline();
    endDriver("the catalog does not answer");
    await pass();
    expect(scenario.condition("web", "ProcessingReady")).toContain(
      'ContainerFailed: the new specification is not yet observed; pod "web-stream-0": CrashLoopBackOff: container',
    );
  });
});
