import { describe, expect, it } from "vitest";
import type { KubernetesObject, ResourceType } from "../../api/objects.ts";
import type { ObjectReader } from "../controller.ts";
import type { ObjectIndex } from "./object-index.ts";
import type { ObjectChange } from "./object-store.ts";
import { byNamesake, byReference, claimNews, isNewState } from "./watches.ts";

const WIDGETS: ResourceType = { group: "example.io", version: "v1", kind: "Widget", plural: "widgets" };

interface Widget extends KubernetesObject {
  readonly topic: string;
  readonly status?: object;
}

const BY_TOPIC: ObjectIndex<Widget> = { type: WIDGETS, valuesOf: ({ topic }) => [topic] };

function widget(name: string, changes: { topic?: string; status?: object; metadata?: object } = {}): Widget {
  const { topic = "orders", status, metadata } = changes;
  return {
    apiVersion: "example.io/v1",
    kind: "Widget",
    metadata: { namespace: "ns", name, uid: name, generation: 1, ...metadata },
    topic,
    ...(status && { status }),
  };
}

function readerOf(...widgets: Widget[]): ObjectReader {
  return {
    cachedBy: (index: ObjectIndex, value: string) =>
      widgets.filter((one) => index.valuesOf(one).includes(value)),
  } as unknown as ObjectReader;
}

function update(previous: Widget, object: Widget): ObjectChange {
  return { kind: "updated", previous, object };
}

describe("who is woken", () => {
  it("is who names the changed object of its own namespace", () => {
    const far = { ...widget("far"), metadata: { namespace: "other", name: "far", uid: "far" } };
    const cache = readerOf(widget("near"), widget("elsewhere", { topic: "clicks" }), far);
    const toKeys = byReference<Widget>(WIDGETS, ({ topic }) => topic);
    expect(toKeys(widget("orders"), cache)).toEqual([{ namespace: "ns", name: "near" }]);
  });

  it("is who claims the same, but not the resource itself", () => {
    const cache = readerOf(widget("one"), widget("two"), widget("three", { topic: "clicks" }));
    expect(byNamesake(BY_TOPIC)(widget("one"), cache)).toEqual([{ namespace: "ns", name: "two" }]);
  });
});

describe("news of a claim", () => {
  const isNews = claimNews(BY_TOPIC, ({ status }) => (status as { id?: string } | undefined)?.id);
  it.each<[string, Widget, boolean]>([
    ["another value", widget("one", { topic: "clicks" }), true],
    ["another thing that it holds", widget("one", { status: { id: "2" } }), true],
    ["another word of its status", widget("one", { status: { id: "1", message: "ready" } }), false],
    ["another label", widget("one", { status: { id: "1" }, metadata: { labels: { a: "b" } } }), false],
  ])("%s", (_case, after, expected) => {
    expect(isNews(update(widget("one", { status: { id: "1" } }), after))).toBe(expected);
  });

  it("is that a claim comes or goes", () => {
    expect(isNews({ kind: "added", object: widget("one") })).toBe(true);
    expect(isNews({ kind: "deleted", object: widget("one") })).toBe(true);
  });
});

describe("news of a resource that others depend on", () => {
  const ready = (status: string, at: string): object => ({
    conditions: [{ type: "Ready", status }],
    lastProbeTime: at,
  });
  const before = widget("one", { status: ready("True", "10:00") });
  it.each<[string, Widget, boolean]>([
    ["a heartbeat", widget("one", { status: ready("True", "10:30") }), false],
    ["a condition that turned", widget("one", { status: ready("False", "10:30") }), true],
    ["a new spec", widget("one", { status: ready("True", "10:00"), metadata: { generation: 2 } }), true],
    [
      "its deletion",
      widget("one", { status: ready("True", "10:00"), metadata: { deletionTimestamp: "10:30" } }),
      true,
    ],
  ])("%s", (_case, after, expected) => {
    expect(isNewState(update(before, after))).toBe(expected);
  });
});
