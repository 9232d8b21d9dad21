/** Processor time, memory and requests, read before and after a phase. */
import { readdir, readFile } from "node:fs/promises";

const TICKS_A_SECOND = 100;

/** Programs of a run, told by the command that runs them. */
const PROGRAMS = {
  operator: /operator[^ ]*\.mjs/,
  apiServer: /kube-apiserver/,
  etcd: /\/etcd/,
  kafka: /kafka\.Kafka/,
} as const;

type Program = keyof typeof PROGRAMS;

/** Processor seconds of each program and of the whole machine since they began, and the operator's peak memory. */
export class ProcessReading {
  readonly seconds: Readonly<Record<Program, number>>;
  readonly machineSeconds: number;
  readonly operatorPeakMiB: number;
  readonly takenAt = performance.now();

  private constructor(
    seconds: Readonly<Record<Program, number>>,
    machine: { readonly seconds: number; readonly peakMiB: number },
  ) {
    this.seconds = seconds;
    this.machineSeconds = machine.seconds;
    this.operatorPeakMiB = machine.peakMiB;
  }

  /** Of the processes that this process started from the folder of the run. */
  static async take(directory: string): Promise<ProcessReading> {
    const seconds = { operator: 0, apiServer: 0, etcd: 0, kafka: 0 };
    let peakMiB = 0;
    for (const id of await readdir("/proc")) {
      if (!/^\d+$/.test(id)) continue;
      const program = await programOf(id, directory);
      if (program === undefined) continue;
      seconds[program] += await secondsOf(id);
      if (program === "operator") peakMiB = await peakOf(id);
    }
    return new ProcessReading(seconds, { seconds: await machineSeconds(), peakMiB });
  }

  /** Cores that others than this run's programs and driver used between two readings. */
  othersSince(before: ProcessReading, driverSeconds: number): number {
    const own = Object.keys(PROGRAMS).map((name) => this.usedSince(before, name as Program));
    const machine = this.machineSeconds - before.machineSeconds;
    const wall = (this.takenAt - before.takenAt) / 1000;
    return Math.max(0, machine - driverSeconds - own.reduce((sum, each) => sum + each, 0)) / wall;
  }

  usedSince(before: ProcessReading, program: Program): number {
    return this.seconds[program] - before.seconds[program];
  }
}

async function secondsOf(id: string): Promise<number> {
  const fields = (await readFile(`/proc/${id}/stat`, "utf8")).replace(/^.*\) /, "").split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

async function peakOf(id: string): Promise<number> {
  const status = await readFile(`/proc/${id}/status`, "utf8");
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

async function machineSeconds(): Promise<number> {
  const [first = ""] = (await readFile("/proc/stat", "utf8")).split("\n");
  const [, user = 0, nice = 0, system = 0] = first.split(/\s+/).map(Number);
  return (user + nice + system) / TICKS_A_SECOND;
}

async function programOf(id: string, directory: string): Promise<Program | undefined> {
  try {
    const command = (await readFile(`/proc/${id}/cmdline`, "utf8")).replaceAll("\0", " ");
    const environment = (await readFile(`/proc/${id}/environ`, "utf8")).replaceAll("\0", " ");
    if (!command.includes(directory) && !environment.includes(`POD_NAME=${directory}`)) return undefined;
    const names = Object.keys(PROGRAMS) as Program[];
    return names.find((name) => PROGRAMS[name].test(command));
  } catch {
    return undefined; // it has ended, or is not ours to read
  }
}

/** Requests to the API server by kind, leases and the driver's own aside. */
export class CounterReading {
  readonly #counts: ReadonlyMap<string, number>;

  private constructor(counts: ReadonlyMap<string, number>) {
    this.#counts = counts;
  }

  /** From the text of `/metrics`. The driver's own requests, like `POST eventstreams`, are taken off. */
  static parse(text: string, driver: ReadonlyMap<string, number>): CounterReading {
    const counts = new Map<string, number>();
    for (const line of text.split("\n")) {
      const kind = kindOf(line);
      if (kind === undefined) continue;
      counts.set(kind, (counts.get(kind) ?? 0) + Number(line.slice(line.lastIndexOf(" ") + 1)));
    }
    for (const [kind, sent] of driver) {
      const count = counts.get(kind);
      if (count !== undefined) counts.set(kind, Math.max(0, count - sent));
    }
    return new CounterReading(counts);
  }

  /** Like `APPLY eventstreams/status 1000, POST events 1000`, most first. */
  since(before: CounterReading): string {
    return [...this.#counts]
      .map(([kind, count]) => [kind, count - (before.#counts.get(kind) ?? 0)] as const)
      .filter(([, count]) => count > 0)
      .sort(([, one], [, other]) => other - one)
      .slice(0, 6)
      .map(([kind, count]) => `${count} ${kind}`)
      .join(", ");
  }
}

/** Like `APPLY eventstreams/status`; `undefined` for a line, or a resource, that does not matter. */
function kindOf(line: string): string | undefined {
  if (!line.startsWith("apiserver_request_total{")) return undefined;
  const label = (name: string): string => new RegExp(`[{,]${name}="([^"]*)"`).exec(line)?.[1] ?? "";
  const resource = [label("resource"), label("subresource")].filter((part) => part !== "").join("/");
  if (!/^(eventstreams|events|secrets|dataplatforms|dataproducts|laketables)/.test(resource))
    return undefined;
  return `${label("verb")} ${resource}`;
}
