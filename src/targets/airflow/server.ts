/** What a controller can do with one Airflow. Tests give it another implementation. */
import { z } from "zod";
import { TerminalError, WaitingError } from "../../runtime/errors.ts";
import type { WritePermit } from "../../runtime/controller.ts";
import { serverIdentity } from "../http/server-identity.ts";
import type { AirflowClient, AirflowRequest } from "./client.ts";
import { apiPath } from "./client.ts";
import type { Backfill, Dag, DagRun, ImportError } from "./dag.ts";
import {
  backfillAnswer,
  backfillsAnswer,
  changedRunsAnswer,
  countedRunsAnswer,
  dagAnswer,
  dagsAnswer,
  importErrorsAnswer,
  runAnswer,
  runsAnswer,
} from "./dag.ts";
import type { RunFailure } from "./run-failure.ts";
import { FAILURE_KEY, parseFailure, RUN_TASK } from "./run-failure.ts";

export interface AirflowProbe {
  readonly version: string;
  /** Which server it is, the same for every spelling of the address. */
  readonly identity: string;
}

/** A run that is asked for. */
export interface RunRequest {
  /** Makes the request repeatable: Airflow has no second run of this id. */
  readonly runId: string;
  /** What `ds` and its like are made of. Never null: without one a template that names them fails the task. */
  readonly logicalDate: string;
  readonly conf?: Readonly<Record<string, unknown>>;
}

/** Runs by the DAG's schedule, for a time that has passed. */
export interface BackfillRequest {
  /** Both ends are part of it. */
  readonly from: string;
  readonly to: string;
  readonly maxActiveRuns: number;
  /** Which times that already have a run get another one. */
  readonly repeats: "none" | "failed" | "completed";
  /** What its runs are started with. */
  readonly conf: Readonly<Record<string, unknown>>;
}

/** Every method throws errors of the runtime's classes. */
export interface AirflowServer {
  /** Throws when a process of Airflow is not well, and when it does not know the user. */
  probe(signal: AbortSignal): Promise<AirflowProbe>;
  /** The DAG, or `undefined` when Airflow answered that there is none. */
  readDag(dagId: string, signal: AbortSignal): Promise<Dag | undefined>;
  /** All DAGs with a tag, also those that are stale. */
  listDags(tag: string, signal: AbortSignal): Promise<readonly Dag[]>;
  setPaused(dagId: string, isPaused: boolean, permit: WritePermit): Promise<Dag>;
  /** Forgets a DAG with its runs; `false`: there was none. While its file is in the bundle, Airflow makes it again. */
  deleteDag(dagId: string, permit: WritePermit): Promise<boolean>;
  /** Starts a run. One that is there with this id already is returned as it is. */
  triggerRun(dagId: string, run: RunRequest, permit: WritePermit): Promise<DagRun>;
  readRun(dagId: string, runId: string, signal: AbortSignal): Promise<DagRun | undefined>;
  /** What the last failed try of a run left; `undefined`: nothing that can be read. */
  readFailure(dagId: string, runId: string, signal: AbortSignal): Promise<RunFailure | undefined>;
  /** The runs that changed last, the last of them first. Empty also for a DAG that is not there. */
  listRuns(
    dagId: string,
    options: { readonly limit: number; readonly signal: AbortSignal },
  ): Promise<readonly DagRun[]>;
  /** The runs that ended then or later, the oldest end first; at most `limit`. */
  listEndedRuns(
    dagId: string,
    options: { readonly since: string; readonly limit: number; readonly signal: AbortSignal },
  ): Promise<readonly DagRun[]>;
  /** Ids of all DAGs of which a run changed since then; `undefined` where that are too many to tell. */
  listChangedDags(since: Date, signal: AbortSignal): Promise<ReadonlySet<string> | undefined>;
  /** Starts a backfill; `undefined` while an earlier one of the DAG is under way. */
  createBackfill(
    dagId: string,
    backfill: BackfillRequest,
    permit: WritePermit,
  ): Promise<Backfill | undefined>;
  /** Backfills of a DAG, newest first. */
  listBackfills(dagId: string, signal: AbortSignal): Promise<readonly Backfill[]>;
  /** What keeps files of bundles from being DAGs. */
  listImportErrors(signal: AbortSignal): Promise<readonly ImportError[]>;
  close(): Promise<void>;
}

/** The real Airflow behind a client. */
export function createAirflowServer(client: AirflowClient): AirflowServer {
  return new RestAirflow(client);
}

const processHealth = z.object({ status: z.string().nullish() }).nullish();
const healthAnswer = z.object({
  metadatabase: processHealth,
  scheduler: processHealth,
  dag_processor: processHealth,
  triggerer: processHealth,
});
const versionAnswer = z.object({ version: z.string() });

/** As messages call them. */
const PROCESSES = [
  ["metadatabase", "metadata database"],
  ["scheduler", "scheduler"],
  ["dag_processor", "dag-processor"],
  ["triggerer", "triggerer"],
] as const;

