/** What a product's SQL defines: the table and its runs, from the spec, the inputs and the planner's answer, or what is in the way. Pure. */
import type { DataProduct, DataProductSpec, DeletionPolicy, LakeTableColumn } from "../../crds/kinds.ts";
import { CONTAINER_DEFAULTS, DATA_PRODUCT_DEFAULTS } from "../../crds/kinds.ts";
import type { TableIdentifier } from "../../naming/tables.ts";
import { parseTableIdentifier } from "../../naming/tables.ts";
import { requireCatalog } from "../../platform/catalog.ts";
import { TerminalError, WaitingError } from "../../runtime/errors.ts";
import type { ContainerResources } from "../../targets/kubernetes/resources.ts";
import { resolveResources } from "../../targets/kubernetes/resources.ts";
import type { SqlError, SqlPlan } from "../../targets/planner/planner.ts";
import { describeSqlError } from "../../targets/planner/planner.ts";
import { readTableNames } from "../../targets/planner/table-names.ts";
import { sparkMemoryProblem } from "../../workloads/spark-memory.ts";
import { requireKnown } from "../observation.ts";
import type { BatchChecks } from "./checks.ts";
import { resolveChecks } from "./checks.ts";
import type { InputStatus } from "./input-tables.ts";
import type { InputKeep } from "./input-retention.ts";
import { checkLookback, shortestKeep } from "./input-retention.ts";
import { changesOf, inputsOf } from "./input-tables.ts";
import type { ObservedProduct } from "./observe.ts";
import { MAX_INPUT_TABLES } from "./parts.ts";
import { isInstant, isTimeZone, scheduleProblem } from "./times.ts";

/** The SQL as it is right. */
export interface Definition {
  readonly target: TableIdentifier;
  /** Of the target; every one may be empty, because the SQL of tomorrow may leave it empty. */
  readonly columns: readonly LakeTableColumn[];
  readonly partitionBy: NonNullable<DataProductSpec["target"]["partitionBy"]>;
  readonly allowDestructiveChanges: boolean;
  /** What the LakeTable gets as it stands. */
  readonly maintenance: DataProductSpec["target"]["maintenance"];
  readonly deletionPolicy: DeletionPolicy;
  readonly plan: SqlPlan;
  readonly inputs: readonly InputStatus[];
  readonly mode: NonNullable<NonNullable<DataProductSpec["incremental"]>["mode"]>;
  readonly keys: readonly string[];
  readonly checks: BatchChecks;
  /** The input that loses rows by age first; `undefined`: none does. */
  readonly keep: InputKeep | undefined;
  readonly resources: ContainerResources;
}

/** What a run gets when the spec says nothing. */
const RESOURCES: ContainerResources = CONTAINER_DEFAULTS.batch;

/** More errors than these tell nothing new. */
const MAX_TOLD_ERRORS = 3;

/**
 * Throws `TerminalError` for what a person must correct: the SQL, what the spec says of its columns, a circle of products. Throws
 * `WaitingError` while the platform, an input table that somebody makes, or the planner is away.
 */
export function resolveDefinition(product: DataProduct, observed: ObservedProduct): Definition {
  const { spec } = product;
  checkTimes(spec);
  const target = targetIdentifier(spec);
  const resources = resolveResources(spec.resources, RESOURCES);
  const tooSmall = sparkMemoryProblem("spec.resources", resources);
  if (tooSmall !== undefined) throw tooSmall;
  const plan = requirePlan(product, observed);
  checkColumns(spec, plan);
  checkMode(spec, plan);
  const inputs = requireKnown(observed.inputs);
  const { partitionBy, allowDestructiveChanges, maintenance, deletionPolicy } = spec.target;
  return {
    target,
    columns: plan.columns.map(({ name, type }) => ({ name, type })),
    partitionBy: partitionBy ?? [],
    allowDestructiveChanges: allowDestructiveChanges ?? DATA_PRODUCT_DEFAULTS.allowDestructiveChanges,
    maintenance,
    deletionPolicy: deletionPolicy ?? DATA_PRODUCT_DEFAULTS.deletionPolicy,
    plan,
    inputs: inputsOf(plan, inputs),
    keep: keepOf(product, plan, observed),
    mode: spec.incremental?.mode ?? DATA_PRODUCT_DEFAULTS.mode,
    keys: spec.incremental?.keys ?? [],
    checks: resolveChecks(spec.checks ?? []),
    resources,
  };
}

/** The input that loses rows by age first; throws `TerminalError` where each run reads further back. */
function keepOf(
  product: DataProduct,
  plan: SqlPlan,
  { inputs, retentions }: ObservedProduct,
): InputKeep | undefined {
  const unit = plan.windowUnit ?? undefined;
  const keep = shortestKeep(product, requireKnown(inputs), { retentions, unit });
  checkLookback(product, keep);
  return keep;
}

/** What the SQL means, as far as nothing is in the way of knowing it. */
function requirePlan({ spec, status }: DataProduct, observed: ObservedProduct): SqlPlan {
  if (observed.circle !== undefined) throw circleError(observed.circle);
  if (readTableNames(spec.sql).length > MAX_INPUT_TABLES) {
    throw invalid("sql", `must read at most ${MAX_INPUT_TABLES} tables; make products of parts of it`);
  }
  requireCatalog(observed.platform);
  const tables = requireKnown(observed.inputs);
  for (const { table, maker } of observed.missing) if (maker !== undefined) throw notYetThere(table, maker);
  const answer = requireKnown(observed.answer);
  if (answer.state === "right") return answer.plan;
  throw sqlError(answer.errors, changesOf(status?.inputs ?? [], tables));
}

