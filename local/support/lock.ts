/** A lock between processes: a file that names its holder, and that is taken over when the holder died. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { identify, isAlive, type ProcessIdentity } from "../cluster/process.ts";
import type { ReportProgress } from "./progress.ts";

export interface Lock {
  readonly file: string;
  /** What its holder does, to follow "process 1, which". */
  readonly purpose: string;
  readonly waitSeconds: number;
}

/** Runs an action while no other process of this machine holds the lock. A lock whose holder died is taken over. */
export async function withLock<Result>(
  lock: Lock,
  report: ReportProgress,
  action: () => Promise<Result>,
): Promise<Result> {
  const own = identify(process.pid);
  if (own === undefined) throw new Error("this process is not in /proc");
  const deadline = Date.now() + lock.waitSeconds * 1000;
  while (!take(lock.file, own)) {
    const holder = readHolder(lock.file);
    if (holder !== undefined && !isAlive(holder)) rmSync(lock.file, { force: true });
    else report(`waiting for process ${holder?.pid ?? "unknown"}, which ${lock.purpose}`);
    if (Date.now() > deadline) {
      throw new Error(`process ${holder?.pid ?? "unknown"} has held "${lock.file}" for too long`);
    }
    await delay(200);
  }
  try {
    return await action();
  } finally {
    rmSync(lock.file, { force: true });
  }
}

function take(file: string, own: ProcessIdentity): boolean {
  try {
    writeFileSync(file, JSON.stringify(own), { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

function readHolder(file: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as ProcessIdentity;
  } catch {
    return undefined; // it was released, or is being written
  }
}
