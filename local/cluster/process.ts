/** The cluster's daemons: starts them detached, waits for them by condition, shows the end of a dead one's log. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { join } from "node:path";
import { joinPartsGroup } from "./kernel.ts";
import { running } from "./layout.ts";

/** One daemon of the cluster. */
export interface Part {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Text of the files that it reads at its start: another text means another start. */
  readonly configuration?: string;
  readonly isReady: () => Promise<boolean>;
  readonly timeoutSeconds: number;
}

/** What identifies a process for good: a pid alone comes again. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since the machine's start. */
  readonly startTime: string;
  readonly bootId: string;
}

interface PartRecord extends ProcessIdentity {
  readonly fingerprint: string;
}

/** A part that ended, with the end of its log. */
class PartDiedError extends Error {
  constructor(name: string) {
    super(`${name} ended; the end of its log (${logPath(name)}):\n${logTail(name).replace(/^/gm, "  ")}`);
    this.name = "PartDiedError";
  }
}

const tailLines = 20;
const tailBytes = 64 * 1024;
const pollMilliseconds = 50;

function logPath(name: string): string {
  return join(running.logs, `${name}.log`);
}

/** The last lines of a part's log. */
export function logTail(name: string): string {
  if (!existsSync(logPath(name))) return "(there is no log)";
  const text = readFileSync(logPath(name)).subarray(-tailBytes).toString("utf8").trimEnd();
  return text === "" ? "(the log is empty)" : text.split("\n").slice(-tailLines).join("\n");
}

/** What the text of /proc/<pid>/stat says about a process. */
interface ProcessStat {
  /** One letter; Z is a zombie. */
  readonly state: string;
  /** Process id of its parent. */
  readonly parent: number;
  /** Clock ticks since the machine's start. */
  readonly startTime: string;
}

/** Parses /proc/<pid>/stat, whose second field may hold blanks and brackets. */
export function parseProcessStat(text: string): ProcessStat {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] ?? "", parent: Number(fields[1]), startTime: fields[19] ?? "" };
}

/** Identity of a living process, or undefined. A zombie does not live. */
export function identify(pid: number): ProcessIdentity | undefined {
  try {
    const { state, startTime } = parseProcessStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
    if (state === "Z" || state === "X") return undefined;
    return { pid, startTime, bootId: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim() };
  } catch {
    return undefined;
  }
}

/** True while exactly this process lives. */
export function isAlive(identity: ProcessIdentity): boolean {
  const found = identify(identity.pid);
  return found !== undefined && found.startTime === identity.startTime && found.bootId === identity.bootId;
}

function recordPath(name: string): string {
  return join(running.parts, `${name}.json`);
}

/** The living process of a part, or undefined. */
export function livingPart(name: string): PartRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(recordPath(name), "utf8")) as PartRecord;
    return isAlive(record) ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Hash of all that a part is started from. */
export function fingerprintOf(part: Part): string {
  const text = JSON.stringify([part.program, part.args, part.configuration ?? ""]);
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/**
 * Starts a part, unless it lives and was started from the same program, arguments and configuration. It runs in a
 * session of its own, with its output in its log, so it outlives this process and the terminal.
 */
async function startPart(part: Part): Promise<"started" | "reused"> {
  const fingerprint = fingerprintOf(part);
  const living = livingPart(part.name);
  if (living?.fingerprint === fingerprint) return "reused";
  if (living !== undefined) await stopProcesses([living], 10);
  if (existsSync(logPath(part.name))) renameSync(logPath(part.name), `${logPath(part.name)}.before`);
  const log = openSync(logPath(part.name), "a", 0o600);
  const child = spawn(part.program, part.args, {
    detached: true,
    stdio: ["ignore", log, log],
    cwd: "/",
    env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: "/root" },
  });
  closeSync(log);
  child.on("error", () => undefined); // shows as a process that does not live
  child.unref();
  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (identity === undefined) throw new PartDiedError(part.name);
  joinPartsGroup(identity.pid);
  const record: PartRecord = { ...identity, fingerprint };
  writeFileSync(recordPath(part.name), JSON.stringify(record), { mode: 0o600 });
  return "started";
}

export interface Wait {
  /** What is waited for, in words that end "did not … within 60 s". */
  readonly what: string;
  readonly timeoutSeconds: number;
  /** Resolves to true when the wait is over; an error counts as "not yet", and the last one is reported at the end. */
  readonly isOver: () => Promise<boolean>;
  /** The parts that must live meanwhile. */
  readonly parts: readonly string[];
  /** The parts whose logs tell why it takes too long. */
  readonly suspects: readonly string[];
}

/** Waits for a condition; fails at once when a part dies meanwhile. */
export async function waitFor(wait: Wait): Promise<void> {
  const deadline = Date.now() + wait.timeoutSeconds * 1000;
  let lastError: unknown;
  for (;;) {
    try {
      if (await wait.isOver()) return;
    } catch (error) {
      lastError = error;
    }
    const dead = wait.parts.find((name) => livingPart(name) === undefined);
    if (dead !== undefined) throw new PartDiedError(dead);
    if (Date.now() > deadline) throw timeoutError(wait, lastError);
    await delay(pollMilliseconds);
  }
}

function timeoutError(wait: Wait, cause: unknown): Error {
  const logs = wait.suspects.map(
    (name) => `the end of ${logPath(name)}:\n${logTail(name).replace(/^/gm, "  ")}`,
  );
  const reason = cause instanceof Error ? ` (${cause.message})` : "";
  return new Error(`${wait.what} within ${wait.timeoutSeconds} s${reason}\n${logs.join("\n")}`, { cause });
}

/** Starts parts side by side and waits until each is ready. */
export async function startParts(parts: readonly Part[]): Promise<void> {
  await Promise.all(
    parts.map(async (part) => {
      await startPart(part);
      await waitFor({
        what: `${part.name} did not become ready`,
        timeoutSeconds: part.timeoutSeconds,
        isOver: part.isReady,
        parts: [part.name],
        suspects: [part.name],
      });
    }),
  );
}

/** Asks processes to end, waits, and kills those that did not end in time. */
export async function stopProcesses(
  processes: readonly ProcessIdentity[],
  graceSeconds: number,
): Promise<void> {
  for (const identity of processes) signal(identity, "SIGTERM");
  if (await haveEnded(processes, graceSeconds)) return;
  for (const identity of processes) signal(identity, "SIGKILL");
  if (await haveEnded(processes, 10)) return;
  const left = processes.filter(isAlive).map((identity) => identity.pid);
  throw new Error(`processes ${left.join(", ")} do not end, not even killed`);
}

function signal(identity: ProcessIdentity, name: NodeJS.Signals): void {
  if (!isAlive(identity)) return;
  try {
    process.kill(identity.pid, name);
  } catch {
    // It ended in between.
  }
}

async function haveEnded(processes: readonly ProcessIdentity[], seconds: number): Promise<boolean> {
  const deadline = Date.now() + seconds * 1000;
  while (processes.some(isAlive)) {
    if (Date.now() > deadline) return false;
    await delay(pollMilliseconds);
  }
  return true;
}
