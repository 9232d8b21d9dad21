import { describe, expect, it } from "vitest";
import type { DataPlatform, EventStream } from "../../crds/kinds.ts";
import { dataPlatformKind, eventStreamKind } from "../../crds/kinds.ts";
import type { ObjectChange, ObjectReader, SecondaryWatch } from "../../runtime/controller.ts";
import { readerOf } from "../../testing/object-reader.ts";
import { PLATFORM } from "../../testing/systems.ts";
import { TOPIC_CLAIM } from "../event-stream/claim.ts";
import { findOlder, watchRivals } from "./rivals.ts";

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

describe("those that claim the same", () => {
  const stream = (namespace: string, status: EventStream["status"] = {}): EventStream => ({
    apiVersion: "openclickstream.io/v1alpha1",
    kind: "EventStream",
    metadata: { namespace, name: "raw", uid: namespace },
    spec: { platformRef: { name: "main" }, topicName: "contested" },
    status,
  });
  const platform = (identity: string | undefined, generation = 1): DataPlatform => ({
    ...PLATFORM,
    metadata: { namespace: "far", name: "main", generation },
    status: {
      observedGeneration: 1,
      components: [{ name: "Kafka", reachable: true, ...(identity !== undefined && { identity }) }],
    },
  });
  const cache = readerOf(stream("near"), stream("far")) as ObjectReader;
  const updated = <T extends ObjectChange["object"]>(previous: T, object: T): ObjectChange => ({
    kind: "updated",
    previous,
    object,
  });
  /** Namespaces of the streams that a change wakes. */
  function woken(
    type: typeof dataPlatformKind | typeof eventStreamKind,
    change: ObjectChange,
  ): readonly string[] {
    const watches: readonly SecondaryWatch[] = watchRivals(TOPIC_CLAIM).filter(
      (watch) => watch.type === type,
    );
    const keys = watches.flatMap((watch) =>
      watch.isNews?.(change) === false ? [] : watch.toKeys(change.object, cache),
    );
    return [...new Set(keys.map(({ namespace }) => namespace))].toSorted();
  }

  it.each<[string, ObjectChange, readonly string[]]>([
    ["has come to be known", updated(platform(undefined), platform("A")), ["far", "near"]],
    ["is another one", updated(platform("A"), platform("B")), ["far", "near"]],
    ["has been given other addresses", updated(platform("A"), platform("A", 2)), ["far", "near"]],
    ["is the same as before", updated(platform("A"), platform("A")), []],
    ["is gone", { kind: "deleted", object: platform("A") }, ["far", "near"]],
  ])("are woken, in other namespaces too, when the Kafka of one's platform %s", (_case, change, expected) => {
    expect(woken(dataPlatformKind, change)).toEqual(expected);
  });

  it.each<[string, ObjectChange, readonly string[]]>([
    ["comes to have its topic", updated(stream("far"), stream("far", { topicId: "1" })), ["near"]],
    ["has it in another cluster", updated(stream("far"), stream("far", { clusterId: "B" })), ["near"]],
    ["only says something else", updated(stream("far"), stream("far", { partitions: 3 })), []],
  ])("are woken when another one %s", (_case, change, expected) => {
    expect(woken(eventStreamKind, change)).toEqual(expected);
  });
});
