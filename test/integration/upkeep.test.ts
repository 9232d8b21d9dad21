/** Tables that look after themselves, on a real API server, catalog and object store. There is no kubelet: a test writes what it would. */
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import type { MaintenanceStatus, UpkeepStatus } from "../../src/crds/kinds.ts";
import { dataPlatformKind, lakeTableKind } from "../../src/crds/kinds.ts";
import { until } from "../../src/testing/until.ts";
import { ApiRequests } from "../support/api-requests.ts";
import { nessiePeer, peer } from "../support/catalog-peer.ts";
import type { Address, SeenResource } from "./running-operator.ts";
import { RunningOperator } from "./running-operator.ts";

const [BUSY, FAILING, IDLE, NESSIE] = [
  "upkeep-busy",
  "upkeep-failing",
  "upkeep-idle",
  "upkeep-nessie",
] as const;
const DATABASE = "upkeep_test";
const COLUMNS = [
  { name: "id", type: "string" },
  { name: "at", type: "timestamptz" },
];

let operator: RunningOperator;
let requests: ApiRequests;

beforeAll(async () => {
  requests = new ApiRequests(inject("apiServer"));
  operator = await RunningOperator.start([BUSY, FAILING, IDLE, NESSIE]);
  for (const namespace of [BUSY, FAILING, IDLE]) await operator.applyPlatform(namespace);
  await operator.applyPlatform(NESSIE, { catalog: inject("nessie") });
});
afterAll(async () => {
  await operator.stop();
  await requests.close();
});

interface Job {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly template: {
      readonly metadata: {
        readonly labels: Readonly<Record<string, string>>;
        readonly annotations: Readonly<Record<string, string>>;
      };
      readonly spec: Readonly<Record<string, unknown>>;
    };
  };
}

async function jobs(namespace: string): Promise<readonly Job[]> {
  const path = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  return ((await requests.mustSend({ method: "GET", path })) as { items: readonly Job[] }).items;
}

async function theJob(namespace: string): Promise<Job> {
  let found: readonly Job[] = [];
  await until(
    async () => {
      found = await jobs(namespace);
      return found.length > 0;
    },
    () => `no Job was started in ${namespace}`,
    30_000,
  );
  const [job] = found;
  if (job === undefined || found.length > 1)
    throw new Error(`${found.length} Jobs were started in ${namespace}`);
  return job;
}

/** Makes a LakeTable, and gives its table so many snapshots and data files as their summary has it. */
async function tableWith(at: Address, given: { files: number; snapshots?: number }): Promise<void> {
  const table = at.name;
  await operator.apply(lakeTableKind, at, {
    ...{ platformRef: { name: "main" }, database: DATABASE, table, columns: COLUMNS },
    partitionBy: [{ column: "at", transform: "day" }],
    maintenance: { snapshots: { keep: "2d", min: 10 } },
  });
  const { status } = await operator.waitUntilReady(lakeTableKind, at);
  const catalog = at.namespace === NESSIE ? nessiePeer : peer;
  const { snapshots = 1, files } = given;
  for (let index = 1; index <= snapshots; index += 1) {
    const id = BigInt(index);
    const snapshot = {
      "snapshot-id": id,
      ...(index > 1 && { "parent-snapshot-id": id - 1n }),
      "sequence-number": index,
      "timestamp-ms": Date.now(),
      "manifest-list": `${String(status?.["location"])}/metadata/snap-${index}.avro`,
      "schema-id": 0,
      summary: {
        operation: "append",
        "total-records": "1000",
        "total-data-files": String(files),
        "total-files-size": String(files * 50_000),
      },
    };
    await catalog.commit(DATABASE, table, [
      { action: "add-snapshot", snapshot },
      { action: "set-snapshot-ref", "ref-name": "main", type: "branch", "snapshot-id": id },
    ]);
  }
}

function maintenanceOf(resource: SeenResource): MaintenanceStatus | undefined {
  return resource.status?.["maintenance"] as MaintenanceStatus | undefined;
}

