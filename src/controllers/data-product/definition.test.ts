import { describe, expect, it } from "vitest";
import type { DataProductSpec } from "../../crds/kinds.ts";
import { productSurroundings, productWith, rightAnswer } from "../../testing/data-product.ts";
import { describeError } from "../../testing/systems.ts";
import type { SqlPlan } from "../../targets/planner/planner.ts";
import { resolveDefinition } from "./definition.ts";
import type { ObservedProduct } from "./observe.ts";

function refusal(spec: Partial<DataProductSpec>, observed: Partial<ObservedProduct> = {}): unknown {
  try {
    return resolveDefinition(productWith(spec), productSurroundings(observed));
  } catch (error) {
    return describeError(error);
  }
}

function withPlan(changes: Partial<SqlPlan>): Partial<ObservedProduct> {
  return { answer: { state: "known", value: rightAnswer(changes) } };
}

const column = (name: string) => ({ name, type: "string", required: false });

describe("a product's spec", () => {
  it.each<[string, Partial<DataProductSpec>, string, string]>([
    [
      "a time zone that does not exist",
      { refresh: { schedule: "0 6 * * *", timeZone: "Europe/Berln" } },
      "refresh.timeZone",
      '"Europe/Berln" does not',
    ],
    [
      "a range of hours that runs backwards",
      { refresh: { schedule: "0 22-6 * * *" } },
      "refresh.schedule",
      'the range "22-6" ends before it begins',
    ],
    [
      "a range of days that runs backwards",
      { refresh: { schedule: "0 6 * * SAT-MON" } },
      "refresh.schedule",
      'the range "SAT-MON"',
    ],
    [
      "a day that no month has",
      { refresh: { schedule: "0 6 30 FEB *" } },
      "refresh.schedule",
      "no month FEB has a day 30",
    ],
    [
      "a backfill from a day that no calendar has",
      { backfill: { from: "2026-02-30T00:00:00Z", to: "2026-04-01T00:00:00Z" } },
      "backfill.from",
      '"2026-02-30T00:00:00Z" is none',
    ],
    [
      "a partition by another column",
      { target: { database: "shop", table: "s", partitionBy: [{ column: "day", transform: "identity" }] } },
      "target.partitionBy",
      '"day" is none; there are site, sessions',
    ],
    [
      "a key that is no output column",
      { incremental: { mode: "Merge", keys: ["day"] } },
      "incremental.keys",
      '"day" is none',
    ],
    [
      "a check of another column",
      { checks: [{ notNull: ["site"] }, { unique: ["day"] }] },
      "checks[1].unique",
      '"day" is none',
    ],
  ])("is refused with its field: %s", (...[, spec, field, told]) => {
    const error = refusal(spec) as { field: string; reason: string; message: string };
    expect([error.reason, error.field]).toEqual(["InvalidSpec", `spec.${field}`]);
    expect(error.message).toContain(told);
  });

  it.each<[string, Partial<DataProductSpec>]>([
    ["a day that some month has", { refresh: { schedule: "0 6 31 1,2 *" } }],
    ["a leap day", { refresh: { schedule: "0 6 29 2 *" } }],
    ["steps and lists", { refresh: { schedule: "*/5 0-6/2 * JAN-MAR 1-5" } }],
    [
      "a time zone with capitals",
      { refresh: { schedule: "0 6 * * *", timeZone: "America/Argentina/Buenos_Aires" } },
    ],
  ])("is taken with %s", (_case, spec) => {
    expect(refusal(spec)).not.toHaveProperty("class");
  });
});

describe("right SQL", () => {
  it.each<[string, Partial<SqlPlan>, string]>([
    [
      "an output column without a name",
      { columns: [column("site"), column("EXPR$1")] },
      'must name output column 2, which is "EXPR$1" now',
    ],
    [
      "two output columns of a name",
      { columns: [column("site"), column("Site")] },
      'must not have two output columns "Site"',
    ],
  ])("is refused with %s", (_case, plan, told) => {
    expect(refusal({}, withPlan(plan))).toMatchObject({
      class: "terminal",
      message: expect.stringContaining(told) as string,
    });
  });

  it("is refused with a mode that would give other rows, with the planner's reason", () => {
    const modes = [{ mode: "Append", safe: false, reason: "it counts groups" }];
    const spec = { incremental: { mode: "Append", newDataBy: "event_time" } } as const;
    expect(refusal(spec, withPlan({ modes, sparkWindow: "SELECT" }))).toMatchObject({
      field: "spec.incremental.mode",
      message:
        "spec.incremental.mode must be one that is safe for this SQL, and Append is not: it counts groups",
    });
  });

  it("is refused with a column for new data that no input table has", () => {
    const spec = { incremental: { mode: "Append", newDataBy: "eventtime" } } as const;
    expect(refusal(spec)).toMatchObject({ field: "spec.incremental.newDataBy" });
  });

  it("never asks the target for values in every row: the next SQL may have none", () => {
    const validated = resolveDefinition(productWith(), productSurroundings());
    expect(validated.columns).toEqual([
      { name: "site", type: "string" },
      { name: "sessions", type: "long" },
    ]);
  });
});

describe("several errors", () => {
  it("are told up to the third", () => {
    const errors = ["a", "b", "c", "d"].map((message) => ({ message, line: 1, column: 1 }));
    const error = refusal({}, { answer: { state: "known", value: { state: "wrong", errors } } });
    expect(error).toMatchObject({
      reason: "SqlInvalid",
      message: "spec.sql, line 1, column 1: a; line 1, column 1: b; line 1, column 1: c (and 1 more)",
    });
  });
});
