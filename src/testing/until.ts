/** Waiting in tests: for a condition with a deadline, never for a time. */

/** Resolves when `check` is true; rejects after the deadline with what `describe` says. */
export async function until(
  check: () => boolean | Promise<boolean>,
  describe: () => string,
  deadlineMs = 5000,
): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await check())) {
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${describe()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
