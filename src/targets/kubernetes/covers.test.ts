import { describe, expect, it } from "vitest";
import { firstDifference } from "./covers.ts";

it("an owner is the one with the planned uid, though a former one of its name stands before it", () => {
  const planned = { ownerReferences: [{ name: "web", uid: "now", controller: true }] };
  const former = { name: "web", uid: "before", controller: false };
  const live = { ownerReferences: [former, ...planned.ownerReferences] };
  expect(firstDifference(planned, live)).toBeUndefined();
  expect(firstDifference(planned, { ownerReferences: [former] })).toContain("ownerReferences[web]");
});

describe("a live object covers the planned one", () => {
  it.each<[string, unknown, unknown]>([
    ["when both are equal", { a: 1 }, { a: 1 }],
    [
      "when the API server added defaults",
      { a: { b: "x" } },
      { a: { b: "x", protocol: "TCP" }, extra: true },
    ],
    ["when the API server dropped an empty text", { value: "" }, {}],
    ["when the API server dropped an empty object", { securityContext: {} }, {}],
    ["when a planned field is undefined", { a: undefined }, {}],
    [
      "when a quantity is written in another form",
      { requests: { cpu: "0.2", memory: "1024Mi" } },
      { requests: { cpu: "200m", memory: "1Gi" } },
    ],
    [
      "when somebody added an item to a list of named things",
      { env: [{ name: "A", value: "1" }] },
      {
        env: [
          { name: "INJECTED", value: "x" },
          { name: "A", value: "1" },
        ],
      },
    ],
    ["when a list of texts is the same", { args: ["a", "b"] }, { args: ["a", "b"] }],
  ])("%s", (_title, planned, live) => {
    expect(firstDifference(planned, live)).toBeUndefined();
  });
});

describe("a live object differs from the planned one, and the first difference is named", () => {
  it.each<[string, unknown, unknown, string]>([
    ["when a value was changed", { a: { b: 1 } }, { a: { b: 2 } }, "a.b: planned 1, found 2"],
    ["when a field is missing", { a: { b: false } }, { a: {} }, "a.b: planned false, found undefined"],
    ["when an object is missing", { a: { b: 1 } }, {}, "a: planned an object, found undefined"],
    [
      "when an amount differs",
      { limits: { memory: "1Gi" } },
      { limits: { memory: "1G" } },
      'limits.memory: planned "1Gi", found "1G"',
    ],
    [
      "when a text that looks like a quantity is no quantity",
      { data: { size: "1024Mi" } },
      { data: { size: "1Gi" } },
      'data.size: planned "1024Mi", found "1Gi"',
    ],
    ["when a list is longer", { args: ["a"] }, { args: ["a", "b"] }, "args: planned 1 items, found 2"],
    [
      "when a list was reordered",
      { args: ["a", "b"] },
      { args: ["b", "a"] },
      'args[0]: planned "a", found "b"',
    ],
    ["when a list is gone", { args: ["a"] }, {}, "args: planned a list, found undefined"],
    [
      "when somebody added a label to a selector, which then finds nothing any more",
      { selector: { app: "web" } },
      { selector: { app: "web", extra: "x" } },
      'selector.extra: planned nothing, found "x"',
    ],
    [
      "when somebody added a label to the pods that a budget or a rollout selects",
      { selector: { matchLabels: { app: "web" } } },
      { selector: { matchLabels: { app: "web", extra: "x" } } },
      'selector.matchLabels.extra: planned nothing, found "x"',
    ],
    [
      "when somebody added an expression to a selector",
      { selector: { matchLabels: { app: "web" } } },
      { selector: { matchLabels: { app: "web" }, matchExpressions: [{ key: "a", operator: "Exists" }] } },
      'selector.matchExpressions: planned nothing, found [{"key":"a","operator":"Exists"}]',
    ],
    [
      "when somebody gave the rights to another account too",
      { subjects: [{ kind: "ServiceAccount", name: "web" }] },
      {
        subjects: [
          { kind: "ServiceAccount", name: "web" },
          { kind: "ServiceAccount", name: "other" },
        ],
      },
      "subjects: planned 1 items, found 2",
    ],
    [
      "when a named item is gone",
      { env: [{ name: "A", value: "1" }] },
      { env: [{ name: "B", value: "1" }] },
      "env[A]: planned an object, found undefined",
    ],
    [
      "when a named item was changed",
      { env: [{ name: "A", value: "1" }] },
      { env: [{ name: "A", value: "2" }] },
      'env[A].value: planned "1", found "2"',
    ],
  ])("%s", (...[, planned, live, difference]) => {
    expect(firstDifference(planned, live)).toBe(difference);
  });
});
