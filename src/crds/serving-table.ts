/** ServingTable: one HBase table. */
import { z } from "zod";
import { HBASE_SYSTEM_NAMESPACE, isSystemTable } from "../naming/serving-tables.ts";
import { approvalMode, approvalStatus } from "./approval.ts";
import { commonStatus, timestamp } from "./conditions.ts";
import { duration } from "./durations.ts";
import {
  type Immutable,
  LABEL_NAME_RULES,
  PLATFORM_IMMUTABLE,
  type Resource,
  type Sent,
  defineKind,
  immutableField,
} from "./kind-definition.ts";
import { byteSize } from "./quantities.ts";
import { DEFAULT_DELETION_POLICY, deletionPolicy, objectName, platformRef } from "./references.ts";
import { count, integer, listMap, patterned, text, textSet, withRules } from "./rules.ts";

/** What an absent field means; resolved by the controllers, never written into the resource. Words are HBase's own. */
export const SERVING_TABLE_DEFAULTS = {
  durability: "FSYNC_WAL",
  versions: 1,
  minVersions: 0,
  compression: "NONE",
  bloomFilter: "ROW",
  blockSize: "64Ki",
  inMemory: false,
  deletionPolicy: DEFAULT_DELETION_POLICY,
} as const;

const MAX_FAMILIES = 20;
const MAX_VERSIONS = 100_000;

const familyName = patterned(/^[A-Za-z0-9_][A-Za-z0-9_-]*$/, 64);

const family = withRules(
  z.object({
    name: familyName.describe("Name of the family. Short names are cheap: every cell has it."),
    versions: integer(1, MAX_VERSIONS)
      .optional()
      .describe(
        `Versions of a cell that are kept. Default ${SERVING_TABLE_DEFAULTS.versions}. Fewer than before lose data, which has to be confirmed.`,
      ),
    minVersions: integer(0, MAX_VERSIONS)
      .optional()
      .describe(
        `Versions of a cell that are kept past ttl. Default ${SERVING_TABLE_DEFAULTS.minVersions}. At most versions.`,
      ),
    ttl: duration("1s", "24855d", { orUnlimited: true })
      .optional()
      .describe(
        "How long cells are kept, counted from their timestamps, for example '90d', or 'Unlimited'. Default 'Unlimited'. A shorter time loses data, which has to be confirmed.",
      ),
    compression: z
      .enum(["NONE", "GZ", "SNAPPY", "LZ4", "ZSTD"])
      .optional()
      .describe(
        `How blocks are compressed. Default '${SERVING_TABLE_DEFAULTS.compression}'. HBase refuses a codec that it does not have.`,
      ),
    bloomFilter: z
      .enum(["NONE", "ROW", "ROWCOL"])
      .optional()
      .describe(
        `What the filters of files know of: rows, or rows with columns. Default '${SERVING_TABLE_DEFAULTS.bloomFilter}'.`,
      ),
    blockSize: byteSize("1Ki", "16Mi")
      .optional()
      .describe(
        `Size of a block in files. Default '${SERVING_TABLE_DEFAULTS.blockSize}'. Smaller is for single rows, larger for scans.`,
      ),
    inMemory: z
      .boolean()
      .optional()
      .describe("Whether its blocks stay in the cache before those of other families. Default false."),
  }),
  [
    {
      rule: "!has(self.minVersions) || self.minVersions <= (has(self.versions) ? self.versions : 1)",
      message: "minVersions must be at most versions; raise versions or lower minVersions",
      fieldPath: ".minVersions",
      holds: ({ minVersions, versions }) =>
        minVersions === undefined || minVersions <= (versions ?? SERVING_TABLE_DEFAULTS.versions),
    },
  ],
);

const split = withRules(
  z.object({
    uniform: integer(2, 1000)
      .optional()
      .describe("Number of regions that share all keys evenly by their first bytes: for hashed keys."),
    keys: textSet(text(256).min(1), 999)
      .min(1)
      .optional()
      .describe("First keys of the regions but the first, as text."),
  }),
  [
    {
      rule: "has(self.uniform) != has(self.keys)",
      message: "must give uniform or keys, one of the two",
      holds: ({ uniform, keys }) => (uniform === undefined) !== (keys === undefined),
    },
  ],
);

