import { describe, expect, it } from "vitest";
import { lookingBack, parseWindow, windowOf, without } from "./windows.ts";

const DAY = { from: "2026-03-01T00:00:00Z", to: "2026-03-02T00:00:00Z" };

describe("a window", () => {
  it("is read from two times, in UTC and whole seconds", () => {
    expect(parseWindow("2026-03-01/2026-03-02")).toEqual(DAY);
    expect(windowOf("2026-03-01T01:00:00.250+01:00", "2026-03-02T00:00:00+00:00")).toEqual(DAY);
  });

  it.each([
    "",
    "2026-03-01",
    "2026-03-02/2026-03-01",
    "2026-03-01/2026-03-01",
    "a/b",
    "2026-03-01/2026-03-02/3",
  ])("is not '%s'", (text) => {
    expect(parseWindow(text)).toBeUndefined();
  });

  it.each([
    ["nothing", lookingBack(DAY, 3600), []],
    ["all when they only touch", { from: DAY.to, to: "2026-03-03T00:00:00Z" }, [DAY]],
    ["all when they lie apart", { from: "2026-02-01T00:00:00Z", to: "2026-02-02T00:00:00Z" }, [DAY]],
    [
      "its begin",
      { from: "2026-03-01T18:00:00Z", to: "2026-03-05T00:00:00Z" },
      [{ from: DAY.from, to: "2026-03-01T18:00:00Z" }],
    ],
    [
      "its end",
      { from: "2026-02-01T00:00:00Z", to: "2026-03-01T06:00:00Z" },
      [{ from: "2026-03-01T06:00:00Z", to: DAY.to }],
    ],
    [
      "both sides",
      { from: "2026-03-01T06:00:00Z", to: "2026-03-01T18:00:00Z" },
      [
        { from: DAY.from, to: "2026-03-01T06:00:00Z" },
        { from: "2026-03-01T18:00:00Z", to: DAY.to },
      ],
    ],
  ])("keeps %s without another one", (_what, other, rest) => {
    expect(without(DAY, other)).toEqual(rest);
  });
});
