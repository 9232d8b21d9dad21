/**
 * What the cache of a QueryCluster's files spares the object store, without a cluster: ten queries with the cache off, cold, warm, and after
 * a restart; requests as the S3 server counts them. `CACHE_SCALE=9` is the size of the table: 1.5 million rows each.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEvents, questions, ROWS_A_SCALE } from "./cache-queries.ts";
import { CacheWorld, type StoreCounts } from "./cache-world.ts";
import { renderFigures, seconds, type Figure } from "./figures.ts";

/** US dollars of S3 Standard in us-east-1, as of docs/cost.md. */
const PRICES = {
  /** Of a thousand GETs and HEADs. */
  get: 0.0004,
  /** Of a thousand PUTs and LISTs. */
  put: 0.005,
  /** Of a thousand million bytes through a NAT gateway; nothing where the network has a gateway endpoint for S3. */
  natGigabyte: 0.045,
};
const CACHE_BYTES = 4 * 2 ** 30;
const AIM_PERCENT = 90;
const RUNS = 1_000_000;

interface Round {
  readonly name: string;
  readonly catalog: "lake" | "plain";
  readonly restarts?: true;
}

const ROUNDS: readonly Round[] = [
  { name: "cache off", catalog: "plain" },
  { name: "cache cold", catalog: "lake" },
  { name: "cache warm", catalog: "lake" },
  { name: "cache warm, Trino restarted", catalog: "lake", restarts: true },
];

interface Reading {
  readonly gets: number;
  readonly catalogGets: number;
  readonly answers: string;
}

export async function measureCache(report: (message: string) => void): Promise<readonly Figure[]> {
  const scale = Number(process.env["CACHE_SCALE"] ?? "9");
  const directory = await mkdtemp(join(tmpdir(), "openclickstream-cache-"));
  const world = await CacheWorld.start(directory, CACHE_BYTES, report);
  try {
    return await measure(world, scale, report);
  } finally {
    await world.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function measure(
  world: CacheWorld,
  scale: number,
  report: (message: string) => void,
): Promise<readonly Figure[]> {
  report(`writing ${(scale * ROWS_A_SCALE) / 1e6} million rows`);
  await world.write("CREATE SCHEMA writer.bench");
  await world.write(createEvents("writer.bench.events", scale));
  const [[bytes, files] = [0, 0]] = (await world.ask(
    'SELECT sum(file_size_in_bytes), count(*) FROM plain.bench."events$files"',
  )) as [number, number][];
  const figures: Figure[] = [];
  const tell = (figure: Figure): void => {
    console.log(renderFigures([figure]));
    figures.push(figure);
  };
  tell({ name: "cache, table", value: `${(bytes / 1e9).toFixed(2)} GB in ${files} files`, aim: "1 GB" });
  report("asking once, so that Java has compiled what the rounds run");
  await askAll(world, "plain");
  const readings: Reading[] = [];
  for (const round of ROUNDS) {
    report(round.name);
    if (round.restarts === true) await world.restartTrino();
    readings.push(await measureRound(world, round, tell));
  }
  if (new Set(readings.map(({ answers }) => answers)).size !== 1)
    throw new Error("the rounds' answers differ");
  const [off, , warm] = readings;
  if (off === undefined || warm === undefined) throw new Error("a round is missing");
  tell({
    name: "cache, GETs of Trino that a warm cache spares",
    value: percent(1 - warm.gets / off.gets),
    aim: `${AIM_PERCENT} %`,
  });
  const all = 1 - (warm.gets + warm.catalogGets) / (off.gets + off.catalogGets);
  tell({ name: "cache, GETs spared, with those of the catalog's server counted", value: percent(all) });
  return figures;
}

async function measureRound(
  world: CacheWorld,
  { name, catalog }: Round,
  tell: (figure: Figure) => void,
): Promise<Reading> {
  const before = await world.counts();
  const began = performance.now();
  const answers = await askAll(world, catalog);
  const took = performance.now() - began;
  const after = await world.counts();
  const trino = since(before.trino, after.trino);
  const ofCatalog = since(before.catalog, after.catalog);
  const bytes = after.bytes - before.bytes;
  tell({ name: `${name}, S3 requests of Trino`, value: inWords(trino) });
  tell({ name: `${name}, S3 requests of the catalog's server`, value: inWords(ofCatalog) });
  tell({ name: `${name}, bytes from S3 to Trino`, value: `${(bytes / 1e6).toFixed(1)} MB` });
  tell({ name: `${name}, ten queries`, value: seconds(took) });
  const requests = dollars(trino) + dollars(ofCatalog);
  const nat = (bytes / 1e9) * PRICES.natGigabyte;
  tell({
    name: `${name}, a million runs of the ten: requests / and bytes through a NAT gateway`,
    value: `$${(RUNS * requests).toFixed(0)} / $${(RUNS * nat).toFixed(0)}`,
  });
  return { gets: trino.get("GetObject") ?? 0, catalogGets: ofCatalog.get("GetObject") ?? 0, answers };
}

async function askAll(world: CacheWorld, catalog: string): Promise<string> {
  const answers: unknown[] = [];
  for (const sql of questions(`${catalog}.bench.events`)) answers.push(await world.ask(sql));
  return JSON.stringify(answers);
}

function since(before: StoreCounts["trino"], after: StoreCounts["trino"]): ReadonlyMap<string, number> {
  return new Map([...after].map(([kind, count]) => [kind, count - (before.get(kind) ?? 0)]));
}

function dollars(requests: ReadonlyMap<string, number>): number {
  const priceOf = (kind: string): number => (/^(Get|Head)Object/.test(kind) ? PRICES.get : PRICES.put);
  return [...requests].reduce((sum, [kind, count]) => sum + (count * priceOf(kind)) / 1000, 0);
}

function inWords(requests: ReadonlyMap<string, number>): string {
  const made = [...requests].filter(([, count]) => count > 0);
  return made.map(([kind, count]) => `${count} ${kind}`).join(", ") || "none";
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
