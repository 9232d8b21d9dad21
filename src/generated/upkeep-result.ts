/** Generated from contracts/upkeep-result.yaml by `node scripts/generate.ts`; do not edit. */

import { z } from "zod";

/** What was done for tables. Fields that are not listed are left out. */
export const upkeepResult = z.object({
  /** How long it took from the start of its process. */
  seconds: z.number().min(0),
  /** Why nothing could be done at all. */
  message: z.string().nullish(),
  /**
   * The tables. A list that is too long for the termination message has those that failed first and ends
   * where it is full.
   */
  tables: z
    .array(
      z.object({
        /** The table's database. */
        database: z.string(),
        /** The table's name. */
        table: z.string(),
        /** Whether something was done, was due, or broke off. */
        state: z.enum(["Done", "NothingToDo", "Failed"]),
        /** Data files of the current snapshot before. */
        filesBefore: z.int().min(0),
        /** And after. */
        filesAfter: z.int().min(0),
        /** Their size before. */
        bytesBefore: z.int().min(0),
        /** And after. */
        bytesAfter: z.int().min(0),
        /** Snapshots that readers can go back to. */
        snapshots: z.int().min(0),
        /** Data files that were written together into larger ones. */
        compactedFiles: z.int().min(0),
        /** Snapshots that were taken away. */
        expiredSnapshots: z.int().min(0),
        /** Files that went with them, and files that no snapshot had. */
        removedFiles: z.int().min(0),
        /** Rows that were deleted by age. */
        erasedRows: z.int().min(0),
        /** Whether files that no snapshot has were looked for. */
        orphansSearched: z.boolean().nullish(),
        /** Why it failed, or what the catalog does not allow. */
        message: z.string().nullish(),
      }),
    )
    .nullish(),
});
