/**
 * `make test` and `make check`: runs the tasks side by side, goes on after a failure, shows when each task ran, and ends with
 * the sum `N passed, N failed`. With ONLY in the environment it runs the tests that are meant by it, and what they need.
 */
import { join } from "node:path";
import { checkoutFolder as root } from "../local/support/checkout.ts";
import { drawChart } from "./runner/chart.ts";
import { Display, summaryOfFailures } from "./runner/display.ts";
import { runGraph, type Ended } from "./runner/graph.ts";
import { chooseTests, readTestFiles } from "./runner/only.ts";
import { runTask, type Task, type TaskResult } from "./runner/task.ts";
import { allTasks, chosenTasks, logs, quickTasks, tasksWithout } from "./runner/tasks.ts";
import { PassedTasks } from "./runner/unchanged.ts";

const slots = 2;

/** What is to be run, and what is told when something is not. */
interface Plan {
  readonly tasks: readonly Task[];
  readonly notes: readonly string[];
  readonly onPassed?: (task: Task) => Promise<void>;
}

async function planOf(set: string): Promise<Plan> {
  const only = process.env["ONLY"] ?? "";
  if (set === "check") return planCheck();
  if (set !== "all") throw new Error(`unknown set of tasks "${set}"; known: all, check`);
  if (only === "") return { tasks: allTasks(), notes: [] };
  const choices = chooseTests(only, await readTestFiles(root));
  const notes = Object.entries(choices).map(([suite, chosen]) => `Only of ${suite}: ${chosen.join(" ")}`);
  return { tasks: chosenTasks(choices), notes };
}

/** Without the suites that passed with the very same files. */
async function planCheck(): Promise<Plan> {
  const tasks = quickTasks();
  const passed = await PassedTasks.read(root, join(root, ".local", "check", "passed.json"));
  const unchanged: Task[] = [];
  for (const task of tasks) if (await passed.isUnchanged(task)) unchanged.push(task);
  const notes = unchanged.map(
    ({ name, inputs = [] }) => `Left out: ${name}, which passed with ${inputs.join("/ and ")}/ as they are`,
  );
  return { tasks: tasksWithout(tasks, unchanged), notes, onPassed: async (task) => passed.note(task) };
}

/** What a task adds to the sum: one that could not be run counts as one failure. */
function countsOf({ outcome }: Ended<TaskResult>): { readonly passed: number; readonly failed: number } {
  return outcome.kind === "ran" ? outcome.result : { passed: 0, failed: 1 };
}

async function main(): Promise<void> {
  const { tasks, notes, onPassed } = await planOf(process.argv[2] ?? "all");
  for (const note of notes) console.log(note);
  const display = new Display();
  const ended = await runGraph<Task, TaskResult>(tasks, {
    slots,
    execute: async (task) => {
      const result = await runTask(task, { root, logs }, display.starting(task.name));
      if (result.hasPassed) await onPassed?.(task);
      return result;
    },
    hasPassed: (result) => result.hasPassed,
    onEnd: (end) => {
      display.ended(end);
    },
  });
  display.close();
  console.log(`\nWhen each task ran, on ${slots} slots:\n${drawChart(ended)}`);
  const broken = ended.filter((end) => countsOf(end).failed > 0).map((end) => end.name);
  if (broken.length > 0) {
    const failures = ended.flatMap(({ outcome }) => (outcome.kind === "ran" ? outcome.result.failures : []));
    console.log(`\nFailed: ${broken.join(", ")}\n${summaryOfFailures(failures)}`);
  }
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
