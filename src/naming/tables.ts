/** Names of lake databases and tables, and the place of a table in the bucket. */
import { DEFAULT_TABLE_NAMES } from "../generated/names.ts";
import type { Brand } from "./brand.ts";

/** A database (a namespace of the Iceberg catalog, one level). */
export type DatabaseName = Brand<"DatabaseName">;

/** A table's name within its database. */
export type TableName = Brand<"TableName">;

/** Address of a table in its catalog. */
export interface TableIdentifier {
  readonly database: DatabaseName;
  readonly table: TableName;
}

/** Every SQL engine shows its own tables under this name, so that a database of this name cannot be asked. */
export const SQL_CATALOG_SCHEMA = "information_schema";

const LAKE_NAME = /^[a-zA-Z0-9_][a-zA-Z0-9_-]*$/;

/** Checks a database's or table's name: letters, digits, `_` and `-`, so that every engine and every URL can say it. */
function isLakeName(text: string): boolean {
  return text.length <= 255 && LAKE_NAME.test(text);
}

/** Branded identifier, or the name of the field at fault. */
export function parseTableIdentifier(text: {
  readonly database: string;
  readonly table: string;
}):
  | { readonly identifier: TableIdentifier }
  | { readonly field: "database" | "table"; readonly problem: string } {
  for (const field of ["database", "table"] as const) {
    if (!isLakeName(text[field])) {
      return { field, problem: "must consist of letters, digits, '_' and '-', and not begin with '-'" };
    }
  }
  if (text.database === SQL_CATALOG_SCHEMA)
    return {
      field: "database",
      problem: `must not be ${SQL_CATALOG_SCHEMA}, which SQL engines keep to themselves`,
    };
  return { identifier: { database: text.database as DatabaseName, table: text.table as TableName } };
}

/** `database.table`, as SQL says it. */
export function formatTable(identifier: TableIdentifier): string {
  return `${identifier.database}.${identifier.table}`;
}

/** Database of a pipeline that names none: its namespace with `_` for `-`. */
export function defaultDatabaseName(namespace: string): DatabaseName {
  return underscored(namespace, DEFAULT_TABLE_NAMES.database) as DatabaseName;
}

/** Beginning of the table names of a pipeline that gives none: its name with `_` for `-` and `.`, and then `_`. */
export function defaultTablePrefix(pipeline: string): string {
  return underscored(pipeline, DEFAULT_TABLE_NAMES.prefix);
}

/** The name with a `_` for each of the characters `replaced`, and `appended` at its end. */
function underscored(name: string, rule: { readonly replaced: string; readonly appended: string }): string {
  const characters = [...name].map((character) => (rule.replaced.includes(character) ? "_" : character));
  return `${characters.join("")}${rule.appended}`;
}

/** A pipeline's table, like `web_events`. */
export function pipelineTableName(prefix: string, suffix: string): TableName {
  return `${prefix}${suffix}` as TableName;
}

/** Place of a table that names none: `s3://<bucket>/<database>/<table>`, without a slash at the end. */
export function defaultTableLocation(bucket: string, identifier: TableIdentifier): string {
  return `s3://${bucket}/${identifier.database}/${identifier.table}`;
}
