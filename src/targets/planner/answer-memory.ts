/** Remembers what the planner said: a product is looked at every two minutes, and its SQL seldom changes (ADR 0607). */
import { createHash } from "node:crypto";
import type { PlannerAnswer, PlanRequest, SqlPlanner } from "./planner.ts";

/** So long an answer counts. A planner of a later release, which may say something else, is asked after it. */
const HOLD_MILLISECONDS = 600_000;
/** Of all answers together, as JSON. Each has some thousand characters. */
const MAX_CHARACTERS = 16 * 1024 * 1024;

export interface AnswerMemoryOptions {
  /** In milliseconds; never goes back. */
  readonly now?: () => number;
  readonly maxCharacters?: number;
}

interface Held {
  readonly answer: PlannerAnswer;
  readonly characters: number;
  readonly endsAt: number;
}

/** A planner that is asked the same once in ten minutes. A failure is not remembered. */
export class AnswerMemory implements SqlPlanner {
  readonly #planner: SqlPlanner;
  readonly #now: () => number;
  readonly #maxCharacters: number;
  /** The oldest first. */
  readonly #held = new Map<string, Held>();
  #characters = 0;

  constructor(planner: SqlPlanner, { now, maxCharacters }: AnswerMemoryOptions = {}) {
    this.#planner = planner;
    this.#now = now ?? (() => performance.now());
    this.#maxCharacters = maxCharacters ?? MAX_CHARACTERS;
  }

  async plan(request: PlanRequest, signal: AbortSignal): Promise<PlannerAnswer> {
    const key = createHash("sha256").update(JSON.stringify(request)).digest("base64");
    this.#dropEnded();
    const held = this.#held.get(key);
    if (held !== undefined) return held.answer;
    const answer = await this.#planner.plan(request, signal);
    this.#hold(key, answer);
    return answer;
  }

  #hold(key: string, answer: PlannerAnswer): void {
    this.#drop(key);
    const characters = JSON.stringify(answer).length;
    this.#held.set(key, { answer, characters, endsAt: this.#now() + HOLD_MILLISECONDS });
    this.#characters += characters;
    for (const oldest of this.#held.keys()) {
      if (this.#characters <= this.#maxCharacters) return;
      this.#drop(oldest);
    }
  }

  #dropEnded(): void {
    const now = this.#now();
    for (const [key, { endsAt }] of this.#held) {
      if (endsAt > now) return;
      this.#drop(key);
    }
  }

  #drop(key: string): void {
    this.#characters -= this.#held.get(key)?.characters ?? 0;
    this.#held.delete(key);
  }
}
