/** Generated from contracts/hbase-cluster.yaml by `node scripts/generate.ts`; do not edit. */

import { z } from "zod";

/** An HBase cluster as it is. Fields that are not listed are left out. */
export const hbaseCluster = z.object({
  /** Id of the cluster. */
  clusterId: z.string(),
  /** Version of its active master. */
  version: z.string(),
  /** Region servers that live. */
  regionServers: z.int().min(0),
  /** Regions that they have. */
  regions: z.int().min(0),
});
