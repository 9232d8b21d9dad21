/** Tables of HBase as they are wanted and as they are. Words such as compressions are HBase's own. */
import type { z } from "zod";
import type { hbaseCluster } from "../../generated/hbase-cluster.ts";
import type { hbaseTable } from "../../generated/hbase-table.ts";
import type { ServingTableName } from "../../naming/serving-tables.ts";

/** What there is under a name, and which cluster said so. */
export type TableReading = z.output<typeof hbaseTable>;

/** A table as it is. */
export type CurrentServingTable = NonNullable<TableReading["table"]>;

export type CurrentFamily = CurrentServingTable["families"][number];

/** What a cluster says of itself. */
export type HBaseProbe = z.output<typeof hbaseCluster>;

/** A family with all defaults resolved. */
export interface WantedFamily {
  readonly name: string;
  readonly versions: number;
  readonly minVersions: number;
  /** `undefined`: for ever. */
  readonly ttlSeconds: number | undefined;
  readonly compression: string;
  readonly bloomFilter: string;
  readonly blockSize: number;
  readonly inMemory: boolean;
}

/** The regions that a table is created with; `undefined`: one. */
export type WantedSplit = { readonly regions: number } | { readonly keys: readonly string[] } | undefined;

export interface WantedServingTable {
  readonly name: ServingTableName;
  /** What it bears to show whose it is. */
  readonly mark: string;
  readonly durability: string;
  readonly families: readonly WantedFamily[];
  readonly split: WantedSplit;
}
