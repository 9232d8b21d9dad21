/** Input tables: as the planner is told of them, as the status remembers them, and what changed since. Pure. */
import type { DataProductStatus } from "../../crds/kinds.ts";
import { formatTable } from "../../naming/tables.ts";
import type { CurrentTable } from "../../targets/iceberg/table.ts";
import { parseType, printType, TypeTextError } from "../../targets/iceberg/type-text.ts";
import type { Field } from "../../targets/iceberg/types.ts";
import { withoutIds } from "../../targets/iceberg/types.ts";
import type { PlannerTable, SqlPlan } from "../../targets/planner/planner.ts";

export type InputStatus = NonNullable<DataProductStatus["inputs"]>[number];

/** The table with those columns whose types manifests can say: SQL cannot read the others. */
export function plannerTable({ identifier, fields }: CurrentTable): PlannerTable {
  return {
    database: identifier.database,
    table: identifier.table,
    columns: fields
      .map((field) => ({ name: field.name, type: typeOf(field), required: field.isRequired }))
      .filter(({ type }) => isKnownType(type)),
  };
}

/** Of a column, as a LakeTable writes it. */
export function typeOf({ type }: Field): string {
  return printType(withoutIds(type));
}

function isKnownType(type: string): boolean {
  try {
    parseType(type);
    return true;
  } catch (error) {
    if (error instanceof TypeTextError) return false;
    throw error;
  }
}

/** What the SQL reads, with the types that the columns have now. */
export function inputsOf(plan: SqlPlan, tables: readonly CurrentTable[]): readonly InputStatus[] {
  return plan.tables.map(({ database, table, columns }) => {
    const found = tables.find(
      ({ identifier }) => identifier.database === database && identifier.table === table,
    );
    return {
      table: `${database}.${table}`,
      columns: [...new Set(columns)].map((path) => {
        const field = found && fieldAt(found, path);
        return { path, ...(field !== undefined && { type: typeOf(field) }) };
      }),
    };
  });
}

/** The column of a table that a path begins with: `properties` of `properties['sku']` and of `properties.sku`. */
export function fieldAt({ fields }: CurrentTable, path: string): Field | undefined {
  const column = path.split(/[.[]/, 1)[0]?.toLowerCase();
  return fields.find(({ name }) => name.toLowerCase() === column);
}

/** What became of the columns that the SQL read when it was last right: `column "site" of shop.web_events was dropped (it was string)`. */
export function changesOf(
  before: readonly InputStatus[],
  tables: readonly CurrentTable[],
): readonly string[] {
  return before.flatMap(({ table, columns }) => {
    const found = tables.find(({ identifier }) => formatTable(identifier) === table);
    if (found === undefined) return [`table ${table} is gone`];
    const changes = columns.flatMap(({ path, type }) => changeOf(found, path, type) ?? []);
    return [...new Set(changes)];
  });
}

function changeOf(table: CurrentTable, path: string, before: string | undefined): string | undefined {
  if (before === undefined) return undefined;
  const column = path.split(/[.[]/, 1)[0] ?? path;
  const name = `column "${column}" of ${formatTable(table.identifier)}`;
  const field = fieldAt(table, path);
  if (field === undefined) return `${name} was dropped or renamed (it was ${before})`;
  const now = typeOf(field);
  return now === before ? undefined : `${name} is ${now} now (it was ${before})`;
}
