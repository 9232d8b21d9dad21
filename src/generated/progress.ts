/** Generated from contracts/progress.yaml by `node scripts/generate.ts`; do not edit. */

import { z } from "zod";

/** How far the stream job is. Fields that are not listed are left out. */
export const progressDocument = z.object({
  /** STARTING leads to RUNNING, each of them to STOPPING or FAILED. */
  state: z.enum(["STARTING", "RUNNING", "STOPPING", "FAILED"]),
  /** The state for a person, and of FAILED the cause. */
  message: z.string(),
  /** The batch that was committed last; none before the first. */
  batchId: z.int().min(0).nullish(),
  /** Records a second that came in during the last batch. */
  inputRowsPerSecond: z.number().min(0),
  /** Records a second that the last batch worked through. */
  processedRowsPerSecond: z.number().min(0),
  /** Records of the topic that are not committed; none while unknown. */
  lag: z.int().min(0).nullish(),
  /** Next offset to read, by partition. */
  offsets: z.record(z.string(), z.int().min(0)),
  /** Executors that ended without being asked to since the start; an older job tells none. */
  executorsLost: z.int().min(0).nullish(),
  /** Why the last of them ended. */
  lastExecutorLoss: z.string().nullish(),
  /**
   * Records whose rows were ever erased from the tables by the product's own means; none before the first
   * batch.
   */
  erased: z.int().min(0).nullish(),
  /** How far visitors' profiles are; none where none are kept. */
  profiles: z
    .object({
      /** What keeps them from going on, for a person; none while they do. */
      problem: z.string().nullish(),
      /**
       * Records of the topic that the tables have and the profiles do not, as of the last look at the tables;
       * none while unknown.
       */
      lag: z.int().min(0).nullish(),
      /** How often a visitor's row was changed since the start. */
      changed: z.int().min(0),
    })
    .nullish(),
  /** Records since the start by what became of them. */
  rows: z.object({
    /** Rows of the table of events. */
    stored: z.int().min(0),
    /** Rows of the table of failed events. */
    failed: z.int().min(0),
    /** Rows of the table of duplicate events. */
    duplicate: z.int().min(0),
    /**
     * Those of them whose content is not that of the first, so that they are no retries; an older job tells
     * none.
     */
    conflict: z.int().min(0).nullish(),
  }),
});
