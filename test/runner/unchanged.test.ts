import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mustRun } from "../../local/support/command.ts";
import type { Task } from "./task.ts";
import { PassedTasks } from "./unchanged.ts";

const task: Task = { name: "Java tests", command: ["mvn", "test"], inputs: ["java"] };
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "openclickstream-unchanged-"));
  await mustRun("git", ["init", "--quiet", root]);
  await mkdir(join(root, "java"));
  await writeFile(join(root, "java", "A.java"), "class A {}");
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

const read = async (): Promise<PassedTasks> => PassedTasks.read(root, join(root, ".local", "passed.json"));

describe("a task that passed", () => {
  beforeEach(async () => {
    await (await read()).note(task);
  });

  it("is unchanged for the next run, and while other files change", async () => {
    await writeFile(join(root, "README.md"), "text");
    expect(await (await read()).isUnchanged(task)).toBe(true);
  });

  it.each([
    ["one of its files changes", "A.java"],
    ["a file comes", "B.java"],
  ])("is to be run again when %s", async (_, file) => {
    await writeFile(join(root, "java", file), "class B {}");
    expect(await (await read()).isUnchanged(task)).toBe(false);
  });

  it("is to be run again when one of its files goes", async () => {
    await rm(join(root, "java", "A.java"));
    expect(await (await read()).isUnchanged(task)).toBe(false);
  });

  it("is to be run again with other arguments", async () => {
    expect(await (await read()).isUnchanged({ ...task, command: ["mvn", "verify"] })).toBe(false);
  });

  it("is to be run again when what was noted cannot be read", async () => {
    await writeFile(join(root, ".local", "passed.json"), "{");
    expect(await (await read()).isUnchanged(task)).toBe(false);
  });
});

it("a task that never passed, or that names no files, is to be run", async () => {
  const always: Task = { name: task.name, command: task.command };
  const passed = await read();
  await passed.note(always);
  expect(await passed.isUnchanged(task)).toBe(false);
  expect(await passed.isUnchanged(always)).toBe(false);
});
