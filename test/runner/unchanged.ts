/**
 * Remembers which tasks passed with which files, so that `make check` can leave out what would pass again. `make test` never does.
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { mustRun } from "../../local/support/command.ts";
import type { Task } from "./task.ts";

/** The fingerprints of the tasks that passed, by their names. */
export class PassedTasks {
  readonly #root: string;
  readonly #file: string;
  readonly #passed: Map<string, string>;

  private constructor(root: string, file: string, passed: Map<string, string>) {
    this.#root = root;
    this.#file = file;
    this.#passed = passed;
  }

  /** Reads what earlier runs wrote into the file; none when there is no such file, or one that cannot be read. */
  static async read(root: string, file: string): Promise<PassedTasks> {
    const text = await readFile(file, "utf8").catch(() => "{}");
    try {
      return new PassedTasks(root, file, new Map(Object.entries(JSON.parse(text) as Record<string, string>)));
    } catch {
      return new PassedTasks(root, file, new Map());
    }
  }

  /** Whether the task passed with the very files, arguments and variables that it would have now. */
  async isUnchanged(task: Task): Promise<boolean> {
    const known = this.#passed.get(task.name);
    return known !== undefined && known === (await this.#fingerprint(task));
  }

  /** Notes that a task passed. */
  async note(task: Task): Promise<void> {
    const fingerprint = await this.#fingerprint(task);
    if (fingerprint === undefined) return;
    this.#passed.set(task.name, fingerprint);
    await mkdir(dirname(this.#file), { recursive: true });
    await writeFile(this.#file, JSON.stringify(Object.fromEntries(this.#passed), null, 2));
  }

  /** Undefined when the task names no inputs, or Git cannot list them: then it is always run. */
  async #fingerprint({ inputs, command, env }: Task): Promise<string | undefined> {
    if (inputs === undefined) return undefined;
    const hash = createHash("sha256").update(JSON.stringify({ command, env }));
    try {
      const options = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"];
      const listed = await mustRun("git", [...options, ...inputs], { cwd: this.#root });
      for (const path of [...new Set(listed.split("\0"))].sort()) {
        if (path === "") continue;
        const content = await readFile(join(this.#root, path)).catch(() => "deleted");
        hash.update(`${path}\0${createHash("sha256").update(content).digest("hex")}\0`);
      }
    } catch {
      return undefined;
    }
    return hash.digest("hex");
  }
}
