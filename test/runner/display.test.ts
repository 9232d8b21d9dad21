import { describe, expect, it } from "vitest";
import { summaryOfFailures } from "./display.ts";

describe("the summary of failed tests", () => {
  it("names each with the first lines of its message and the command that runs it alone", () => {
    const message = "Error: not Ready\n\n  at one\n  at two\n  at three\n  at four";
    expect(summaryOfFailures([{ name: "a > it's b", only: "a > it's b", message }])).toBe(
      [
        "  a > it's b",
        "    Error: not Ready",
        "    at one",
        "    at two",
        "    at three",
        `    ONLY='a > it'\\''s b' make test`,
      ].join("\n"),
    );
  });

  it("is empty when nothing failed", () => {
    expect(summaryOfFailures([])).toBe("");
  });
});
