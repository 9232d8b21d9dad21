/** Reads the platform, the input tables, what the planner says of the SQL, the product's table, and its DAG in Airflow; does not write. */
import type { DataProduct, LakeTable } from "../../crds/kinds.ts";
import { DATA_PRODUCT_DEFAULTS, lakeTableKind } from "../../crds/kinds.ts";
import { keyOf } from "../../api/objects.ts";
import type { TableIdentifier } from "../../naming/tables.ts";
import { formatTable, parseTableIdentifier } from "../../naming/tables.ts";
import { requireAirflow } from "../../platform/airflow.ts";
import { problemOf } from "../../platform/components.ts";
import type { PlatformState } from "../../platform/platform.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import type { SystemAccess } from "../../targets/clients.ts";
import type { DagRun } from "../../targets/airflow/dag.ts";
import type { DagRegisters } from "../../targets/airflow/dag-register.ts";
import type { AirflowServer } from "../../targets/airflow/server.ts";
import type { TableHistory } from "../../targets/iceberg/history.ts";
import type { InputTables } from "../../targets/iceberg/input-tables.ts";
import { readRowVersion } from "../../targets/iceberg/row-version.ts";
import type { CurrentTable } from "../../targets/iceberg/table.ts";
import type { ClusterIdentity } from "../../targets/kubernetes/cluster-identity.ts";
import type { PlannerAnswer, PlanRequest, SqlPlanner } from "../../targets/planner/planner.ts";
import { readTableNames } from "../../targets/planner/table-names.ts";
import type { Observation } from "../observation.ts";
import { NOT_READ, observed } from "../observation.ts";
import { mayAppendTwice } from "./appended-windows.ts";
import type { DagState } from "./dag-state.ts";
import { editionOf, findCircle, makerOf, retentionsOf, runningMakers } from "./graph.ts";
import { plannerTable } from "./input-tables.ts";
import type { Retention } from "./input-retention.ts";
import type { TableTimes } from "./kept-table.ts";
import { isNewcomer, NO_TIMES, tableTimes } from "./kept-table.ts";
import { mayHaveLateEnd } from "./late-ends.ts";
import { dagFileKey, dagIdOf, MAX_INPUT_TABLES } from "./parts.ts";
import { hasPods } from "./run-pods.ts";
import { readFailures } from "./read-failures.ts";
import {
  airflowRunId,
  hasUnknownEnd,
  isEnded,
  lastKnownEnd,
  newlyFailed,
  recordsOf,
  runIdOf,
} from "./runs.ts";

/** A table that the SQL names and the catalog does not have. */
export interface MissingTable {
  readonly table: string;
  /** Who is to make it; `undefined`: nobody of the namespace. */
  readonly maker: string | undefined;
}

/** The product's surroundings at the beginning of a pass. */
export interface ObservedProduct {
  readonly platform: PlatformState;
  /** Which cluster this is. */
  readonly cluster: Observation<string>;
  /** Products that read each other's tables, from this one back to itself. */
  readonly circle: readonly string[] | undefined;
  /** Input tables that are there: those of the SQL, and those that it read when it was last right. */
  readonly inputs: Observation<readonly CurrentTable[]>;
  /** Of the input tables that have rows, by name, when the product follows them: compaction is no news. */
  readonly rowVersions: ReadonlyMap<string, string>;
  readonly missing: readonly MissingTable[];
  readonly answer: Observation<PlannerAnswer>;
  /** The LakeTable of the target. */
  readonly table: LakeTable | undefined;
  /** Products whose table this one reads, and which a run is filling. */
  readonly runningInputs: readonly string[];
  readonly dag: Observation<DagState>;
  /** Text of the DAG file; absent: there is none. */
  readonly dagFile: Observation<string | undefined>;
  /** Times that the target has; read only for a product without runs, and when mode Append is asked for more of them. */
  readonly times: Observation<TableTimes>;
  /** Which of the input tables lose rows by age. */
  readonly retentions: readonly Retention[];
  /** Of the target; read only when a run has ended and nobody knows yet how. */
  readonly history: Observation<TableHistory | undefined>;
  /** Why runs failed whose end is news, by their ids in the table. */
  readonly failures: ReadonlyMap<string, string>;
}

/** How the surroundings are read. */
export interface ProductReaders extends SystemAccess {
  readonly planner: SqlPlanner;
  readonly cluster: ClusterIdentity;
  /** What Airflow says of the DAGs of all products. */
  readonly dags: Pick<DagRegisters, "of">;
  /** What products read, shared by all of them. */
  readonly tables: Pick<InputTables, "of">;
}

export async function observeProduct(
  product: DataProduct,
  context: ReconcileContext,
  readers: ProductReaders,
): Promise<ObservedProduct> {
  const { kubernetes } = context;
  const { name, namespace = "" } = product.metadata;
  const platform = await readers.platforms.read(product, context);
  const surroundings = { product, context, readers, platform };
  const [sql, runs, times, cluster] = await Promise.all([
    observeSql(surroundings),
    observeRuns(surroundings),
    observeTimes(surroundings),
    observed(readers.cluster.read(kubernetes)),
  ]);
  const table = kubernetes.cached<LakeTable>(lakeTableKind, { namespace, name });
  const runningInputs = runningMakers(product, kubernetes);
  const retentions = retentionsOf(product, kubernetes);
  return Object.freeze({ platform, cluster, table, times, retentions, runningInputs, ...sql, ...runs });
}

