import { describe, expect, it } from "vitest";
import { findOlder } from "./rivals.ts";

function resource(
  name: string,
  creationTimestamp: string,
  uid = name,
): { metadata: Record<string, string> & { name: string } } {
  return { metadata: { namespace: "shop", name, uid, creationTimestamp } };
}

const old = resource("old", "2026-01-01T00:00:00Z");
const middle = resource("middle", "2026-01-02T00:00:00Z");
const young = resource("young", "2026-01-03T00:00:00Z");

const nobody = (): boolean => false;

describe("of several resources that want the same", () => {
  it("the oldest has it, and all others see that one", () => {
    const all = [young, old, middle];
    expect(all.map((own) => findOlder(own, all, nobody))).toEqual([old, undefined, old]);
  });

  it("twins of one second are told apart by their uid, the same by both", () => {
    const [a, b] = [
      resource("one", "2026-01-01T00:00:00Z", "a"),
      resource("two", "2026-01-01T00:00:00Z", "b"),
    ];
    expect([findOlder(a, [a, b], nobody), findOlder(b, [b, a], nobody)]).toEqual([undefined, a]);
  });

  it("of twins the one that has it already keeps it", () => {
    const [a, b] = [
      resource("one", "2026-01-01T00:00:00Z", "a"),
      resource("two", "2026-01-01T00:00:00Z", "b"),
    ];
    const isSecond = (one: { metadata: { name: string } }): boolean => one.metadata.name === "two";
    expect([findOlder(a, [a, b], isSecond), findOlder(b, [b, a], isSecond)]).toEqual([b, undefined]);
  });

  it("one alone has it", () => {
    expect(findOlder(old, [old], nobody)).toBeUndefined();
    expect(findOlder(old, [], nobody)).toBeUndefined();
  });
});
