/** What a LakeTable claims: one table of one catalog. Pure. */
import type { DataPlatformSpec, LakeTable } from "../../crds/kinds.ts";
import { lakeTableKind } from "../../crds/kinds.ts";
import type { ClaimedKind } from "../claims/claimed-kind.ts";

export const TABLE_CLAIM: ClaimedKind<LakeTable> = {
  index: {
    type: lakeTableKind,
    valuesOf: ({ spec }) => [JSON.stringify([spec.database, spec.table])],
  },
  component: "Catalog",
  addressesOf: ({ catalog }) => [formatAddress(catalog)],
  // The uuid alone tells two tables apart, wherever they are.
  systemOf: () => undefined,
  idOf: (table) => table.status?.tableUuid,
  describe: ({ spec }) => `table "${spec.database}.${spec.table}"`,
  words: { contents: "rows", id: "uuid", removed: "dropped", system: "the catalog", field: "table" },
};

/** Same text for the same catalog. */
function formatAddress({ uri, warehouse, prefix }: DataPlatformSpec["catalog"]): string {
  return JSON.stringify([uri.replace(/\/+$/, ""), warehouse ?? "", prefix ?? ""]);
}
