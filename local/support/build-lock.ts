/** One process at a time builds images: builds share the cache, the builder's storage and the folder of contexts. */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { cacheFolder } from "./cache.ts";

const pollMilliseconds = 300;
/** Longer than any build: who waits so long has met a holder that hangs. */
const waitMinutes = 45;

/** Runs an action while no other process builds images. The lock of a process that died is taken over. */
export async function withBuildLock<Result>(
  report: (message: string) => void,
  action: () => Promise<Result>,
): Promise<Result> {
  const file = join(cacheFolder(), "images.lock");
  await mkdir(dirname(file), { recursive: true });
  const deadline = Date.now() + waitMinutes * 60_000;
  let reported = 0;
  while (!(await take(file))) {
    const holder = Number(await readFile(file, "utf8").catch(() => ""));
    if (holder > 0 && !isAlive(holder)) await rm(file, { force: true });
    else if (holder !== reported) report(`waiting for process ${holder}, which builds images`);
    reported = holder;
    if (Date.now() > deadline) {
      throw new Error(
        `process ${holder} has been building images for ${waitMinutes} minutes; if it is not, remove "${file}"`,
      );
    }
    await delay(pollMilliseconds);
  }
  try {
    return await action();
  } finally {
    await rm(file, { force: true });
  }
}

async function take(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
