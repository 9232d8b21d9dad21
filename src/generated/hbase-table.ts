/** Generated from contracts/hbase-table.yaml by `node scripts/generate.ts`; do not edit. */

import { z } from "zod";

/** A table as it is. Fields that are not listed are left out. */
export const hbaseTable = z.object({
  /** Id of the cluster. */
  clusterId: z.string(),
  /** The table; without it there is none of the name. */
  table: z
    .object({
      /** What it bears to show whose it is. */
      mark: z.string().nullish(),
      /** How writes are logged. */
      durability: z.string(),
      /** Whether it can be read and written. */
      isEnabled: z.boolean(),
      /** Its regions. */
      regions: z.int().min(0),
      /** Size of its files, in steps of 1 MiB as region servers tell it. */
      storeBytes: z.int().min(0),
      /** Its column families. */
      families: z.array(
        z.object({
          /** The family's name. */
          name: z.string(),
          /** Versions that are kept of a cell. */
          versions: z.int().min(0),
          /** Versions that are kept past their time. */
          minVersions: z.int().min(0),
          /** How long cells are kept; without it for ever. */
          ttlSeconds: z.int().min(0).nullish(),
          /** How blocks are compressed. */
          compression: z.string(),
          /** Its bloom filter. */
          bloomFilter: z.string(),
          /** Bytes of a block. */
          blockSize: z.int().min(0),
          /** Whether its blocks stay in the cache before those of others. */
          inMemory: z.boolean(),
        }),
      ),
    })
    .nullish(),
});
