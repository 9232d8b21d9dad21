/** Generated from contracts/profile-api.yaml by `node scripts/generate.ts`; do not edit. */

/** What the operator tells the profile API. */
export interface ProfileApiDocument {
  /** The pipeline whose profiles are served. */
  readonly pipeline: {
    /** Its namespace. */
    readonly namespace: string;
    /** Its name. */
    readonly name: string;
  };
  /** Where the profiles are. */
  readonly hbase: {
    /** HBase's servers that are asked first, `host:port`s with commas between them. */
    readonly bootstrapServers: string;
    /** The table, `namespace:name`. */
    readonly table: string;
  };
  /**
   * File of who may read, read again when it changes: a line `client token scope...` for each client. The
   * token is plain, or `sha256:` and its SHA-256 in hexadecimal; a scope is `namespace/pipeline`,
   * `namespace/*` or `*`.
   */
  readonly tokensFile: string;
  /** With what clients connect; without it in the clear. The files are read again when they change. */
  readonly tls?:
    | {
        /** PEM file of the certificate and its chain; without it there is no TLS. */
        readonly certificateFile?: string | undefined;
        /** PEM file of the private key, PKCS#8. */
        readonly keyFile?: string | undefined;
      }
    | undefined;
  /** What the service gives at most. */
  readonly limits: {
    /** Profiles that a client may read in a second on the average. */
    readonly requestsPerSecond: number;
    /** Profiles that a client may read at once after a pause. */
    readonly burst: number;
    /** Identifiers in a batch. */
    readonly batchIds: number;
    /** Versions of a profile in an answer. */
    readonly history: number;
    /** Size of a request's body. */
    readonly bodyBytes: number;
    /** Streams of changes that are open at a time. */
    readonly streams: number;
    /** How long a request may take, streams excepted; then the answer is 503. */
    readonly requestSeconds: number;
    /** How long a stream is silent before it says that it is alive. */
    readonly heartbeatSeconds: number;
    /** How often changes of streamed profiles are looked for. */
    readonly pollMillis: number;
  };
}
