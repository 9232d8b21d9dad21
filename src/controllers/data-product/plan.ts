/** Everything that a product wants: in the cluster, in the bucket that Airflow reads, and of Airflow itself. Pure. */
import type { V1ServiceAccount } from "@kubernetes/client-node";
import type { LakeTableSpec } from "../../crds/kinds.ts";
import type { Child } from "../../targets/kubernetes/child.ts";
import type { ConfigMap } from "../../workloads/config-map.ts";
import type { Definition } from "./definition.ts";
import { dagVersionOf, isOwnDag, isOwnFile } from "./dag-state.ts";
import { withinRetention } from "./input-retention.ts";
import { DAG_TAG } from "./parts.ts";
import type { LineagePlan } from "./lineage-events.ts";
import { planLineage } from "./lineage-events.ts";
import type { NextRun, Sight } from "./next-run.ts";
import { nextRun } from "./next-run.ts";
import type { ObservedProduct } from "./observe.ts";
import { renderDagFile } from "./plan/dag-file.ts";
import { planRunConfigMap } from "./plan/run-config-map.ts";
import { planRunServiceAccount } from "./plan/run-service-account.ts";
import { planTargetTable } from "./plan/target-table.ts";
import { outcomeAfter } from "./outcome.ts";
import type { JudgedRuns } from "./runs.ts";
import { lateEnds } from "./late-ends.ts";
import { judgeRuns, recordsOf } from "./runs.ts";
import type { Part, RunSettings, ValidatedProduct } from "./validate.ts";
import { partOf, windowingOf } from "./validate.ts";
import { TerminalError } from "../../runtime/errors.ts";

/** What is wanted as long as the SQL is right; else what is there stays. */
export interface DefinedPlan {
  readonly table: Child<{ spec: LakeTableSpec }>;
  /** What runs need; absent while the platform has no Airflow. */
  readonly run?: {
    readonly configMap: ConfigMap;
    readonly serviceAccount: Child<Pick<V1ServiceAccount, "automountServiceAccountToken">>;
    readonly dagFile: string;
  };
}

/** What is wanted of Airflow, whatever the SQL is now. */
export interface DagPlan {
  readonly settings: RunSettings;
  readonly isPaused: boolean;
  /** Tag of the DAG as its file is to be; `undefined`: nobody knows. */
  readonly version: string | undefined;
  readonly next: NextRun;
}

export interface ProductPlan {
  readonly product: ValidatedProduct;
  readonly defined?: DefinedPlan;
  readonly dag?: DagPlan;
  readonly judged: JudgedRuns;
  /** Absent: the platform names no receiver. */
  readonly lineage?: LineagePlan;
  /** Why not all of the above is there: what the SQL defines first. */
  readonly problems: readonly Error[];
}

export function planProduct(product: ValidatedProduct, observed: ObservedProduct, now: Date): ProductPlan {
  const { definition, runs } = product;
  const judged = judgedRuns(product, observed, now);
  const conflict = conflictOf(product, observed);
  const settings = conflict === undefined ? readableRuns(product, now) : undefined;
  const defined =
    definition.state === "resolved"
      ? partOf(() => planDefined(product, definition.value, settings))
      : definition;
  const { readUntil } = outcomeAfter(product.resource.status, judged.ended);
  const { records } = judged;
  const dag = settings && dagPlanOf({ product, runs: settings, observed, records, readUntil, now }, defined);
  const requests = settings === undefined ? [] : [settings.requests];
  const lineage = planLineage({ product, observed, judged, now });
  const refused = [defined, runs, ...requests].flatMap((part) =>
    part.state === "refused" ? [part.error] : [],
  );
  return {
    product,
    judged,
    problems: [...refused, ...(conflict === undefined ? [] : [conflict])],
    ...(lineage && { lineage }),
    ...(defined.state === "resolved" && { defined: defined.value }),
    ...(dag && { dag }),
  };
}

