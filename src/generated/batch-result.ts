/** Generated from contracts/batch-result.yaml by `node scripts/generate.ts`; do not edit. */

import { z } from "zod";

/** What became of a run. Fields that are not listed are left out. */
export const batchResult = z.object({
  /** The run. */
  runId: z.string(),
  /**
   * Whether readers see the rows, saw them before this try, do not see them for a check, or the run broke
   * off.
   */
  state: z.enum(["Published", "AlreadyPublished", "Held", "Failed"]),
  /** Rows that the query gave; none when it broke off. */
  rows: z.int().min(0).nullish(),
  /** Rows of the table with them. */
  tableRows: z.int().min(0).nullish(),
  /** How long it took from the start of its process. */
  seconds: z.number().min(0),
  /**
   * The audited snapshot, as a text since JSON's numbers cannot hold it; of Held it is on the run's branch.
   */
  snapshotId: z.string().nullish(),
  /**
   * What the checks found. A list that is too long for the termination message has no checks without
   * violations.
   */
  checks: z
    .array(
      z.object({
        /** The check's name. */
        name: z.string(),
        /** Its severity. */
        severity: z.enum(["Error", "Warning"]),
        /** Rows that violate it. */
        violations: z.int().min(0),
      }),
    )
    .nullish(),
  /** Why it is held or failed. */
  message: z.string().nullish(),
});
