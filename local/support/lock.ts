/** One process of this machine at a time: a lock that the kernel releases when its holder ends, however it ends. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import type { ReportProgress } from "./progress.ts";

export interface Lock {
  /** It stays when the lock is released: who removes it could remove the file that another has just locked. */
  readonly file: string;
  /** What its holder does, to follow "process 1, which". */
  readonly purpose: string;
  readonly waitSeconds: number;
}

/** Lets the next one have the lock. */
export type Release = () => Promise<void>;

/** Runs an action while no other process of this machine holds the lock. */
export async function withLock<Result>(
  lock: Lock,
  report: ReportProgress,
  action: () => Promise<Result>,
): Promise<Result> {
  const release = await takeLock(lock, report);
  try {
    return await action();
  } finally {
    await release();
  }
}

/** Waits for the lock and holds it until it is released, or this process ends. */
export async function takeLock(lock: Lock, report: ReportProgress): Promise<Release> {
  await mkdir(dirname(lock.file), { recursive: true });
  return (await take(lock.file, 0)) ?? (await takeLater(lock, report));
}

async function takeLater(lock: Lock, report: ReportProgress): Promise<Release> {
  const holder = (await readFile(lock.file, "utf8").catch(() => "")).trim();
  report(`waiting for process ${holder}, which ${lock.purpose}`);
  const release = await take(lock.file, lock.waitSeconds);
  if (release !== undefined) return release;
  throw new Error(
    `process ${holder} has held "${lock.file}" for more than ${lock.waitSeconds} s; see what it does`,
  );
}

/** Writes the number of the process to the file, for those that wait, and lives as long as its input is open. */
const held = 'echo "$1" > "$2"; echo held; exec cat';

/**
 * Node.js has no `flock(2)`, so a child holds the lock. Its input closes with this process, even a killed one. It has a
 * session of its own: an interrupt at the terminal must not release the lock before this process has cleaned up.
 * Undefined when another held the lock all the while.
 */
async function take(file: string, waitSeconds: number): Promise<Release | undefined> {
  const words = ["sh", "-c", held, "sh", String(process.pid), file];
  const holder = spawn("flock", ["--timeout", String(waitSeconds), file, ...words], {
    detached: true,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(holder, "close");
  const begins = once(holder.stdout, "data").then(() => true);
  const isHeld = await Promise.race([begins, ended.then(() => false)]);
  if (!isHeld) return undefined;
  return async () => {
    holder.stdin.end();
    await ended;
  };
}
