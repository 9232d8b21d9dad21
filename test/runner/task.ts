/** Runs one task as a program: its output goes to a log, its counts come from its reports, downloads are tried again. */
import { createWriteStream, type WriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../../local/support/command.ts";
import { retried } from "../../local/support/retry.ts";
import { withParentDeathSignal } from "../support/process.ts";
import type { Counts } from "./counts.ts";
import type { GraphTask } from "./graph.ts";

/** A task of `make test`: a program with its place in the graph. */
export interface Task extends GraphTask {
  readonly command: readonly [string, ...string[]];
  /** Folder that it runs in, from the root of the checkout. */
  readonly directory?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** It mostly downloads: is tried again when a registry was in trouble, which a test must not be. */
  readonly fetches?: true;
  /**
   * How its tests are counted. `one` is one test, which passes by exit code 0; `none` is no test and counts only when it
   * fails, as one failure; a function reads the reports of a run that began at the time given. `one` when absent.
   */
  readonly count?: "one" | "none" | ((began: number) => Promise<Counts>);
  /** It measures the machine's time with deadlines, so all others give way to it. */
  readonly isUrgent?: true;
  /** Takes each line of the output; what it returns is logged in its place. */
  readonly filter?: (line: string) => string | undefined;
  /** Files and folders that decide the result: `make check` leaves the task out while they are as they were when it passed. */
  readonly inputs?: readonly string[];
}

/** The result of a task that was run. */
export interface TaskResult extends Counts {
  readonly hasPassed: boolean;
  /** Everything that it printed. */
  readonly output: readonly string[];
  /** Where that can be read later. */
  readonly logFile: string;
}

/** Told of each line that a task prints. */
export type OnLine = (line: string) => void;

export interface TaskFolders {
  readonly root: string;
  /** Gets a log of each task. */
  readonly logs: string;
  /** Before a download is tried again; the default of `retried` when absent. */
  readonly retryPauseMilliseconds?: number;
}

/** Runs a task to its end. Everything that goes wrong with it is a failure in the result. */
export async function runTask(task: Task, folders: TaskFolders, onLine: OnLine): Promise<TaskResult> {
  await mkdir(folders.logs, { recursive: true });
  const logFile = join(folders.logs, `${task.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}.log`);
  const log = createWriteStream(logFile);
  const output: string[] = [];
  const take = (line: string): void => {
    output.push(line);
    log.write(`${line}\n`);
    onLine(line);
  };
  const began = Date.now();
  const exitCode = await execute(task, folders, take);
  const counts = await countsOf(task, exitCode, began).catch((error: unknown) => {
    take(`the report cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    return { passed: 0, failed: 1, failures: [] };
  });
  await closed(log);
  return { ...counts, hasPassed: counts.failed === 0, output, logFile };
}

async function execute(task: Task, folders: TaskFolders, take: OnLine): Promise<number> {
  // A run that is broken off leaves no compiler and no engine behind.
  const [program = "", ...args] = withParentDeathSignal(yielding(task), "TERM");
  const attempt = async (): Promise<number> => {
    const { exitCode, tail } = await runCommand(program, args, {
      cwd: join(folders.root, task.directory ?? ""),
      ...(task.env === undefined ? {} : { env: task.env }),
      onLine: (line) => {
        const shown = task.filter === undefined ? line : task.filter(line);
        if (shown !== undefined) shown.split("\n").forEach(take);
      },
    });
    if (task.fetches === true && exitCode !== 0) throw new Error(tail);
    return exitCode;
  };
  try {
    return await (task.fetches === true ? retried(take, attempt, folders.retryPauseMilliseconds) : attempt());
  } catch (error) {
    if (task.fetches !== true) take(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

/** A JVM's twenty threads would each get as much of the machine as half the local cluster: they get a third of that. */
function yielding({ command, isUrgent }: Task): readonly string[] {
  return isUrgent === true ? command : ["nice", "-n", "5", ...command];
}

async function countsOf(task: Task, exitCode: number, began: number): Promise<Counts> {
  const isFailure = exitCode !== 0;
  if (typeof task.count !== "function") {
    const passed = task.count === "none" || isFailure ? 0 : 1;
    return { passed, failed: isFailure ? 1 : 0, failures: [] };
  }
  const counts = await task.count(began);
  // A suite that failed without a failed test (a crash, a set-up that broke) still counts as one failure.
  return isFailure && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

async function closed(log: WriteStream): Promise<void> {
  await new Promise<void>((resolve) => log.end(resolve));
}
