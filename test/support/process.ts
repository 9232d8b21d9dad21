/** Runs an engine as a plain process on loopback: free ports, readiness by condition, its log in the error. */
import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, open, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname } from "node:path";
import { until } from "../../src/testing/until.ts";

/** An engine that runs. */
export interface Engine {
  /** Where clients reach it: `host:port`, or a URL for HTTP engines. */
  readonly address: string;
  /** Ends the process and waits until it is gone. Safe to call twice. */
  readonly stop: () => Promise<void>;
}

/** A program that runs. */
export interface RunningProgram extends Pick<Engine, "stop"> {
  /** Its number among the machine's processes. */
  readonly pid: number;
}

export interface EngineProgram {
  /** Name for messages. */
  readonly name: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** File that gets both output streams. */
  readonly logFile: string;
  /** Seconds until it must be ready. */
  readonly deadlineSeconds: number;
  /** Whether it is ready; gets what it has printed. A rejection counts as not yet. */
  readonly isReady: (log: string) => Promise<boolean>;
  /** What asks it to end; SIGTERM without it. */
  readonly stopSignal?: NodeJS.Signals;
}

const stopDeadlineMilliseconds = 15_000;
const tailLines = 30;
const parentDeathSignal = "/usr/bin/setpriv";

/** Ports that `freePorts` has given; who got one may not listen on it yet. */
const givenPorts = new Set<number>();

/** Ports of the loopback interface that were free a moment ago, all different, and none of which was given before. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, async () => listenAnywhere()));
  const free = servers.map((server) => {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return address.port;
  });
  await Promise.all(servers.map(async (server) => new Promise((resolve) => server.close(resolve))));
  const ports = free.filter((port) => !givenPorts.has(port));
  for (const port of ports) givenPorts.add(port);
  return ports.length === count ? ports : [...ports, ...(await freePorts(count - ports.length))];
}

async function listenAnywhere(): Promise<ReturnType<typeof createServer>> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject).listen(0, "127.0.0.1", resolve);
  });
  return server;
}

/** Starts a program and waits until it is ready; throws with the end of its log when it ends or takes too long. */
export async function startProgram(program: EngineProgram): Promise<RunningProgram> {
  await mkdir(dirname(program.logFile), { recursive: true });
  const [file = "", ...args] = withParentDeathSignal(program.command, "KILL");
  // The program writes to the file itself, so that its last words are there when its end is seen.
  const log = await open(program.logFile, "w");
  const child = spawn(file, args, {
    cwd: program.cwd,
    env: { ...process.env, ...program.env },
    stdio: ["ignore", log.fd, log.fd],
  });
  const ended = new Promise<string>((resolve) => {
    child.on("error", (error) => {
      resolve(`cannot be started: ${error.message}`);
    });
    child.on("close", (code, signal) => {
      resolve(`ended with ${signal ?? `exit code ${String(code)}`}`);
    });
  });
  await log.close(); // ours; the program has its own
  const stop = async (): Promise<void> => stopChild(child, ended, program.stopSignal);
  try {
    await waitUntilReady(program, ended);
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop, pid: child.pid ?? 0 };
}

/** The command in such a way that the kernel sends it a signal when this process dies without a chance to stop it. */
export function withParentDeathSignal(command: readonly string[], signal: "KILL" | "TERM"): string[] {
  return existsSync(parentDeathSignal)
    ? [parentDeathSignal, "--pdeathsig", signal, ...command]
    : [...command];
}

async function waitUntilReady(program: EngineProgram, ended: Promise<string>): Promise<void> {
  let end: string | undefined;
  let log = "";
  void ended.then((description) => (end = description));
  await until(
    async () => {
      const how = end; // before the log is read: what was written until then is in it
      log = await readFile(program.logFile, "utf8").catch(() => "");
      if (how !== undefined) throw new Error(describeFailure(program, how, log));
      return program.isReady(log).catch(() => false);
    },
    () => describeFailure(program, "not ready", log),
    program.deadlineSeconds * 1000,
  );
}

function describeFailure(program: EngineProgram, what: string, log: string): string {
  const tail = log.trimEnd().split("\n").slice(-tailLines).join("\n");
  return `${program.name}: ${what}; the end of ${program.logFile}:\n${tail}`;
}

async function stopChild(
  child: ChildProcess,
  ended: Promise<string>,
  signal: NodeJS.Signals = "SIGTERM",
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill(signal);
  const timer = setTimeout(() => child.kill("SIGKILL"), stopDeadlineMilliseconds);
  await ended;
  clearTimeout(timer);
}
