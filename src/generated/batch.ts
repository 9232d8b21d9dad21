/** Generated from contracts/batch.yaml by `node scripts/generate.ts`; do not edit. */

/** What the operator tells the batch job of a data product. */
export interface BatchDocument {
  /** Whose table it is. */
  readonly product: {
    /** The product's namespace. */
    readonly namespace: string;
    /** The product's name. */
    readonly name: string;
  };
  /** The Iceberg REST catalog. */
  readonly catalog: {
    /** The catalog's name in Spark. */
    readonly name: string;
    /** Its address. */
    readonly uri: string;
    /** The warehouse that the catalog is asked for. */
    readonly warehouse?: string | undefined;
    /** The prefix in the catalog's paths. */
    readonly prefix?: string | undefined;
    /** How to get tokens as a client (OAuth2); without it there is one token, or none. */
    readonly client?:
      | {
          /** Where tokens are given; without it the catalog's own `/v1/oauth/tokens`. */
          readonly serverUri?: string | undefined;
          /** What is asked for; without it there is no client. */
          readonly scope?: string | undefined;
        }
      | undefined;
  };
  /** The S3 service. */
  readonly storage: {
    /** Its address; without it AWS's own. */
    readonly endpoint?: string | undefined;
    /** Its region. */
    readonly region: string;
    /** Whether a bucket is a part of the path and not of the host's name. */
    readonly pathStyle?: boolean | undefined;
  };
  /**
   * PEM files of the authorities that catalog and S3 need beside the system's; without it there are none.
   */
  readonly authorityFiles?: readonly string[] | undefined;
  /** The table that the rows go to; it must exist. */
  readonly target: {
    /** The table's database. */
    readonly database: string;
    /** The table's name. */
    readonly table: string;
  };
  /** The query in Spark's SQL; tables are named `database.table`. */
  readonly sql: string;
  /** The same query limited to new data, from `:from` on and before `:to`; taken when a run has a window. */
  readonly sqlWindow?: string | undefined;
  /**
   * Which rows of the table are of the window, as a condition in Spark's SQL with `:from` and `:to`.
   * OverwritePartitions needs it beside `sqlWindow`. Without it Merge keeps rows that the query gives no
   * more.
   */
  readonly windowRows?: string | undefined;
  /**
   * Which rows of the table are of a later time than the window, as `windowRows`. Merge puts no row in place
   * of one of these: what a key has last does not depend on the order of runs.
   */
  readonly windowLater?: string | undefined;
  /**
   * Whether the rows replace the table, are added, replace the partitions that they are in, or the rows of
   * the same keys.
   */
  readonly mode: "Full" | "Append" | "OverwritePartitions" | "Merge";
  /** The columns by which Merge knows a row again. */
  readonly keys?: readonly string[] | undefined;
  /** The zone of days and hours; without it UTC. */
  readonly timeZone?: string | undefined;
  /** Names the plan; it goes into the snapshot's summary. */
  readonly planHash?: string | undefined;
  /** What must hold before readers see the rows; without it nothing. */
  readonly checks?:
    | readonly {
        /** The check's name. */
        readonly name: string;
        /** Whether a violation keeps the rows from readers. */
        readonly severity: "Error" | "Warning";
        /** A query whose rows are the violations; the table under audit is `this`. */
        readonly sql: string;
      }[]
    | undefined;
  /** How many rows the table may have with this run; an Error check named `rowCount`. */
  readonly rowCount?:
    | {
        /** At least so many. */
        readonly min?: number | undefined;
        /** At most so many. */
        readonly max?: number | undefined;
        /** At most so many percent more or less than before; not looked at when there was no row. */
        readonly changeAtMostPercent?: number | undefined;
      }
    | undefined;
}
