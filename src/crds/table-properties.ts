/** Properties of an Iceberg table: every name is allowed that is a setting. */
import { MAP_KEY_RULE, celText, textMap, withRules, type Rule } from "./rules.ts";

/** Names that are facts of the table's metadata and not settings. */
const RESERVED_PROPERTIES = [
  "uuid",
  "snapshot-count",
  "current-snapshot-id",
  "current-snapshot-summary",
  "current-snapshot-timestamp-ms",
  "current-schema",
  "default-partition-spec",
  "default-sort-order",
];

/** Whether a property is a fact of the table, or a name that the operator keeps to itself. */
export function isReservedProperty(name: string): boolean {
  return RESERVED_PROPERTIES.includes(name) || name.startsWith("openclickstream.");
}

/** Properties that put files elsewhere than in the table's folder, where nobody looks for them before another table takes the place. */
const PLACES = [
  "write.data.path",
  "write.metadata.path",
  "write.folder-storage.path",
  "write.object-storage.path",
];

const FILE_FORMATS = ["parquet", "avro", "orc"];
const WAYS_TO_DELETE = ["copy-on-write", "merge-on-read"];

/** Properties of which engines know some values only, in any case of letters; another one fails every write, or every read. */
const CLOSED: Readonly<Record<string, readonly string[]>> = {
  "write.format.default": FILE_FORMATS,
  "write.delete.format.default": FILE_FORMATS,
  "write.parquet.compression-codec": ["zstd", "snappy", "gzip", "lz4", "brotli", "uncompressed"],
  "write.avro.compression-codec": ["zstd", "snappy", "gzip", "uncompressed"],
  "write.orc.compression-codec": ["zstd", "snappy", "zlib", "lz4", "lzo", "none"],
  "write.metadata.compression-codec": ["none", "gzip"],
  "write.distribution-mode": ["none", "hash", "range"],
  "write.delete.mode": WAYS_TO_DELETE,
  "write.update.mode": WAYS_TO_DELETE,
  "write.merge.mode": WAYS_TO_DELETE,
};

type Properties = Readonly<Record<string, string>>;

const closedRules: readonly Rule<Properties>[] = Object.entries(CLOSED).map(([name, values]) => ({
  rule: `!(${celText(name)} in self) || self[${celText(name)}].lowerAscii() in [${values.map(celText).join(", ")}]`,
  message: `must have ${values.join(", ")} for ${name}, or leave it out; engines know no other value`,
  holds: (properties) => properties[name] === undefined || values.includes(properties[name].toLowerCase()),
}));

/** Properties of a LakeTable by their Iceberg names. */
export const tableProperties = withRules(textMap(100, 4096), [
  MAP_KEY_RULE,
  {
    rule: `!self.exists(key, key in [${RESERVED_PROPERTIES.map(celText).join(", ")}] || key.startsWith('openclickstream.'))`,
    message: `must not hold ${RESERVED_PROPERTIES.join(", ")} or openclickstream.*, which are not for setting; remove them`,
    holds: (properties) => !Object.keys(properties).some(isReservedProperty),
  },
  {
    rule: "!('format-version' in self) || self['format-version'] in ['1', '2', '3']",
    message: "must have '1', '2' or '3' for format-version, or leave it out",
    holds: (properties) => ["1", "2", "3", undefined].includes(properties["format-version"]),
  },
  {
    rule: `!self.exists(key, key in [${PLACES.map(celText).join(", ")}])`,
    message: `must not hold ${PLACES.join(", ")}: all files of a table lie below its location; set location instead`,
    holds: (properties) => !PLACES.some((name) => Object.hasOwn(properties, name)),
  },
  ...closedRules,
]);