class RestAirflow implements AirflowServer {
  readonly #client: AirflowClient;

  constructor(client: AirflowClient) {
    this.#client = client;
  }

  async probe(signal: AbortSignal): Promise<AirflowProbe> {
    const { uri } = this.#client.settings;
    const health: AirflowRequest = { ...get("monitor/health"), doing: "asking for its health", signal };
    const sick = unhealthyOf(await this.#client.demand(health, healthAnswer));
    if (sick.length > 0) throw new WaitingError("AirflowUnhealthy", sicknessText(uri, sick));
    // Everybody may ask for health and version. Only this shows that the user may read DAGs.
    const one: AirflowRequest = { ...get("dags", { limit: "1" }), doing: "reading DAGs", signal };
    const version: AirflowRequest = { ...get("version"), doing: "asking for its version", signal };
    const [answer, identity] = await Promise.all([
      this.#client.demand(version, versionAnswer),
      serverIdentity(uri),
      this.#client.demand(one, z.unknown()),
    ]);
    return { version: answer.version, identity };
  }

  async readDag(dagId: string, signal: AbortSignal): Promise<Dag | undefined> {
    return this.#read({ ...get(dagPath(dagId)), doing: `reading DAG ${dagId}`, signal }, dagAnswer);
  }

  async listDags(tag: string, signal: AbortSignal): Promise<readonly Dag[]> {
    const page = async (offset: string): Promise<Page<Dag>> => {
      const query = {
        ...{ tags: tag, exclude_stale: "false", order_by: "dag_id" },
        ...{ limit: String(PAGE_SIZE), offset },
      };
      const wanted = { ...get("dags", query), doing: `reading DAGs with the tag ${tag}`, signal };
      const { dags: items, total_entries: total } = await this.#client.demand(wanted, dagsAnswer);
      return { items, total };
    };
    return allPages(page);
  }

  async setPaused(dagId: string, isPaused: boolean, permit: WritePermit): Promise<Dag> {
    const doing = `${isPaused ? "pausing" : "unpausing"} DAG ${dagId}`;
    const query = { update_mask: "is_paused" };
    const body = { is_paused: isPaused };
    const change = { method: "PATCH", path: dagPath(dagId), query, body, doing } as const;
    return this.#client.demand({ ...change, ...writing(permit) }, dagAnswer);
  }

  async deleteDag(dagId: string, permit: WritePermit): Promise<boolean> {
    const doing = `deleting DAG ${dagId}`;
    const result = await this.#client.send({
      ...{ method: "DELETE", path: dagPath(dagId), doing },
      ...writing(permit),
    });
    if (result.outcome !== "exists") return result.outcome === "done";
    const message = `Airflow does not delete DAG ${dagId} while a task of it is running`;
    throw new WaitingError("NotSettled", message);
  }

  async triggerRun(dagId: string, run: RunRequest, permit: WritePermit): Promise<DagRun> {
    const { runId, logicalDate, conf = {} } = run;
    const wanted: AirflowRequest = {
      method: "POST",
      path: dagPath(dagId, "dagRuns"),
      body: { dag_run_id: runId, logical_date: logicalDate, conf },
      doing: `triggering DAG ${dagId}`,
      ...writing(permit),
    };
    const result = await this.#client.send(wanted);
    if (result.outcome === "done") return this.#client.parse(result.body, wanted, runAnswer);
    // An earlier answer was lost, or another run has this logical date. Airflow tells them apart in its log only.
    const before = result.outcome === "exists" ? await this.readRun(dagId, runId, permit.signal) : undefined;
    if (before !== undefined) return before;
    if (result.outcome === "missing") throw result.error;
    const message = `another run of DAG ${dagId} has the logical date ${logicalDate}; take another one`;
    throw new TerminalError("ResourceConflict", message, { cause: result.error });
  }

  async readRun(dagId: string, runId: string, signal: AbortSignal): Promise<DagRun | undefined> {
    const doing = `reading run ${runId} of DAG ${dagId}`;
    return this.#read({ ...get(dagPath(dagId, "dagRuns", runId)), doing, signal }, runAnswer);
  }

  async readFailure(dagId: string, runId: string, signal: AbortSignal): Promise<RunFailure | undefined> {
    const path = dagPath(dagId, "dagRuns", runId, "taskInstances", RUN_TASK, "xcomEntries", FAILURE_KEY);
    const doing = `reading why run ${runId} of DAG ${dagId} failed`;
    return parseFailure(await this.#read({ ...get(path), doing, signal }, z.unknown()));
  }

  async listRuns(
    dagId: string,
    { limit, signal }: { readonly limit: number; readonly signal: AbortSignal },
  ): Promise<readonly DagRun[]> {
    const query = { limit: String(limit), order_by: "-updated_at" };
    const wanted = {
      ...get(dagPath(dagId, "dagRuns"), query),
      doing: `reading runs of DAG ${dagId}`,
      signal,
    };
    return (await this.#read(wanted, runsAnswer))?.dag_runs ?? [];
  }

  async listEndedRuns(
    dagId: string,
    { since, limit, signal }: Parameters<AirflowServer["listEndedRuns"]>[1],
  ): Promise<readonly DagRun[]> {
    const doing = `reading runs of DAG ${dagId} that ended since ${since}`;
    const page = async (offset: string): Promise<Page<DagRun>> => {
      const query = {
        ...{ end_date_gte: since, order_by: "end_date" },
        ...{ limit: String(PAGE_SIZE), offset },
      };
      const wanted = { ...get(dagPath(dagId, "dagRuns"), query), doing, signal };
      const { dag_runs: items, total_entries: total } = await this.#client.demand(wanted, countedRunsAnswer);
      return { items, total: Math.min(total, limit) };
    };
    return (await allPages(page)).slice(0, limit);
  }

  async listChangedDags(since: Date, signal: AbortSignal): Promise<ReadonlySet<string> | undefined> {
    const query = { updated_at_gte: since.toISOString(), limit: String(PAGE_SIZE) };
    const wanted = { ...get("dags/~/dagRuns", query), doing: "reading what runs changed", signal };
    const { dag_runs: runs, total_entries: total } = await this.#client.demand(wanted, changedRunsAnswer);
    return total > runs.length ? undefined : new Set(runs.map((run) => run.dag_id));
  }

  async createBackfill(
    dagId: string,
    { from, to, maxActiveRuns, repeats, conf }: BackfillRequest,
    permit: WritePermit,
  ): Promise<Backfill | undefined> {
    const wanted: AirflowRequest = {
      method: "POST",
      path: "backfills",
      body: {
        ...{ dag_id: dagId, from_date: from, to_date: to, max_active_runs: maxActiveRuns },
        ...{ reprocess_behavior: repeats, dag_run_conf: conf },
      },
      doing: `starting a backfill of DAG ${dagId}`,
      ...writing(permit),
    };
    const result = await this.#client.send(wanted);
    if (result.outcome === "missing") throw result.error;
    return result.outcome === "exists" ? undefined : this.#client.parse(result.body, wanted, backfillAnswer);
  }

  async listBackfills(dagId: string, signal: AbortSignal): Promise<readonly Backfill[]> {
    const doing = `reading backfills of DAG ${dagId}`;
    const wanted = { ...get("backfills", { dag_id: dagId, order_by: "-id" }), doing, signal };
    return (await this.#client.demand(wanted, backfillsAnswer)).backfills;
  }

  async listImportErrors(signal: AbortSignal): Promise<readonly ImportError[]> {
    const page = async (offset: string): Promise<Page<ImportError>> => {
      const query = { limit: String(PAGE_SIZE), offset };
      const wanted = { ...get("importErrors", query), doing: "reading import errors", signal };
      const { import_errors: items, total_entries: total } = await this.#client.demand(
        wanted,
        importErrorsAnswer,
      );
      return { items, total };
    };
    return allPages(page);
  }

  async close(): Promise<void> {
    await this.#client.close();
  }

  async #read<Schema extends z.ZodType>(
    wanted: AirflowRequest,
    schema: Schema,
  ): Promise<z.output<Schema> | undefined> {
    const result = await this.#client.send(wanted);
    if (result.outcome === "missing") return undefined;
    if (result.outcome === "exists") throw result.error;
    return this.#client.parse(result.body, wanted, schema);
  }
}

