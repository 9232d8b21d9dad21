/** What a product's status says, from what was observed and what the API server answered. Pure. */
import type { DataProduct, DataProductStatus, LakeTable } from "../../crds/kinds.ts";
import { DATA_PRODUCT_DEFAULTS } from "../../crds/kinds.ts";
import type { ConditionInput } from "../../api/conditions.ts";
import { counted } from "../../api/text.ts";
import type { Reason } from "../../api/reasons.ts";
import type { StatusInput, StatusResult } from "../../runtime/controller.ts";
import { findResult } from "../../targets/kubernetes/apply-children.ts";
import type { Readiness } from "../../targets/kubernetes/readiness.ts";
import { readiness } from "../../targets/kubernetes/readiness.ts";
import { remembered } from "../remembered.ts";
import type { AppliedProduct } from "./apply.ts";
import { targetOf } from "./graph.ts";
import { lineageStatus } from "./lineage.ts";
import type { ObservedProduct } from "./observe.ts";
import type { ProductPlan } from "./plan.ts";
import type { ValidatedProduct } from "./validate.ts";

type Input = StatusInput<DataProduct, ObservedProduct, ValidatedProduct, ProductPlan, AppliedProduct>;
type Result = StatusResult<DataProductStatus>;
type Fields = Result["status"];

export function productStatus(input: Input): Result {
  const { resource, observed } = input;
  const table = targetTable(input);
  const rows =
    observed === undefined ? remembered(resource.status, "rows") : remembered(table?.status, "rows");
  const tableState = readiness(table);
  return {
    status: { target: targetOf(resource), ...meaningOf(input), ...rows },
    conditions: [judgeSql(input), judgeTable(tableState), judgeSchedule(resource)],
    ...verdictOf(resource, tableState),
  };
}

/** As the API server answered, where it did. */
function targetTable({ resource, observed, applied }: Input): LakeTable | undefined {
  const answered = findResult<LakeTable>(applied?.children ?? [], "LakeTable", resource.metadata.name);
  return answered ?? observed?.table;
}

/** Of the SQL as it was last found to be right: what is wrong has no columns, and the table keeps those that it has. */
function meaningOf({ resource, validated }: Input): Fields {
  if (validated === undefined) {
    return remembered(resource.status, "columns", "inputs", "lineage", "lineageOmitted", "planHash");
  }
  const { plan, columns, inputs } = validated;
  const { lineage, omitted } = lineageStatus(plan);
  return {
    columns: columns.map(({ name, type }) => ({ name, type })),
    inputs: [...inputs],
    lineage: [...lineage],
    ...(omitted > 0 && { lineageOmitted: omitted }),
    planHash: plan.planHash,
  };
}

/** Errors that say that the SQL itself is at fault; after all others nobody knows. */
const FAULTS_OF_SQL: ReadonlySet<Reason> = new Set(["SqlInvalid", "InputChanged", "ProductCycle"]);

function judgeSql({ validated, error }: Input): ConditionInput {
  const type = "SqlValid";
  if (validated !== undefined) {
    const { columns, inputs } = validated;
    const tables = inputs.map(({ table }) => table).join(", ");
    const message = `${counted(columns.length, "column")} from ${tables === "" ? "no table" : tables}`;
    return { type, status: "True", reason: "Succeeded", message };
  }
  const { reason, message } = error ?? { reason: "NotSettled", message: "it was not looked at yet" };
  if (FAULTS_OF_SQL.has(reason)) return { type, status: "False", reason, message };
  return { type, status: "Unknown", reason, message: `the SQL could not be checked: ${message}` };
}

function judgeTable({ state, reason, message }: Readiness): ConditionInput {
  const type = "TableReady";
  if (state === "ready") return { type, status: "True", reason: "Succeeded", message };
  return { type, status: "False", reason, message: `LakeTable: ${message}` };
}

const NOT_SCHEDULED =
  "this version of the operator starts no runs: it checks the SQL and keeps the table; set spec.suspend to true to say that none are wanted";

function judgeSchedule(resource: DataProduct): ConditionInput {
  const type = "Scheduled";
  if (isSuspended(resource)) {
    return { type, status: "False", reason: "Suspended", message: "spec.suspend is true: no run is started" };
  }
  return { type, status: "False", reason: "AirflowMissing", message: NOT_SCHEDULED };
}

function isSuspended({ spec }: DataProduct): boolean {
  return spec.suspend ?? DATA_PRODUCT_DEFAULTS.suspend;
}

/** A suspended product is as its spec wants it once the table is there. */
function verdictOf(
  resource: DataProduct,
  { state, reason, message }: Readiness,
): Pick<Result, "ready" | "waiting" | "terminal"> {
  const verdict = { reason, message: `LakeTable: ${message}` };
  if (state === "stalled") return { terminal: verdict };
  if (state !== "ready") return { waiting: verdict };
  if (isSuspended(resource)) {
    return { ready: { message: "the SQL is right and the table is there; runs are suspended" } };
  }
  return { terminal: { reason: "AirflowMissing", message: NOT_SCHEDULED } };
}
