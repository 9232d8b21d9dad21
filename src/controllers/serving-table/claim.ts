/** What a ServingTable claims: one table of one HBase. Pure. */
import type { ServingTable } from "../../crds/kinds.ts";
import { servingTableKind } from "../../crds/kinds.ts";
import type { ServingTableName } from "../../naming/serving-tables.ts";
import { defaultServingTableName } from "../../naming/serving-tables.ts";
import type { ClaimedKind } from "../claims/claimed-kind.ts";

/** The name of the table that a resource wants. The API server has checked a written one. */
export function servingTableNameOf({ metadata, spec }: ServingTable): ServingTableName {
  const { namespace = "", name } = metadata;
  return (spec.tableName as ServingTableName | undefined) ?? defaultServingTableName({ namespace, name });
}

export const SERVING_TABLE_CLAIM: ClaimedKind<ServingTable> = {
  index: { type: servingTableKind, valuesOf: (table) => [servingTableNameOf(table)] },
  component: "HBase",
  addressesOf: ({ hbase }) => hbase?.bootstrapServers ?? [],
  systemOf: (table) => table.status?.clusterId,
  idOf: (table) => table.status?.mark,
  describe: (table) => `table "${servingTableNameOf(table)}"`,
  words: { contents: "rows", id: "mark", removed: "dropped", system: "HBase", field: "tableName" },
};
