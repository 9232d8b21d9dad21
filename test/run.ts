/**
 * `make test` and `make check`: runs the tasks side by side, goes on after a failure, shows when each task ran, and ends with
 * the sum `N passed, N failed`. With ONLY in the environment it runs the tests that are meant by it, and what they need.
 */
import { drawChart } from "./runner/chart.ts";
import { Display } from "./runner/display.ts";
import { runGraph, type Ended } from "./runner/graph.ts";
import { chooseTests, readTestFiles } from "./runner/only.ts";
import { runTask, type Task, type TaskResult } from "./runner/task.ts";
import { allTasks, chosenTasks, logs, quickTasks, root } from "./runner/tasks.ts";

const slots = 2;

async function tasksOf(set: string): Promise<readonly Task[]> {
  const only = process.env["ONLY"] ?? "";
  if (set === "all" && only !== "") return chosenTasks(chooseTests(only, await readTestFiles(root)));
  if (set === "all") return allTasks();
  if (set === "check") return quickTasks();
  throw new Error(`unknown set of tasks "${set}"; known: all, check`);
}

/** What a task adds to the sum: one that could not be run counts as one failure. */
function countsOf({ outcome }: Ended<TaskResult>): { readonly passed: number; readonly failed: number } {
  return outcome.kind === "ran" ? outcome.result : { passed: 0, failed: 1 };
}

async function main(): Promise<void> {
  const tasks = await tasksOf(process.argv[2] ?? "all");
  const display = new Display();
  const ended = await runGraph<Task, TaskResult>(tasks, {
    slots,
    execute: async (task) => runTask(task, { root, logs }, display.starting(task.name)),
    hasPassed: (result) => result.hasPassed,
    onEnd: (end) => {
      display.ended(end);
    },
  });
  display.close();
  console.log(`\nWhen each task ran, on ${slots} slots:\n${drawChart(ended)}`);
  const broken = ended.filter((end) => countsOf(end).failed > 0).map((end) => end.name);
  if (broken.length > 0) console.log(`\nFailed: ${broken.join(", ")}`);
  const sum = (key: "passed" | "failed"): number =>
    ended.reduce((total, end) => total + countsOf(end)[key], 0);
  console.log(`\n${sum("passed")} passed, ${sum("failed")} failed`);
  process.exitCode = broken.length === 0 ? 0 : 1;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
