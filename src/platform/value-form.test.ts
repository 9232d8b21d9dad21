import { describe, expect, it } from "vitest";
import { Secret } from "./secret.ts";
import { formProblem } from "./value-form.ts";

describe("a value of a Secret", () => {
  it.each([
    ["Header", "a token-1/+=", undefined],
    ["Header", "token\n", "ends with a line feed"],
    ["Header", "token\r\n", "ends with a line feed"],
    ["Header", "to\nken", "holds a line feed"],
    ["Header", "token\t", "holds a control character"],
    ["Header", " token", "begins or ends with a blank"],
    ["Header", "tökén", "beyond ASCII"],
    ["Header", "\uFFFDtoken", "is not text in UTF-8"],
    ["Text", "pässword with blanks ", undefined],
    ["Text", "password\n", "ends with a line feed"],
    ["Text", "pass\0word", "holds a control character"],
    ["Certificates", "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n", undefined],
    ["Certificates", "MII", "holds no certificate in PEM form"],
  ] as const)("that is a %s: %j", (form, value, problem) => {
    const told = formProblem(new Secret(value), form);
    if (problem === undefined) expect(told).toBeUndefined();
    else expect(told).toContain(problem);
  });
});
