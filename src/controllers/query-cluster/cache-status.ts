/** What a cluster's status tells of its cache, and when the figures are news that is worth a write. Pure. */
import type { QueryClusterStatus } from "../../crds/kinds.ts";
import type { CacheFigures, CacheReading } from "../../targets/trino/cache-statistics.ts";

type CacheStatus = NonNullable<QueryClusterStatus["cache"]>;
type Known = Extract<CacheReading, { state: "known" }>;

/** By so much, as a share of what is shown, counters must have grown; so a counter that reaches a thousand million is written some 220 times. */
const GROWTH = 0.1;

/**
 * The status's part about the cache. `reading` is undefined when the cluster has no cache. What is shown stays, to the letter, until the
 * figures tell something new: other pods, a share of hits that is another by a percent, or a counter that has grown by a tenth or begun anew.
 */
export function cacheStatus(
  shown: CacheStatus | undefined,
  reading: CacheReading | undefined,
): CacheStatus | undefined {
  if (reading === undefined) return undefined;
  if (reading.state === "unknown") return { ...shown, message: reading.message };
  if (shown === undefined || isNews(shown, reading)) return written(reading);
  return shown;
}

function written({ at, pods, catalogs }: Known): CacheStatus {
  const hitPercent = hitPercentOf(catalogs);
  return {
    readAt: at.toISOString(),
    pods,
    ...(hitPercent === undefined ? {} : { hitPercent }),
    catalogs: catalogs.map(({ name, hits, misses, hitBytes, missBytes }) => ({
      name,
      hits,
      misses,
      hitBytes,
      missBytes,
    })),
  };
}

function isNews(shown: CacheStatus, { pods, catalogs }: Known): boolean {
  const before = shown.catalogs ?? [];
  return (
    shown.message !== undefined ||
    shown.pods !== pods ||
    shown.hitPercent !== hitPercentOf(catalogs) ||
    before.length !== catalogs.length ||
    catalogs.some((catalog) =>
      hasMoved(
        before.find(({ name }) => name === catalog.name),
        catalog,
      ),
    )
  );
}

function hasMoved(before: CacheFigures | undefined, now: CacheFigures): boolean {
  if (before === undefined) return true;
  return FIGURES.some((name) => now[name] < before[name] || now[name] > before[name] * (1 + GROWTH));
}

const FIGURES = ["hits", "misses", "hitBytes", "missBytes"] as const;

/** Of all bytes; rounded down, so that 100 means that the store was not asked. */
function hitPercentOf(catalogs: readonly CacheFigures[]): number | undefined {
  const hit = catalogs.reduce((sum, { hitBytes }) => sum + hitBytes, 0);
  const missed = catalogs.reduce((sum, { missBytes }) => sum + missBytes, 0);
  return hit + missed === 0 ? undefined : Math.floor((100 * hit) / (hit + missed));
}
