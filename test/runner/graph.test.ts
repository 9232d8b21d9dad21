import { describe, expect, it } from "vitest";
import { runGraph, type Ended, type GraphTask } from "./graph.ts";

/** Runs tasks whose ends the test decides, and records what happened in which order. */
class Script {
  readonly events: string[] = [];
  readonly #ends = new Map<string, (hasPassed: boolean) => void>();
  readonly ended: Promise<readonly Ended<boolean>[]>;

  constructor(tasks: readonly GraphTask[], slots = 2) {
    this.ended = runGraph<GraphTask, boolean>(tasks, {
      slots,
      hasPassed: (result) => result,
      execute: async ({ name }) => {
        this.events.push(`+${name}`);
        return new Promise((resolve) => this.#ends.set(name, resolve));
      },
      onEnd: ({ name }) => this.events.push(`-${name}`),
    });
    this.ended.catch(() => undefined); // the test looks at it when it is time
  }

  /** Ends a task and waits until what follows from it has started. */
  async end(name: string, hasPassed = true): Promise<void> {
    const end = this.#ends.get(name);
    if (end === undefined) throw new Error(`"${name}" does not run; so far: ${this.events.join(" ")}`);
    end(hasPassed);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

describe("a graph of tasks", () => {
  it("runs as many tasks at once as there are slots, in the order of the list", async () => {
    const script = new Script([{ name: "a" }, { name: "b" }, { name: "c" }]);
    expect(script.events).toEqual(["+a", "+b"]);
    await script.end("b");
    expect(script.events).toEqual(["+a", "+b", "-b", "+c"]);
    await script.end("a");
    await script.end("c");
    expect((await script.ended).map(({ name }) => name)).toEqual(["b", "a", "c"]);
  });

  it("starts a task when what it needs has passed, before a later one of the list", async () => {
    const script = new Script([{ name: "a" }, { name: "b", needs: ["a"] }, { name: "c" }, { name: "d" }]);
    expect(script.events).toEqual(["+a", "+c"]);
    await script.end("a");
    expect(script.events.at(-1)).toBe("+b");
  });

  it("lets a task without slots run beside the others", () => {
    const script = new Script([{ name: "a" }, { name: "b" }, { name: "c", slots: 0 }]);
    expect(script.events).toEqual(["+a", "+b", "+c"]);
  });

  it("gives a task that takes all slots the machine for itself", async () => {
    const script = new Script([{ name: "a" }, { name: "all", slots: 2 }, { name: "b" }]);
    expect(script.events).toEqual(["+a", "+b"]);
    await script.end("a");
    expect(script.events.at(-1)).toBe("-a");
    await script.end("b");
    expect(script.events.at(-1)).toBe("+all");
  });

  it("goes on after a failure, without the tasks that need the failed one", async () => {
    const script = new Script([
      { name: "a" },
      { name: "b", needs: ["a"] },
      { name: "c", needs: ["b"] },
      { name: "d" },
      { name: "e" },
    ]);
    await script.end("a", false);
    await script.end("d");
    await script.end("e");
    const ended = await script.ended;
    expect(ended.map(({ name, outcome }) => [name, outcome])).toEqual([
      ["a", { kind: "ran", result: false }],
      ["b", { kind: "not run", because: ["a"] }],
      ["c", { kind: "not run", because: ["b"] }],
      ["d", { kind: "ran", result: true }],
      ["e", { kind: "ran", result: true }],
    ]);
  });

  it("runs a task after another that failed when it is only to be out of its way", async () => {
    const script = new Script([{ name: "a" }, { name: "b", after: ["a"] }]);
    expect(script.events).toEqual(["+a"]);
    await script.end("a", false);
    expect(script.events).toEqual(["+a", "-a", "+b"]);
  });

  it("tells when each task ran", async () => {
    const script = new Script([{ name: "a" }, { name: "b", needs: ["a"] }]);
    await script.end("a");
    await script.end("b");
    const [a, b] = await script.ended;
    expect(a?.ended).toBeGreaterThan(a?.began ?? Infinity);
    expect(b?.began).toBeGreaterThanOrEqual(a?.ended ?? Infinity);
  });

  it.each([
    [[{ name: "a", needs: ["x"] }], 'task "a" needs "x", which is not a task'],
    [[{ name: "a", slots: 3 }], 'task "a" needs 3 slots, there are 2'],
    [
      [{ name: "a", needs: ["b"] }, { name: "b", after: ["a"] }, { name: "c" }],
      'these tasks wait for each other: "a", "b"',
    ],
  ])("refuses a graph that could never end", async (tasks, message) => {
    await expect(new Script(tasks).ended).rejects.toThrow(message);
  });
});