function invalid(path: string, problem: string): TerminalError {
  const field = `spec.${path}`;
  return new TerminalError("InvalidSpec", `${field} ${problem}`, { field });
}

function checkTimes({ refresh, backfill }: DataProductSpec): void {
  const { schedule, timeZone } = refresh;
  if (timeZone !== undefined && !isTimeZone(timeZone)) {
    const advice = "use a name of the IANA database, such as UTC or Europe/Berlin";
    throw invalid(
      "refresh.timeZone",
      `must be a time zone that exists, and "${timeZone}" does not; ${advice}`,
    );
  }
  const problem = schedule === undefined ? undefined : scheduleProblem(schedule);
  if (problem !== undefined)
    throw invalid("refresh.schedule", `must be a schedule with runs: in "${schedule}" ${problem}`);
  for (const field of ["from", "to"] as const) {
    const time = backfill?.[field];
    if (time === undefined || isInstant(time)) continue;
    throw invalid(
      `backfill.${field}`,
      `must be a day that the calendar has, and "${time}" is none; correct it`,
    );
  }
}

function targetIdentifier({ target }: DataProductSpec): TableIdentifier {
  const parsed = parseTableIdentifier(target);
  if ("identifier" in parsed) return parsed.identifier;
  throw invalid(`target.${parsed.field}`, parsed.problem);
}

function circleError(circle: readonly string[]): TerminalError {
  const message =
    circle.length === 2
      ? `spec.sql reads the table that it fills; read another table`
      : `products read each other's tables in a circle: ${circle.join(" reads ")}; take one of the tables out of spec.sql of one of them`;
  return new TerminalError("ProductCycle", message, { field: "spec.sql" });
}

function notYetThere(table: string, maker: string): WaitingError {
  return new WaitingError(
    "InputMissing",
    `table ${table}, which spec.sql reads, is not there yet; ${maker} is to make it`,
  );
}

/** What the planner found, and what changed below the SQL since it was right. */
function sqlError(errors: readonly SqlError[], changes: readonly string[]): TerminalError {
  const told = errors.slice(0, MAX_TOLD_ERRORS).map(describeSqlError);
  const rest = errors.length > told.length ? ` (and ${errors.length - told.length} more)` : "";
  const sql = `spec.sql, ${told.join("; ")}${rest}`;
  if (changes.length === 0) return new TerminalError("SqlInvalid", sql, { field: "spec.sql" });
  const message = `${changes.join("; ")}; change spec.sql, or change the table back: ${sql}`;
  return new TerminalError("InputChanged", message, { field: "spec.sql" });
}

const COLUMN_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Names that a table can have, and that the spec's own fields lead to. */
function checkColumns(spec: DataProductSpec, { columns }: SqlPlan): void {
  const position = columns.findIndex(({ name }) => !COLUMN_NAME.test(name));
  if (position >= 0) {
    const found = columns[position]?.name ?? "";
    throw invalid(
      "sql",
      `must name output column ${position + 1}, which is "${found}" now, with letters, digits and '_'; add AS and a name`,
    );
  }
  const names = columns.map(({ name }) => name);
  const twice = names.find((name, index) => names.findIndex((other) => isSameName(other, name)) !== index);
  if (twice !== undefined)
    throw invalid(
      "sql",
      `must not have two output columns "${twice}"; give one of them another name with AS`,
    );
  for (const [field, named] of columnsNamedBy(spec)) {
    const unknown = named.find((name) => !names.includes(name));
    if (unknown === undefined) continue;
    throw invalid(
      field,
      `must name output columns of the SQL, and "${unknown}" is none; there are ${names.join(", ")}`,
    );
  }
}

function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function columnsNamedBy({
  target,
  incremental,
  checks = [],
}: DataProductSpec): readonly (readonly [string, readonly string[]])[] {
  return [
    ["target.partitionBy", (target.partitionBy ?? []).map(({ column }) => column)],
    [
      "target.maintenance.retention",
      target.maintenance?.retention ? [target.maintenance.retention.column] : [],
    ],
    ["incremental.keys", incremental?.keys ?? []],
    ...checks.map(({ notNull }, index) => [`checks[${index}].notNull`, notNull ?? []] as const),
    ...checks.map(({ unique }, index) => [`checks[${index}].unique`, unique ?? []] as const),
  ];
}

/** The mode must give the same rows as reading everything anew. */
function checkMode({ incremental }: DataProductSpec, plan: SqlPlan): void {
  const { newDataBy } = incremental ?? {};
  const mode = incremental?.mode ?? DATA_PRODUCT_DEFAULTS.mode;
  const verdict = plan.modes.find((candidate) => candidate.mode === mode);
  if (verdict?.safe === false) {
    const reason = verdict.reason ?? "its rows would be others than those of a run over all input";
    throw invalid("incremental.mode", `must be one that is safe for this SQL, and ${mode} is not: ${reason}`);
  }
  if (newDataBy !== undefined && (plan.sparkWindow ?? "") === "") {
    throw invalid(
      "incremental.newDataBy",
      `must be a column of a table that the SQL reads, and "${newDataBy}" is none; correct the name`,
    );
  }
}
