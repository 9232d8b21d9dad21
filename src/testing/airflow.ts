/** For tests of the controllers: an Airflow that lives in memory. */
import type { DataPlatformSpec } from "../crds/kinds.ts";
import type { WritePermit } from "../runtime/controller.ts";
import { WaitingError } from "../runtime/errors.ts";
import type { Backfill, Dag, DagRun, ImportError } from "../targets/airflow/dag.ts";
import { DagRegister, type DagRegisters } from "../targets/airflow/dag-register.ts";
import type { RunFailure } from "../targets/airflow/run-failure.ts";
import { parseFailure } from "../targets/airflow/run-failure.ts";
import type { AirflowServer } from "../targets/airflow/server.ts";

/** What a platform says of it; its Secret has the default keys. */
export const AIRFLOW_SPEC: NonNullable<DataPlatformSpec["airflow"]> = {
  uri: "http://airflow:8080",
  credentialsSecretRef: { name: "airflow" },
};

const MADE_AT = "2026-01-01T00:00:00Z";

/** DAGs appear when a test puts them, as Airflow finds files by itself; runs stay queued until a test moves them. */
export class FakeAirflow implements AirflowServer {
  readonly dags = new Map<string, Dag>();
  /** By DAG, newest first. */
  readonly runs = new Map<string, readonly DagRun[]>();
  readonly backfills = new Map<string, readonly Backfill[]>();
  /** By path of the file in the bundle. */
  readonly importErrors = new Map<string, ImportError>();
  /** What failed tries have left, by id of the run, as the DAG's task writes it. */
  readonly failures = new Map<string, object>();
  /** Runs whose failures were asked for, in order. */
  readonly failuresRead: string[] = [];
  /** What took effect: `pause`, `unpause`, `delete`, `trigger` or `backfill`, and of what. */
  readonly writes: string[] = [];
  isDown = false;
  /** Cluster of the DAGs that a test puts. */
  cluster = "";

  /** Airflow has parsed a DAG's file. */
  putDag(id: string, changes: Partial<Dag> = {}): void {
    this.dags.set(id, {
      ...{ id, isPaused: true, isStale: false, hasImportErrors: false },
      ...{ file: `${id}.py`, lastParsedAt: MADE_AT, nextRunAfter: undefined, nextPeriodFrom: undefined },
      ...{ owners: [id.replace(".", "/")], tags: ["openclickstream", `cluster:${this.cluster}`] },
      ...changes,
    });
  }

  /** A run is there from now on, or is as told; it counts as the last that changed. */
  putRun(dagId: string, id: string, changes: Partial<DagRun> = {}): void {
    const runs = this.runs.get(dagId) ?? [];
    const before = runs.find((run) => run.id === id);
    const run: DagRun = {
      ...{ id, state: "running", type: "scheduled", conf: {}, startedAt: MADE_AT },
      ...{ logicalDate: undefined, period: undefined, endedAt: undefined },
      ...before,
      ...changes,
    };
    this.runs.set(dagId, [run, ...runs.filter((other) => other.id !== id)]);
  }

  async probe(): ReturnType<AirflowServer["probe"]> {
    this.#refuseWhenDown();
    return { version: "3.3.2", identity: "fake airflow" };
  }

  async readDag(dagId: string): Promise<Dag | undefined> {
    this.#refuseWhenDown();
    return this.dags.get(dagId);
  }

  async listDags(tag: string): Promise<readonly Dag[]> {
    this.#refuseWhenDown();
    return [...this.dags.values()].filter(({ tags }) => tags.includes(tag));
  }

