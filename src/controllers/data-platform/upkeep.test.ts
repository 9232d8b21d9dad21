import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import type { KubernetesObject } from "../../api/objects.ts";
import { apiVersionOf } from "../../api/objects.ts";
import type { DataPlatform, MaintenanceStatus, TableMaintenance, UpkeepStatus } from "../../crds/kinds.ts";
import { dataPlatformKind, lakeTableKind } from "../../crds/kinds.ts";
import type { UpkeepDocument } from "../../generated/upkeep.ts";
import { OWN_ANNOTATIONS, managedLabels } from "../../naming/marks.ts";
import { CHILD_TYPES } from "../../targets/kubernetes/child.ts";
import { Scenario } from "../../testing/scenario.ts";
import { NAMESPACE, PLATFORM } from "../../testing/systems.ts";
import { createDataPlatformController } from "./controller.ts";

const IMAGE = "images.test/spark:1";
const FIGURES = {
  ...{ filesBefore: 40, filesAfter: 2, bytesBefore: 4000, bytesAfter: 3900, snapshots: 100 },
  ...{ compactedFiles: 40, expiredSnapshots: 5, removedFiles: 50, erasedRows: 0 },
};

let scenario: Scenario;

async function start(platform: DataPlatform = PLATFORM): Promise<void> {
  scenario = await Scenario.start(
    (systems) => createDataPlatformController({ images: { spark: IMAGE }, ...systems }),
    platform,
  );
}

afterEach(() => scenario.stop());

interface Table {
  readonly maintenance?: MaintenanceStatus;
  readonly spec?: TableMaintenance;
  readonly status?: object;
  readonly metadata?: object;
  readonly platform?: string;
}

/** A LakeTable with a table, for which data files are due unless told otherwise. */
function putTable(name: string, table: Table = {}): void {
  const { maintenance = { due: ["DataFiles"] }, spec, status, metadata, platform = "main" } = table;
  scenario.put(lakeTableKind, {
    apiVersion: apiVersionOf(lakeTableKind),
    kind: lakeTableKind.kind,
    metadata: { namespace: NAMESPACE, name, ...metadata },
    spec: {
      ...{ platformRef: { name: platform }, database: "shop", table: name, columns: [] },
      ...(spec && { maintenance: spec }),
    },
  } as KubernetesObject);
  scenario.putStatus(name, { tableUuid: `uuid-${name}`, maintenance, ...status }, lakeTableKind);
}

interface Job extends KubernetesObject {
  readonly spec: {
    readonly template: { readonly metadata: { readonly annotations: Readonly<Record<string, string>> } };
  };
}

function jobs(): readonly Job[] {
  return scenario
    .children()
    .filter((child) => child.startsWith("Job/"))
    .map((child) => scenario.find(CHILD_TYPES.Job, child.slice("Job/".length)) as unknown as Job);
}

function theJob(): Job {
  const [job, ...more] = jobs();
  if (job === undefined || more.length > 0) throw new Error(`not one Job: ${scenario.children().join(", ")}`);
  return job;
}

function documentOf(job: Job): UpkeepDocument {
  const document = job.spec.template.metadata.annotations[OWN_ANNOTATIONS.upkeepDocument] ?? "";
  return JSON.parse(document) as UpkeepDocument;
}

/** The tables of a Job's document. */
function tablesOf(job: Job): readonly string[] {
  return documentOf(job).tables.map(({ table }) => table);
}

/** What the kubelet and the Job controller write when the pod of a Job has ended. */
function end(job: Job, { exitCode = 0, message }: { exitCode?: number; message?: string }): void {
  const { name, uid = "" } = job.metadata;
  const owner = { apiVersion: "batch/v1", kind: "Job", name, uid, controller: true };
  const pod = `${name}-pod`;
  scenario.put(CHILD_TYPES.Pod, {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      ...{ namespace: NAMESPACE, name: pod, labels: managedLabels(dataPlatformKind.kind, "main") },
      ownerReferences: [owner],
    },
  });
  const terminated = { exitCode, reason: exitCode === 0 ? "Completed" : "Error", message };
  scenario.putStatus(
    pod,
    { containerStatuses: [{ name: "driver", state: { terminated } }] },
    CHILD_TYPES.Pod,
  );
  finish(job, exitCode === 0 ? "Complete" : "Failed");
}

