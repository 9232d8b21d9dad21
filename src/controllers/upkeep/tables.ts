/** How LakeTables are found by their tables and by their platforms. Pure. */
import { formatKey, keyOf } from "../../api/objects.ts";
import type { LakeTable } from "../../crds/kinds.ts";
import { lakeTableKind } from "../../crds/kinds.ts";
import type { ObjectIndex } from "../../runtime/controller.ts";

/** By the uuid of the table that the resource has. */
export const TABLES_BY_UUID: ObjectIndex<LakeTable> = {
  type: lakeTableKind,
  valuesOf: ({ status }) => (status?.tableUuid === undefined ? [] : [status.tableUuid]),
};

/** By the key of the platform, as `formatKey` writes it. */
export const TABLES_BY_PLATFORM: ObjectIndex<LakeTable> = {
  type: lakeTableKind,
  valuesOf: (table) => [formatKey({ ...keyOf(table), name: table.spec.platformRef.name })],
};
