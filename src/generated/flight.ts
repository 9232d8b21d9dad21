/** Generated from contracts/flight.yaml by `node scripts/generate.ts`; do not edit. */

/** What the operator tells the Flight SQL gateway. */
export interface FlightDocument {
  /** The Trino that runs the queries. */
  readonly trino: {
    /** Address of the coordinator, such as `http://name.namespace.svc:8080`; no path. */
    readonly uri: string;
    /** The catalog of names without one; without it such names are an error until a client chooses one. */
    readonly catalog?: string | undefined;
    /** The schema of names without one, in that catalog. */
    readonly schema?: string | undefined;
  };
  /** With what clients connect; without it in the clear. The files are read when the gateway starts. */
  readonly tls?:
    | {
        /** PEM file of the certificate and its chain; without it there is no TLS. */
        readonly certificateFile?: string | undefined;
        /** PEM file of the private key, PKCS#8. */
        readonly keyFile?: string | undefined;
      }
    | undefined;
  /**
   * File of who may connect, a line `name:password` for each, read again when it changes; the password is
   * plain or `{pbkdf2-sha256}iterations:salt:hash`, salt and hash in hexadecimal. Without a file the name
   * that a client gives is believed, as Trino does.
   */
  readonly usersFile?: string | undefined;
  /**
   * File of at least 32 random bytes that sign tokens and tickets, the same for all replicas. Without it the
   * gateway makes a key of its own, and there must be one replica.
   */
  readonly signingKeyFile?: string | undefined;
  /** What the gateway gives at most. */
  readonly limits: {
    /** Queries that run or wait for their reader at a time. */
    readonly queries: number;
    /** Memory for record batches, outside of the heap. */
    readonly memoryMebibytes: number;
    /** Size at which a record batch is sent; gRPC's clients take messages of 4 MiB unless told otherwise. */
    readonly batchBytes: number;
    /** How long a client may not read before its query ends. */
    readonly idleSeconds: number;
    /** How long a ticket may wait until it is read. */
    readonly ticketSeconds: number;
    /** How long a client is known by its token. */
    readonly tokenSeconds: number;
  };
  /**
   * The Iceberg catalog whose files the gateway may read itself, for plain scans; without it Trino runs every
   * query. Only for a catalog without row filters and column masks in Trino, since the gateway asks Trino
   * whether a user may read a table but not for these.
   */
  readonly direct?:
    | {
        /** The Iceberg REST catalog; without it Trino runs every query. */
        readonly catalog?:
          | {
              /** The catalog's name in Trino; without it there is none. */
              readonly name?: string | undefined;
              /** Its address. */
              readonly uri?: string | undefined;
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
            }
          | undefined;
        /** The S3 service. */
        readonly storage?:
          | {
              /** Its address; without it AWS's own. */
              readonly endpoint?: string | undefined;
              /** Its region. */
              readonly region?: string | undefined;
              /** Whether a bucket is a part of the path and not of the host's name. */
              readonly pathStyle?: boolean | undefined;
            }
          | undefined;
        /**
         * PEM files of the authorities that catalog and S3 need beside the system's; without it there are none.
         */
        readonly authorityFiles?: readonly string[] | undefined;
      }
    | undefined;
}
