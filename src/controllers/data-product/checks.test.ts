import { describe, expect, it } from "vitest";
import { resolveChecks } from "./checks.ts";

describe("checks", () => {
  it("are queries whose rows are the violations", () => {
    expect(
      resolveChecks([
        { name: "own", sql: "SELECT 1 FROM this", severity: "Warning" },
        { notNull: ["day", "odd`name"] },
        { unique: ["day", "site"] },
        { rowCount: { min: 1, changeAtMost: "50%" } },
      ]),
    ).toEqual({
      checks: [
        { name: "own", severity: "Warning", sql: "SELECT 1 FROM this" },
        {
          name: "notNull(day, odd`name)",
          severity: "Error",
          sql: "SELECT * FROM this WHERE `day` IS NULL OR `odd``name` IS NULL",
        },
        {
          name: "unique(day, site)",
          severity: "Error",
          sql: "SELECT `day`, `site` FROM this GROUP BY `day`, `site` HAVING count(*) > 1",
        },
      ],
      rowCount: { min: 1, changeAtMostPercent: 50 },
    });
  });

  it("that are none are left out", () => {
    expect(resolveChecks([])).toEqual({});
  });

  it("have different names of at most 63 characters", () => {
    const columns = Array.from({ length: 16 }, (_, index) => `a_column_${index}`);
    const { checks = [] } = resolveChecks([{ notNull: columns }, { notNull: columns }]);
    const names = checks.map(({ name }) => name);
    expect(new Set(names).size).toBe(2);
    expect(names.every((name) => name.length <= 63)).toBe(true);
  });
});
