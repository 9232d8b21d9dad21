import { expect, it } from "vitest";
import { putLast } from "./put-last.ts";

it("keeps what was put last, also of a key that was there before", () => {
  const map = new Map<string | undefined, number>();
  const keys = ["a", undefined, "a", "b"];
  for (const [nth, key] of keys.entries()) putLast(map, [key, nth], 2);
  expect([...map]).toEqual([
    ["a", 2],
    ["b", 3],
  ]);
});
