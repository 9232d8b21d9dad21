/** Exponential back-off with jitter. Pure: the random number is a parameter. */

export interface BackoffLimits {
  readonly baseSeconds: number;
  readonly maxSeconds: number;
}

/** Seconds to wait after `failures` failures in a row (1 = the first): doubles up to the maximum, then takes 50 to 100 % of it. */
export function backoffSeconds(
  limits: BackoffLimits,
  failures: number,
  random: () => number = Math.random,
): number {
  const exponent = Math.min(Math.max(failures, 1) - 1, 30);
  const full = Math.min(limits.baseSeconds * 2 ** exponent, limits.maxSeconds);
  return full * (0.5 + random() / 2);
}

/** `seconds` spread by ±`share`, so that what was started together does not stay together. */
export function spread(seconds: number, share: number, random: () => number = Math.random): number {
  return seconds * (1 + share * (2 * random() - 1));
}

/** Waits; ends early without an error when the signal aborts. */
export function pause(seconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const finish = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, seconds * 1000);
    signal.addEventListener("abort", finish);
  });
}
