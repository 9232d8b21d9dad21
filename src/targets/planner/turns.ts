/** Asks the planner for few plans at a time: it refuses what is more than it plans at once, and each pass that is refused comes again. */
import type { PlannerAnswer, PlanRequest, SqlPlanner } from "./planner.ts";

/** One less than the planner plans at a time, which leaves one for people who ask it. */
const AT_A_TIME = 3;

/** First come, first served. Who is aborted while waiting leaves. */
export class PlannerTurns implements SqlPlanner {
  readonly #planner: SqlPlanner;
  readonly #waiting: (() => void)[] = [];
  #free = AT_A_TIME;

  constructor(planner: SqlPlanner) {
    this.#planner = planner;
  }

  async plan(request: PlanRequest, signal: AbortSignal): Promise<PlannerAnswer> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      signal.throwIfAborted();
      return await this.#planner.plan(request, signal);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}
