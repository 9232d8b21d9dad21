/** Generated from contracts/status.yaml by `node scripts/generate.ts`; do not edit. */

import { z } from "zod";

/** Whether a collector takes events. Fields that are not listed are left out. */
export const statusDocument = z.object({
  /** Whether events are taken. */
  takesEvents: z.boolean(),
  /** Why none are taken, for a person. */
  problem: z.string().nullish(),
});