function finish(job: Job, type: "Complete" | "Failed"): void {
  const lastTransitionTime = scenario.now.toISOString();
  const condition = { type, status: "True", reason: "BackoffLimitExceeded", lastTransitionTime };
  scenario.putStatus(job.metadata.name, { conditions: [condition] }, CHILD_TYPES.Job);
}

function result(...tables: readonly (readonly [string, object])[]): string {
  return JSON.stringify({
    seconds: 3,
    tables: tables.map(([table, said]) => ({ database: "shop", table, state: "Done", ...FIGURES, ...said })),
  });
}

function upkeep(): UpkeepStatus | undefined {
  return scenario.status("main")["upkeep"] as UpkeepStatus | undefined;
}

/** What the LakeTable's controller makes of a Job's end. */
function takeOver(name: string, maintenance: Partial<MaintenanceStatus> = {}): void {
  const at = scenario.now.toISOString();
  const { job = "" } = upkeep() ?? {};
  putTable(name, { maintenance: { lastRun: { job, at, finishedAt: at, state: "Done" }, ...maintenance } });
}

describe("tables that are due", () => {
  beforeEach(() => start());

  it("are looked after by one Job, whose document travels with its pod", async () => {
    putTable("events", {
      maintenance: { due: ["OldRows", "OrphanFiles"] },
      spec: { retention: { column: "at", keep: "400d" }, interval: "2h" },
    });
    putTable("orders", { spec: { targetFileSize: "64Mi", snapshots: { keep: "7d", min: 5 } } });
    await scenario.pass("main");
    const { metadata, spec } = theJob();
    const { name, labels, annotations, ownerReferences } = metadata;
    expect(name).toMatch(/^main-upkeep-[0-9a-f]{10}$/);
    const owner = ownerReferences?.map(({ kind, name: of, controller }) => ({ kind, name: of, controller }));
    const tables = annotations?.[OWN_ANNOTATIONS.upkeepTables];
    await expect(stringify({ labels, tables, owner, spec })).toMatchFileSnapshot(
      "testdata/upkeep-job.golden.yaml",
    );
    expect(upkeep()).toMatchObject({
      job: name,
      state: "Running",
      tables: [{ table: "events" }, { table: "orders" }],
    });
    expect(scenario.condition("main", "TablesMaintained")).toContain("True Succeeded");
  });

  it("have orphan files looked for only when that is due, and the status tells it", async () => {
    putTable("events", { maintenance: { due: ["DataFiles", "OrphanFiles"] } });
    putTable("orders", { spec: { orphans: { olderThan: "2d" } } });
    await scenario.pass("main");
    const asked = documentOf(theJob()).tables.map(({ orphansOlderThanSeconds }) => orphansOlderThanSeconds);
    expect(asked).toEqual([3 * 86_400, undefined]);
    end(theJob(), {
      message: result(["events", { orphansSearched: true }], ["orders", { orphansSearched: false }]),
    });
    await scenario.pass("main");
    const [events, orders] = upkeep()?.tables ?? [];
    expect(events).toMatchObject({ table: "events", orphansSearched: true });
    expect(orders).not.toHaveProperty("orphansSearched");
  });

  it("wait while another Job runs, and until its tables have its result", async () => {
    putTable("events");
    await scenario.pass("main");
    const first = theJob();
    putTable("orders");
    await scenario.pass("main");
    end(first, { message: result(["events", {}]) });
    await scenario.pass("main");
    await scenario.pass("main");
    expect(jobs()).toHaveLength(1);
    takeOver("events");
    await scenario.pass("main");
    expect(jobs().flatMap(tablesOf).toSorted()).toEqual(["events", "orders"]);
  });

  it("do not wait for ever for a table that takes no result over", async () => {
    putTable("events");
    await scenario.pass("main");
    end(theJob(), { message: result(["events", {}]) });
    await scenario.pass("main");
    putTable("orders");
    scenario.wait(601);
    await scenario.pass("main");
    expect(jobs()).toHaveLength(2);
  });

  it("come ten at a time, those first that wait longest", async () => {
    for (let index = 10; index < 23; index += 1) putTable(`t${index}`);
    const at = "2025-12-31T00:00:00Z";
    putTable("a", {
      maintenance: { due: ["Snapshots"], lastRun: { job: "j", at, finishedAt: at, state: "Done" } },
    });
    await scenario.pass("main");
    expect(tablesOf(theJob())).toEqual(Array.from({ length: 10 }, (_, index) => `t${index + 10}`));
  });

  it("are looked after while Kafka is away", async () => {
    scenario.kafka.isDown = true;
    putTable("events");
    await scenario.pass("main");
    expect(scenario.ready("main")).toContain("Ready=False KafkaUnreachable");
    expect(tablesOf(theJob())).toEqual(["events"]);
  });

  it("wait while the catalog is away", async () => {
    scenario.catalog.probe = () => Promise.reject(new Error("down"));
    putTable("events");
    await scenario.pass("main");
    expect(jobs()).toEqual([]);
    expect(scenario.condition("main", "TablesMaintained")).toBe(
      "TablesMaintained=Unknown PlatformNotReady: no Job is started while Catalog does not answer",
    );
  });
});

