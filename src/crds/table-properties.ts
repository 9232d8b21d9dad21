/** Properties of an Iceberg table: free but for what is no setting. */
import { MAP_KEY_RULE, celText, textMap, withRules } from "./rules.ts";

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
]);
