/** Writes a product's children, its DAG file, and what Airflow is asked for. */
import { dataProductKind } from "../../crds/kinds.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import { messageOf } from "../../api/text.ts";
import { PartlyApplied, reasonOfError } from "../../runtime/errors.ts";
import type { ChildSet } from "../../targets/kubernetes/apply-children.ts";
import { applyChildren } from "../../targets/kubernetes/apply-children.ts";
import type { ChildResult } from "../../targets/kubernetes/child.ts";
import { CHILD_TYPES } from "../../targets/kubernetes/child.ts";
import type { ObjectStore } from "../../targets/s3/store.ts";
import { ownedBy } from "../../workloads/owned.ts";
import { requireKnown } from "../observation.ts";
import { deleteOwnFile } from "./dag-deletion.ts";
import type { FilePlace } from "./file-place.ts";
import { filePlaceOf, formerPlace, otherBucketOf } from "./file-place.ts";
import { isOfVersion, isRunnable } from "./dag-state.ts";
import { BACKFILL_KEY } from "./runs.ts";
import type { AppliedLineage } from "./tell-lineage.ts";
import { tellLineage } from "./tell-lineage.ts";
import type { Start } from "./next-run.ts";
import type { ObservedProduct, ProductReaders } from "./observe.ts";
import type { DagPlan, ProductPlan } from "./plan.ts";
import type { Backfill } from "../../targets/airflow/dag.ts";
import type { AirflowServer } from "../../targets/airflow/server.ts";

/** What the API server and Airflow answered. */
export interface AppliedProduct {
  readonly children: readonly ChildResult[];
  readonly dag: AppliedDag;
  /** Absent: the platform names no receiver. */
  readonly lineage?: AppliedLineage;
}

export interface AppliedDag {
  /** A file was written, which Airflow has not read yet. */
  readonly isFileNew: boolean;
  /** Where the DAG's file is, when it is in place and nowhere else that we can reach. */
  readonly file?: FilePlace;
  /** What Airflow said when it was paused or unpaused. */
  readonly isPaused?: boolean;
  /** Requests that have begun. */
  readonly begun: readonly string[];
  /** A run has begun of which Airflow tells in the next pass. */
  readonly hasStarted: boolean;
  /** Why not all of it was done. */
  readonly problem?: Error;
}

/** The watches wake a product for its runs' pods, too. */
export const OWNED = ownedBy(dataProductKind, [CHILD_TYPES.ConfigMap, CHILD_TYPES.ServiceAccount]);

/** Suspending comes first, because it must not wait for anything. Then what runs need, then the runs. Nothing waits for who is told of them. */
export async function applyProduct(
  plan: ProductPlan,
  observed: ObservedProduct,
  { context, systems }: { readonly context: ReconcileContext; readonly systems: ProductReaders },
): Promise<AppliedProduct> {
  tellFailures(plan, context);
  const dag = new DagWriter({ plan, observed, context, systems });
  await dag.attempt(() => dag.pause());
  const { results: children, problem } = await applyChildren(childSet(plan), context);
  if (problem === undefined) {
    await dag.attempt(() => dag.writeFile());
    await dag.attempt(() => dag.startRun());
    await dag.attempt(() => dag.unpause());
    await dag.attempt(() => dag.startBackfill());
  }
  const lineage =
    plan.lineage &&
    (await tellLineage(plan.lineage, { platform: observed.platform, clients: systems.clients, context }));
  const applied = { children, dag: dag.applied, ...(lineage && { lineage }) };
  const left = problem ?? plan.problems[0] ?? applied.dag.problem;
  if (left !== undefined) throw new PartlyApplied(applied, left);
  return applied;
}

/** An Event for each run that failed: Ready has one only for the first of several. */
function tellFailures({ judged }: ProductPlan, context: ReconcileContext): void {
  for (const { record } of judged.ended) {
    if (record.state !== "Failed") continue;
    context.recordEvent(
      "Warning",
      "RunFailed",
      `run ${record.id} failed: ${record.message ?? "nobody knows why"}`,
    );
  }
}

