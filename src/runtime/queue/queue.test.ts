import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { formatKey } from "../../api/objects.ts";
import type { ResourceKey } from "../../api/objects.ts";
import { WorkQueue } from "./queue.ts";
import type { NextPass } from "./queue.ts";

const FORGET: NextPass = { kind: "forget" };

function keyNamed(name: string, namespace = "ns"): ResourceKey {
  return { namespace, name };
}

/** A queue whose passes end when the test says so. */
function manualQueue(concurrency = 1, backoff = { baseSeconds: 1, maxSeconds: 8 }) {
  const started: string[] = [];
  const finishers: ((next: NextPass) => void)[] = [];
  const queue = new WorkQueue({
    concurrency,
    backoff,
    process: (key) => {
      started.push(key.name);
      return new Promise((resolve) => finishers.push(resolve));
    },
  });
  const finish = async (next: NextPass): Promise<void> => {
    finishers.shift()?.(next);
    await vi.advanceTimersByTimeAsync(0);
  };
  return { queue, started, finish };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("WorkQueue", () => {
  it("runs nothing before it is started and everything added before after it", () => {
    const { queue, started } = manualQueue(5);
    queue.add(keyNamed("a"));
    queue.add(keyNamed("b"));
    expect(started).toEqual([]);
    queue.start();
    expect(started).toEqual(["a", "b"]);
  });

  it("coalesces many wishes for one key into one pass", async () => {
    const { queue, started, finish } = manualQueue();
    queue.start();
    queue.add(keyNamed("blocker"));
    for (let wish = 0; wish < 100; wish += 1) queue.add(keyNamed("a"));
    expect(queue.depth).toBe(1);
    await finish(FORGET);
    await finish(FORGET);
    expect(started).toEqual(["blocker", "a"]);
  });

  it("runs a key once more when it is wanted while it runs, and never twice at once", async () => {
    const { queue, started, finish } = manualQueue(3);
    queue.start();
    queue.add(keyNamed("a"));
    queue.add(keyNamed("a"));
    queue.add(keyNamed("a"));
    expect(started).toEqual(["a"]);
    await finish(FORGET);
    expect(started).toEqual(["a", "a"]);
    await finish(FORGET);
    expect(started).toEqual(["a", "a"]);
    expect(queue.active).toBe(0);
  });

  it("lets namespaces take turns, so that a crowd in one does not hold up another", async () => {
    const { queue, started, finish } = manualQueue();
    for (let index = 0; index < 100; index += 1) queue.add(keyNamed(`noisy-${index}`, "noisy"));
    queue.add(keyNamed("quiet", "quiet"));
    queue.start();
    await finish(FORGET);
    expect(started).toEqual(["noisy-0", "quiet"]);
  });

  it("backs off exponentially with jitter, and starts over after a pass that did not fail", async () => {
    vi.spyOn(Math, "random").mockReturnValue(1);
    const { queue, started, finish } = manualQueue();
    queue.start();
    queue.add(keyNamed("a"));
    for (const seconds of [1, 2, 4, 8, 8]) {
      const before = started.length;
      await finish({ kind: "retry" });
      await vi.advanceTimersByTimeAsync(seconds * 1000 - 1);
      expect(started.length).toBe(before);
      await vi.advanceTimersByTimeAsync(1);
      expect(started.length).toBe(before + 1);
    }
    await finish({ kind: "after", seconds: 5 });
    await vi.advanceTimersByTimeAsync(5000);
    await finish({ kind: "retry" });
    const before = started.length;
    await vi.advanceTimersByTimeAsync(1000);
    expect(started.length).toBe(before + 1);
    vi.restoreAllMocks();
  });

  it("waits at least as long as the server asked for", async () => {
    const { queue, started, finish } = manualQueue();
    queue.start();
    queue.add(keyNamed("a"));
    await finish({ kind: "retry", atLeastSeconds: 30 });
    await vi.advanceTimersByTimeAsync(29_000);
    expect(started.length).toBe(1);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(started.length).toBe(2);
  });

  it("lets a wish overtake the time that was set, and forgets that time", async () => {
    const { queue, started, finish } = manualQueue();
    queue.start();
    queue.add(keyNamed("a"));
    await finish({ kind: "after", seconds: 60 });
    queue.add(keyNamed("a"));
    expect(started.length).toBe(2);
    await finish(FORGET);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(started.length).toBe(2);
    expect(queue.delayed).toBe(0);
  });

  it("slows a key that is wanted without end down to one pass in two seconds", async () => {
    const passes: number[] = [];
    const queue = new WorkQueue({
      concurrency: 1,
      process: async (key) => {
        passes.push(performance.now());
        if (passes.length < 1000) queue.add(key);
        return FORGET;
      },
    });
    queue.start();
    queue.add(keyNamed("a"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(passes.length).toBeGreaterThan(45);
    expect(passes.length).toBeLessThan(55);
  });

  it("retries a key whose pass throws", async () => {
    let passes = 0;
    const queue = new WorkQueue({
      concurrency: 1,
      backoff: { baseSeconds: 1, maxSeconds: 1 },
      process: async () => {
        passes += 1;
        throw new Error("never caught by the pass");
      },
    });
    queue.start();
    queue.add(keyNamed("a"));
    await vi.advanceTimersByTimeAsync(3500);
    expect(passes).toBeGreaterThanOrEqual(4);
  });

  it("drains: starts nothing more and waits for what runs, but not for ever", async () => {
    const { queue, started, finish } = manualQueue(2);
    queue.start();
    for (const name of ["a", "b", "c"]) queue.add(keyNamed(name));
    const drained = queue.drain(10);
    const impatient = queue.drain(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await impatient).toBe(false);
    await finish(FORGET);
    await finish({ kind: "retry" });
    expect(await drained).toBe(true);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(started).toEqual(["a", "b"]);
  });
});

describe("WorkQueue under any sequence of wishes, ends and times", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("add" as const), key: fc.integer({ min: 0, max: 4 }) }),
    fc.record({
      kind: fc.constant("addAfter" as const),
      key: fc.integer({ min: 0, max: 4 }),
      seconds: fc.integer({ min: 0, max: 20 }),
    }),
    fc.record({
      kind: fc.constant("finish" as const),
      next: fc.constantFrom<NextPass>(FORGET, { kind: "retry" }, { kind: "after", seconds: 3 }),
    }),
    fc.record({ kind: fc.constant("time" as const), seconds: fc.integer({ min: 0, max: 10 }) }),
  );

  it("loses no key, runs none twice at once, keeps to its concurrency, and comes to rest", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 60, size: "max" }),
        fc.integer({ min: 1, max: 3 }),
        async (steps, concurrency) => {
          /** The last wish and the last start of each key, as positions in one sequence. */
          let clock = 0;
          const wished = new Map<string, number>();
          const startedAt = new Map<string, number>();
          const running = new Map<string, (next: NextPass) => void>();
          /** Collected, as the queue would take a throw within a pass for a failed pass. */
          const violations: string[] = [];
          const queue = new WorkQueue({
            concurrency,
            process: (key) => {
              if (running.has(formatKey(key))) violations.push(`${formatKey(key)} runs twice`);
              startedAt.set(formatKey(key), (clock += 1));
              return new Promise((resolve) => {
                running.set(formatKey(key), resolve);
                if (running.size > concurrency) violations.push(`${running.size} run at once`);
              });
            },
          });
          const finishFirst = async (next: NextPass): Promise<void> => {
            for (const [key, resolve] of running) {
              running.delete(key);
              resolve(next);
              break;
            }
            await vi.advanceTimersByTimeAsync(0);
          };
          queue.start();
          for (const each of steps) {
            if (each.kind === "time") await vi.advanceTimersByTimeAsync(each.seconds * 1000);
            else if (each.kind === "finish") await finishFirst(each.next);
            else {
              const key = keyNamed(`k${each.key}`, `n${each.key % 2}`);
              wished.set(formatKey(key), (clock += 1));
              if (each.kind === "add") queue.add(key);
              else queue.addAfter(key, each.seconds);
            }
          }
          for (
            let round = 0;
            round < 400 && (running.size > 0 || queue.depth > 0 || queue.delayed > 0);
            round += 1
          ) {
            await finishFirst(FORGET);
            await vi.advanceTimersByTimeAsync(1000);
          }
          for (const [key, at] of wished) expect(startedAt.get(key), key).toBeGreaterThan(at);
          expect(violations).toEqual([]);
          expect([queue.active, queue.depth, queue.delayed]).toEqual([0, 0, 0]);
        },
      ),
      { numRuns: 200 },
    );
  });
});
