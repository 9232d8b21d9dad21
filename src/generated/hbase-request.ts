/** Generated from contracts/hbase-request.yaml by `node scripts/generate.ts`; do not edit. */

/** What is asked about an HBase cluster or one of its tables. */
export interface HBaseRequest {
  /** Servers to begin with, each as host:port: masters or region servers. */
  readonly bootstrapServers: readonly string[];
  /** Name to be known by where HBase believes its clients. */
  readonly user?: string | undefined;
  /** How connections are encrypted. All in PEM form. */
  readonly tls?:
    | {
        /** Whether they are; else they are plain. */
        readonly isUsed?: boolean | undefined;
        /** Certificates to trust; without it those of the Java runtime. */
        readonly authorities?: string | undefined;
        /** What is shown to servers that ask for it. */
        readonly certificate?: string | undefined;
        /** The certificate's private key. */
        readonly privateKey?: string | undefined;
      }
    | undefined;
  /** Authenticates by Kerberos, where it has a principal; else HBase believes its clients. */
  readonly kerberos?:
    | {
        /** Whose keys they are, such as `openclickstream@EXAMPLE.COM`. */
        readonly principal?: string | undefined;
        /** The keytab, as base64. */
        readonly keytab?: string | undefined;
        /** Principal of masters and region servers, such as `hbase/_HOST@EXAMPLE.COM`. */
        readonly servicePrincipal?: string | undefined;
        /** What is done with what is sent: `authentication`, `integrity` or `privacy`. */
        readonly protection?: string | undefined;
      }
    | undefined;
  /** Name of the table, `namespace:name`; every path but /v1/cluster needs it. */
  readonly table?: string | undefined;
  /** What the table bears in its descriptor to show whose it is. */
  readonly mark?: string | undefined;
  /** The mark that the table must bear now to be altered or dropped; without it, it must bear none. */
  readonly expectedMark?: string | undefined;
  /** How writes are logged, such as `FSYNC_WAL`; to create and to alter. */
  readonly durability?: string | undefined;
  /** Column families to make, or to bring in line. Others stay as they are. */
  readonly families?:
    | readonly {
        /** The family's name. */
        readonly name: string;
        /** Versions that are kept of a cell. */
        readonly versions: number;
        /** Versions that are kept past their time; without it none. */
        readonly minVersions?: number | undefined;
        /** How long cells are kept; without it for ever. */
        readonly ttlSeconds?: number | undefined;
        /** How blocks are compressed, such as `NONE` or `GZ`. */
        readonly compression: string;
        /** `NONE`, `ROW` or `ROWCOL`. */
        readonly bloomFilter: string;
        /** Bytes of a block. */
        readonly blockSize: number;
        /** Whether its blocks stay in the cache before those of others. */
        readonly inMemory?: boolean | undefined;
      }[]
    | undefined;
  /** Families to look for cells in. */
  readonly within?: readonly string[] | undefined;
  /** Families to take away with their data when altering. */
  readonly dropFamilies?: readonly string[] | undefined;
  /** Regions to create the table with that share the keys evenly. */
  readonly regions?: number | undefined;
  /** First keys of the regions but the first, to create the table with. */
  readonly splitKeys?: readonly string[] | undefined;
}
