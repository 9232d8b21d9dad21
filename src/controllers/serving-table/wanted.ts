/** The table that a spec wants, with all defaults resolved. Pure. */
import type { ServingTable, ServingTableSpec } from "../../crds/kinds.ts";
import { parseBytes, parseDurationSeconds, SERVING_TABLE_DEFAULTS, UNLIMITED } from "../../crds/kinds.ts";
import type { WantedFamily, WantedServingTable, WantedSplit } from "../../targets/hbase/table.ts";
import { servingTableNameOf } from "./claim.ts";

export function wantedServingTable(resource: ServingTable): WantedServingTable {
  const { spec, metadata } = resource;
  return {
    name: servingTableNameOf(resource),
    mark: metadata.uid ?? "",
    durability: spec.durability ?? SERVING_TABLE_DEFAULTS.durability,
    families: spec.families.map(wantedFamily),
    split: wantedSplit(spec),
  };
}

function wantedFamily({ ttl = UNLIMITED, ...family }: ServingTableSpec["families"][number]): WantedFamily {
  const { versions, minVersions, compression, bloomFilter, blockSize, inMemory } = SERVING_TABLE_DEFAULTS;
  return {
    name: family.name,
    versions: family.versions ?? versions,
    minVersions: family.minVersions ?? minVersions,
    ttlSeconds: ttl === UNLIMITED ? undefined : parseDurationSeconds(ttl),
    compression: family.compression ?? compression,
    bloomFilter: family.bloomFilter ?? bloomFilter,
    blockSize: parseBytes(family.blockSize ?? blockSize),
    inMemory: family.inMemory ?? inMemory,
  };
}

function wantedSplit({ split }: ServingTableSpec): WantedSplit {
  if (split?.keys !== undefined) return { keys: split.keys };
  return split?.uniform === undefined ? undefined : { regions: split.uniform };
}
