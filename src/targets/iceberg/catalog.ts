/** What a controller can do with one Iceberg catalog. Tests give it another implementation. */
import type { TableIdentifier } from "../../naming/tables.ts";
import type { WritePermit } from "../../runtime/controller.ts";
import type { CatalogAbilities } from "./abilities.ts";
import { rememberAbilities } from "./abilities.ts";
import type { CatalogClient, CatalogConfig } from "./client.ts";
import type { CreateTable, TableChange } from "./diff.ts";
import type { CreateOptions } from "./execute.ts";
import { changeTable, createTable, dropTable } from "./execute.ts";
import type { Search } from "./find.ts";
import { findTable } from "./find.ts";
import type { TableHistory } from "./history.ts";
import { readHistory } from "./history.ts";
import { readTable } from "./read.ts";
import type { CurrentTable } from "./table.ts";

/** Every method throws errors of the runtime's classes. */
export interface TableCatalog {
  /** The table, or `undefined` when the catalog answered that there is none. */
  readTable(identifier: TableIdentifier, signal?: AbortSignal): Promise<CurrentTable | undefined>;
  /** The table's snapshots, or `undefined` when there is no such table. Large for a busy table. */
  readHistory(identifier: TableIdentifier, signal?: AbortSignal): Promise<TableHistory | undefined>;
  /** Name of the table with this uuid, wherever in the catalog; `undefined`: there is none. Slow in a large catalog. */
  findTable(uuid: string, search: Search): Promise<string | undefined>;
  /** Creates a table, and its database when that is missing. */
  createTable(action: CreateTable, options: CreateOptions): Promise<CurrentTable>;
  /** Carries out changes in one commit, which is refused when the table is no longer as it was read. */
  changeTable(
    table: CurrentTable,
    change: { readonly actions: readonly TableChange[]; readonly permit: WritePermit },
  ): Promise<CurrentTable>;
  /** Takes the table out of the catalog; `false`: there was none. With `purges` it is asked to delete the files, which not all do. */
  dropTable(
    identifier: TableIdentifier,
    options: { readonly purges: boolean; readonly permit: WritePermit },
  ): Promise<boolean>;
  probe(signal?: AbortSignal): Promise<CatalogConfig>;
  /** What it lets its clients do with the history of tables. Changes nothing; an answer is kept for up to an hour. */
  abilities(signal?: AbortSignal): Promise<CatalogAbilities>;
  close(): Promise<void>;
}

/** The real catalog behind a client. */
export function createTableCatalog(client: CatalogClient): TableCatalog {
  return {
    readTable: (identifier, signal) => readTable(client, identifier, signal),
    readHistory: (identifier, signal) => readHistory(client, identifier, signal),
    findTable: (uuid, search) => findTable(client, uuid, search),
    createTable: (action, options) => createTable(client, action, options),
    changeTable: (table, change) => changeTable(client, table, change),
    dropTable: (identifier, options) => dropTable(client, identifier, options),
    probe: (signal) => client.probe(signal),
    abilities: rememberAbilities(client),
    close: () => client.close(),
  };
}
