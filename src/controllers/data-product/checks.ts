/** Checks as the batch job runs them: each a query whose rows are the violations. Pure. */
import type { DataProductSpec } from "../../crds/kinds.ts";
import { DATA_PRODUCT_DEFAULTS, MAX_CHECK_NAME } from "../../crds/kinds.ts";
import type { BatchDocument } from "../../generated/batch.ts";
import { boundedName } from "../../naming/bounded.ts";

type Check = NonNullable<DataProductSpec["checks"]>[number];

/** The part of the batch job's document that checks are in. */
export type BatchChecks = Pick<BatchDocument, "checks" | "rowCount">;

export function resolveChecks(given: readonly Check[]): BatchChecks {
  const checks = given.flatMap((check) => batchCheck(check) ?? []);
  const rowCount = given.find((check) => check.rowCount !== undefined)?.rowCount;
  return {
    ...(checks.length > 0 && { checks: withOwnNames(checks) }),
    ...(rowCount !== undefined && { rowCount: rowCountOf(rowCount) }),
  };
}

/** What each check is about, by its name, in the words that tools for data quality share. */
export function checkKinds(given: readonly Check[]): ReadonlyMap<string, string> {
  const queries = given.filter(({ rowCount }) => rowCount === undefined);
  const names = withOwnNames(queries.flatMap((check) => batchCheck(check) ?? []));
  const kinds = queries.map(({ notNull, unique }) => {
    if (notNull !== undefined) return "not_null";
    return unique === undefined ? "custom_sql" : "unique";
  });
  return new Map(names.map(({ name }, nth) => [name, kinds[nth] ?? "custom_sql"]));
}

type BatchCheck = NonNullable<BatchDocument["checks"]>[number];

function batchCheck({ name, severity, ...forms }: Check): BatchCheck | undefined {
  const query = queryOf(forms);
  if (query === undefined) return undefined;
  return {
    name: boundedName(name ?? query.name, MAX_CHECK_NAME),
    severity: severity ?? DATA_PRODUCT_DEFAULTS.checkSeverity,
    sql: query.sql,
  };
}

function queryOf({
  sql,
  notNull,
  unique,
}: Omit<Check, "name" | "severity">): { readonly name: string; readonly sql: string } | undefined {
  if (sql !== undefined) return { name: "", sql };
  if (notNull !== undefined) {
    const isNull = notNull.map((column) => `${quoted(column)} IS NULL`).join(" OR ");
    return { name: `notNull(${notNull.join(", ")})`, sql: `SELECT * FROM this WHERE ${isNull}` };
  }
  if (unique === undefined) return undefined;
  const columns = unique.map(quoted).join(", ");
  return {
    name: `unique(${unique.join(", ")})`,
    sql: `SELECT ${columns} FROM this GROUP BY ${columns} HAVING count(*) > 1`,
  };
}

/** The same check twice, or one that is named as another would be: results are told by names. */
function withOwnNames(checks: readonly BatchCheck[]): readonly BatchCheck[] {
  const taken = new Map<string, number>();
  return checks.map((check) => {
    const times = (taken.get(check.name) ?? 0) + 1;
    taken.set(check.name, times);
    return times === 1 ? check : { ...check, name: boundedName(`${check.name} ${times}`, MAX_CHECK_NAME) };
  });
}

function rowCountOf({
  min,
  max,
  changeAtMost,
}: NonNullable<Check["rowCount"]>): NonNullable<BatchDocument["rowCount"]> {
  return {
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
    ...(changeAtMost !== undefined && { changeAtMostPercent: Number.parseInt(changeAtMost, 10) }),
  };
}

/** As Spark quotes a name. */
function quoted(column: string): string {
  return `\`${column.replaceAll("`", "``")}\``;
}
