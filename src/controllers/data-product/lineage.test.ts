import { describe, expect, it } from "vitest";
import { sessionsPlan } from "../../testing/data-product.ts";
import { lineageStatus } from "./lineage.ts";

const events = { database: "shop", table: "events" };

describe("lineage in a status", () => {
  const plan = sessionsPlan({
    lineage: [
      {
        column: "a",
        inputs: [
          { ...events, path: "x", use: "direct" },
          { ...events, path: "f", use: "filter" },
        ],
      },
      {
        column: "b",
        inputs: [
          { ...events, path: "y", use: "direct" },
          { ...events, path: "f", use: "filter" },
        ],
      },
    ],
  });

  it("is whole where it fits", () => {
    expect(lineageStatus(plan, 4)).toMatchObject({
      omitted: 0,
      lineage: [{ inputs: [{}, {}] }, { inputs: [{}, {}] }],
    });
  });

  it("loses what is indirect first, and says how much", () => {
    expect(lineageStatus(plan, 3)).toEqual({
      omitted: 2,
      lineage: [
        { column: "a", inputs: [{ table: "shop.events", path: "x", uses: ["direct"] }] },
        { column: "b", inputs: [{ table: "shop.events", path: "y", uses: ["direct"] }] },
      ],
    });
  });

  it("never holds more than fits", () => {
    const { lineage, omitted } = lineageStatus(plan, 1);
    expect([lineage.flatMap(({ inputs }) => inputs).length, omitted]).toEqual([1, 3]);
  });
});
