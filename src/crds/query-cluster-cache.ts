/** What a QueryCluster's status tells of the cache of its pods. */
import { z } from "zod";
import { timestamp } from "./conditions.ts";
import { count, integer, listMap, text } from "./rules.ts";

const cachedCatalog = z.object({
  name: text(63).describe("Name of the catalog."),
  hits: count().describe("Reads that the cache answered alone."),
  misses: count().describe("Reads for which the object store was asked."),
  hitBytes: count().describe("Bytes that came from the cache."),
  missBytes: count().describe("Bytes that came from the object store, and went into the cache."),
});

/**
 * Counters since the present pods began. To spare writes they are renewed only when they tell something new:
 * `src/controllers/query-cluster/cache-status.ts` says what that is.
 */
export const queryClusterCacheStatus = z
  .object({
    readAt: timestamp()
      .optional()
      .describe("When the pods told the figures. Those of now differ by less than a tenth."),
    pods: count().optional().describe("Pods whose figures these are the sum of."),
    hitPercent: integer(0, 100)
      .optional()
      .describe(
        "Share of the bytes read that came from the cache, in percent. Absent before the first read.",
      ),
    catalogs: listMap(cachedCatalog, ["name"], 64)
      .optional()
      .describe("The figures of each catalog that has a cache, since its pods began."),
    message: text(1024).optional().describe("Why the figures could not be read; those shown are of before."),
  })
  .describe("What the cache spares the object store, as the pods count it.");
