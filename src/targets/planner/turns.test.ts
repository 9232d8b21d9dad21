import { expect, it } from "vitest";
import type { PlannerAnswer, PlanRequest } from "./planner.ts";
import { PlannerTurns } from "./turns.ts";

const ANSWER: PlannerAnswer = { state: "wrong", errors: [{ message: "no column" }] };

function request(sql: string): PlanRequest {
  return { sql, timeZone: "UTC", tables: [], incremental: { mode: "Full", keys: [], partitionBy: [] } };
}

/** A planner that answers when it is told to. */
function patient() {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const planner = new PlannerTurns({
    plan: ({ sql }) => {
      begun.push(sql);
      return new Promise((resolve) => ends.push(() => resolve(ANSWER)));
    },
  });
  return { begun, ends, planner };
}

it("asks for three plans at a time, in the order in which they are wanted", async () => {
  const { signal } = new AbortController();
  const { begun, ends, planner } = patient();
  const answers = ["a", "b", "c", "d", "e"].map((sql) => planner.plan(request(sql), signal));
  expect(begun).toEqual(["a", "b", "c"]);
  ends[1]?.();
  await answers[1];
  expect(begun).toEqual(["a", "b", "c", "d"]);
  for (const end of ends) end();
  await answers[3];
  ends.at(-1)?.();
  expect(await Promise.all(answers)).toEqual(Array(5).fill(ANSWER));
});

it("does not ask for who does not wait any more, and passes the turn on", async () => {
  const leaving = new AbortController();
  const { signal } = new AbortController();
  const { begun, ends, planner } = patient();
  const first = ["a", "b", "c"].map((sql) => planner.plan(request(sql), signal));
  const left = planner.plan(request("left"), leaving.signal);
  const last = planner.plan(request("last"), signal);
  leaving.abort(new Error("gone"));
  ends[0]?.();
  await expect(left).rejects.toThrow("gone");
  expect(begun).toEqual(["a", "b", "c", "last"]);
  for (const end of ends) end();
  await Promise.all([...first, last]);
});