export const servingTableSpec = z.object({
  platformRef,
  tableName: withRules(patterned(/^[A-Za-z0-9_]+:[A-Za-z0-9_][A-Za-z0-9_.-]*$/, 200), [
    {
      rule: `!self.startsWith('${HBASE_SYSTEM_NAMESPACE}:')`,
      message: `must not be in the namespace '${HBASE_SYSTEM_NAMESPACE}', which HBase keeps to itself`,
      holds: (name) => !isSystemTable(name),
    },
  ])
    .optional()
    .describe(
      "Name of the table in HBase, as 'namespace:name'. Default '<namespace>:<name>' with '_' for '-' in the namespace. It must not change.",
    ),
  families: listMap(family, ["name"], MAX_FAMILIES)
    .min(1)
    .describe(
      "Column families. They are changed while the table is used. A family that is left out is dropped with its data, once that is confirmed.",
    ),
  durability: z
    .enum(["FSYNC_WAL", "SYNC_WAL", "ASYNC_WAL", "SKIP_WAL"])
    .optional()
    .describe(
      `What an acknowledged write survives. Default '${SERVING_TABLE_DEFAULTS.durability}': the loss of power too. ` +
        "SYNC_WAL: the end of the process only. ASYNC_WAL and SKIP_WAL may lose acknowledged writes.",
    ),
  split: split
    .optional()
    .describe(
      "Regions that the table is created with. Default one. It must not change: HBase splits regions by itself.",
    ),
  approval: approvalMode,
  deletionPolicy: deletionPolicy
    .optional()
    .describe(
      "Whether deleting this resource drops the table with its rows, once that is confirmed. Default 'Retain'.",
    ),
});

const familyStatus = z.object({
  name: text(256).describe("Name of the family."),
  versions: integer(0, 2_147_483_647).describe("Versions of a cell that are kept."),
  minVersions: integer(0, 2_147_483_647).describe("Versions of a cell that are kept past its time."),
  ttlSeconds: integer(0, 2_147_483_647)
    .optional()
    .describe("Seconds that cells are kept; absent when for ever."),
  compression: text(64).describe("How blocks are compressed."),
  bloomFilter: text(64).describe("What the filters of files know of."),
  blockSize: integer(0, 2_147_483_647).describe("Bytes of a block."),
  inMemory: z.boolean().describe("Whether its blocks stay in the cache before those of other families."),
});

/** Changes that a status remembers. */
export const MAX_CHANGES = 10;

const change = z.object({
  time: timestamp().describe("When."),
  cause: z
    .enum(["Manifest", "Approval", "Drift"])
    .describe(
      "Why: the manifest asked for it, a person confirmed it, or somebody had changed the table by hand.",
    ),
  text: text(1024).describe("What was done."),
});

export const servingTableStatus = z.object({
  ...commonStatus,
  tableName: text(255).optional().describe("Name of the table in HBase."),
  mark: text(64)
    .optional()
    .describe(
      "Mark that the table bears in its descriptor since this resource made it or took it over: the resource's uid. " +
        "Only a table with this mark is changed or dropped.",
    ),
  clusterId: text(256)
    .optional()
    .describe("Id of the HBase cluster that the table is in, as HBase itself tells it."),
  durability: text(64).optional().describe("What an acknowledged write survives, as the table has it."),
  families: listMap(familyStatus, ["name"], 100)
    .optional()
    .describe("Column families as the table has them, at most 100."),
  regions: integer(0, 2_147_483_647).optional().describe("Regions that the table has."),
  storeBytes: count()
    .optional()
    .describe("Size of the table's files, in steps of 1 MiB as region servers tell it."),
  changes: z
    .array(change)
    .max(MAX_CHANGES)
    .optional()
    .describe("What the operator last did to the table, the newest first, at most 10."),
  ...approvalStatus,
  driftCorrectedAt: timestamp()
    .optional()
    .describe("When the operator last reverted a change that somebody made to the table by hand."),
  conflictsWith: objectName
    .optional()
    .describe("Name of the older ServingTable that claims the same table, which therefore is not touched."),
});

export type ServingTableSpec = Immutable<z.infer<typeof servingTableSpec>>;
export type ServingTableStatus = Sent<z.infer<typeof servingTableStatus>>;
export type ServingTable = Resource<ServingTableSpec, ServingTableStatus>;

export const servingTableKind = defineKind({
  kind: "ServingTable",
  plural: "servingtables",
  shortName: "svt",
  description:
    "ServingTable owns one HBase table: it creates it, keeps its column families and its durability as they are declared, and repairs " +
    "what is changed by hand. Deleting it keeps the table unless deletionPolicy is Delete.",
  columns: [
    {
      name: "Table",
      type: "string",
      jsonPath: ".status.tableName",
      description: "Name of the table in HBase.",
    },
    { name: "Regions", type: "integer", jsonPath: ".status.regions", description: "Regions of the table." },
    {
      name: "Bytes",
      type: "integer",
      jsonPath: ".status.storeBytes",
      description: "Size of the table's files.",
      priority: 1,
    },
    {
      name: "Durability",
      type: "string",
      jsonPath: ".status.durability",
      description: "What an acknowledged write survives.",
      priority: 1,
    },
  ],
  schema: servingTableSpec,
  statusSchema: servingTableStatus,
  nameRules: LABEL_NAME_RULES,
  immutables: [
    PLATFORM_IMMUTABLE,
    immutableField("tableName", "create a new ServingTable for another table"),
    immutableField("split", "HBase splits regions by itself as they grow"),
  ],
});