  async setPaused(dagId: string, isPaused: boolean, permit: WritePermit): Promise<Dag> {
    this.#mayWrite(permit);
    const dag = { ...this.#dag(dagId), isPaused };
    this.dags.set(dagId, dag);
    this.writes.push(`${isPaused ? "pause" : "unpause"} ${dagId}`);
    return dag;
  }

  async deleteDag(dagId: string, permit: WritePermit): Promise<boolean> {
    this.#mayWrite(permit);
    this.runs.delete(dagId);
    if (!this.dags.delete(dagId)) return false;
    this.writes.push(`delete ${dagId}`);
    return true;
  }

  async triggerRun(...[dagId, request, permit]: Parameters<AirflowServer["triggerRun"]>): Promise<DagRun> {
    this.#mayWrite(permit);
    this.#dag(dagId);
    const { runId, logicalDate, conf = {} } = request;
    const before = this.runs.get(dagId) ?? [];
    const same = before.find((run) => run.id === runId);
    if (same !== undefined) return same;
    const period = { from: logicalDate, to: logicalDate };
    const times = { logicalDate, period, startedAt: undefined, endedAt: undefined };
    const run: DagRun = { id: runId, state: "queued", type: "manual", conf, ...times };
    this.runs.set(dagId, [run, ...before]);
    this.writes.push(`trigger ${dagId} ${runId}`);
    return run;
  }

  async readRun(dagId: string, runId: string): Promise<DagRun | undefined> {
    this.#refuseWhenDown();
    return this.runs.get(dagId)?.find((run) => run.id === runId);
  }

  async readFailure(_dagId: string, runId: string): Promise<RunFailure | undefined> {
    this.#refuseWhenDown();
    this.failuresRead.push(runId);
    return parseFailure({ value: JSON.stringify(this.failures.get(runId)) });
  }

  async listRuns(...[dagId, { limit }]: Parameters<AirflowServer["listRuns"]>): Promise<readonly DagRun[]> {
    this.#refuseWhenDown();
    return (this.runs.get(dagId) ?? []).slice(0, limit);
  }

  async listEndedRuns(
    ...[dagId, { since, limit }]: Parameters<AirflowServer["listEndedRuns"]>
  ): Promise<readonly DagRun[]> {
    this.#refuseWhenDown();
    const ended = (this.runs.get(dagId) ?? []).filter(
      ({ endedAt }) => endedAt !== undefined && Date.parse(endedAt) >= Date.parse(since),
    );
    return ended.sort((one, other) => (one.endedAt ?? "").localeCompare(other.endedAt ?? "")).slice(0, limit);
  }

  /** Of every DAG that has runs. */
  async listChangedDags(): ReturnType<AirflowServer["listChangedDags"]> {
    this.#refuseWhenDown();
    return new Set(this.runs.keys());
  }

  async createBackfill(
    ...[dagId, { from, to, maxActiveRuns, conf }, permit]: Parameters<AirflowServer["createBackfill"]>
  ): Promise<Backfill | undefined> {
    this.#mayWrite(permit);
    this.#dag(dagId);
    const before = this.backfills.get(dagId) ?? [];
    if (before.some(({ completedAt }) => completedAt === undefined)) return undefined;
    const id = [...this.backfills.values()].flat().length + 1;
    const backfill: Backfill = { id, from, to, isPaused: false, conf, completedAt: undefined };
    this.backfills.set(dagId, [backfill, ...before]);
    this.writes.push(`backfill ${dagId} ${from} to ${to}, ${maxActiveRuns} at once`);
    return backfill;
  }

  /** Every backfill has ended. */
  endBackfills(): void {
    for (const [dagId, held] of this.backfills) {
      this.backfills.set(
        dagId,
        held.map((one) => ({ ...one, completedAt: MADE_AT })),
      );
    }
  }

  async listBackfills(dagId: string): Promise<readonly Backfill[]> {
    this.#refuseWhenDown();
    return this.backfills.get(dagId) ?? [];
  }

  async listImportErrors(): Promise<readonly ImportError[]> {
    this.#refuseWhenDown();
    return [...this.importErrors.values()];
  }

  async close(): Promise<void> {
    return Promise.resolve();
  }

  #dag(dagId: string): Dag {
    const dag = this.dags.get(dagId);
    if (dag === undefined) throw new WaitingError("AirflowUnreachable", `there is no DAG ${dagId}`);
    return dag;
  }

  #mayWrite(permit: WritePermit): void {
    permit.assertMayWrite();
    this.#refuseWhenDown();
  }

  #refuseWhenDown(): void {
    if (this.isDown)
      throw new WaitingError("AirflowUnreachable", "Airflow at http://airflow is unreachable: down");
  }
}

/** Between the passes of a test time has passed: each pass reads everything anew. */
export const FRESH_DAGS: Pick<DagRegisters, "of"> = {
  of: (airflow) => new DagRegister(airflow, { tag: "openclickstream" }),
};
