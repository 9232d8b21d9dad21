/** Generated from contracts/plan-request.yaml by `node scripts/generate.ts`; do not edit. */

/** SQL to be planned, and the tables that it may read. */
export interface PlanRequest {
  /** One query; tables are named `database.table`. */
  readonly sql: string;
  /** The zone that days and hours are counted in; without it `UTC`. */
  readonly timeZone?: string | undefined;
  /** What is put in front of the tables' names in the texts; without it there is nothing. */
  readonly catalog?:
    | {
        /** The catalog's name in Spark. */
        readonly spark?: string | undefined;
        /** The catalog's name in Trino. */
        readonly trino?: string | undefined;
      }
    | undefined;
  /** The tables that the query may name. */
  readonly tables: readonly {
    /** The table's database. */
    readonly database: string;
    /** The table's name. */
    readonly table: string;
    /** Its columns, all of them. */
    readonly columns: readonly {
      /** The column's name. */
      readonly name: string;
      /** Its Iceberg type, as a LakeTable writes it. */
      readonly type: string;
      /** Whether it has a value in every row. */
      readonly required?: boolean | undefined;
    }[];
  }[];
  /** How the query is to be run on new data; without it on all. */
  readonly incremental?:
    | {
        /** What a run does with its rows; without it `Full`. */
        readonly mode?: "Full" | "Append" | "OverwritePartitions" | "Merge" | undefined;
        /** Output columns that tell rows apart; Merge needs them. */
        readonly keys?: readonly string[] | undefined;
        /** The column of the inputs that tells new rows from old; without it there is no `sparkWindow`. */
        readonly newDataBy?: string | undefined;
        /** How the target is partitioned; without it it is not. */
        readonly partitionBy?:
          | readonly {
              /** An output column. */
              readonly column: string;
              /** What is applied to it, such as `day`; without it `identity`. */
              readonly transform?: string | undefined;
            }[]
          | undefined;
      }
    | undefined;
}
