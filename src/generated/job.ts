/** Generated from contracts/job.yaml by `node scripts/generate.ts`; do not edit. */

import type { IpMasking } from "./raw-record.ts";

/** What the operator tells the stream job. */
export interface JobDocument {
  /** Whose job it is. */
  readonly pipeline: {
    /** The pipeline's namespace. */
    readonly namespace: string;
    /** The pipeline's name. */
    readonly name: string;
  };
  /** Where the raw records are. */
  readonly kafka: {
    /** `host:port`s with commas between them. */
    readonly bootstrapServers: string;
    /** The raw topic. */
    readonly topic: string;
    /** How to connect; without it in the clear and without a login. */
    readonly security?:
      | {
          /** Whether the connection is encrypted. */
          readonly tls?: boolean | undefined;
          /** `PLAIN`, `SCRAM-SHA-256` or `SCRAM-SHA-512`; without it there is no login. */
          readonly saslMechanism?: string | undefined;
          /** PEM file of the servers' authority; without it the system's authorities count. */
          readonly caFile?: string | undefined;
          /** PEM file of the certificate to show to Kafka; without it none is shown. */
          readonly clientCertificateFile?: string | undefined;
          /** PEM file of the certificate's private key. */
          readonly clientKeyFile?: string | undefined;
        }
      | undefined;
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
  /** The output tables as `database.table`; they must exist. */
  readonly tables: {
    /** Table of the events. */
    readonly events: string;
    /** Table of the failed events. */
    readonly failedEvents: string;
    /** Table of the duplicate events. */
    readonly duplicateEvents: string;
  };
  /** Folder for offsets and state, such as `s3a://bucket/path`. */
  readonly checkpoint: string;
  /** Seconds between the starts of two batches. */
  readonly triggerIntervalSeconds: number;
  /** Longest idle time inside a session in seconds. */
  readonly sessionTimeoutSeconds: number;
  /** How many seconds of processing time an event's identifier is remembered. */
  readonly dedupWindowSeconds: number;
  /**
   * How many seconds behind a visitor's newest session an event may come and still join its own; and how far
   * ahead of its receipt its time may be.
   */
  readonly watermarkSeconds: number;
  /** Most records of one batch. */
  readonly maxRowsPerTrigger: number;
  /** What is kept of client addresses. */
  readonly ipMasking: IpMasking;
  /** Identifiers that stand for none, in small or capital letters; without it there are none. */
  readonly absentIds?: readonly string[] | undefined;
  /** Hosts of one's own site with all below them; without it a site is known by its pages and log lines. */
  readonly siteHosts?: readonly string[] | undefined;
  /** Which derived columns are filled; without it all. */
  readonly enrichments?:
    | {
        /** Host and class of the referrer. */
        readonly referrer?: boolean | undefined;
        /** Campaign parameters and click identifiers. */
        readonly campaign?: boolean | undefined;
        /** Browser, operating system and device. */
        readonly userAgent?: boolean | undefined;
      }
    | undefined;
  /**
   * Columns of the events table beyond the event model, each filled from a property; without it there are
   * none.
   */
  readonly propertyColumns?:
    | readonly {
        /** The column's name. */
        readonly column: string;
        /** The property's name. */
        readonly property: string;
      }[]
    | undefined;
  /** Where visitors' profiles are kept in HBase; without it none are kept. */
  readonly profiles?:
    | {
        /** HBase's servers that are asked first, `host:port`s with commas between them. */
        readonly bootstrapServers?: string | undefined;
        /** The table, `namespace:name`, which must exist; without it no profiles are kept. */
        readonly table?: string | undefined;
        /**
         * How many of a visitor's newest events are kept one by one, each with the profile as of then; without it
         * 20.
         */
        readonly history?: number | undefined;
        /**
         * A user whom `identify` events tied to more visitors is no single person, and none of them is merged;
         * without it 20.
         */
        readonly maxVisitorsPerUser?: number | undefined;
        /**
         * A visitor whom `identify` events tied to more users is a device that people share, and is merged into
         * none of them; without it 1.
         */
        readonly maxUsersPerVisitor?: number | undefined;
        /** Users who are nobody, in small or capital letters; without it there are none. */
        readonly blockedUsers?: readonly string[] | undefined;
      }
    | undefined;
  /** Parallel parts of the stateful steps; the first start fixes them for the life of the checkpoint. */
  readonly shufflePartitions: number;
  /**
   * The recovery that lets the job start on an empty checkpoint although its tables hold rows; without it the
   * job refuses.
   */
  readonly recoveryId?: string | undefined;
  /** Whether that recovery reads all records again that Kafka still has, since a table lost its rows. */
  readonly readAgain?: boolean | undefined;
}
