/** Compares a wanted table with the current one. Pure: the result is data that `execute` carries out in one commit. */
import { counted } from "../../api/text.ts";
import { isSameLocation } from "../../naming/locations.ts";
import { formatTable } from "../../naming/tables.ts";
import type { TableIdentifier } from "../../naming/tables.ts";
import { TerminalError } from "../../runtime/errors.ts";
import type { LayoutChange } from "./diff-layout.ts";
import { diffPartitioning, diffSortOrder, newPartitionFields, newSortFields } from "./diff-layout.ts";
import { diffProperties, withManagedNames } from "./diff-properties.ts";
import { refuseNameClash } from "./partition-names.ts";
import type { ColumnChange } from "./column-change.ts";
import { describeColumnChange } from "./column-change.ts";
import { diffSchema } from "./diff-schema.ts";
import type {
  CurrentTable,
  PartitionField,
  SortField,
  SortOrder,
  WantedLocation,
  WantedTable,
} from "./table.ts";
import type { Field } from "./types.ts";
import { IdSource, withFreshIds } from "./types.ts";

export type TableAction = CreateTable | TableChange;

export interface CreateTable {
  readonly kind: "create-table";
  readonly identifier: TableIdentifier;
  readonly fields: readonly Field[];
  readonly partitioning: readonly PartitionField[];
  readonly sortOrder: readonly SortField[];
  readonly properties: Readonly<Record<string, string>>;
  readonly formatVersion: number;
  readonly location: WantedLocation;
}

/** Changes of an existing table; all of one pass go into one commit, in this order. */
export type TableChange =
  | { readonly kind: "upgrade-format"; readonly from: number; readonly to: number }
  | {
      readonly kind: "evolve-schema";
      readonly fields: readonly Field[];
      /** The schema is there already, under this id. */
      readonly knownId?: number;
      readonly lastColumnId: number;
      readonly changes: readonly ColumnChange[];
    }
  | { readonly kind: "change-partitioning"; readonly change: LayoutChange<readonly PartitionField[]> }
  | { readonly kind: "change-sort-order"; readonly change: LayoutChange<SortOrder> }
  | {
      readonly kind: "change-properties";
      readonly set: Readonly<Record<string, string>>;
      readonly unset: readonly string[];
    };

const DEFAULT_FORMAT_VERSION = 2;

/**
 * The actions that make `current` what is wanted; none when it is already. Throws `TerminalError` for what Iceberg cannot do
 * (`ImpossibleChange`, naming the column) and for losing data that the manifest does not allow to lose (`DestructiveChange`).
 */
export function diffTable(wanted: WantedTable, current: CurrentTable | undefined): readonly TableAction[] {
  if (current === undefined) return [createTable(wanted)];
  refuseOtherLocation(wanted.location, current);
  const schema = diffSchema(wanted.columns, current, wanted.unnamed);
  const partitioning = changePartitioning(wanted, schema.fields, current);
  const specs = current.partitionSpecs.map((spec) => spec.fields);
  refuseNameClash(
    schema.fields,
    partitioning === undefined ? specs : [...specs, partitioning.change.layout],
    current.fields,
  );
  const actions: (TableChange | undefined)[] = [
    upgradeFormat(wanted.formatVersion, current),
    schema.changes.length === 0 ? undefined : { kind: "evolve-schema", ...schema },
    partitioning,
    changeSortOrder(wanted, schema.fields, current),
    changeProperties(wanted, current),
  ];
  return actions.filter((action) => action !== undefined);
}

/** What an action does, for logs, Events and error messages: a phrase that begins with "creating", "adding", … */
export function describeTableAction(action: TableAction): string {
  switch (action.kind) {
    case "create-table":
      return `creating table "${formatTable(action.identifier)}" with ${counted(action.fields.length, "column")}`;
    case "upgrade-format":
      return `upgrading the table format from ${action.from} to ${action.to}`;
    case "evolve-schema":
      return action.changes.map(describeColumnChange).join(", ");
    case "change-partitioning":
      return `changing the partitioning of new data to ${listOr(
        action.change.layout.map((field) => field.name),
        "none",
      )}`;
    case "change-sort-order":
      return `changing the sort order of new data to ${counted(action.change.layout.fields.length, "column")}`;
    case "change-properties":
      return `changing properties ${listOr([...Object.keys(action.set), ...action.unset], "")}`;
  }
}

function createTable(wanted: WantedTable): CreateTable {
  const ids = new IdSource(0);
  const own = wanted.columns.map((column) => ({ column, id: ids.next() }));
  const fields = own.map(({ column, id }) => ({
    id,
    name: column.name,
    type: withFreshIds(column.type, ids),
    isRequired: column.isRequired,
    ...(column.doc !== undefined && { doc: column.doc }),
  }));
  return {
    kind: "create-table",
    identifier: wanted.identifier,
    fields,
    partitioning: newPartitionFields(wanted.partitionBy, fields),
    sortOrder: newSortFields(wanted.sortBy, fields),
    properties: withManagedNames(wanted.properties),
    formatVersion: wanted.formatVersion ?? DEFAULT_FORMAT_VERSION,
    location: wanted.location,
  };
}

function refuseOtherLocation(wanted: WantedLocation, current: CurrentTable): void {
  if (wanted.kind !== "exact" || isSameLocation(wanted.url, current.location)) return;
  throw new TerminalError(
    "ImpossibleChange",
    `table "${formatTable(current.identifier)}" lies at ${current.location} and its files cannot be moved; ` +
      `set spec.location to that, or leave it out`,
    { field: "spec.location" },
  );
}

function upgradeFormat(wanted: number | undefined, current: CurrentTable): TableChange | undefined {
  if (wanted === undefined || wanted === current.formatVersion) return undefined;
  if (wanted < current.formatVersion) {
    throw new TerminalError(
      "ImpossibleChange",
      `the table has format version ${current.formatVersion} and cannot go back to ${wanted}; ` +
        `set the property format-version to ${current.formatVersion} or leave it out`,
      { field: "spec.properties" },
    );
  }
  return { kind: "upgrade-format", from: current.formatVersion, to: wanted };
}

function changePartitioning(
  wanted: WantedTable,
  fields: readonly Field[],
  current: CurrentTable,
): Extract<TableChange, { kind: "change-partitioning" }> | undefined {
  const change = diffPartitioning(wanted.partitionBy, fields, current);
  if (change === undefined) return undefined;
  const formatVersion = wanted.formatVersion ?? current.formatVersion;
  if (formatVersion < 2) {
    throw new TerminalError(
      "ImpossibleChange",
      'the partitioning of a table of format version 1 cannot be changed here; set the property format-version to "2"',
      { field: "spec.partitionBy" },
    );
  }
  return { kind: "change-partitioning", change };
}

function changeSortOrder(
  wanted: WantedTable,
  fields: readonly Field[],
  current: CurrentTable,
): TableChange | undefined {
  const change = diffSortOrder(wanted.sortBy, fields, current);
  return change && { kind: "change-sort-order", change };
}

function changeProperties(wanted: WantedTable, current: CurrentTable): TableChange | undefined {
  const change = diffProperties(wanted.properties, current);
  return change && { kind: "change-properties", ...change };
}

function listOr(items: readonly string[], otherwise: string): string {
  return items.length === 0 ? otherwise : items.join(", ");
}
