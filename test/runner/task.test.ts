import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runTask, type Task, type TaskResult } from "./task.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "openclickstream-task-"));
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

function run(script: string, more: Partial<Task> = {}): Promise<TaskResult> {
  const task: Task = { name: "A task (of 2)", command: ["sh", "-c", script], ...more };
  return runTask(task, { root, logs: join(root, "logs"), retryPauseMilliseconds: 1 }, () => undefined);
}

describe("a task", () => {
  it("is one test that passes by its exit code, with all that it printed in its log", async () => {
    const result = await run("echo one; echo two >&2");
    expect(result).toMatchObject({ hasPassed: true, passed: 1, failed: 0 });
    expect([...result.output].sort()).toEqual(["one", "two"]);
    expect(result.logFile).toBe(join(root, "logs", "a-task-of-2-.log"));
    expect(await readFile(result.logFile, "utf8")).toBe(`${result.output.join("\n")}\n`);
  });

  it("is one failure when it ends with another exit code, or cannot be started", async () => {
    expect(await run("exit 3")).toMatchObject({ hasPassed: false, passed: 0, failed: 1 });
    const missing = await run("", { command: ["/nonexistent/program"] });
    expect(missing).toMatchObject({ hasPassed: false, failed: 1 });
    expect(missing.output.join()).toContain("/nonexistent/program");
  });

  it("counts only a failure when it is no test", async () => {
    expect(await run("true", { count: "none" })).toMatchObject({ hasPassed: true, passed: 0, failed: 0 });
    expect(await run("false", { count: "none" })).toMatchObject({ hasPassed: false, passed: 0, failed: 1 });
  });

  it("has the counts of its report, and a failure more when it broke down beside its tests", async () => {
    const count = async (): Promise<{ passed: number; failed: number; failures: [] }> => ({
      passed: 7,
      failed: 0,
      failures: [],
    });
    expect(await run("true", { count })).toMatchObject({ hasPassed: true, passed: 7, failed: 0 });
    expect(await run("false", { count })).toMatchObject({ hasPassed: false, passed: 7, failed: 1 });
  });

  it("gives way to one that is urgent", async () => {
    const urgent = Number((await run("nice", { isUrgent: true })).output.join());
    const other = Number((await run("nice")).output.join());
    expect(other).toBe(Math.min(urgent + 5, 19));
  });

  it("fails when its report cannot be read", async () => {
    const count = async (): Promise<never> => Promise.reject(new Error("no such file"));
    const result = await run("true", { count });
    expect(result).toMatchObject({ hasPassed: false, failed: 1 });
    expect(result.output.join()).toContain("no such file");
  });

  it("that fetches is tried again when the registry was in trouble, and fails at once for another reason", async () => {
    const script = "test -e second || { touch second; echo dial tcp: connection reset; exit 1; }";
    expect(await run(script, { fetches: true })).toMatchObject({ hasPassed: true });
    expect(existsSync(join(root, "second"))).toBe(true);
    await writeFile(join(root, "count"), "");
    expect(await run("echo x >> count; echo no such module; exit 1", { fetches: true })).toMatchObject({
      hasPassed: false,
    });
    expect(await readFile(join(root, "count"), "utf8")).toBe("x\n");
  });
});
