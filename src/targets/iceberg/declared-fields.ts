/** Which fields of a table a manifest names, at the top and inside columns. Pure. */
import type { WantedColumn } from "./table.ts";
import type { Field, TableType, WantedType } from "./types.ts";

/** Names by id of the fields that the columns name; of a table that is as they say. */
export function declaredFields(
  columns: readonly Pick<WantedColumn, "name" | "type">[],
  fields: readonly Field[],
): ReadonlyMap<number, string> {
  const byName = new Map(fields.map((field) => [field.name, field]));
  return new Map(
    columns.flatMap(({ name, type }) => {
      const field = byName.get(name);
      return field === undefined ? [] : [[field.id, name] as const, ...declaredWithin(type, field.type)];
    }),
  );
}

function declaredWithin(wanted: WantedType, current: TableType): readonly (readonly [number, string])[] {
  if (wanted.kind === "struct" && current.kind === "struct")
    return [...declaredFields(wanted.fields, current.fields)];
  if (wanted.kind === "list" && current.kind === "list")
    return declaredWithin(wanted.element, current.element);
  if (wanted.kind === "map" && current.kind === "map") return declaredWithin(wanted.value, current.value);
  return [];
}

/** Columns of a table that the manifest does not name. */
export function otherColumns(
  columns: readonly Pick<WantedColumn, "name">[],
  fields: readonly Field[],
): readonly string[] {
  const named = new Set(columns.map((column) => column.name));
  return fields.map((field) => field.name).filter((name) => !named.has(name));
}
