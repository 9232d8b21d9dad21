import { describe, expect, it } from "vitest";
import type { GivenResources } from "./resources.ts";
import { resolveResources } from "./resources.ts";

const defaults = { requests: { cpu: "200m", memory: "1Gi" }, limits: { memory: "1536Mi" } };

describe("resources of a container", () => {
  it.each<[string, GivenResources, ReturnType<typeof resolveResources>]>([
    ["are the defaults when none are given", undefined, defaults],
    [
      "take what is given, field by field",
      { requests: { cpu: 1 }, limits: { memory: 1_610_612_736 } },
      { requests: { cpu: "1", memory: "1Gi" }, limits: { memory: "1610612736" } },
    ],
    [
      "what is given as text",
      { requests: { cpu: "1" } },
      { requests: { cpu: "1", memory: "1Gi" }, limits: { memory: "1536Mi" } },
    ],
    [
      "raise the limit to a higher request",
      { requests: { memory: "4Gi" } },
      { requests: { cpu: "200m", memory: "4Gi" }, limits: { memory: "4Gi" } },
    ],
    [
      "lower the request to a lower limit",
      { limits: { cpu: "100m", memory: "512Mi" } },
      { requests: { cpu: "100m", memory: "512Mi" }, limits: { cpu: "100m", memory: "512Mi" } },
    ],
    [
      "keep both when both are given",
      { requests: { memory: "2Gi" }, limits: { memory: "3Gi" } },
      { requests: { cpu: "200m", memory: "2Gi" }, limits: { memory: "3Gi" } },
    ],
  ])("%s", (_title, given, resolved) => {
    expect(resolveResources(given, defaults)).toEqual(resolved);
  });
});
