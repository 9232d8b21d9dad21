/** Generated from contracts/plan.yaml by `node scripts/generate.ts`; do not edit. */

import { z } from "zod";

/** The plan of a query. Fields that are not listed are left out. */
export const planDocument = z.object({
  /** The output columns in their order. */
  columns: z.array(
    z.object({
      /** The column's name. */
      name: z.string(),
      /** Its Iceberg type, as a LakeTable writes it. */
      type: z.string(),
      /** Whether it has a value in every row. */
      required: z.boolean(),
    }),
  ),
  /** The tables that the query reads. */
  tables: z.array(
    z.object({
      /** The table's database. */
      database: z.string(),
      /** The table's name. */
      table: z.string(),
      /** What is read of it: columns, nested fields and map keys as paths. */
      columns: z.array(z.string()),
    }),
  ),
  /** What each output column comes from, in the order of the columns. */
  lineage: z.array(
    z.object({
      /** The output column. */
      column: z.string(),
      /** What it comes from. */
      inputs: z.array(
        z.object({
          /** The table's database. */
          database: z.string(),
          /** The table's name. */
          table: z.string(),
          /** The column, `a.b` for a nested field, `a[k]` for the key k of a map, `a[]` for elements of a list. */
          path: z.string(),
          /** `direct` when the value is made of it; else what decides about rows or their order. */
          use: z.enum(["direct", "filter", "join", "group", "order", "window"]),
        }),
      ),
    }),
  ),
  /** Whether the same input rows always give the same output rows. */
  deterministic: z.boolean(),
  /** Whether runs on new data alone give the same table as a run on all data. */
  modes: z.array(
    z.object({
      /** `Full`, `Append`, `OverwritePartitions` or `Merge`. */
      mode: z.string(),
      /** Whether it does. */
      safe: z.boolean(),
      /** Why it does not, for a person. */
      reason: z.string().nullish(),
      /** What may make it untrue later, for a person; only where it is safe. */
      caution: z.string().nullish(),
    }),
  ),
  /** The query in Spark's SQL. The session's time zone must be that of the request. */
  spark: z.string(),
  /** The query in Trino's SQL. */
  trino: z.string(),
  /**
   * As `spark`, limited to new data from `:from` on and before `:to`; none when there is no column that tells
   * it.
   */
  sparkWindow: z.string().nullish(),
  /**
   * Which rows of the target `sparkWindow` gives anew, as a condition in Spark's SQL with `:from` and `:to`;
   * none when the mode replaces no rows, or no output column is the time of new data.
   */
  sparkWindowRows: z.string().nullish(),
  /**
   * Which rows of the target are of a later time than those of `sparkWindow`, as `sparkWindowRows`; given
   * with it.
   */
  sparkWindowLater: z.string().nullish(),
  /**
   * The stretch of time to whose begin and end `sparkWindow` moves the window, such as `DAY`; none when it
   * takes the window as it is.
   */
  windowUnit: z.string().nullish(),
  /** Changes exactly when the plan or the text for Spark does. */
  planHash: z.string(),
});
