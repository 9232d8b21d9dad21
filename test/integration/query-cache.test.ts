/** The cache of Trino's files over real S3: answers stay right whatever happens to its files, and to the tables. */
import { mkdir, mkdtemp, open, readdir, rm, stat, truncate, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { mustRun } from "../../local/support/command.ts";
import { cacheProperties } from "../../src/controllers/query-cluster/plan/file-cache.ts";
import { coordinatorPod } from "../../src/testing/query-cluster.ts";
import { JsonClient } from "../../src/targets/http/json-client.ts";
import { CachingCacheReader, type CacheFigures } from "../../src/targets/trino/cache-statistics.ts";
import { runStatement } from "../../src/targets/trino/statement.ts";
import { until } from "../../src/testing/until.ts";
import type { Engine } from "../support/process.ts";
import { askPython } from "../support/python.ts";
import { lakeCatalog, startTrino } from "../support/trino.ts";

const MEBIBYTE = 2 ** 20;
/** For tests that start Trino or Python's clients: a limit for what hangs. */
const SLOW = 300_000;
const QUESTION = "SELECT count(*), count(DISTINCT custkey), sum(orderkey), max(comment), min(clerk) FROM";
const client = new JsonClient();
const signal = new AbortController().signal;

let directory: string;
let small: string;
let trino: Engine;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "openclickstream-query-cache-"));
  small = join(directory, "small");
  await mkdir(small);
  // Less than the cache is told to fill: needs root, as `make demo` does.
  await mustRun("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", small]);
  trino = await start();
  await ask("CREATE SCHEMA lake.cached");
  await ask("CREATE TABLE lake.cached.orders AS SELECT * FROM tpch.sf1.orders WHERE orderkey % 10 < 2");
});
afterAll(async () => {
  await trino.stop();
  await client.close();
  await mustRun("umount", [small]);
  await rm(directory, { recursive: true, force: true });
});

/** `lake` has a cache in a folder, `crowded` one on a full disk, `plain` none. */
async function start(): Promise<Engine> {
  const lake = inject("engines");
  return startTrino({
    directory: join(directory, "trino"),
    lake,
    lakeProperties: cacheIn(join(directory, "cache")),
    catalogs: {
      crowded: { ...lakeCatalog(lake), ...cacheIn(small) },
      plain: lakeCatalog(lake),
      tpch: { "connector.name": "tpch" },
    },
    report: console.log,
  });
}

function cacheIn(folder: string): Readonly<Record<string, string>> {
  const properties = Object.entries(cacheProperties({ medium: "Disk", maxBytes: 64 * MEBIBYTE }, folder));
  return Object.fromEntries(
    properties.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}

async function ask(sql: string): Promise<readonly (readonly unknown[])[]> {
  const coordinatorUrl = `http://${trino.address}`;
  return runStatement(sql, {
    ...{ client, coordinatorUrl, signal },
    timeoutMilliseconds: 100_000,
    clock: () => performance.now(),
  });
}

async function answerOf(catalog: string): Promise<readonly unknown[]> {
  return (await ask(`${QUESTION} ${catalog}.cached.orders`))[0] ?? [];
}

/** As the operator reads them of a pod. */
async function figuresOf(catalog: string): Promise<CacheFigures> {
  const [host = "", port] = trino.address.split(":");
  const reading = await new CachingCacheReader(client, Number(port)).read({
    ...{ cluster: "test/query", pods: [coordinatorPod("a", host)], catalogs: [catalog] },
    ...{ now: new Date(), signal },
  });
  if (reading.state === "unknown" || reading.catalogs[0] === undefined)
    throw new Error(JSON.stringify(reading));
  return reading.catalogs[0];
}

/** What one answer of a catalog cost. */
async function costOf(catalog: string): Promise<CacheFigures> {
  const before = await figuresOf(catalog);
  expect(await answerOf(catalog)).toEqual(await answerOf("plain"));
  const after = await figuresOf(catalog);
  return {
    hits: after.hits - before.hits,
    misses: after.misses - before.misses,
    hitBytes: after.hitBytes - before.hitBytes,
    missBytes: after.missBytes - before.missBytes,
  };
}

/** Asks until an answer costs nothing: a page that was found bad, or is looked for after a start, may be taken in by a later answer only. */
async function untilWhole(): Promise<void> {
  let cost: CacheFigures | undefined;
  await until(
    async () => {
      cost = await costOf("lake");
      return cost.misses === 0 && cost.missBytes === 0 && cost.hitBytes > 2 * MEBIBYTE;
    },
    () => `the last answer still cost ${JSON.stringify(cost)}`,
    SLOW / 3,
  );
}

async function pages(): Promise<readonly string[]> {
  const found = await readdir(join(directory, "cache"), { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** What a disk may do to a page. */
async function flipABit(page: string): Promise<void> {
  const file = await open(page, "r+");
  const { size } = await file.stat();
  const [byte] = (await file.read(Buffer.alloc(1), 0, 1, Math.floor(size / 2))).buffer;
  await file.write(Buffer.from([(byte ?? 0) ^ 1]), 0, 1, Math.floor(size / 2));
  await file.close();
}

async function cutInHalf(page: string): Promise<void> {
  await truncate(page, Math.floor((await stat(page)).size / 2));
}

describe("the cache of Trino's files", () => {
  it("is filled by the first answer, and spares the store every read of the next", async () => {
    const cold = await costOf("lake");
    expect(cold.missBytes).toBeGreaterThan(2 * MEBIBYTE);
    const warm = await costOf("lake");
    expect(warm).toMatchObject({ misses: 0, missBytes: 0 });
    expect(warm.hits).toBeGreaterThan(0);
    expect(warm.hitBytes).toBeGreaterThan(2 * MEBIBYTE);
  });

  it.each([
    ["had a bit flipped", flipABit],
    ["was cut in half", cutInHalf],
    ["was removed", unlink],
  ])("gives the same answer when each page %s, and is whole again after it", async (_, spoil) => {
    await untilWhole();
    for (const page of await pages()) await spoil(page);
    expect((await costOf("lake")).missBytes).toBeGreaterThan(2 * MEBIBYTE);
    await untilWhole();
  });

  it("gives the same answer on a disk that is full", async () => {
    const cold = await costOf("crowded");
    expect(cold.missBytes).toBeGreaterThan(2 * MEBIBYTE);
    for (let time = 0; time < 3; time += 1) await costOf("crowded");
  });

  it(
    "shows at once what another program changed in a table that it knows",
    async () => {
      const { storage, catalog } = inject("engines");
      const changes = ["append", "append", "delete", "overwrite", "append"] as const;
      for (const change of changes) {
        const wanted = await askPython(change, "cached.numbers", { storage, uri: catalog.uri });
        for (let time = 0; time < 2; time += 1) {
          const [row] = await ask("SELECT count(*), sum(id), max(word) FROM lake.cached.numbers");
          expect({ rows: row?.[0], sum: row?.[1], last: row?.[2] }).toEqual(wanted);
        }
      }
    },
    SLOW,
  );

  it(
    "is still there after a restart of the server",
    async () => {
      await untilWhole();
      await trino.stop();
      trino = await start();
      expect((await costOf("lake")).hitBytes).toBeGreaterThan(2 * MEBIBYTE);
      await untilWhole();
    },
    SLOW,
  );
});
