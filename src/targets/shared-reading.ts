/** One reading for all passes that ask at about the same time. */

/** A request that waits longer is broken off; it has many waiters, and none of them may break it off for the others. */
const READ_SECONDS = 30;

interface Reading<Value> {
  readonly value: Promise<Value>;
  readonly at: number;
}

/** A failure is for those who wait for it, and not kept. */
export class SharedReading<Value> {
  readonly #start: (signal: AbortSignal) => Promise<Value>;
  readonly #now: () => number;
  #last: Reading<Value> | undefined;

  /** `now` is in milliseconds and never goes back. */
  constructor(start: (signal: AbortSignal) => Promise<Value>, now: () => number) {
    this.#start = start;
    this.#now = now;
  }

  /** What was read, and when that began: at most so long ago. */
  async read(
    maxAgeSeconds: number,
    signal: AbortSignal,
  ): Promise<{ readonly value: Value; readonly at: number }> {
    const now = this.#now();
    const last = this.#last;
    const isRecent = last !== undefined && now - last.at <= maxAgeSeconds * 1000;
    const reading = isRecent ? last : this.#begin(now);
    const value = await reading.value;
    signal.throwIfAborted();
    return { value, at: reading.at };
  }

  #begin(at: number): Reading<Value> {
    const reading = { value: this.#start(AbortSignal.timeout(READ_SECONDS * 1000)), at };
    this.#last = reading;
    reading.value.catch(() => {
      if (this.#last === reading) this.#last = undefined;
    });
    return reading;
  }
}
