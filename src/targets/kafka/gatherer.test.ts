import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Gatherer } from "./gatherer.ts";
import type { Permit } from "./gatherer.ts";

interface Item {
  readonly name: string;
  readonly nth: number;
}

class Refusal extends Error {}

/** Brokers in memory: they answer each item with its name and number, in another order, and refuse whole requests that hold a poisoned item. */
class Brokers {
  /** What each request held, in order. */
  readonly requests: (readonly Item[])[] = [];
  poisoned: ReadonlySet<string> = new Set();
  silent: ReadonlySet<string> = new Set();
  isDown = false;
  /** How many requests were under way at the same time at most. */
  mostAtOnce = 0;
  #underWay = 0;

  readonly gatherer: Gatherer<Item, string>;

  constructor(maxItems?: number) {
    this.gatherer = new Gatherer<Item, string>(
      {
        keyOf: ({ name }) => name,
        mayBlameItem: (error) => error instanceof Refusal,
        send: (begin) => this.#send(begin),
      },
      maxItems,
    );
  }

  async #send(begin: () => readonly Item[]): Promise<ReadonlyMap<string, string>> {
    this.#underWay += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#underWay);
    try {
      await sleep(0);
      if (this.isDown) throw new Error("connection refused");
      const items = begin();
      if (items.length === 0) return new Map();
      this.requests.push(items);
      await sleep(1);
      if (items.some(({ name }) => this.poisoned.has(name))) throw new Refusal("INVALID_REQUEST");
      const answered = items.filter(({ name }) => !this.silent.has(name)).toReversed();
      return new Map(answered.map(({ name, nth }) => [name, `${name} ${nth}`]));
    } finally {
      this.#underWay -= 1;
    }
  }

  ask(name: string, nth = 0, permit: Permit = {}): Promise<string | undefined> {
    return this.gatherer.ask({ name, nth }, permit);
  }

  names(): string[][] {
    return this.requests.map((items) => items.map(({ name }) => name));
  }
}

const NAMES = ["a", "b", "c", "d", "e", "f"];

describe("Gatherer", () => {
  it("gives every item its own answer and nobody else's, whatever is asked when, poisoned, unanswered or not permitted", async () => {
    const asked = fc.record({
      name: fc.constantFrom(...NAMES),
      turn: fc.nat(3),
      isPermitted: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(asked, { maxLength: 25 }),
        fc.record({
          poisoned: fc.subarray(NAMES),
          silent: fc.subarray(NAMES),
          maxItems: fc.integer({ min: 1, max: 6 }),
        }),
        async (questions, { poisoned, silent, maxItems }) => {
          const brokers = new Brokers(maxItems);
          brokers.poisoned = new Set(poisoned);
          brokers.silent = new Set(silent);
          const outcomes = await Promise.all(
            questions.map(async ({ name, turn, isPermitted }, nth) => {
              for (let waited = 0; waited < turn; waited += 1) await sleep(1);
              const permit = isPermitted ? {} : { assertMayWrite: refuse };
              return brokers.ask(name, nth, permit).catch((error: unknown) => error);
            }),
          );
          for (const [nth, outcome] of outcomes.entries()) {
            const { name, isPermitted } = questions[nth] ?? { name: "", isPermitted: true };
            if (!isPermitted) expect(outcome).toBe(LOST_LEASE);
            else if (poisoned.includes(name)) expect(outcome).toBeInstanceOf(Refusal);
            else if (silent.includes(name)) expect(outcome).toBeUndefined();
            else expect(outcome).toBe(`${name} ${nth}`);
          }
          const sent = brokers.requests.flat().map(({ nth }) => nth);
          expect(sent.every((nth) => questions[nth]?.isPermitted === true)).toBe(true);
          expect(brokers.mostAtOnce).toBeLessThanOrEqual(1);
          expect(brokers.requests.every((items) => items.length <= maxItems)).toBe(true);
          const distinct = brokers.names().map((names) => new Set(names).size === names.length);
          expect(distinct.every(Boolean)).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it("sends at once what comes alone, and together what comes meanwhile", async () => {
    const brokers = new Brokers();
    const first = brokers.ask("a");
    while (brokers.requests.length === 0) await sleep(0);
    await Promise.all([first, brokers.ask("b"), brokers.ask("c"), brokers.ask("d")]);
    expect(brokers.names()).toEqual([["a"], ["b", "c", "d"]]);
  });

  it("never names a thing twice in one request", async () => {
    const brokers = new Brokers();
    expect(await Promise.all([brokers.ask("a", 1), brokers.ask("a", 2), brokers.ask("b", 3)])).toEqual([
      "a 1",
      "a 2",
      "b 3",
    ]);
    expect(brokers.names()).toEqual([["a", "b"], ["a"]]);
  });

  it("asks each permit right before the request: one that was lost meanwhile is left out", async () => {
    const brokers = new Brokers();
    let isLeading = true;
    const permit = { assertMayWrite: () => (isLeading ? undefined : refuse()) };
    const asked = [brokers.ask("a", 0, permit), brokers.ask("b")];
    isLeading = false;
    await expect(Promise.allSettled(asked)).resolves.toMatchObject([
      { status: "rejected", reason: LOST_LEASE },
      { status: "fulfilled", value: "b 0" },
    ]);
    expect(brokers.names()).toEqual([["b"]]);
  });

  it("sends nothing when nobody may", async () => {
    const brokers = new Brokers();
    await expect(brokers.ask("a", 0, { assertMayWrite: refuse })).rejects.toBe(LOST_LEASE);
    expect(brokers.requests).toEqual([]);
    expect(await brokers.ask("b")).toBe("b 0");
  });

  it("lets an aborted pass go at once, while it waits and under way, and the others have their answers", async () => {
    const brokers = new Brokers();
    const reasons = [new Error("before"), new Error("waiting"), new Error("under way")];
    const [before, waiting, underWay] = [new AbortController(), new AbortController(), new AbortController()];
    before.abort(reasons[0]);
    await expect(brokers.ask("a", 0, before)).rejects.toBe(reasons[0]);
    const asked = [brokers.ask("b", 0, waiting), brokers.ask("c", 0, underWay), brokers.ask("d")];
    waiting.abort(reasons[1]);
    await expect(asked[0]).rejects.toBe(reasons[1]);
    while (brokers.requests.length === 0) await sleep(0);
    underWay.abort(reasons[2]);
    await expect(asked[1]).rejects.toBe(reasons[2]);
    expect(await asked[2]).toBe("d 0");
    expect(brokers.names()).toEqual([["c", "d"]]);
  });

  it("tells everybody at once when nothing could be sent, and tries no halves", async () => {
    const brokers = new Brokers();
    brokers.isDown = true;
    const results = await Promise.allSettled(NAMES.map((name) => brokers.ask(name)));
    expect(results.every(({ status }) => status === "rejected")).toBe(true);
    brokers.isDown = false;
    expect(await brokers.ask("a")).toBe("a 0");
    expect(brokers.names()).toEqual([["a"]]);
  });

  it("finds the poisoned one of a hundred with few requests", async () => {
    const brokers = new Brokers();
    brokers.poisoned = new Set(["item-37"]);
    const names = Array.from({ length: 100 }, (_, nth) => `item-${nth}`);
    const results = await Promise.allSettled(names.map((name) => brokers.ask(name)));
    expect(results.flatMap(({ status }, nth) => (status === "rejected" ? [nth] : []))).toEqual([37]);
    expect(brokers.requests.length).toBeLessThanOrEqual(15);
  });
});

const LOST_LEASE = new Error("the lease is lost");

function refuse(): never {
  throw LOST_LEASE;
}
