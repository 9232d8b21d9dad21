import { describe, expect, it } from "vitest";
import { counted, messageOf, shorten } from "./text.ts";

describe("texts", () => {
  it("that are too long end in a mark", () => {
    expect([shorten("abc", 3), shorten("abcd", 3), shorten("😀😀", 1)]).toEqual(["abc", "ab…", "…"]);
  });

  it("count one thing and several", () => {
    expect([0, 1, 2].map((number) => counted(number, "broker"))).toEqual([
      "0 brokers",
      "1 broker",
      "2 brokers",
    ]);
  });

  it.each([
    [new Error("refused"), "refused"],
    [Object.assign(new Error(""), { code: "ECONNREFUSED" }), "ECONNREFUSED"],
    [new RangeError(""), "RangeError"],
    ["thrown text", "thrown text"],
  ])("tell what %o says", (error, message) => {
    expect(messageOf(error)).toBe(message);
  });
});
