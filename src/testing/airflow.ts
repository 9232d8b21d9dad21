/** For tests of the controllers: an Airflow that lives in memory. */
import type { DataPlatformSpec } from "../crds/kinds.ts";
import type { WritePermit } from "../runtime/controller.ts";
import { WaitingError } from "../runtime/errors.ts";
import type { Backfill, Dag, DagRun, ImportError } from "../targets/airflow/dag.ts";
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
  /** By DAG, run, task and key, with blanks between. */
  readonly values = new Map<string, unknown>();
  readonly backfills = new Map<string, readonly Backfill[]>();
  /** Addresses of those that some DAG names. */
  readonly assets = new Set<string>();
  /** By path of the file in the bundle. */
  readonly importErrors = new Map<string, ImportError>();
  /** What took effect: `pause`, `unpause`, `delete`, `trigger`, `backfill`, `cancel` or `update`, and of what. */
  readonly writes: string[] = [];
  isDown = false;

  /** Airflow has parsed a DAG's file. */
  putDag(id: string, changes: Partial<Dag> = {}): void {
    this.dags.set(id, {
      ...{ id, isPaused: true, isStale: false, hasImportErrors: false },
      ...{ file: `${id.replace(".", "/")}.py`, lastParsedAt: MADE_AT, nextRunAfter: undefined },
      ...changes,
    });
  }

  async probe(): ReturnType<AirflowServer["probe"]> {
    this.#refuseWhenDown();
    return { version: "3.3.2", identity: "fake airflow" };
  }

  async readDag(dagId: string): Promise<Dag | undefined> {
    this.#refuseWhenDown();
    return this.dags.get(dagId);
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
    const { runId, logicalDate } = request;
    const before = this.runs.get(dagId) ?? [];
    const same = before.find((run) => run.id === runId);
    if (same !== undefined) return same;
    const times = { logicalDate, startedAt: undefined, endedAt: undefined };
    const run: DagRun = { id: runId, state: "queued", type: "manual", ...times };
    this.runs.set(dagId, [run, ...before]);
    this.writes.push(`trigger ${dagId} ${runId}`);
    return run;
  }

  async readRun(dagId: string, runId: string): Promise<DagRun | undefined> {
    this.#refuseWhenDown();
    return this.runs.get(dagId)?.find((run) => run.id === runId);
  }

  async listRuns(...[dagId, { limit }]: Parameters<AirflowServer["listRuns"]>): Promise<readonly DagRun[]> {
    this.#refuseWhenDown();
    return (this.runs.get(dagId) ?? []).slice(0, limit);
  }

  async readValue(
    ...[{ dagId, runId }, { task, key }]: Parameters<AirflowServer["readValue"]>
  ): Promise<unknown> {
    this.#refuseWhenDown();
    return this.values.get([dagId, runId, task, key].join(" "));
  }

  async createBackfill(
    ...[dagId, { from, to }, permit]: Parameters<AirflowServer["createBackfill"]>
  ): Promise<Backfill | undefined> {
    this.#mayWrite(permit);
    this.#dag(dagId);
    const before = this.backfills.get(dagId) ?? [];
    if (before.some(({ completedAt }) => completedAt === undefined)) return undefined;
    const id = [...this.backfills.values()].flat().length + 1;
    const backfill: Backfill = { id, from, to, isPaused: false, completedAt: undefined };
    this.backfills.set(dagId, [backfill, ...before]);
    this.writes.push(`backfill ${dagId}`);
    return backfill;
  }

  async listBackfills(dagId: string): Promise<readonly Backfill[]> {
    this.#refuseWhenDown();
    return this.backfills.get(dagId) ?? [];
  }

  async cancelBackfill(backfillId: number, permit: WritePermit): Promise<void> {
    this.#mayWrite(permit);
    for (const [dagId, held] of this.backfills) {
      const ended = held.map((one) => (one.id === backfillId ? { ...one, completedAt: MADE_AT } : one));
      this.backfills.set(dagId, ended);
    }
    this.writes.push(`cancel ${backfillId}`);
  }

  async recordUpdate(...[uri, , permit]: Parameters<AirflowServer["recordUpdate"]>): Promise<boolean> {
    this.#mayWrite(permit);
    if (!this.assets.has(uri)) return false;
    this.writes.push(`update ${uri}`);
    return true;
  }

  async readImportError(file: string): Promise<ImportError | undefined> {
    this.#refuseWhenDown();
    return this.importErrors.get(file);
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
