import { describe, expect, it } from "vitest";
import { mebibytes, parseQuantity, quantityValue } from "./quantity.ts";

describe("a quantity", () => {
  it.each([
    ["250m", 0.25],
    ["0.25", 0.25],
    ["2", 2],
    [".5", 0.5],
    ["1.5Gi", 1.5 * 2 ** 30],
    ["1536Mi", 1.5 * 2 ** 30],
    ["1G", 1e9],
    ["1e3", 1000],
    ["12E", 12e18],
    ["5.", 5],
    ["-250m", -0.25],
    ["9007199254740991", 9007199254740991],
    ["250e-3", 0.25],
  ])("%s is %d", (text, value) => {
    expect(quantityValue(text)).toBe(value);
  });

  it.each([
    ["0.2", "200m"],
    ["1024Mi", "1Gi"],
    ["0.1Ki", "102400m"],
    ["1e3", "1k"],
    ["9999999999999999", "9999999999999999000m"],
  ])("%s is exactly %s", (one, other) => {
    expect(parseQuantity(one)).toBe(parseQuantity(other));
  });

  it("tells apart what a floating-point number cannot", () => {
    expect(parseQuantity("9007199254740993")).not.toBe(parseQuantity("9007199254740992"));
  });

  it.each(["", "x", "1 Gi", "Gi", "1gi", "--1", ".", "-.", "1e", "1e3Gi"])("is not %j", (text) => {
    expect(parseQuantity(text)).toBeUndefined();
    expect(() => quantityValue(text)).toThrow("is not a quantity");
  });

  it("may be a number, and what is finer than a billionth is rounded away from zero", () => {
    expect(parseQuantity(1_073_741_824)).toBe(parseQuantity("1Gi"));
    expect(parseQuantity("1e-10")).toBe(parseQuantity("1n"));
  });

  it("is rounded down to whole mebibytes", () => {
    expect(mebibytes("1.5Gi")).toBe(1536);
    expect(mebibytes("1G")).toBe(953);
  });
});
