/** A control group with the memory limit of a container: the kernel kills what goes beyond it, as it does with a pod. */
import { existsSync } from "node:fs";
import { mkdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { controlGroupHierarchies } from "../local/cluster/kernel.ts";
import { until } from "../src/testing/until.ts";

const MEBIBYTE = 1024 * 1024;
const STOP_DEADLINE_MS = 30_000;

/** The files of a group by the version of control groups. */
const VERSIONS = [
  {
    limit: "memory.max",
    anonymous: /^anon (\d+)$/m,
    cache: /^inactive_file (\d+)$/m,
    usage: "memory.current",
    kills: "memory.events",
  },
  {
    limit: "memory.limit_in_bytes",
    anonymous: /^total_rss (\d+)$/m,
    cache: /^total_inactive_file (\d+)$/m,
    usage: "memory.usage_in_bytes",
    kills: "memory.oom_control",
  },
] as const;

/** What the processes of a group took at the most, in MiB. */
export interface Peak {
  /** Memory that the kernel cannot take back. */
  readonly resident: number;
  /** Also the files that are in use, as kubelet counts. */
  readonly workingSet: number;
}

export class MemoryGroup {
  readonly limitMebibytes: number;
  readonly #folder: string;
  readonly #version: (typeof VERSIONS)[number];
  #peak: Peak = { resident: 0, workingSet: 0 };

  private constructor(folder: string, version: (typeof VERSIONS)[number], limitMebibytes: number) {
    this.#folder = folder;
    this.#version = version;
    this.limitMebibytes = limitMebibytes;
  }

  static async make(name: string, limitMebibytes: number): Promise<MemoryGroup> {
    for (const hierarchy of controlGroupHierarchies()) {
      if (existsSync(join(hierarchy, "cgroup.controllers")))
        await writeFile(join(hierarchy, "cgroup.subtree_control"), "+memory");
      const folder = join(hierarchy, name);
      await mkdir(folder, { recursive: true });
      const version = VERSIONS.find(({ limit }) => existsSync(join(folder, limit)));
      if (version === undefined) {
        await rmdir(folder);
        continue;
      }
      await writeFile(join(folder, version.limit), String(limitMebibytes * MEBIBYTE));
      return new MemoryGroup(folder, version, limitMebibytes);
    }
    throw new Error("there is no control group for memory; /sys/fs/cgroup must be writable");
  }

  /** The file that a process writes its number into to join. */
  get entry(): string {
    return join(this.#folder, "cgroup.procs");
  }

  /** The command in such a way that it runs in this group from its first page on. */
  running(command: readonly string[]): string[] {
    return ["/bin/sh", "-c", 'echo $$ > "$0" && exec "$@"', this.entry, ...command];
  }

  /** Looks so often what is taken, until the function given back is called. */
  sampleEvery(milliseconds: number): () => void {
    const timer = setInterval(() => {
      this.#sample().catch(() => undefined);
    }, milliseconds);
    return () => {
      clearInterval(timer);
    };
  }

  async #sample(): Promise<void> {
    const statistics = await readFile(join(this.#folder, "memory.stat"), "utf8");
    const usage = Number(await readFile(join(this.#folder, this.#version.usage), "utf8"));
    const number = (pattern: RegExp): number => Number(pattern.exec(statistics)?.[1] ?? 0);
    const workingSet = usage - number(this.#version.cache);
    this.#peak = {
      resident: Math.max(this.#peak.resident, number(this.#version.anonymous) / MEBIBYTE),
      workingSet: Math.max(this.#peak.workingSet, workingSet / MEBIBYTE),
    };
  }

  get peak(): Peak {
    return this.#peak;
  }

  /** How many processes the kernel killed for their memory. */
  async kills(): Promise<number> {
    const text = await readFile(join(this.#folder, this.#version.kills), "utf8");
    return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0);
  }

  /** Waits until nothing runs in it any more, and removes it. */
  async remove(): Promise<void> {
    const members = async (): Promise<string> => (await readFile(this.entry, "utf8")).trim();
    await until(
      async () => (await members()) === "",
      async () => `processes still run in ${this.#folder}: ${await members()}`,
      STOP_DEADLINE_MS,
    );
    await rmdir(this.#folder);
  }
}
