/** One command at a time works on the cluster of a machine. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { identify, isAlive, type ProcessIdentity } from "./process.ts";
import type { ReportProgress } from "./progress.ts";

/** Not in the run folder, which a stop removes while it holds the lock. */
const lockFile = "/run/open-clickstream.lock";
const waitSeconds = 600;

/** Runs an action while no other process of this machine holds the lock. A lock whose holder died is taken over. */
export async function withLock<Result>(
  report: ReportProgress,
  action: () => Promise<Result>,
): Promise<Result> {
  const own = identify(process.pid);
  if (own === undefined) throw new Error("this process is not in /proc");
  const deadline = Date.now() + waitSeconds * 1000;
  while (!take(own)) {
    const holder = readHolder();
    if (holder !== undefined && !isAlive(holder)) rmSync(lockFile, { force: true });
    else report(`waiting for process ${holder?.pid ?? "unknown"}, which works on the cluster`);
    if (Date.now() > deadline)
      throw new Error(`process ${holder?.pid ?? "unknown"} holds "${lockFile}" too long`);
    await delay(200);
  }
  try {
    return await action();
  } finally {
    rmSync(lockFile, { force: true });
  }
}

function take(own: ProcessIdentity): boolean {
  try {
    mkdirSync("/run", { recursive: true });
    writeFileSync(lockFile, JSON.stringify(own), { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

function readHolder(): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(lockFile, "utf8")) as ProcessIdentity;
  } catch {
    return undefined; // it was released, or is being written
  }
}
