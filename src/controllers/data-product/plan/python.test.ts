import { describe, expect, it } from "vitest";
import { python } from "./python.ts";

describe("data as Python", () => {
  it("has Python's words, and leaves out what is undefined", () => {
    expect(python({ yes: true, no: false, nothing: null, number: 1.5, absent: undefined })).toBe(
      '{"yes": True, "no": False, "nothing": None, "number": 1.5}',
    );
  });

  it("quotes texts so that they stay what they are", () => {
    expect(python('a "b" \\ \n ü')).toBe('"a \\"b\\" \\\\ \\n ü"');
  });

  it("is laid out over lines where it is long", () => {
    const long = "x".repeat(100);
    expect(python({ list: [long, { a: 1 }] })).toBe(
      `{\n    "list": [\n        "${long}",\n        {"a": 1},\n    ],\n}`,
    );
  });
});
