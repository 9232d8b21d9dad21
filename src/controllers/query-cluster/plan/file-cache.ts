/** The cache of a catalog's files in each pod. Pure. */
import type { Properties } from "../../../workloads/properties.ts";
import type { CacheSettings } from "../validate.ts";

/** Where the cache's volume is in each pod. */
export const CACHE_FOLDER = "/cache";

/** What a catalog says so that its files are kept in the folder. Trino refuses a cache without one of the two limits. */
export function cacheProperties({ maxBytes, maxDiskPercent }: CacheSettings, folder: string): Properties {
  return {
    "fs.cache.enabled": true,
    "fs.cache.directories": folder,
    "fs.cache.max-sizes": maxBytes === undefined ? undefined : `${maxBytes}B`,
    "fs.cache.max-disk-usage-percentages": maxDiskPercent,
  };
}