interface Surroundings {
  readonly product: DataProduct;
  readonly context: ReconcileContext;
  readonly readers: ProductReaders;
  readonly platform: PlatformState;
}

type ObservedSql = Pick<ObservedProduct, "circle" | "inputs" | "rowVersions" | "missing" | "answer">;

async function observeSql({ product, context, readers, platform }: Surroundings): Promise<ObservedSql> {
  const { kubernetes, signal } = context;
  const base = {
    circle: findCircle(product, kubernetes),
    inputs: NOT_READ,
    rowVersions: new Map(),
    missing: [],
    answer: NOT_READ,
  };
  const names = readTableNames(product.spec.sql);
  const isOutOfReach = problemOf(platform, ["Catalog"]) !== undefined;
  if (isOutOfReach || base.circle !== undefined || names.length > MAX_INPUT_TABLES) return base;
  const catalog = readers.clients.catalog(platform);
  const tables = readers.tables.of(catalog);
  const read = await observed(
    Promise.all(
      withFormerInputs(names, product).map(async (identifier) => {
        const edition = editionOf(formatTable(identifier), product, kubernetes);
        const table = await tables.readTable(identifier, { edition, signal });
        const isFollowed = table !== undefined && product.spec.refresh.onUpdate !== undefined;
        return { table, rowVersion: isFollowed ? await readRowVersion(catalog, table, signal) : undefined };
      }),
    ),
  );
  if (read.state === "unknown") return { ...base, inputs: read };
  const inputs = read.value.flatMap(({ table }) => table ?? []);
  const found = new Set(inputs.map(({ identifier }) => formatTable(identifier)));
  const wanted = names.map(formatTable);
  const missing = wanted
    .filter((table) => !found.has(table))
    .map((table) => ({ table, maker: makerOf(table, product, kubernetes) }));
  const ofSql = inputs.filter(({ identifier }) => wanted.includes(formatTable(identifier)));
  const answer = await observed(readers.planner.plan(requestOf(product, ofSql), signal));
  const rowVersions = new Map(
    read.value.flatMap(({ table, rowVersion }) =>
      table === undefined || rowVersion === undefined ? [] : [[formatTable(table.identifier), rowVersion]],
    ),
  );
  return { ...base, inputs: { state: "known", value: inputs }, rowVersions, missing, answer };
}

/** While the SQL is wrong, the version before goes on with the tables that it reads. */
function withFormerInputs(
  names: readonly TableIdentifier[],
  { status }: DataProduct,
): readonly TableIdentifier[] {
  const known = new Set(names.map(formatTable));
  const former = (status?.inputs ?? []).flatMap(({ table: name }) => {
    const [database = "", table = ""] = name.split(".");
    const parsed = parseTableIdentifier({ database, table });
    return known.has(name) || !("identifier" in parsed) ? [] : [parsed.identifier];
  });
  return [...names, ...former];
}

type ObservedRuns = Pick<ObservedProduct, "dag" | "dagFile" | "history" | "failures">;

async function observeRuns(surroundings: Surroundings): Promise<ObservedRuns> {
  const { product, context, readers, platform } = surroundings;
  const { signal } = context;
  if (problemOf(platform, ["Airflow", "Storage"]) !== undefined) {
    return { dag: NOT_READ, dagFile: NOT_READ, history: NOT_READ, failures: new Map() };
  }
  const key = dagFileKey(requireAirflow(platform).bundlePrefix, keyOf(product));
  const [dag, dagFile] = await Promise.all([
    observed(readDag(surroundings)),
    observed(readers.clients.storage(platform).readText(key, signal)),
  ]);
  const ends = await observed(readEnds(surroundings, dag));
  if (ends.state === "unknown") return { dag, dagFile, history: ends, failures: new Map() };
  return { dag, dagFile, ...ends.value };
}

/** Runs that changed are among these, but after a long absence. */
const LISTED_RUNS = 25;
/** So many ends are judged in one pass, the oldest first; the next pass goes on behind them. */
const MOST_ENDS = 500;

/** A product that waits for Airflow sees what changed at once; one at rest need not. */
const WAITING_AGE_SECONDS = 2;
const REST_AGE_SECONDS = 30;