/** The LakeTable holds data and is always planned: only what runs need may be removed, and only when nothing else is unknown. */
export function childSet({ product, defined, problems }: ProductPlan): ChildSet {
  const { owner, labels } = product;
  const run = defined?.run === undefined ? [] : [defined.run.configMap, defined.run.serviceAccount];
  const children = defined === undefined ? [] : [defined.table, ...run];
  return { owner, labels, children, pruneTypes: problems.length === 0 ? OWNED.pruneTypes : [] };
}

interface DagWriterOptions {
  readonly plan: ProductPlan;
  readonly observed: ObservedProduct;
  readonly context: ReconcileContext;
  readonly systems: ProductReaders;
}

/** One pass's writes for a DAG. What fails stops the steps behind it. */
class DagWriter {
  readonly #plan: ProductPlan;
  readonly #observed: ObservedProduct;
  readonly #context: ReconcileContext;
  readonly #systems: ProductReaders;
  applied: AppliedDag = { isFileNew: false, begun: [], hasStarted: false };

  constructor({ plan, observed, context, systems }: DagWriterOptions) {
    this.#plan = plan;
    this.#observed = observed;
    this.#context = context;
    this.#systems = systems;
  }

  /** Runs a step unless one before it failed. */
  async attempt(step: () => Promise<void>): Promise<void> {
    if (this.#plan.dag === undefined || this.applied.problem !== undefined) return;
    try {
      await step();
    } catch (error) {
      this.#note({ problem: error instanceof Error ? error : new Error(String(error)) });
    }
  }

  async pause(): Promise<void> {
    const { dag } = requireKnown(this.#observed.dag);
    if (dag !== undefined && !dag.isPaused && this.#dagPlan().isPaused) await this.#setPaused(true);
  }

  async unpause(): Promise<void> {
    const { dag } = requireKnown(this.#observed.dag);
    const { isPaused, version } = this.#dagPlan();
    const isReady = isRunnable(dag) && isOfVersion(dag, version) && !this.applied.isFileNew;
    if (isReady && dag.isPaused && !isPaused) await this.#setPaused(false);
  }

  async writeFile(): Promise<void> {
    const text = this.#plan.defined?.run?.dagFile;
    if (text === undefined) return;
    if (text !== requireKnown(this.#observed.dagFile)) await this.#writeText(text);
    const place = filePlaceOf(this.#observed.platform, this.#dagPlan().settings.fileKey);
    const former = formerPlace(this.#plan.product.resource.status, place);
    if (former !== undefined) await this.#removeFormer(former, place);
    this.#note({ file: place });
  }

  async #writeText(text: string): Promise<void> {
    const there = requireKnown(this.#observed.dagFile);
    const { settings } = this.#dagPlan();
    const store = this.#store();
    // Airflow's bundle fails on a prefix without any file; this one stays when the last product is gone.
    const ignored = { key: `${settings.bundlePrefix}/.airflowignore`, text: IGNORE_FILE };
    if (there === undefined && (await store.readText(ignored.key, this.#context.signal)) === undefined)
      await store.writeText(ignored, this.#context);
    await store.writeText({ key: settings.fileKey, text }, this.#context);
    this.#context.logger.info({ action: `write "${settings.fileKey}"` }, "Wrote the DAG file");
    this.#note({ isFileNew: true });
  }

  /** Where the bundle had another prefix, or the platform another bucket. What cannot be reached any more is told once and left. */
  async #removeFormer(former: FilePlace, place: FilePlace): Promise<void> {
    const { origin } = this.#dagPlan().settings;
    const { platform } = this.#observed;
    const context = this.#context;
    const action = `delete "${former.key}" of "${former.bucket}"`;
    if (former.bucket === place.bucket) {
      await deleteOwnFile(former.key, origin, { store: this.#store(), context });
      context.logger.info({ action }, "Removed the DAG file from its former place");
      return;
    }
    try {
      const store = otherBucketOf(former, { platform, clients: this.#systems.clients });
      await deleteOwnFile(former.key, origin, { store, context });
      context.logger.info({ action }, "Removed the DAG file from its former place");
    } catch (error) {
      if (reasonOfError(error) === "StorageUnreachable") throw error;
      const message = `the DAG's file "${former.key}" was left in the former bucket ${former.bucket}; delete it there: ${messageOf(error)}`;
      context.logger.warn({ action }, "Left the DAG file in its former bucket");
      context.recordEvent("Warning", "CleanupAbandoned", message);
    }
  }

  #store(): ObjectStore {
    return this.#systems.clients.storage(this.#observed.platform);
  }

  /** Before the DAG is unpaused: so the first run is the first of all. */
  async startRun(): Promise<void> {
    const start = this.#start();
    if (start?.kind !== "run") return;
    const { runId, logicalDate, conf } = start;
    const { dagId } = this.#dagPlan().settings;
    const run = { runId, logicalDate, conf };
    const { state } = await this.#write(async (airflow) => airflow.triggerRun(dagId, run, this.#context));
    this.#noteBegun(start, state !== "success" && state !== "failed");
  }

  /** One that Airflow refuses keeps nothing else from running. */
  async startBackfill(): Promise<void> {
    const start = this.#start();
    if (start?.kind !== "backfill") return;
    const { from, to, concurrency, conf } = start;
    const { dagId } = this.#dagPlan().settings;
    // The answer to an earlier try may have been lost, or the operator with what it was to remember.
    const known = await this.#airflow().listBackfills(dagId, this.#context.signal);
    const there = known.find((backfill) => isSameBackfill(backfill, start));
    const wanted = { from, to, maxActiveRuns: concurrency, repeats: "completed", conf } as const;
    const made =
      there ?? (await this.#write(async (airflow) => airflow.createBackfill(dagId, wanted, this.#context)));
    if (made !== undefined) this.#noteBegun(start, true);
  }

  /** A run that begins right after a new file would be one of the version before. */
  #start(): Start | undefined {
    return this.applied.isFileNew ? undefined : this.#dagPlan().next.start;
  }

  #noteBegun({ request }: Start, hasStarted: boolean): void {
    const { begun } = this.applied;
    this.#note({ hasStarted, ...(request !== undefined && { begun: [...begun, request] }) });
  }

  async #setPaused(isPaused: boolean): Promise<void> {
    const { dagId } = this.#dagPlan().settings;
    const answered = await this.#write(async (airflow) => airflow.setPaused(dagId, isPaused, this.#context));
    this.#note({ isPaused: answered.isPaused });
  }

  /** Whatever came of it, what was read of the DAG before does not count any more. */
  async #write<Answer>(work: (airflow: AirflowServer) => Promise<Answer>): Promise<Answer> {
    const airflow = this.#airflow();
    try {
      return await work(airflow);
    } finally {
      this.#systems.dags.of(airflow).noteWrite(this.#dagPlan().settings.dagId);
    }
  }

  #airflow(): AirflowServer {
    return this.#systems.clients.airflow(this.#observed.platform);
  }

  #dagPlan(): DagPlan {
    const { dag } = this.#plan;
    if (dag === undefined) throw new Error("there is no plan for a DAG");
    return dag;
  }

  #note(changes: Partial<AppliedDag>): void {
    this.applied = { ...this.applied, ...changes };
  }
}

/** By its hash, and while it is under way by its times, which may be written otherwise. */
function isSameBackfill(
  known: Backfill,
  { from, to, conf, isAnew }: Extract<Start, { kind: "backfill" }>,
): boolean {
  if (known.conf[BACKFILL_KEY] === conf[BACKFILL_KEY]) return true;
  const isUnderWay = known.completedAt === undefined && !isAnew;
  return isUnderWay && isSameTime(known.from, from) && isSameTime(known.to, to);
}

function isSameTime(one: string, other: string): boolean {
  return Date.parse(one) === Date.parse(other);
}

/** Not empty, since some S3 servers refuse to read a range of an object without bytes. */
const IGNORE_FILE =
  "# Open Clickstream puts its DAGs beside this file. Airflow's bundle needs one file to be here always.\n";