describe("no Job is started", () => {
  const later = "2026-01-01T01:00:00Z";

  beforeEach(() => start());

  it.each<[string, Table]>([
    ["for which nothing is due", { maintenance: {} }],
    ["whose time has not come", { maintenance: { due: ["DataFiles"], next: later } }],
    ["that nobody is to look after", { spec: { enabled: false } }],
    ["that is paused", { metadata: { annotations: { "openclickstream.io/paused": "true" } } }],
    ["that is being deleted", { metadata: { finalizers: ["x"], deletionTimestamp: "2026-01-01T00:00:00Z" } }],
    ["that another LakeTable has", { status: { conflictsWith: "older" } }],
    ["that was renamed", { status: { renamedTo: "shop.other" } }],
    ["that was never this resource's", { status: { tableUuid: undefined } }],
    ["of another platform", { platform: "other" }],
  ])("for a table %s", async (_title, table) => {
    putTable("events", table);
    expect(await scenario.writesDuring(() => scenario.pass("main"))).toEqual([]);
    expect(scenario.condition("main", "TablesMaintained")).toContain("True Succeeded: no table was due yet");
  });

  it("for a table whose time has not come, and then one is", async () => {
    putTable("events", { maintenance: { due: ["DataFiles"], next: later } });
    await scenario.pass("main");
    scenario.wait(3600);
    await scenario.pass("main");
    expect(tablesOf(theJob())).toEqual(["events"]);
  });
});

describe("a platform that suspends its Jobs, or says of them what cannot be", () => {
  it.each([
    ["suspended", { suspend: true }, "False Suspended: spec.maintenance.suspend is true"],
    [
      "too little memory",
      { resources: { limits: { memory: "1101Mi" }, requests: { memory: "1Gi" } } },
      "True Succeeded",
    ],
    [
      "a label of ours",
      { podTemplate: { labels: { "openclickstream.io/dataplatform": "x" } } },
      "False InvalidSpec",
    ],
  ])("says so: %s", async (_title, maintenance, condition) => {
    await start({ ...PLATFORM, spec: { ...PLATFORM.spec, maintenance } });
    putTable("events");
    await scenario.pass("main");
    expect(scenario.condition("main", "TablesMaintained")).toContain(condition);
    expect(scenario.ready("main")).toContain("Ready=True");
    expect(jobs()).toHaveLength(condition.startsWith("True") ? 1 : 0);
  });
});

