/** Compares the properties that a manifest names with a table's. Pure. Properties that engines set stay. */
import type { CurrentTable } from "./table.ts";

/** Table property that remembers which properties came from the manifest, so that one that leaves it leaves the table too. */
export const MANAGED_PROPERTIES = "openclickstream.managed-properties";

export interface PropertyDiff {
  readonly set: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
}

/** The wanted properties together with the record of their names. */
export function withManagedNames(wanted: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const names = Object.keys(wanted).toSorted();
  return names.length === 0 ? wanted : { ...wanted, [MANAGED_PROPERTIES]: names.join(",") };
}

/** `undefined`: they are as wanted. */
export function diffProperties(
  wanted: Readonly<Record<string, string>>,
  table: CurrentTable,
): PropertyDiff | undefined {
  const target = withManagedNames(wanted);
  const set = Object.fromEntries(
    Object.entries(target).filter(([key, value]) => table.properties[key] !== value),
  );
  const recorded = table.properties[MANAGED_PROPERTIES];
  const managed = recorded === undefined ? [] : [...recorded.split(","), MANAGED_PROPERTIES];
  const unset = managed.filter((key) => !Object.hasOwn(target, key) && Object.hasOwn(table.properties, key));
  return Object.keys(set).length + unset.length === 0 ? undefined : { set, unset };
}
