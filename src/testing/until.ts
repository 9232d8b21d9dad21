/** Waiting in tests: for a condition with a deadline, never for a time. */
import { setTimeout as sleep } from "node:timers/promises";

const firstPauseMs = 5;
const longestPauseMs = 100;

/** Resolves when `check` is true; rejects after the deadline with what `describe` says. Looks less often the longer it takes. */
export async function until(
  check: () => boolean | Promise<boolean>,
  describe: () => string | Promise<string>,
  deadlineMs = 5000,
): Promise<void> {
  const end = performance.now() + deadlineMs;
  for (let pause = firstPauseMs; !(await check()); pause = Math.min(2 * pause, longestPauseMs)) {
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${await describe()}`);
    await sleep(pause);
  }
}
