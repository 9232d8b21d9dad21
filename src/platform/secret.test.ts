import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { Secret, scrub } from "./secret.ts";

describe("a secret", () => {
  const secret = new Secret("hunter2");

  it.each([
    ["a template", `${String(secret)}`],
    ["JSON", JSON.stringify({ password: secret })],
    ["the inspector", inspect({ password: secret }, { showHidden: true, depth: 5 })],
    ["a joined list", [secret, secret].join(",")],
  ])("does not show in %s", (_where, text) => {
    expect(text).not.toContain("hunter2");
    expect(text).toContain("***");
  });

  it("is had only by asking for it", () => {
    expect(secret.reveal()).toBe("hunter2");
  });
});

describe("scrubbing a foreign text", () => {
  it("replaces every secret", () => {
    const secrets = [new Secret("abcde"), new Secret("hunter2"), new Secret("")];
    expect(scrub("key=abcde, also hunter2", secrets)).toBe("key=***, also ***");
  });
});
