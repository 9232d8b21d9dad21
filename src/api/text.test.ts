import { describe, expect, it } from "vitest";
import { counted, messageOf } from "./text.ts";

describe("texts", () => {
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
