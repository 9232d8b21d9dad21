/**
 * What one Airflow says of the DAGs of all products, read together: a few requests serve all passes that come at about the same time, and the
 * runs of a DAG are read again only when Airflow says that one of them changed (ADR 0607).
 */
import { putLast } from "../put-last.ts";
import { SharedReading } from "../shared-reading.ts";
import type { AirflowServer } from "./server.ts";
import type { Dag, DagRun, ImportError } from "./dag.ts";

/** How fresh an answer must be, and what to make of a DAG that a listing does not have. */
export interface Look {
  readonly maxAgeSeconds: number;
  readonly signal: AbortSignal;
}

export interface DagLook extends Look {
  /** Whether it was there before. Then Airflow is asked for it by name before it counts as gone: a listing of many pages may miss one. */
  readonly wasThere: boolean;
}

export interface DagRegisterOptions {
  /** Tag of the DAGs that are listed. */
  readonly tag: string;
  /** In milliseconds; never goes back. */
  readonly now?: () => number;
  /** The time of day. */
  readonly date?: () => Date;
}

/** Changes of so long are asked for, and those of a minute less are counted on: clocks differ, and a commit comes after its time. */
const CHANGES_MILLISECONDS = 300_000;
const COUNTED_MILLISECONDS = 240_000;
/** Runs are read again after this whatever Airflow says: that one was deleted it does not say. */
const RUNS_HOLD_MILLISECONDS = 600_000;
/** More would be too much memory; their runs are read each time. */
const MAX_DAGS = 1000;

interface HeldRuns {
  readonly runs: readonly DagRun[];
  readonly readAt: number;
  /** Until then nothing has changed. */
  sameUntil: number;
}

export class DagRegister {
  readonly #airflow: AirflowServer;
  readonly #now: () => number;
  readonly #date: () => Date;
  readonly #dags: SharedReading<ReadonlyMap<string, Dag>>;
  readonly #importErrors: SharedReading<readonly ImportError[]>;
  readonly #changes: SharedReading<ReadonlySet<string> | undefined>;
  /** The one read longest ago first. */
  readonly #runs = new Map<string, HeldRuns>();
  readonly #writtenAt = new Map<string, number>();

  constructor(airflow: AirflowServer, { tag, now, date }: DagRegisterOptions) {
    this.#airflow = airflow;
    this.#now = now ?? (() => performance.now());
    this.#date = date ?? (() => new Date());
    const share = <Value>(read: (signal: AbortSignal) => Promise<Value>): SharedReading<Value> =>
      new SharedReading(read, this.#now);
    this.#dags = share(
      async (signal) => new Map((await airflow.listDags(tag, signal)).map((dag) => [dag.id, dag])),
    );
    this.#importErrors = share(async (signal) => airflow.listImportErrors(signal));
    this.#changes = share(async (signal) => airflow.listChangedDags(this.#changesFrom(), signal));
  }

  /** The DAG, or `undefined` when Airflow has none. One without the tag is seen only where it is asked for by name. */
  async readDag(dagId: string, { maxAgeSeconds, wasThere, signal }: DagLook): Promise<Dag | undefined> {
    const { value, at } = await this.#dags.read(maxAgeSeconds, signal);
    const isCurrent = (this.#writtenAt.get(dagId) ?? Number.NEGATIVE_INFINITY) < at;
    const listed = value.get(dagId);
    if (isCurrent && (listed !== undefined || !wasThere)) return listed;
    return this.#airflow.readDag(dagId, signal);
  }

  /** The runs that changed last, the last of them first. */
  async listRuns(
    dagId: string,
    { limit, maxAgeSeconds, signal }: Look & { readonly limit: number },
  ): Promise<readonly DagRun[]> {
    const held = this.#runs.get(dagId);
    if (held !== undefined && (await this.#isSame(dagId, held, { maxAgeSeconds, signal }))) return held.runs;
    const readAt = this.#now();
    this.#runs.delete(dagId);
    const runs = await this.#airflow.listRuns(dagId, { limit, signal });
    putLast(this.#runs, [dagId, { runs, readAt, sameUntil: readAt }], MAX_DAGS);
    return runs;
  }

  /** What keeps a file of a bundle from being a DAG. */
  async readImportError(file: string, { maxAgeSeconds, signal }: Look): Promise<ImportError | undefined> {
    const { value } = await this.#importErrors.read(maxAgeSeconds, signal);
    return value.find((error) => error.file === file || error.file.endsWith(`/${file}`));
  }

  /** We changed the DAG or began a run: what was read before does not count any more. */
  noteWrite(dagId: string): void {
    this.#runs.delete(dagId);
    putLast(this.#writtenAt, [dagId, this.#now()], MAX_DAGS);
  }

  async #isSame(dagId: string, held: HeldRuns, { maxAgeSeconds, signal }: Look): Promise<boolean> {
    if (this.#now() - held.readAt > RUNS_HOLD_MILLISECONDS) return false;
    const { value, at } = await this.#changes.read(maxAgeSeconds, signal);
    if (value === undefined || value.has(dagId) || held.sameUntil < at - COUNTED_MILLISECONDS) return false;
    held.sameUntil = Math.max(held.sameUntil, at);
    return true;
  }

  #changesFrom(): Date {
    return new Date(this.#date().getTime() - CHANGES_MILLISECONDS);
  }
}

/** The registers of all Airflows of a process: one for each connection. */
export class DagRegisters {
  readonly #options: DagRegisterOptions;
  readonly #held = new WeakMap<AirflowServer, DagRegister>();

  constructor(options: DagRegisterOptions) {
    this.#options = options;
  }

  of(airflow: AirflowServer): DagRegister {
    const held = this.#held.get(airflow) ?? new DagRegister(airflow, this.#options);
    this.#held.set(airflow, held);
    return held;
  }
}
