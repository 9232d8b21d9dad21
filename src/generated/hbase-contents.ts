/** Generated from contracts/hbase-contents.yaml by `node scripts/generate.ts`; do not edit. */

import { z } from "zod";

/** Which families hold cells. Fields that are not listed are left out. */
export const hbaseContents = z.object({
  /** Names of the families that were asked for and hold cells. */
  families: z.array(z.string()),
});