/** Without requests for times that the inputs do not have any more. */
function readableRuns({ resource, definition, runs }: ValidatedProduct, now: Date): RunSettings | undefined {
  if (runs.state !== "resolved") return undefined;
  const { requests } = runs.value;
  const keep = definition.state === "resolved" ? definition.value.keep : undefined;
  if (keep === undefined || requests.state === "refused") return runs.value;
  return { ...runs.value, requests: partOf(() => withinRetention(resource, requests.value, { keep, now })) };
}

function dagPlanOf(sight: Omit<Sight, "version">, defined: Part<DefinedPlan>): DagPlan {
  const version = dagVersionOf(wantedFile(defined, sight.observed) ?? "");
  const next = nextRun({ ...sight, version });
  const isPaused = isPausedNow(sight.product, sight.observed) || next.holdsSchedule === true;
  return { settings: sight.runs, isPaused, version, next };
}

function planDefined(
  product: ValidatedProduct,
  definition: Definition,
  runs: RunSettings | undefined,
): DefinedPlan {
  const table = planTargetTable(product, definition);
  if (runs === undefined) return { table };
  return {
    table,
    run: {
      configMap: planRunConfigMap(product, definition, runs),
      serviceAccount: planRunServiceAccount(product, runs),
      dagFile: renderDagFile(product, definition, runs),
    },
  };
}

/** While the SQL is wrong the file stays as it is. */
function wantedFile(defined: Part<DefinedPlan>, { dagFile }: ObservedProduct): string | undefined {
  const there = dagFile.state === "known" ? dagFile.value : undefined;
  return (defined.state === "resolved" ? defined.value.run?.dagFile : undefined) ?? there;
}

/** A run needs the table, so that nothing starts before it is there. */
function isPausedNow({ isSuspended }: ValidatedProduct, { table }: ObservedProduct): boolean {
  return isSuspended || table?.status?.tableUuid === undefined;
}

function judgedRuns(
  { resource }: ValidatedProduct,
  { dag, history, failures }: ObservedProduct,
  now: Date,
): JudgedRuns {
  const known = dag.state === "known" ? dag.value.runs : undefined;
  if (known === undefined) return { records: recordsOf(resource.status), ended: [] };
  const table = history.state === "known" ? history.value : undefined;
  const judged = judgeRuns(resource.status, { runs: known, history: table, failures }, windowingOf(resource));
  const late = lateEnds(judged.records, table, now);
  const records = judged.records.map(
    (record) => late.find((end) => end.record.id === record.id)?.record ?? record,
  );
  const ids = new Set(late.map(({ record }) => record.id));
  return { records, ended: [...judged.ended.filter(({ record }) => !ids.has(record.id)), ...late] };
}

/** A DAG or a file of the same name that the operator did not make is left alone. */
function conflictOf(
  { runs }: ValidatedProduct,
  { dag, dagFile }: ObservedProduct,
): TerminalError | undefined {
  if (runs.state !== "resolved") return undefined;
  const { dagId, fileKey, origin } = runs.value;
  const found = dag.state === "known" ? dag.value.dag : undefined;
  if (found !== undefined && !isOwnDag(found, origin)) {
    const message = `Airflow has a DAG ${dagId} that was not made for this product; ${adviceOn(found.tags.includes(DAG_TAG))}`;
    return new TerminalError("ResourceConflict", message);
  }
  const text = dagFile.state === "known" ? dagFile.value : undefined;
  if (text === undefined || isOwnFile(text, origin)) return undefined;
  const message = `the bucket has a file "${fileKey}" that was not made for this product; ${adviceOn(text.includes(DAG_TAG))}`;
  return new TerminalError("ResourceConflict", message);
}

/** What has our tag was made by an operator, for another cluster or under another name. */
function adviceOn(isOfOperator: boolean): string {
  return isOfOperator
    ? "it is of another cluster: give each cluster a spec.airflow.bundle.prefix and an Airflow of its own, or delete it if that cluster is gone"
    : "delete or rename it";
}
