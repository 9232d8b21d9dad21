import { describe, expect, it } from "vitest";
import { isSameLocation } from "./locations.ts";

describe("addresses in S3", () => {
  it.each([
    ["s3://b/x", "s3a://b/x/", true],
    ["s3://b/x", "s3n://b/x", true],
    ["s3://b/x", "s3://b/xy", false],
  ])("%s and %s are the same place: %s", (one, other, isSame) => {
    expect(isSameLocation(one, other)).toBe(isSame);
  });
});
