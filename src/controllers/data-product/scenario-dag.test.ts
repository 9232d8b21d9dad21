/** Whole passes over the DAG of a product: its file in the bucket, and what Airflow has of it. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DataProductSpec } from "../../crds/kinds.ts";
import { lakeTableKind } from "../../crds/kinds.ts";
import { WaitingError } from "../../runtime/errors.ts";
import { ProductScenario } from "../../testing/product-scenario.ts";
import { FakeBucket } from "../../testing/systems.ts";

const DAG = "shop.sessions";
const FILE = "airflow/dags/shop.sessions.py";

let world: ProductScenario;

beforeEach(async () => {
  world = await ProductScenario.start();
});
afterEach(async () => {
  await world.stop();
});

describe("the file of a DAG", () => {
  it("that was changed by hand is put back", async () => {
    await world.settle();
    const text = world.bucket.contents.get(FILE) ?? "";
    world.bucket.contents.set(FILE, text.replace("max_active_runs=1", "max_active_runs=9"));
    await world.pass();
    expect(world.bucket.contents.get(FILE)).toBe(text);
  });

  it("of somebody else is left alone, and so is a DAG", async () => {
    world.bucket.keys.add(FILE);
    world.bucket.contents.set(FILE, "print('mine')");
    await world.pass();
    expect(world.bucket.contents.get(FILE)).toBe("print('mine')");
    expect(world.ready()).toBe(
      `Ready=False ResourceConflict: the bucket has a file "${FILE}" that was not made for this product; delete or rename it`,
    );
    world.bucket.keys.delete(FILE);
    world.airflow.putDag(DAG, { owners: ["airflow"], tags: [] });
    await world.pass();
    expect(world.condition("Scheduled")).toContain(
      `Scheduled=False ResourceConflict: Airflow has a DAG ${DAG} that was not made for this product`,
    );
    expect([...world.airflow.writes, ...world.bucket.writes]).toEqual([]);
  });

  it("of the product of this name in another cluster is left alone, and so is a DAG", async () => {
    world.airflowReadsFiles = false;
    await world.pass();
    const theirs = (world.bucket.contents.get(FILE) ?? "").replaceAll(world.airflow.cluster, "other-cluster");
    expect(theirs).toContain("other-cluster");
    world.bucket.contents.set(FILE, theirs);
    await world.pass();
    const advice =
      "it is of another cluster: give each cluster a spec.airflow.bundle.prefix and an Airflow of its own, or delete it if that cluster is gone";
    expect(world.ready()).toBe(
      `Ready=False ResourceConflict: the bucket has a file "${FILE}" that was not made for this product; ${advice}`,
    );
    world.bucket.keys.delete(FILE);
    world.bucket.contents.delete(FILE);
    world.airflow.putDag(DAG, { tags: ["openclickstream", "cluster:other-cluster"] });
    await world.pass();
    expect(world.condition("Scheduled")).toBe(
      `Scheduled=False ResourceConflict: Airflow has a DAG ${DAG} that was not made for this product; ${advice}`,
    );
    world.bucket.keys.add(FILE);
    world.bucket.contents.set(FILE, theirs);
    world.scenario.deleteResource("sessions");
    await world.scenario.pass("sessions");
    expect(world.scenario.resource("sessions")).toBeUndefined();
    expect(world.bucket.contents.get(FILE)).toBe(theirs);
    expect(world.airflow.dags.has(DAG)).toBe(true);
  });

  it("that the product of this name left behind is taken over", async () => {
    await world.settle();
    const left = { text: world.bucket.contents.get(FILE) ?? "", dag: world.airflow.dags.get(DAG) };
    world.scenario.deleteResource("sessions");
    world.airflow.putDag(DAG, { ...left.dag, isStale: true });
    await world.scenario.pass("sessions");
    expect(world.scenario.resource("sessions")).toBeUndefined();
    // As if it had been released without its finalizer.
    world.bucket.keys.add(FILE);
    world.bucket.contents.set(FILE, left.text);
    world.airflow.putDag(DAG, left.dag);
    world.scenario.delete(lakeTableKind, "sessions");
    await world.settle({ resources: { limits: { memory: "4Gi" } } });
    expect(world.condition("Scheduled")).toContain("Scheduled=True");
    expect(world.bucket.contents.get(FILE)).toContain('"memory": "4Gi"');
  });

  it("that cannot be imported is told with Python's last words", async () => {
    await world.settle();
    world.readFile({ isStale: true, hasImportErrors: true });
    world.airflow.importErrors.set("shop.sessions.py", {
      ...{ file: "shop.sessions.py", at: "2026-01-01T00:00:00Z" },
      trace: "Traceback:\n  File x\nImportError: no module named airflow.providers.cncf\n",
    });
    await world.pass();
    expect(world.condition("Scheduled")).toBe(
      `Scheduled=False DagRefused: Airflow cannot import "${FILE}": ImportError: no module named airflow.providers.cncf`,
    );
  });

  it("that cannot be written is told in the bucket's words", async () => {
    world.bucket.refusal = new WaitingError(
      "Unauthorized",
      'S3 answered 403 while writing "x": AccessDenied',
    );
    await world.pass();
    expect(world.condition("Scheduled")).toContain("Scheduled=False Unauthorized: S3 answered 403");
    expect(world.scenario.find(lakeTableKind, "sessions")).toBeDefined();
  });
});

describe("a changed prefix of the bundle", () => {
  const MOVED = "other/dags/shop.sessions.py";

  it("moves the file: the one at the old place goes once the new one is there", async () => {
    await world.settle();
    expect(world.status().dagFile).toBe(FILE);
    world.moveBundle("other/dags");
    world.bucket.refusal = new WaitingError("Unauthorized", "S3 answered 403");
    await world.pass();
    expect(world.bucket.contents.has(FILE)).toBe(true);
    world.bucket.refusal = undefined;
    await world.pass();
    expect(world.bucket.keys.has(MOVED)).toBe(true);
    expect(world.bucket.keys.has(FILE)).toBe(false);
    expect(world.status().dagFile).toBe(MOVED);
  });

  it("moves the file to another bucket, and takes it out of the one before", async () => {
    await world.settle();
    const moved = new FakeBucket();
    world.scenario.otherBuckets.set("new-lake", moved);
    world.moveBucket({ bucket: "new-lake" });
    const readText = world.bucket.readText.bind(world.bucket);
    world.bucket.readText = async () => Promise.reject(new WaitingError("StorageUnreachable", "S3 is away"));
    await world.pass();
    expect(moved.contents.has(FILE)).toBe(true);
    expect(world.status().dagBucket).toBe("http://s3:7070/lake");
    world.bucket.readText = readText;
    await world.pass();
    expect(world.bucket.keys.has(FILE)).toBe(false);
    expect(moved.contents.has(FILE)).toBe(true);
    expect(world.status()).toMatchObject({ dagFile: FILE, dagBucket: "http://s3:7070/new-lake" });
  });

  it("says in an Event which file it left in a bucket that it cannot reach", async () => {
    await world.settle();
    world.scenario.otherBuckets.set("new-lake", new FakeBucket());
    world.moveBucket({ bucket: "new-lake", endpoint: "http://another-s3" });
    await world.pass();
    expect(world.bucket.contents.has(FILE)).toBe(true);
    expect(world.scenario.events()).toContainEqual(
      `Warning CleanupAbandoned: the DAG's file "${FILE}" was left in the former bucket http://s3:7070/lake; delete it there: the platform names another S3 service now`,
    );
    expect(world.status()).toMatchObject({ dagBucket: "http://another-s3/new-lake" });
  });

  it("leaves a file of somebody else at the old place", async () => {
    await world.settle();
    world.bucket.contents.set(FILE, "print('mine')");
    world.moveBundle("other/dags");
    await world.pass();
    expect(world.bucket.contents.get(FILE)).toBe("print('mine')");
    expect(world.status().dagFile).toBe(MOVED);
  });

  it("is followed when the product is deleted before the file was moved", async () => {
    await world.settle();
    world.moveBundle("other/dags");
    world.scenario.deleteResource("sessions");
    await world.scenario.pass("sessions");
    expect(world.bucket.keys.has(FILE)).toBe(false);
  });
});

describe("a changed manifest", () => {
  const CHANGED: Partial<DataProductSpec> = { resources: { limits: { memory: "4Gi" } } };
  const asked = { "openclickstream.io/run": "now" };
  const FORMER = `Scheduled=False NotSettled: Airflow still has DAG ${DAG} of before the last change; until it has read "${FILE}" anew, what the schedule starts is as before`;

  it("starts no run until Airflow has the DAG of it", async () => {
    await world.settle();
    world.airflowReadsFiles = false;
    await world.pass(CHANGED, asked);
    await world.pass(CHANGED, asked);
    expect(world.airflow.writes.filter((write) => write.includes("asked-"))).toEqual([]);
    expect(world.condition("Scheduled")).toBe(FORMER);
    world.readFile();
    await world.pass(CHANGED, asked);
    expect(world.airflow.writes.filter((write) => write.includes("asked-"))).toHaveLength(1);
    expect(world.condition("Scheduled")).toContain("Scheduled=True");
  });

  it("shows which SQL the rows are of that readers see", async () => {
    await world.settle();
    world.finish("first", { published: { rows: 1, tableRows: 1 }, planHash: "hash-0" });
    await world.pass();
    expect(world.status()).toMatchObject({ planHash: "hash-1", lastRun: { planHash: "hash-0" } });
    expect(world.ready()).toMatch(
      /^Ready=True Succeeded: readers see the rows of run first-.*, which are of the SQL of before$/,
    );
    world.run("scheduled__2", { startedAt: "2026-01-01T06:00:00Z" });
    world.finish("scheduled__2", { published: { rows: 1, tableRows: 1 } });
    await world.pass();
    expect(world.ready()).toBe("Ready=True Succeeded: readers see the rows of run scheduled__2");
  });

  it("is not unpaused with the DAG of before", async () => {
    await world.settle();
    await world.pass({ suspend: true });
    world.airflowReadsFiles = false;
    await world.pass(CHANGED);
    await world.pass(CHANGED);
    expect(world.airflow.writes.at(-1)).toBe(`pause ${DAG}`);
    world.readFile();
    await world.pass(CHANGED);
    expect(world.airflow.writes.at(-1)).toBe(`unpause ${DAG}`);
  });

  it("that gives a file which cannot be imported is told so", async () => {
    await world.settle();
    world.airflowReadsFiles = false;
    await world.pass(CHANGED);
    const error = { file: "shop.sessions.py", at: "2026-01-01T00:00:00Z", trace: "SyntaxError: bad\n" };
    world.airflow.importErrors.set("shop.sessions.py", error);
    world.airflow.putDag(DAG, { ...world.airflow.dags.get(DAG), isStale: true, hasImportErrors: true });
    await world.pass(CHANGED, asked);
    expect(world.condition("Scheduled")).toContain("Scheduled=False DagRefused");
    expect(world.airflow.writes.filter((write) => write.includes("asked-"))).toEqual([]);
  });
});
