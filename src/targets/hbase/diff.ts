/** What lies between a table as it is wanted and as it is. Pure. */
import type { CurrentFamily, CurrentServingTable, WantedFamily, WantedServingTable } from "./table.ts";

/** One change of a table, carried out at once. */
export type TableAction =
  | { readonly kind: "create-table"; readonly table: WantedServingTable }
  | {
      readonly kind: "alter-table";
      readonly table: WantedServingTable;
      /** The mark that it bears now; it is altered only while it bears it. */
      readonly expectedMark: string | undefined;
      /** Families to make or to bring in line. */
      readonly families: readonly WantedFamily[];
      readonly dropped: readonly string[];
      /** In words. */
      readonly changes: readonly string[];
    };

/** For logs and Events: `altering table "shop:web": family "p": versions 5 instead of 3`. */
export function describeTableAction(action: TableAction): string {
  const table = `table "${action.table.name}"`;
  if (action.kind === "create-table") {
    return `creating ${table} with families ${action.table.families.map(({ name }) => `"${name}"`).join(", ")}`;
  }
  return `altering ${table}: ${action.changes.join(", ")}`;
}

/** What brings the table in line, in one step. Families that are `held` stay as they are, whatever is wanted of them. */
export function diffTable(
  wanted: WantedServingTable,
  current: CurrentServingTable | undefined,
  held: ReadonlySet<string> = new Set(),
): readonly TableAction[] {
  if (current === undefined) return [{ kind: "create-table", table: wanted }];
  const families = wanted.families.filter(
    (family) => !held.has(family.name) && changesOf(family, current).length > 0,
  );
  const named = new Set([...wanted.families.map(({ name }) => name), ...held]);
  const dropped = current.families.map(({ name }) => name).filter((name) => !named.has(name));
  const changes = [
    ...(current.mark === wanted.mark ? [] : ["marking it as managed"]),
    ...(current.durability === wanted.durability
      ? []
      : [`durability ${wanted.durability} instead of ${current.durability}`]),
    ...families.flatMap((family) => changesOf(family, current)),
    ...dropped.map((name) => `dropping family "${name}"`),
  ];
  if (changes.length === 0) return [];
  const expectedMark = current.mark ?? undefined;
  return [{ kind: "alter-table", table: wanted, expectedMark, families, dropped, changes }];
}

const SETTINGS = [
  "versions",
  "minVersions",
  "ttlSeconds",
  "compression",
  "bloomFilter",
  "blockSize",
  "inMemory",
] as const satisfies readonly (keyof WantedFamily & keyof CurrentFamily)[];

function changesOf(wanted: WantedFamily, { families }: CurrentServingTable): readonly string[] {
  const current = families.find(({ name }) => name === wanted.name);
  if (current === undefined) return [`adding family "${wanted.name}"`];
  return SETTINGS.filter((setting) => (wanted[setting] ?? null) !== (current[setting] ?? null)).map(
    (setting) =>
      `family "${wanted.name}": ${setting} ${said(wanted[setting])} instead of ${said(current[setting])}`,
  );
}

/** Only the time to live can be absent. */
function said(value: string | number | boolean | null | undefined): string {
  return String(value ?? "Unlimited");
}
