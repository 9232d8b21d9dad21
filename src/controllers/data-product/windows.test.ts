import { describe, expect, it } from "vitest";
import { covers, lookingBack, parseWindow, windowOf } from "./windows.ts";

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

  it("covers what begins and ends within it", () => {
    expect(covers(lookingBack(DAY, 3600), DAY)).toBe(true);
    expect(covers(DAY, lookingBack(DAY, 1))).toBe(false);
  });
});
