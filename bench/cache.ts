/** What the cache of a QueryCluster's file system spares the object store, as Trino itself counts it. */
import { mustRun } from "../local/support/command.ts";
import type { Cluster } from "../local/deploy/deployment.ts";
import { seconds, type Figure } from "./figures.ts";

const repeats = 5;
const statistics = "io.trino.filesystem.alluxio:type=AlluxioCacheStats,name=lake,catalog=lake";

interface Reading {
  readonly cacheBytes: number;
  readonly storeBytes: number;
}

/** Asks one question of all events again and again; run after a section that wrote data which nobody has asked for yet. */
export async function measureCache(cluster: Cluster, namespace: string): Promise<Figure[]> {
  const address = await cluster.kubectl([
    ...["get", "service", "query", "-n", namespace, "-o", "jsonpath={.spec.clusterIP}"],
  ]);
  const columns = ["page_path", "user_agent", "visitor_id", "session_id", "page_title"];
  const counts = columns.map((column) => `count(DISTINCT ${column})`).join(", ");
  const sql = `SELECT ${counts} FROM lake.${namespace.replaceAll("-", "_")}.web_events`;
  const ask = async (): Promise<Reading & { milliseconds: number }> => {
    const before = await readStatistics(address);
    const began = performance.now();
    await mustRun("kubectl-clickstream", ["query", "web", sql, "--output", "json", "-n", namespace], {
      env: cluster.environment,
    });
    const milliseconds = performance.now() - began;
    const after = await readStatistics(address);
    return {
      milliseconds,
      cacheBytes: after.cacheBytes - before.cacheBytes,
      storeBytes: after.storeBytes - before.storeBytes,
    };
  };
  const first = await ask();
  const repeated: Awaited<ReturnType<typeof ask>>[] = [];
  for (let index = 0; index < repeats; index += 1) repeated.push(await ask());
  const sum = (key: keyof Reading): number => repeated.reduce((total, reading) => total + reading[key], 0);
  const share = (100 * sum("cacheBytes")) / (sum("cacheBytes") + sum("storeBytes"));
  const mean = repeated.reduce((total, { milliseconds }) => total + milliseconds, 0) / repeats;
  return [
    {
      name: `query cache, bytes from the cache in ${repeats} repeats (from the store the first time)`,
      value: `${share.toFixed(1)} % (${(first.storeBytes / 2 ** 20).toFixed(1)} MiB)`,
    },
    {
      name: "query cache, first answer / mean of the repeats",
      value: `${seconds(first.milliseconds)} / ${seconds(mean)}`,
    },
  ];
}

async function readStatistics(address: string): Promise<Reading> {
  const read = async (attribute: string): Promise<number> => {
    const url = `http://${address.trim()}:8080/v1/jmx/mbean/${statistics}/${attribute}`;
    const response = await fetch(url, { headers: { "x-trino-user": "bench" } });
    if (!response.ok) throw new Error(`${attribute}: Trino answers ${response.status}`);
    return Number(await response.text());
  };
  const [cacheBytes, storeBytes] = await Promise.all([
    read("CacheReads.AllTime.Total"),
    read("ExternalReads.AllTime.Total"),
  ]);
  return { cacheBytes, storeBytes };
}