async function readDag({ product, context, readers, platform }: Surroundings): Promise<DagState> {
  const { signal } = context;
  const airflow = readers.clients.airflow(platform);
  const register = readers.dags.of(airflow);
  const id = dagIdOf(keyOf(product));
  const look = { maxAgeSeconds: isAtRest(product, context) ? REST_AGE_SECONDS : WAITING_AGE_SECONDS, signal };
  const dag = await register.readDag(id, { ...look, wasThere: !isAwaited(product) });
  // Airflow deletes the runs of a DAG with it.
  const latest = dag === undefined ? [] : await register.listRuns(id, { ...look, limit: LISTED_RUNS });
  const since = lastKnownEnd(product.status, { runs: latest, limit: LISTED_RUNS });
  const listed = since === undefined ? latest : await allSince(latest, { airflow, id, since, signal });
  // A run of a large backfill may be under way and not among the last that changed.
  const told = new Set(listed.map(runIdOf));
  const untold = recordsOf(product.status).filter((run) => run.state === "Running" && !told.has(run.id));
  const others = await Promise.all(
    untold.map(async (run) => airflow.readRun(id, airflowRunId(run.id), signal)),
  );
  const runs = [...listed, ...others.flatMap((run) => run ?? [])];
  const isAsIs = dag !== undefined && !dag.hasImportErrors && !dag.isStale;
  return { dag, runs, importError: isAsIs ? undefined : await register.readImportError(`${id}.py`, look) };
}

/** All ends since the last one that the status knows: those of the latest runs alone would make it forget the ones before. */
async function allSince(
  latest: readonly DagRun[],
  { airflow, id, since, signal }: EndsSought,
): Promise<readonly DagRun[]> {
  const ended = await airflow.listEndedRuns(id, { since, limit: MOST_ENDS, signal });
  return [...latest.filter((run) => !isEnded(run)), ...ended];
}

interface EndsSought {
  readonly airflow: AirflowServer;
  readonly id: string;
  readonly since: string;
  readonly signal: AbortSignal;
}

/** Whether nothing is expected of Airflow: the manifest is in effect, runs begin by themselves, and none is under way. */
function isAtRest({ metadata, status }: DataProduct, { kubernetes }: ReconcileContext): boolean {
  const isInEffect = status?.observedGeneration === metadata.generation;
  const isScheduled = status?.conditions?.some(
    ({ type, status: is }) => type === "Scheduled" && is === "True",
  );
  const isRunning = recordsOf(status).some(({ state }) => state === "Running");
  return isInEffect && isScheduled === true && !isRunning && !hasPods(metadata, kubernetes);
}

/** Whether the file was written by an earlier pass, and Airflow has not read it yet. */
function isAwaited({ status }: DataProduct): boolean {
  const scheduled = status?.conditions?.find(({ type }) => type === "Scheduled");
  return status?.dag !== undefined && scheduled?.reason === "NotSettled" && status.lastRun === undefined;
}

/** What became of runs. An end is told once, so that all that is known of it must have been read. */
async function readEnds(
  surroundings: Surroundings,
  dag: Observation<DagState>,
): Promise<Pick<ObservedProduct, "history" | "failures">> {
  const { product, context, readers, platform } = surroundings;
  const unread = { history: NOT_READ, failures: new Map<string, string>() };
  const target = parseTableIdentifier(product.spec.target);
  if (dag.state === "unknown" || !("identifier" in target)) return unread;
  const table = context.kubernetes.cached<LakeTable>(lakeTableKind, keyOf(product));
  const isLate = mayHaveLateEnd(product.status, table?.status?.currentSnapshotId, context.now());
  if (!isLate && !hasUnknownEnd(product.status, dag.value.runs)) return unread;
  if (problemOf(platform, ["Catalog"]) !== undefined) return unread;
  const { signal } = context;
  const [value, failures] = await Promise.all([
    readers.clients.catalog(platform).readHistory(target.identifier, signal),
    readFailures({
      ...{ dagId: dagIdOf(keyOf(product)), runs: newlyFailed(product.status, dag.value.runs), platform },
      ...{ airflow: readers.clients.airflow(platform), signal },
    }),
  ]);
  return { history: { state: "known", value }, failures };
}

async function observeTimes(surroundings: Surroundings): Promise<ObservedProduct["times"]> {
  const { product, context, readers, platform } = surroundings;
  const target = parseTableIdentifier(product.spec.target);
  const isAsked = isNewcomer(product) || mayAppendTwice(product);
  if (!isAsked || !("identifier" in target)) return { state: "known", value: NO_TIMES };
  if (problemOf(platform, ["Catalog"]) !== undefined) return NOT_READ;
  const table = readers.clients.catalog(platform).readTable(target.identifier, context.signal);
  return observed(table.then((found) => tableTimes(found?.properties ?? {})));
}

function requestOf({ spec }: DataProduct, inputs: readonly CurrentTable[]): PlanRequest {
  const { mode, keys, newDataBy } = spec.incremental ?? {};
  return {
    sql: spec.sql,
    timeZone: spec.refresh.timeZone ?? DATA_PRODUCT_DEFAULTS.timeZone,
    tables: inputs.map(plannerTable),
    incremental: {
      mode: mode ?? DATA_PRODUCT_DEFAULTS.mode,
      keys: keys ?? [],
      ...(newDataBy !== undefined && { newDataBy }),
      partitionBy: (spec.target.partitionBy ?? []).map(({ column, transform }) => ({ column, transform })),
    },
  };
}
