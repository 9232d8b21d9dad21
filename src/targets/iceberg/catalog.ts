/** What a controller can do with one Iceberg catalog. Tests give it another implementation. */
import type { TableIdentifier } from "../../naming/tables.ts";
import type { WritePermit } from "../../runtime/controller.ts";
import type { CatalogClient, CatalogConfig } from "./client.ts";
import type { CreateTable, TableChange } from "./diff.ts";
import { changeTable, createTable, dropTable } from "./execute.ts";
import { readTable } from "./read.ts";
import type { CurrentTable } from "./table.ts";

/** Every method throws errors of the runtime's classes. */
export interface TableCatalog {
  /** The table, or `undefined` when the catalog answered that there is none. */
  readTable(identifier: TableIdentifier, signal?: AbortSignal): Promise<CurrentTable | undefined>;
  /** Creates a table, and its database when that is missing. */
  createTable(action: CreateTable, permit: WritePermit): Promise<CurrentTable>;
  /** Carries out changes in one commit, which is refused when the table is no longer as it was read. */
  changeTable(
    table: CurrentTable,
    change: { readonly actions: readonly TableChange[]; readonly permit: WritePermit },
  ): Promise<CurrentTable>;
  /** Takes the table out of the catalog; `false`: there was none. Not all catalogs delete its files. */
  dropTable(identifier: TableIdentifier, permit: WritePermit): Promise<boolean>;
  probe(signal?: AbortSignal): Promise<CatalogConfig>;
  close(): Promise<void>;
}

/** The real catalog behind a client. */
export function createTableCatalog(client: CatalogClient): TableCatalog {
  return {
    readTable: (identifier, signal) => readTable(client, identifier, signal),
    createTable: (action, permit) => createTable(client, action, permit),
    changeTable: (table, change) => changeTable(client, table, change),
    dropTable: (identifier, permit) => dropTable(client, identifier, permit),
    probe: (signal) => client.probe(signal),
    close: () => client.close(),
  };
}
