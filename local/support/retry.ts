/** Tries what fetches from a registry again: those fail now and then. */
import { setTimeout as delay } from "node:timers/promises";

const attempts = 3;

/** What Go's module proxy, Maven, npm, pip and apt say when the network or the registry is at fault. */
const registryTrouble =
  /could not (transfer|resolve|connect)|couldn't download|failed (getting|to fetch|to download)|unable to (fetch|connect)|time(d )?out|connection re(set|fused)|dial tcp|TLS handshake|unexpected EOF|temporary failure resolving|could not get lock|unable to lock|unable to locate package|no matching distribution|\b50[0-9]\b/i;

/** Tries again after a pause that grows. What fails for another reason than the registry fails at once. */
export async function retried<Result>(
  report: (message: string) => void,
  action: () => Promise<Result>,
  pauseMilliseconds = 5_000,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await action();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (attempt === attempts || !registryTrouble.test(message)) throw error;
      report(`the registry was in trouble, trying again (attempt ${attempt + 1} of ${attempts})`);
      await delay(attempt * pauseMilliseconds);
    }
  }
}
