import { describe, expect, it } from "vitest";
import { AnswerMemory } from "./answer-memory.ts";
import type { PlannerAnswer, PlanRequest } from "./planner.ts";

const { signal } = new AbortController();
const WRONG: PlannerAnswer = { state: "wrong", errors: [{ message: "no column" }] };

function request(sql: string): PlanRequest {
  return { sql, timeZone: "UTC", tables: [], incremental: { mode: "Full", keys: [], partitionBy: [] } };
}

/** A planner that notes what it is asked, and what it is asked through. */
function remembering(maxCharacters?: number) {
  const asked: string[] = [];
  const clock = { now: 0, fails: false };
  const planner = {
    plan: ({ sql }: PlanRequest): Promise<PlannerAnswer> => {
      asked.push(sql);
      return clock.fails ? Promise.reject(new Error("away")) : Promise.resolve(WRONG);
    },
  };
  const size = maxCharacters === undefined ? {} : { maxCharacters };
  return { asked, clock, memory: new AnswerMemory(planner, { now: () => clock.now, ...size }) };
}

describe("the memory of the planner's answers", () => {
  it("asks the same once, and anything else by itself", async () => {
    const { asked, memory } = remembering();
    await memory.plan(request("a"), signal);
    expect(await memory.plan(request("a"), signal)).toEqual(WRONG);
    await memory.plan({ ...request("a"), timeZone: "Europe/Berlin" }, signal);
    await memory.plan(request("b"), signal);
    expect(asked).toEqual(["a", "a", "b"]);
  });

  it("asks again after ten minutes", async () => {
    const { asked, clock, memory } = remembering();
    await memory.plan(request("a"), signal);
    clock.now = 599_999;
    await memory.plan(request("a"), signal);
    expect(asked).toEqual(["a"]);
    clock.now = 600_000;
    await memory.plan(request("a"), signal);
    expect(asked).toEqual(["a", "a"]);
  });

  it("asks again after a failure", async () => {
    const { asked, clock, memory } = remembering();
    clock.fails = true;
    await expect(memory.plan(request("a"), signal)).rejects.toThrow("away");
    clock.fails = false;
    expect(await memory.plan(request("a"), signal)).toEqual(WRONG);
    expect(asked).toEqual(["a", "a"]);
  });

  it("forgets the oldest answer when there is no room", async () => {
    const { asked, memory } = remembering(2 * JSON.stringify(WRONG).length);
    for (const sql of ["a", "b", "c", "b", "a"]) await memory.plan(request(sql), signal);
    expect(asked).toEqual(["a", "b", "c", "a"]);
  });
});
