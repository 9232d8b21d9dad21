import { describe, expect, it } from "vitest";
import type { CacheReading } from "../../targets/trino/cache-statistics.ts";
import { cacheStatus } from "./cache-status.ts";

const THEN = new Date("2026-01-01T00:00:00Z");
const LATER = new Date("2026-01-01T01:00:00Z");
const FIGURES = { hits: 900, misses: 100, hitBytes: 9000, missBytes: 1000 };
const SHOWN = {
  readAt: "2026-01-01T00:00:00.000Z",
  pods: 3,
  hitPercent: 90,
  catalogs: [{ name: "lake", ...FIGURES }],
};

function reading(figures: Partial<typeof FIGURES> = {}, at = LATER, pods = 3): CacheReading {
  return { state: "known", at, pods, catalogs: [{ name: "lake", ...FIGURES, ...figures }] };
}

describe("the cache in a cluster's status", () => {
  it("is what the pods told first", () => {
    expect(cacheStatus(undefined, reading({}, THEN))).toEqual(SHOWN);
  });

  it("has no share before the first read", () => {
    const none = { hits: 0, misses: 0, hitBytes: 0, missBytes: 0 };
    expect(cacheStatus(undefined, reading(none))).not.toHaveProperty("hitPercent");
  });

  it("calls only a cache full that asked the store for nothing", () => {
    expect(cacheStatus(undefined, reading({ hitBytes: 999_999, missBytes: 1 }))?.hitPercent).toBe(99);
    expect(cacheStatus(undefined, reading({ missBytes: 0 }))?.hitPercent).toBe(100);
  });

  it.each([
    ["nothing was read since", {}],
    ["a little was read since", { hits: 910, misses: 101, hitBytes: 9100, missBytes: 1010 }],
  ])("stays to the letter when %s", (_, figures) => {
    expect(cacheStatus(SHOWN, reading(figures))).toBe(SHOWN);
  });

  it.each([
    ["the share of hits falls by a percent", { missBytes: 1090 }, 89],
    ["a counter has grown by more than a tenth", { hits: 991 }, 90],
    ["a pod began anew", { hits: 899 }, 90],
  ] as const)("is written when %s", (_, figures, hitPercent) => {
    const status = cacheStatus(SHOWN, reading(figures));
    expect(status).toMatchObject({ hitPercent, readAt: LATER.toISOString(), catalogs: [figures] });
  });

  it("is written when the pods are others in number", () => {
    expect(cacheStatus(SHOWN, reading({}, LATER, 4))).toEqual({
      ...SHOWN,
      readAt: LATER.toISOString(),
      pods: 4,
    });
  });

  it("keeps the figures of before, and says so, when a pod does not answer", () => {
    const message = 'pod "query-0": no answer in time';
    const told = cacheStatus(SHOWN, { state: "unknown", message });
    expect(told).toEqual({ ...SHOWN, message });
    expect(cacheStatus(told, { state: "unknown", message })).toEqual(told);
    expect(cacheStatus(told, reading())).toEqual({ ...SHOWN, readAt: LATER.toISOString() });
  });

  it("is gone when the cluster has no cache", () => {
    expect(cacheStatus(SHOWN, undefined)).toBeUndefined();
  });

  it("is written a bounded number of times while a counter grows from one to a thousand million", () => {
    let shown = cacheStatus(undefined, reading({ hits: 1 }));
    let writes = 0;
    for (let hits = 1; hits <= 1e9; hits += Math.max(1, Math.floor(hits / 1000))) {
      const next = cacheStatus(shown, reading({ hits }));
      if (next !== shown) writes += 1;
      shown = next;
    }
    expect(writes).toBeLessThan(230);
  });
});
