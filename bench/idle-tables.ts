/**
 * What it costs to look after tables for which nothing is due, against a real API server, etcd, S3 and catalog without a cluster.
 * `IDLE_TABLES=500` and `IDLE_SNAPSHOTS=20` name the sizes, `IDLE_REST=240` the seconds that are watched.
 */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startIcebergRest, startPostgresql } from "../test/support/catalog-engines.ts";
import { startVersitygw, type Engine } from "../test/support/engines.ts";
import { CountingDoor } from "./counting-door.ts";
import { seconds, type Figure } from "./figures.ts";
import { buildBundle } from "./scale.ts";
import { NAMESPACE, ScaleWorld } from "./scale-world.ts";

const DATABASE = "idle";
const TABLES = `/apis/openclickstream.io/v1alpha1/namespaces/${NAMESPACE}/laketables`;
const PLATFORM = TABLES.replace("laketables", "dataplatforms/main");
const WORKERS = 8;
const DEADLINE_MS = 900_000;
const LOAD = "load";

interface SeenTable {
  readonly status?: {
    readonly tableUuid?: string;
    readonly currentSnapshotId?: string;
    readonly maintenance?: { readonly due?: readonly string[] };
  };
}

export async function measureIdleTables(report: (message: string) => void): Promise<readonly Figure[]> {
  const count = Number(process.env["IDLE_TABLES"] ?? "500");
  const snapshots = Number(process.env["IDLE_SNAPSHOTS"] ?? "20");
  const directory = await mkdtemp(join(tmpdir(), "openclickstream-idle-"));
  const engines: Pick<Engine, "stop">[] = [];
  const keep = async <Started extends Pick<Engine, "stop">>(starting: Promise<Started>): Promise<Started> => {
    const started = await starting;
    engines.unshift(started);
    return started;
  };
  try {
    const storage = await keep(startVersitygw({ directory: join(directory, "s3"), report }));
    const { address: postgresql } = await keep(
      startPostgresql({ directory: join(directory, "postgresql"), report }),
    );
    const catalog = await keep(
      startIcebergRest({ directory: join(directory, "catalog"), storage, postgresql, report }),
    );
    const door = await keep(CountingDoor.open(catalog.uri, kindOfRequest));
    const lake = { storage, catalogUri: door.url };
    const worldFolder = join(directory, "world");
    await mkdir(worldFolder);
    const world = await keep(ScaleWorld.start(worldFolder, await buildBundle(), lake));
    const names = Array.from({ length: count }, (_, index) => `table_${index}`);
    report(`making ${count} tables with ${snapshots} snapshots each`);
    await makeTables(world, names, { catalogUri: catalog.uri, snapshots });
    return await watchThem(world, door, { count, snapshots });
  } finally {
    for (const engine of engines) await engine.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

function kindOfRequest(method: string, path: string): string {
  return method === "GET" && /\/tables\/[^/]+$/.test(path) ? LOAD : "other";
}

interface Made {
  readonly catalogUri: string;
  readonly snapshots: number;
}

async function makeTables(world: ScaleWorld, names: readonly string[], made: Made): Promise<void> {
  await each(names, async (table) => world.call("POST", TABLES, manifest(table)));
  await until(async () => (await tablesOf(world)).every(({ status }) => status?.tableUuid !== undefined));
  await each(names, async (table) => addSnapshots(table, made));
  const last = String(made.snapshots);
  await until(async () => (await tablesOf(world)).every(({ status }) => status?.currentSnapshotId === last));
}

async function tablesOf(world: ScaleWorld): Promise<readonly SeenTable[]> {
  return ((await world.call("GET", TABLES)) as { items: readonly SeenTable[] }).items;
}

function manifest(table: string): object {
  return {
    apiVersion: "openclickstream.io/v1alpha1",
    kind: "LakeTable",
    metadata: { name: table.replaceAll("_", "-") },
    spec: {
      ...{ platformRef: { name: "main" }, database: DATABASE, table },
      columns: [{ name: "at", type: "timestamptz" }],
      partitionBy: [{ column: "at", transform: "month" }],
    },
  };
}

/** Commits that name no files; what the operator reads is all in the metadata. */
async function addSnapshots(table: string, { catalogUri, snapshots }: Made): Promise<void> {
  for (let id = 1; id <= snapshots; id += 1) {
    const snapshot = {
      "snapshot-id": id,
      ...(id > 1 && { "parent-snapshot-id": id - 1 }),
      ...{ "sequence-number": id, "timestamp-ms": Date.now(), "schema-id": 0 },
      "manifest-list": `s3://clickstream/none/${table}/${id}.avro`,
      summary: {
        operation: "append",
        "total-data-files": "12",
        "total-files-size": "600000",
        "total-records": "9",
      },
    };
    const answer = await fetch(`${catalogUri}/v1/namespaces/${DATABASE}/tables/${table}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        requirements: [],
        updates: [
          { action: "add-snapshot", snapshot },
          { action: "set-snapshot-ref", "ref-name": "main", type: "branch", "snapshot-id": id },
        ],
      }),
    });
    if (!answer.ok) throw new Error(`a commit to ${table}: ${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
  }
}

async function watchThem(
  world: ScaleWorld,
  door: CountingDoor,
  { count, snapshots }: { readonly count: number; readonly snapshots: number },
): Promise<readonly Figure[]> {
  const title = `${count} tables of ${snapshots} snapshots, nothing due`;
  const restSeconds = Number(process.env["IDLE_REST"] ?? "240");
  const before = { ...(await world.read()), loads: door.count(LOAD), all: door.count() };
  await sleep(restSeconds * 1000);
  const after = { ...(await world.read()), loads: door.count(LOAD), all: door.count() };
  const used = after.processes.usedSince(before.processes, "operator");
  const rounds = (after.loads - before.loads) / count;
  const round = await roundAtOnce(world, door, count);
  const started = await Promise.all(
    ["batch/v1/namespaces", ""].map(async (group) => startedOf(world, group)),
  );
  const due = (await tablesOf(world)).filter(({ status }) => (status?.maintenance?.due ?? []).length > 0);
  return [
    { name: `${title}: a round of all at once`, value: round },
    {
      name: `${title}: at rest for ${restSeconds} s`,
      value:
        `operator ${used.toFixed(2)} processor s in ${rounds.toFixed(1)} rounds; ${((used / restSeconds) * 1000).toFixed(1)} millicores; ` +
        `requests to the API server: ${after.requests.since(before.requests)}`,
    },
    {
      name: `${title}: catalog requests at rest`,
      value: `${after.loads - before.loads} loads, ${rounds.toFixed(1)} a table; ${after.all - before.all - (after.loads - before.loads)} others`,
    },
    { name: `${title}: tables found due`, value: String(due.length), aim: "0" },
    { name: `${title}: Jobs / pods started`, value: started.join(" / "), aim: "none" },
  ];
}

/** A changed platform wakes all of its tables. */
async function roundAtOnce(world: ScaleWorld, door: CountingDoor, count: number): Promise<string> {
  const loads = door.count(LOAD);
  const before = await world.read();
  const began = performance.now();
  await world.call("PATCH", PLATFORM, {
    spec: { maintenance: { resources: { requests: { cpu: "300m" } } } },
  });
  await until(async () => Promise.resolve(door.count(LOAD) - loads >= count));
  const took = performance.now() - began;
  const after = await world.read();
  const used = after.processes.usedSince(before.processes, "operator");
  return `${seconds(took)}; operator ${used.toFixed(1)} processor s`;
}

async function startedOf(world: ScaleWorld, group: string): Promise<number> {
  const path = group === "" ? `/api/v1/namespaces/${NAMESPACE}/pods` : `/apis/${group}/${NAMESPACE}/jobs`;
  return ((await world.call("GET", path)) as { items: readonly unknown[] }).items.length;
}

async function each(names: readonly string[], work: (name: string) => Promise<unknown>): Promise<void> {
  const left = [...names];
  const worker = async (): Promise<void> => {
    for (let name = left.pop(); name !== undefined; name = left.pop()) await work(name);
  };
  await Promise.all(Array.from({ length: WORKERS }, worker));
}

async function until(isDone: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + DEADLINE_MS;
  while (!(await isDone())) {
    if (Date.now() > deadline) throw new Error(`not done after ${DEADLINE_MS / 1000} s`);
    await sleep(100);
  }
}