/** What kubelet and Job controller write at the end. */
async function end(
  namespace: string,
  job: Job,
  { exitCode, message }: { readonly exitCode: number; readonly message: string },
): Promise<void> {
  const now = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  const pods = `/api/v1/namespaces/${namespace}/pods`;
  const { name, uid } = job.metadata;
  const { metadata, spec } = job.spec.template;
  await requests.mustSend({
    method: "POST",
    path: pods,
    body: {
      apiVersion: "v1",
      kind: "Pod",
      metadata: {
        ...{ name: `${name}-pod`, labels: metadata.labels, annotations: metadata.annotations },
        ownerReferences: [{ apiVersion: "batch/v1", kind: "Job", name, uid, controller: true }],
      },
      spec: { ...spec, serviceAccountName: "default" },
    },
  });
  const terminated = {
    exitCode,
    reason: exitCode === 0 ? "Completed" : "Error",
    message,
    startedAt: now,
    finishedAt: now,
  };
  const container = { name: "driver", image: "i", imageID: "i", ready: false, restartCount: 0 };
  await writeStatus(`${pods}/${name}-pod`, {
    phase: exitCode === 0 ? "Succeeded" : "Failed",
    containerStatuses: [{ ...container, state: { terminated } }],
  });
  const ends = exitCode === 0 ? ["SuccessCriteriaMet", "Complete"] : ["FailureTarget", "Failed"];
  const conditions = ends.map((type) => ({
    ...{ type, status: "True", lastProbeTime: now, lastTransitionTime: now },
    ...{ reason: exitCode === 0 ? "CompletionsReached" : "BackoffLimitExceeded", message: "it ended" },
  }));
  await writeStatus(`/apis/batch/v1/namespaces/${namespace}/jobs/${name}`, {
    ...{ startTime: now, conditions, uncountedTerminatedPods: {} },
    ...(exitCode === 0 ? { succeeded: 1, completionTime: now } : { failed: 1 }),
  });
}

async function writeStatus(path: string, status: object): Promise<void> {
  await requests.update<object>(`${path}/status`, (held) => ({ ...held, status }));
}

async function condition(namespace: string, type: string): Promise<string> {
  const platform = await operator.get(dataPlatformKind, { namespace, name: "main" });
  const found = platform?.status?.conditions?.find((one) => one.type === type);
  return `${found?.status} ${found?.reason}: ${found?.message}`;
}

describe("a table with many small files", () => {
  const at = { namespace: BUSY, name: "events" };

  it("gets a Job with its document, of which the result comes into the status of the table", async () => {
    await tableWith(at, { files: 40 });
    const job = await theJob(BUSY);
    const due = await operator.waitFor(lakeTableKind, at, (seen) => maintenanceOf(seen)?.due !== undefined);
    expect(maintenanceOf(due)?.due).toEqual(["DataFiles"]);
    const document = job.spec.template.metadata.annotations["openclickstream.io/upkeep-document"] ?? "";
    expect(JSON.parse(document)).toMatchObject({
      catalog: { name: "lake", uri: inject("engines").catalog.uri },
      tables: [
        {
          ...{ database: DATABASE, table: "events", targetFileBytes: 128 * 1024 * 1024 },
          ...{ keepSnapshotsForSeconds: 2 * 86_400, minSnapshots: 10 },
        },
      ],
    });
    expect(document).not.toContain("orphansOlderThanSeconds");
    expect(document).not.toContain(inject("engines").storage.secretAccessKey);
    const figures = {
      ...{ filesBefore: 40, filesAfter: 40, bytesBefore: 2_000_000, bytesAfter: 2_000_000, snapshots: 1 },
      ...{ compactedFiles: 0, expiredSnapshots: 0, removedFiles: 0, erasedRows: 0 },
    };
    const result = {
      seconds: 2,
      tables: [{ database: DATABASE, table: "events", state: "NothingToDo", ...figures }],
    };
    await end(BUSY, job, { exitCode: 0, message: JSON.stringify(result) });
    const seen = await operator.waitFor(
      lakeTableKind,
      at,
      (one) => maintenanceOf(one)?.lastRun !== undefined,
    );
    const maintenance = maintenanceOf(seen);
    expect(maintenance?.lastRun).toMatchObject({ job: job.metadata.name, state: "NothingToDo", ...figures });
    // The files are as they were found, and worth no other Job.
    expect(maintenance).not.toHaveProperty("due");
    expect(seen.status?.conditions).toContainEqual(
      expect.objectContaining({ type: "Maintained", status: "True", message: "nothing is due" }),
    );
    const platform = await operator.get(dataPlatformKind, { namespace: BUSY, name: "main" });
    expect(platform?.status?.["upkeep"] as UpkeepStatus).toMatchObject({
      job: job.metadata.name,
      state: "Succeeded",
    });
    expect(await jobs(BUSY)).toHaveLength(1);
  });

  it("has a Job whose pod satisfies the restricted Pod Security Standard", async () => {
    const [job] = await jobs(BUSY);
    const namespace = "upkeep-restricted";
    await requests.mustSend({
      method: "POST",
      path: "/api/v1/namespaces",
      body: { metadata: { name: namespace, labels: { "pod-security.kubernetes.io/enforce": "restricted" } } },
    });
    const { code, body } = await requests.send({
      method: "POST",
      path: `/api/v1/namespaces/${namespace}/pods?dryRun=All&fieldValidation=Strict`,
      body: {
        ...{ apiVersion: "v1", kind: "Pod", metadata: { name: "tried" } },
        spec: { ...job?.spec.template.spec, serviceAccountName: "default" },
      },
    });
    expect([code, (body as { message?: string }).message]).toEqual([201, undefined]);
  });
});

