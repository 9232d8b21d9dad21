/** A table as we see it: as wanted, and as the catalog has it. */
import type { TableIdentifier } from "../../naming/tables.ts";
import type { Field, WantedType } from "./types.ts";

export interface WantedColumn {
  readonly name: string;
  readonly type: WantedType;
  readonly isRequired: boolean;
  readonly doc?: string;
  /** Name of the column that this one was; used only while the table has no column called `name`. */
  readonly previousName?: string;
}

export type TransformName = "identity" | "year" | "month" | "day" | "hour" | "bucket" | "truncate" | "void";

export interface WantedPartitionField {
  readonly column: string;
  readonly transform: TransformName;
  /** Number of buckets, or length to truncate to; present with those transforms only. */
  readonly width?: number;
}

export interface WantedSortField {
  readonly column: string;
  readonly direction: "asc" | "desc";
  readonly nullOrder: "first" | "last";
}

export interface WantedTable {
  readonly identifier: TableIdentifier;
  readonly columns: readonly WantedColumn[];
  readonly partitionBy: readonly WantedPartitionField[];
  readonly sortBy: readonly WantedSortField[];
  /** Properties that the manifest names; the table may have others, which stay. */
  readonly properties: Readonly<Record<string, string>>;
  /** Version of the table format; `undefined`: 2 for a new table, and whatever an old one has. */
  readonly formatVersion: number | undefined;
  readonly location: WantedLocation;
  readonly unnamed: UnnamedFields;
}

/** What becomes of a table's fields that the manifest does not name. */
export interface UnnamedFields {
  /** Names by id of the fields that the manifest named when it was last in effect: only these are dropped by leaving them out. */
  readonly declared: ReadonlyMap<number, string>;
  readonly isDropAllowed: boolean;
  /** Optional fields stay as they are, those too that the manifest named before and that must not be dropped; else they are refused. */
  readonly keepsOthers: boolean;
}

/** Where a new table should lie. URLs without a slash at the end. */
export type WantedLocation =
  | { readonly kind: "exact"; readonly url: string }
  /** Where the catalog likes, as long as it is in the bucket; else `fallback`. */
  | { readonly kind: "anywhere-in-bucket"; readonly bucket: string; readonly fallback: string };

export interface PartitionField {
  readonly sourceId: number;
  readonly fieldId: number;
  readonly name: string;
  /** As the protocol writes it: `day`, `bucket[16]`. */
  readonly transform: string;
}

export interface PartitionSpec {
  readonly specId: number;
  readonly fields: readonly PartitionField[];
}

export interface SortField {
  readonly sourceId: number;
  readonly transform: string;
  readonly direction: "asc" | "desc";
  readonly nullOrder: "first" | "last";
}

export interface SortOrder {
  readonly orderId: number;
  readonly fields: readonly SortField[];
}

/** Figures of the current snapshot, from its summary. What the writer did not count is absent. */
export interface Snapshot {
  /** 64-bit number as text: it does not fit a JavaScript number. */
  readonly id: string;
  /** What its writer did: `append`, `overwrite`, `delete`, or `replace`, which changes files and no row. */
  readonly operation?: string;
  readonly rows?: number;
  readonly dataFiles?: number;
  readonly totalBytes?: number;
}

/** What the metadata tells of a table's past without a look at any snapshot. Times in milliseconds since 1970. */
export interface TableHistory {
  /** When the main branch got each of the snapshots that it still has; the oldest first. */
  readonly commits: readonly number[];
  /** When the first of the other branches and tags may be removed; `undefined`: none of them ends by age. */
  readonly firstRefEnd: number | undefined;
}

export interface TableSchema {
  readonly schemaId: number;
  readonly fields: readonly Field[];
  readonly identifierFieldIds: readonly number[];
}

export interface CurrentTable {
  readonly identifier: TableIdentifier;
  readonly uuid: string;
  readonly location: string;
  readonly formatVersion: number;
  readonly schemaId: number;
  /** All schemas that the catalog still knows, the current one too. */
  readonly schemas: readonly TableSchema[];
  readonly fields: readonly Field[];
  readonly identifierFieldIds: readonly number[];
  /** Highest field id that the table has ever used. */
  readonly lastColumnId: number;
  readonly partitionSpecs: readonly PartitionSpec[];
  readonly defaultSpecId: number;
  readonly lastPartitionId: number;
  readonly sortOrders: readonly SortOrder[];
  readonly defaultSortOrderId: number;
  readonly properties: Readonly<Record<string, string>>;
  readonly snapshot?: Snapshot;
  readonly history: TableHistory;
}

/** Fields of the partitioning that new data gets. */
export function currentPartitionFields(table: CurrentTable): readonly PartitionField[] {
  return table.partitionSpecs.find((spec) => spec.specId === table.defaultSpecId)?.fields ?? [];
}

/** The order that writers are asked to keep; empty: none. */
export function currentSortFields(table: CurrentTable): readonly SortField[] {
  return table.sortOrders.find((order) => order.orderId === table.defaultSortOrderId)?.fields ?? [];
}
