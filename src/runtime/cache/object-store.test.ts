import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { KubernetesObject, ResourceType } from "../../api/objects.ts";
import type { ObjectIndex } from "./object-index.ts";
import { ObjectStore } from "./object-store.ts";

const WIDGETS: ResourceType = { group: "example.io", version: "v1", kind: "Widget", plural: "widgets" };

interface Widget extends KubernetesObject {
  readonly topics: readonly string[];
}

const BY_TOPIC: ObjectIndex<Widget> = { type: WIDGETS, valuesOf: (widget) => widget.topics };
const TOPICS = ["a", "b", "c"];

type Step =
  | { readonly kind: "upsert" | "own-write" | "remove"; readonly widget: Widget }
  | { readonly kind: "replace"; readonly widgets: readonly Widget[]; readonly version: number };

const version = fc.integer({ min: 1, max: 20 });
const widget = fc
  .record({
    name: fc.constantFrom("one", "two", "three"),
    uid: fc.constantFrom("u", "v"),
    version,
    topics: fc.subarray(TOPICS),
  })
  .map(({ name, uid, version: at, topics }): Widget => ({
    apiVersion: "example.io/v1",
    kind: "Widget",
    metadata: { namespace: "ns", name, uid: `${name}-${uid}`, resourceVersion: String(at) },
    topics,
  }));
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom("upsert" as const, "own-write" as const, "remove" as const), widget }),
  fc.record({
    kind: fc.constant("replace" as const),
    widgets: fc.uniqueArray(widget, { selector: (one) => one.metadata.name }),
    version,
  }),
);

function take(store: ObjectStore, taken: Step): void {
  if (taken.kind === "replace") store.replace(taken.widgets, String(taken.version));
  else if (taken.kind === "upsert") store.upsert(taken.widget);
  else if (taken.kind === "remove") store.remove(taken.widget);
  else store.noteOwnWrite(taken.widget);
}

function names(objects: Iterable<KubernetesObject>): readonly string[] {
  return [...objects].map((object) => object.metadata.name).toSorted();
}

describe("an index of a store", () => {
  it("finds what a look at all objects finds, after any events, and however late it was first asked", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.nat(30), (steps, firstAsked) => {
        const store = new ObjectStore(WIDGETS);
        for (const [nth, taken] of steps.entries()) {
          take(store, taken);
          if (nth < firstAsked) continue;
          for (const topic of TOPICS) {
            const all = [...store.values()].filter((object) => (object as Widget).topics.includes(topic));
            expect(names(store.valuesBy(BY_TOPIC, topic))).toEqual(names(all));
            expect(store.countBy(BY_TOPIC, topic)).toBe(all.length);
          }
        }
      }),
    );
  });
});
