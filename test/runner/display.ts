/**
 * Shows tasks that run side by side: a line when one starts and when it ends, the whole output of one that failed, and now and
 * then what the running ones do.
 */
import type { FailedTest } from "./counts.ts";
import type { Ended } from "./graph.ts";
import type { OnLine, TaskResult } from "./task.ts";

const heartbeatMilliseconds = 30_000;
const longestLine = 120;
const messageLines = 4;
const longestMessageLine = 300;

export class Display {
  readonly #began = performance.now();
  /** The last line of each running task. */
  readonly #running = new Map<string, string>();
  readonly #heartbeat: NodeJS.Timeout;

  constructor() {
    this.#heartbeat = setInterval(() => {
      for (const [name, line] of this.#running) this.#print(`... ${name}: ${line.slice(0, longestLine)}`);
    }, heartbeatMilliseconds);
  }

  close(): void {
    clearInterval(this.#heartbeat);
  }

  /** A task starts; call the returned function with each line that it prints. */
  starting(name: string): OnLine {
    this.#running.set(name, "");
    this.#print(`==> ${name}`);
    return (line) => {
      if (line.trim() !== "") this.#running.set(name, line.trim());
    };
  }

  ended({ name, began, ended, outcome }: Ended<TaskResult>): void {
    this.#running.delete(name);
    if (outcome.kind === "not run") {
      this.#print(`NOT RUN ${name}: ${outcome.because.map((need) => `"${need}"`).join(", ")} failed`);
      return;
    }
    const { result } = outcome;
    const took = `${((ended - began) / 1000).toFixed(0)} s`;
    if (!result.hasPassed) this.#printFailure(name, result);
    const counts =
      result.passed + result.failed === 0 ? "done" : `${result.passed} passed, ${result.failed} failed`;
    this.#print(`${result.hasPassed ? "ok " : "FAILED"} ${name}: ${counts}, ${took}`);
  }

  #printFailure(name: string, { output, logFile, failures }: TaskResult): void {
    console.log(`\n----- ${name} failed; all that it printed (${logFile}):`);
    for (const line of output) console.log(line);
    for (const failure of failures) console.log(`Run this one alone: ${commandOf(failure)}`);
    console.log(`----- end of ${name}\n`);
  }

  #print(text: string): void {
    const seconds = ((performance.now() - this.#began) / 1000).toFixed(0).padStart(5);
    console.log(`${seconds} s  ${text}`);
  }
}

/** The tests that failed with what went wrong, shortened: the end of a long log is what is read first, and sometimes all that is kept. */
export function summaryOfFailures(failures: readonly FailedTest[]): string {
  return failures
    .map((failure) => {
      const lines = (failure.message ?? "").split("\n").filter((line) => line.trim() !== "");
      const shown = lines
        .slice(0, messageLines)
        .map((line) => `    ${line.trim().slice(0, longestMessageLine)}`);
      return [`  ${failure.name}`, ...shown, `    ${commandOf(failure)}`].join("\n");
    })
    .join("\n");
}

/** The line for a shell that runs a test alone. In the environment, because make would read a `$` in an argument of its own. */
function commandOf({ only }: FailedTest): string {
  return `ONLY='${only.replaceAll("'", `'\\''`)}' make test`;
}