describe("the end of a Job", () => {
  beforeEach(async () => {
    await start();
    putTable("events");
    putTable("orders");
    await scenario.pass("main");
  });

  it("gives each table what was done for it, and stands whatever becomes of the Job", async () => {
    end(theJob(), { message: result(["events", {}], ["orders", { state: "NothingToDo" }]) });
    await scenario.pass("main");
    const told = upkeep();
    expect(told).toMatchObject({
      state: "Succeeded",
      tables: [
        { table: "events", tableUuid: "uuid-events", state: "Done", ...FIGURES },
        { table: "orders", tableUuid: "uuid-orders", state: "NothingToDo" },
      ],
    });
    scenario.delete(CHILD_TYPES.Pod, `${told?.job}-pod`);
    await scenario.pass("main");
    expect(upkeep()).toEqual(told);
    scenario.delete(CHILD_TYPES.Job, told?.job ?? "");
    await scenario.pass("main");
    expect(upkeep()).toEqual(told);
  });

  it("that failed for one table names it; the message is the last line of the log where there is no other", async () => {
    const message = `something before\n${result(["events", { state: "Failed", message: "no space" }], ["orders", {}])}\n`;
    end(theJob(), { exitCode: 1, message });
    await scenario.pass("main");
    expect(upkeep()).toMatchObject({
      state: "Failed",
      tables: [{ state: "Failed", message: "no space" }, { state: "Done" }],
    });
  });

  it("of which the message lacks a table does not count as done for that", async () => {
    end(theJob(), { message: result(["events", {}]) });
    await scenario.pass("main");
    expect(upkeep()).toMatchObject({ state: "Succeeded", tables: [{ state: "Done" }, { state: "Unknown" }] });
  });

  it.each([
    ["says why", JSON.stringify({ seconds: 1, message: "upkeep.json: wrong" }), "upkeep.json: wrong"],
    [
      "says nothing that can be read",
      "java.lang.OutOfMemoryError",
      "exited with 1 (Error): java.lang.OutOfMemoryError",
    ],
  ])("that failed as a whole has failed for all of its tables, and %s", async (_title, message, why) => {
    end(theJob(), { exitCode: 1, message });
    await scenario.pass("main");
    for (const table of upkeep()?.tables ?? [])
      expect(table).toMatchObject({ state: "Failed", message: expect.stringContaining(why) as string });
  });

  it("is waited for where the pod is not yet seen to have ended, for two minutes", async () => {
    const job = theJob();
    end(job, {});
    scenario.putStatus(`${job.metadata.name}-pod`, { phase: "Running" }, CHILD_TYPES.Pod);
    await scenario.pass("main");
    expect(upkeep()?.state).toBe("Running");
    scenario.wait(120);
    await scenario.pass("main");
    expect(upkeep()).toMatchObject({
      state: "Succeeded",
      tables: [{ state: "Unknown" }, { state: "Unknown" }],
    });
  });

  it("by hand counts as failed", async () => {
    scenario.delete(CHILD_TYPES.Job, theJob().metadata.name);
    await scenario.pass("main");
    expect(upkeep()).toMatchObject({ state: "Failed", tables: [{ state: "Failed" }, { state: "Failed" }] });
    expect(upkeep()?.message).toContain("was deleted before it ended");
    expect(jobs()).toEqual([]);
  });

  it("is told by a process that did not start it", async () => {
    end(theJob(), { message: result(["events", {}], ["orders", {}]) });
    await scenario.restart();
    scenario.change(dataPlatformKind, "main", (platform) => {
      (platform["status"] as Record<string, unknown>)["upkeep"] = undefined;
    });
    await scenario.pass("main");
    expect(upkeep()).toMatchObject({ state: "Succeeded", tables: [{ state: "Done" }, { state: "Done" }] });
  });
});

describe("a table whose runs fail", () => {
  const at = "2025-12-31T00:00:00Z";
  const failed = { job: "j", at, finishedAt: at, state: "Failed" } as const;

  beforeEach(() => start());

  it("has its Jobs alone, and does not keep the others waiting", async () => {
    putTable("broken", { maintenance: { due: ["DataFiles"], lastRun: failed, failures: 1 } });
    putTable("events");
    await scenario.pass("main");
    expect(tablesOf(theJob())).toEqual(["events"]);
    end(theJob(), { message: result(["events", {}]) });
    await scenario.pass("main");
    takeOver("events");
    await scenario.pass("main");
    expect(jobs().map(tablesOf)).toContainEqual(["broken"]);
  });

  it("is named in the condition", async () => {
    putTable("broken", { maintenance: { lastRun: failed, failures: 3 } });
    await scenario.pass("main");
    expect(scenario.condition("main", "TablesMaintained")).toBe(
      "TablesMaintained=False UpkeepFailed: 1 table could not be looked after: shop.broken; each LakeTable's condition Maintained says why",
    );
  });
});

it("the pods of a platform without keys have an account that the store knows", async () => {
  const { endpoint, region, bucket } = PLATFORM.spec.storage;
  const serviceAccountAnnotations = { "cloud.example.com/role": "lake" };
  await start({
    ...PLATFORM,
    spec: {
      ...PLATFORM.spec,
      storage: { endpoint, region, bucket, credentials: "WorkloadIdentity", serviceAccountAnnotations },
    },
  });
  putTable("events");
  await scenario.pass("main");
  expect(theJob()).toMatchObject({ spec: { template: { spec: { serviceAccountName: "main-upkeep" } } } });
  const account = scenario.find(CHILD_TYPES.ServiceAccount, "main-upkeep");
  expect(account?.metadata.annotations).toMatchObject(serviceAccountAnnotations);
});