describe("a Job that fails", () => {
  const at = { namespace: FAILING, name: "broken" };

  it("is told by table and platform, and the next one is not started at once", async () => {
    await tableWith(at, { files: 40 });
    const job = await theJob(FAILING);
    await end(FAILING, job, {
      exitCode: 1,
      message: JSON.stringify({ seconds: 1, message: "no such catalog" }),
    });
    const seen = await operator.waitFor(lakeTableKind, at, (one) => maintenanceOf(one)?.failures === 1);
    const { lastRun, next } = maintenanceOf(seen) ?? {};
    expect(lastRun).toMatchObject({ state: "Failed", message: "no such catalog" });
    expect(Date.parse(next ?? "") - Date.parse(lastRun?.finishedAt ?? "")).toBe(3_600_000);
    await expect
      .poll(async () => condition(FAILING, "TablesMaintained"), { timeout: 20_000 })
      .toContain(
        `False UpkeepFailed: 1 table could not be looked after: ${DATABASE}.broken; no such catalog`,
      );
    expect(await jobs(FAILING)).toHaveLength(1);
  });
});

describe("a table with many snapshots and nothing due", () => {
  it("starts nothing, and its status is not written again", async () => {
    const at = { namespace: IDLE, name: "quiet" };
    await tableWith(at, { files: 4, snapshots: 30 });
    const settled = await operator.waitFor(
      lakeTableKind,
      at,
      (seen) => seen.status?.["currentSnapshotId"] === "30",
    );
    const passes = (): number => operator.logged.filter((line) => line.includes('"quiet"')).length;
    const before = passes();
    await until(
      () => passes() >= before + 3,
      () => "the table is not looked at again",
      30_000,
    );
    const after = await operator.get(lakeTableKind, at);
    expect(after?.metadata.resourceVersion).toBe(settled.metadata.resourceVersion);
    expect(await jobs(IDLE)).toEqual([]);
  });
});

describe("a catalog that keeps no history", () => {
  it("has its tables compacted, and the condition says what stays", async () => {
    const at = { namespace: NESSIE, name: "kept" };
    await tableWith(at, { files: 40 });
    await theJob(NESSIE);
    const seen = await operator.waitFor(lakeTableKind, at, (one) => maintenanceOf(one)?.due !== undefined);
    expect(maintenanceOf(seen)?.due).toEqual(["DataFiles"]);
    const isLimited = (one: SeenResource): boolean =>
      one.status?.conditions?.some(
        ({ type, reason }) => type === "Maintained" && reason === "CatalogLimited",
      ) === true;
    await operator.waitFor(lakeTableKind, at, isLimited);
  });
});
