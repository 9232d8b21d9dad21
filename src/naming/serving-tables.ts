/** Names of HBase's tables. What HBase accepts, the schema of ServingTable says. */
import type { Brand } from "./brand.ts";

/** `namespace:name` of a table of HBase. */
export type ServingTableName = Brand<"ServingTableName">;

/** The namespace of HBase's own tables. */
export const HBASE_SYSTEM_NAMESPACE = "hbase";

/** Whether a table of this name belongs to HBase itself. */
export function isSystemTable(name: string): boolean {
  return name.startsWith(`${HBASE_SYSTEM_NAMESPACE}:`);
}

/** `<namespace>:<name>` of the resource, with `_` for `-` in the namespace: HBase has no hyphen there, and Kubernetes no underscore. */
export function defaultServingTableName(key: {
  readonly namespace: string;
  readonly name: string;
}): ServingTableName {
  return `${key.namespace.replaceAll("-", "_")}:${key.name}` as ServingTableName;
}