/** The most that Airflow gives at once, unless it is set up otherwise. */
const PAGE_SIZE = 100;

interface Page<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}

async function allPages<Item>(read: (offset: string) => Promise<Page<Item>>): Promise<readonly Item[]> {
  const found: Item[] = [];
  for (;;) {
    const { items, total } = await read(String(found.length));
    found.push(...items);
    if (items.length === 0 || found.length >= total) return found;
  }
}

function get(
  path: string,
  query?: Readonly<Record<string, string>>,
): Pick<AirflowRequest, "method" | "path" | "query"> {
  return { method: "GET", path, ...(query !== undefined && { query }) };
}

function dagPath(dagId: string, ...more: readonly string[]): string {
  return apiPath("dags", dagId, ...more);
}

function writing(permit: WritePermit): Pick<AirflowRequest, "signal" | "assertMayWrite"> {
  return { signal: permit.signal, assertMayWrite: () => permit.assertMayWrite() };
}

function unhealthyOf(health: z.infer<typeof healthAnswer>): readonly string[] {
  return PROCESSES.filter(([key]) => health[key]?.status !== "healthy").map(([, name]) => name);
}

function sicknessText(uri: string, names: readonly string[]): string {
  return `Airflow at ${uri} answers, but this is not healthy: ${names.join(", ")}; see its status and its log`;
}
