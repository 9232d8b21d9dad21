/** Generated from contracts/plan-errors.yaml by `node scripts/generate.ts`; do not edit. */

import { z } from "zod";

/** Why a query cannot be planned. Fields that are not listed are left out. */
export const planErrors = z.object({
  /** What is wrong, the first place first. Lines and columns count from 1. */
  errors: z.array(
    z.object({
      /** What is wrong, for a person. */
      message: z.string(),
      /** Line of the first character at fault. */
      line: z.int().min(1),
      /** Its column. */
      column: z.int().min(1),
      /** Line of the last character at fault. */
      endLine: z.int().min(1),
      /** Its column. */
      endColumn: z.int().min(1),
      /** The words around it. */
      near: z.string(),
      /** What was perhaps meant. */
      suggestion: z.string().nullish(),
    }),
  ),
});
