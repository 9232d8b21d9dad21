import { describe, expect, it } from "vitest";
import type { DataProductStatus } from "../../crds/kinds.ts";
import { MAX_MISSING_WINDOWS } from "../../crds/kinds.ts";
import { outcomeAfter } from "./outcome.ts";
import type { EndedRun } from "./runs.ts";

/** The hour that begins so many hours after the begin of the year. */
function hour(number: number, hours = 1): { from: string; to: string } {
  const at = (hours: number): string =>
    new Date(Date.UTC(2026, 0, 1, hours)).toISOString().replace(".000Z", "Z");
  return { from: at(number), to: at(number + hours) };
}

function end(
  state: "Published" | "Failed",
  window: { from: string; to: string },
  id = `scheduled__${window.from}`,
): EndedRun {
  return { record: { id, state, ...window }, read: window, snapshot: undefined };
}

function missingAfter(...ended: readonly EndedRun[]): NonNullable<DataProductStatus["missing"]> {
  return outcomeAfter(undefined, ended).missing ?? [];
}

describe("the times that a table lacks", () => {
  it("are filled by several runs that each read a piece", () => {
    const day = hour(0, 24);
    expect(missingAfter(end("Failed", day), end("Published", hour(0, 10)))).toMatchObject([hour(10, 14)]);
    expect(
      missingAfter(end("Failed", day), end("Published", hour(0, 10)), end("Published", hour(10, 14))),
    ).toEqual([]);
  });

  it("are told once when a run over a part of them fails as well", () => {
    const missing = missingAfter(end("Failed", hour(0, 24)), end("Failed", hour(23), "again"));
    expect(missing).toMatchObject([{ ...hour(23), runId: "again" }, hour(0, 23)]);
  });

  it("are all told when there are more than the status has room for", () => {
    const hours = Array.from({ length: 50 }, (_, number) => end("Failed", hour(number)));
    const missing = missingAfter(...hours);
    expect(missing).toHaveLength(MAX_MISSING_WINDOWS);
    expect(missing[0]).toMatchObject(hour(49));
    expect(missing.at(-1)).toMatchObject({ from: hour(0).from });
    expect(missing.slice(1).map(({ to }) => to)).toEqual(missing.slice(0, -1).map(({ from }) => from));
  });

  it("join over a gap only when none touch", () => {
    const apart = Array.from({ length: MAX_MISSING_WINDOWS }, (_, number) => end("Failed", hour(number * 3)));
    const missing = missingAfter(...apart, end("Failed", hour(1)));
    expect(missing).toHaveLength(MAX_MISSING_WINDOWS);
    expect(missing.at(-1)).toMatchObject(hour(0, 2));
  });
});
