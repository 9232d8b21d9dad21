/** Generated from contracts/upkeep.yaml by `node scripts/generate.ts`; do not edit. */

/** What the operator tells the batch job of the upkeep of tables. */
export interface UpkeepDocument {
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
  /** The tables, in the order in which they are looked after. */
  readonly tables: readonly {
    /** The table's database. */
    readonly database: string;
    /** The table's name. */
    readonly table: string;
    /**
     * The table's UUID. A table of that name with another one is somebody else's: nothing of it is touched, and
     * its state is `Failed`.
     */
    readonly tableUuid: string;
    /** How large data files should be. */
    readonly targetFileBytes: number;
    /** How long snapshots stay, for readers and for time travel; at least an hour. */
    readonly keepSnapshotsForSeconds: number;
    /** How many snapshots stay, whatever their age. */
    readonly minSnapshots: number;
    /**
     * How old a file that no snapshot has must be to be removed; at least a day, since a write may take long.
     * Without it none is looked for: all files of the table are listed for that.
     */
    readonly orphansOlderThanSeconds?: number | undefined;
    /** Which rows are deleted by age; without it none. */
    readonly retention?:
      | {
          /** The column of time; without it no row is deleted. */
          readonly column?: string | undefined;
          /** How old a row may become. */
          readonly keepSeconds?: number | undefined;
        }
      | undefined;
  }[];
}
