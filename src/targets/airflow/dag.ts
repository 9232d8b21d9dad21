/** DAGs, runs and backfills as Airflow tells of them, and how its answers are read. */
import { z } from "zod";

/** A DAG that Airflow has parsed. Times are as Airflow writes them, RFC 3339. */
export interface Dag {
  readonly id: string;
  readonly isPaused: boolean;
  /** Its file is gone, or cannot be imported: no run starts. */
  readonly isStale: boolean;
  /** The last version of its file cannot be imported. The DAG is stale then too: what is told here is of the version before, and nothing starts it. */
  readonly hasImportErrors: boolean;
  /** Path of the file in its bundle. */
  readonly file: string | undefined;
  readonly lastParsedAt: string | undefined;
  /** When its next run by schedule begins; absent without a schedule. */
  readonly nextRunAfter: string | undefined;
  /** Begin of the period that this run is of. */
  readonly nextPeriodFrom: string | undefined;
  readonly owners: readonly string[];
  readonly tags: readonly string[];
}

/** `unknown` for a word that a later Airflow may use. */
export type RunState = "queued" | "running" | "success" | "failed" | "unknown";

export interface DagRun {
  readonly id: string;
  readonly state: RunState;
  /** `scheduled`, `manual`, `backfill`, `asset_triggered`, … */
  readonly type: string;
  readonly logicalDate: string | undefined;
  /** The time that the run is of; both ends are the same without a schedule. */
  readonly period: { readonly from: string; readonly to: string } | undefined;
  /** What it was started with. */
  readonly conf: Readonly<Record<string, unknown>>;
  readonly startedAt: string | undefined;
  readonly endedAt: string | undefined;
}

export interface Backfill {
  readonly id: number;
  readonly from: string;
  readonly to: string;
  readonly isPaused: boolean;
  /** What its runs are started with. */
  readonly conf: Readonly<Record<string, unknown>>;
  /** When its last run ended or it was cancelled; absent while it is under way. */
  readonly completedAt: string | undefined;
}

/** Why a file of a bundle gives no DAG, or not its newest. */
export interface ImportError {
  /** Path of the file in its bundle. */
  readonly file: string;
  readonly at: string;
  /** Python's trace; its last line says what is wrong. */
  readonly trace: string;
}

const time = z
  .string()
  .nullish()
  .transform((text) => text ?? undefined);

export const dagAnswer = z
  .object({
    dag_id: z.string(),
    is_paused: z.boolean(),
    is_stale: z.boolean(),
    has_import_errors: z.boolean(),
    relative_fileloc: z.string().nullish(),
    last_parsed_time: time,
    next_dagrun_run_after: time,
    next_dagrun_data_interval_start: time,
    owners: z.array(z.string()),
    tags: z.array(z.object({ name: z.string() })),
  })
  .transform((dag): Dag => ({
    id: dag.dag_id,
    isPaused: dag.is_paused,
    isStale: dag.is_stale,
    hasImportErrors: dag.has_import_errors,
    file: dag.relative_fileloc ?? undefined,
    lastParsedAt: dag.last_parsed_time,
    nextRunAfter: dag.next_dagrun_run_after,
    nextPeriodFrom: dag.next_dagrun_data_interval_start,
    owners: dag.owners,
    tags: dag.tags.map(({ name }) => name),
  }));

export const dagsAnswer = z.object({ dags: z.array(dagAnswer), total_entries: z.int() });

export const runAnswer = z
  .object({
    dag_run_id: z.string(),
    state: z.string(),
    run_type: z.string(),
    logical_date: time,
    data_interval_start: time,
    data_interval_end: time,
    conf: z.record(z.string(), z.unknown()).nullish(),
    start_date: time,
    end_date: time,
  })
  .transform((run): DagRun => ({
    id: run.dag_run_id,
    state: runState(run.state),
    type: run.run_type,
    logicalDate: run.logical_date,
    period: periodOf(run.data_interval_start, run.data_interval_end),
    conf: run.conf ?? {},
    startedAt: run.start_date,
    endedAt: run.end_date,
  }));

export const runsAnswer = z.object({ dag_runs: z.array(runAnswer) });

export const countedRunsAnswer = z.object({ dag_runs: z.array(runAnswer), total_entries: z.int() });

export const changedRunsAnswer = z.object({
  dag_runs: z.array(z.object({ dag_id: z.string() })),
  total_entries: z.int(),
});

export const backfillAnswer = z
  .object({
    id: z.int(),
    from_date: z.string(),
    to_date: z.string(),
    dag_run_conf: z.record(z.string(), z.unknown()).nullish(),
    is_paused: z.boolean(),
    completed_at: time,
  })
  .transform((backfill): Backfill => ({
    id: backfill.id,
    from: backfill.from_date,
    to: backfill.to_date,
    isPaused: backfill.is_paused,
    conf: backfill.dag_run_conf ?? {},
    completedAt: backfill.completed_at,
  }));

export const backfillsAnswer = z.object({ backfills: z.array(backfillAnswer) });

export const importErrorsAnswer = z.object({
  total_entries: z.int(),
  import_errors: z.array(
    z
      .object({ filename: z.string(), timestamp: z.string(), stack_trace: z.string() })
      .transform((error): ImportError => ({
        file: error.filename,
        at: error.timestamp,
        trace: error.stack_trace,
      })),
  ),
});

function periodOf(from: string | undefined, to: string | undefined): DagRun["period"] {
  return from === undefined || to === undefined ? undefined : { from, to };
}

const RUN_STATES: readonly RunState[] = ["queued", "running", "success", "failed"];

function runState(word: string): RunState {
  return RUN_STATES.find((state) => state === word) ?? "unknown";
}
