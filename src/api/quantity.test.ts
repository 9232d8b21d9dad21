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
  ])("%s is %d", (text, value) => {
    expect(parseQuantity(text)).toBe(value);
  });

  it.each(["", "x", "1 Gi", "Gi", "1gi", "--1"])("is not %j", (text) => {
    expect(parseQuantity(text)).toBeUndefined();
    expect(() => quantityValue(text)).toThrow("is not a quantity");
  });

  it("is rounded down to whole mebibytes", () => {
    expect(mebibytes("1.5Gi")).toBe(1536);
    expect(mebibytes("1G")).toBe(953);
  });
});
