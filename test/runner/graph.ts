/**
 * Runs a graph of tasks on a number of slots. A task starts when what it needs has passed and its slots are free; of several
 * that could start, the first of the list does. A failure stops nothing but the tasks that need the failed one.
 */

/** What the graph has to know of a task. */
export interface GraphTask {
  readonly name: string;
  /** Names of the tasks that must have passed before it starts. */
  readonly needs?: readonly string[];
  /** Names of the tasks that must have ended before it starts, however they did: they would be in its way. */
  readonly after?: readonly string[];
  /** How many slots it takes while it runs; 0 for a task that only waits for the network. 1 when absent. */
  readonly slots?: number;
}

/** How a task ended. */
export interface Ended<Result> {
  readonly name: string;
  /** Milliseconds from the start of the graph; equal for a task that was not run. */
  readonly began: number;
  readonly ended: number;
  /** The result of a task that was run; otherwise the names of the tasks whose failure kept it from running. */
  readonly outcome: { readonly kind: "ran"; readonly result: Result } | NotRun;
}

interface NotRun {
  readonly kind: "not run";
  readonly because: readonly string[];
}

export interface GraphOptions<Task, Result> {
  readonly slots: number;
  /** Runs one task. It is to answer a failure as a result; an error that it throws ends the whole graph. */
  readonly execute: (task: Task) => Promise<Result>;
  readonly hasPassed: (result: Result) => boolean;
  readonly onEnd?: (ended: Ended<Result>, task: Task) => void;
}

/** Runs all tasks and returns how each ended, in the order in which they ended. */
export async function runGraph<Task extends GraphTask, Result>(
  tasks: readonly Task[],
  options: GraphOptions<Task, Result>,
): Promise<readonly Ended<Result>[]> {
  checkGraph(tasks, options.slots);
  return new GraphRun(tasks, options).run();
}

/** Throws when a task could never run: it needs one that is not there or itself, or more slots than there are. */
function checkGraph(tasks: readonly GraphTask[], slots: number): void {
  const reachable = new Set<string>();
  for (const task of tasks) {
    if (slotsOf(task) > slots)
      throw new Error(`task "${task.name}" needs ${slotsOf(task)} slots, there are ${slots}`);
    const unknown = earlier(task).find((name) => !tasks.some((other) => other.name === name));
    if (unknown !== undefined) throw new Error(`task "${task.name}" needs "${unknown}", which is not a task`);
  }
  for (;;) {
    const next = tasks.find(
      (task) => !reachable.has(task.name) && earlier(task).every((name) => reachable.has(name)),
    );
    if (next === undefined) break;
    reachable.add(next.name);
  }
  const circle = tasks.filter((task) => !reachable.has(task.name)).map((task) => `"${task.name}"`);
  if (circle.length > 0) throw new Error(`these tasks wait for each other: ${circle.join(", ")}`);
}

function earlier(task: GraphTask): readonly string[] {
  return [...(task.needs ?? []), ...(task.after ?? [])];
}

function slotsOf(task: GraphTask): number {
  return task.slots ?? 1;
}

class GraphRun<Task extends GraphTask, Result> {
  readonly #options: GraphOptions<Task, Result>;
  readonly #began = performance.now();
  readonly #running = new Map<string, Promise<void>>();
  readonly #ended = new Map<string, Ended<Result>>();
  #waiting: readonly Task[];
  #freeSlots: number;

  constructor(tasks: readonly Task[], options: GraphOptions<Task, Result>) {
    this.#waiting = tasks;
    this.#options = options;
    this.#freeSlots = options.slots;
  }

  async run(): Promise<readonly Ended<Result>[]> {
    for (;;) {
      this.#leaveOutBlocked();
      this.#startWhatFits();
      if (this.#running.size === 0) return [...this.#ended.values()];
      await Promise.race(this.#running.values());
    }
  }

  /** What needs a failed task fails as well, and with it what needs that one. */
  #leaveOutBlocked(): void {
    for (;;) {
      const blocked = this.#waiting.find((task) => this.#failedNeeds(task).length > 0);
      if (blocked === undefined) return;
      const at = this.#elapsed();
      const outcome: NotRun = { kind: "not run", because: this.#failedNeeds(blocked) };
      this.#end(blocked, { name: blocked.name, began: at, ended: at, outcome });
    }
  }

  #failedNeeds(task: Task): readonly string[] {
    return (task.needs ?? []).filter((name) => {
      const outcome = this.#ended.get(name)?.outcome;
      return (
        outcome !== undefined && (outcome.kind === "not run" || !this.#options.hasPassed(outcome.result))
      );
    });
  }

  #startWhatFits(): void {
    for (const task of this.#waiting) {
      const isReady = earlier(task).every((name) => this.#ended.has(name));
      if (!isReady || slotsOf(task) > this.#freeSlots) continue;
      this.#freeSlots -= slotsOf(task);
      this.#waiting = this.#waiting.filter((other) => other !== task);
      this.#running.set(task.name, this.#start(task));
    }
  }

  async #start(task: Task): Promise<void> {
    const began = this.#elapsed();
    const result = await this.#options.execute(task);
    this.#freeSlots += slotsOf(task);
    this.#running.delete(task.name);
    this.#end(task, { name: task.name, began, ended: this.#elapsed(), outcome: { kind: "ran", result } });
  }

  #end(task: Task, ended: Ended<Result>): void {
    this.#waiting = this.#waiting.filter((other) => other !== task);
    this.#ended.set(task.name, ended);
    this.#options.onEnd?.(ended, task);
  }

  #elapsed(): number {
    return performance.now() - this.#began;
  }
}
