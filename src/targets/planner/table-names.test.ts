import { describe, expect, it } from "vitest";
import { formatTable } from "../../naming/tables.ts";
import { readTableNames } from "./table-names.ts";

function namesIn(sql: string): readonly string[] {
  return readTableNames(sql).map(formatTable);
}

describe("the tables of a query", () => {
  it.each<[string, string, readonly string[]]>([
    ["one table", "SELECT a FROM shop.web_events", ["shop.web_events"]],
    ["capitals, which mean nothing", "select a from Shop.Web_Events", ["shop.web_events"]],
    ["names in quotes", 'SELECT a FROM "shop"."web_events" JOIN `b`.`c` ON true', ["shop.web_events", "b.c"]],
    [
      "joins of all kinds",
      "SELECT 1 FROM a.b x LEFT JOIN c.d y USING (k) CROSS JOIN e.f",
      ["a.b", "c.d", "e.f"],
    ],
    ["a list", "SELECT x.k, y.k FROM a.b AS x, c.d y WHERE x.k = y.k AND x.l IN (y.l, x.m)", ["a.b", "c.d"]],
    [
      "a list that goes on after a condition",
      "SELECT 1 FROM a.b JOIN c.d ON b.k = d.k, e.f",
      ["a.b", "c.d", "e.f"],
    ],
    ["tables in brackets", "SELECT 1 FROM (a.b JOIN c.d ON b.k = d.k)", ["a.b", "c.d"]],
    [
      "a query within",
      "SELECT 1 FROM (SELECT x.k, x.l FROM a.b x) z WHERE k IN (SELECT k FROM c.d)",
      ["a.b", "c.d"],
    ],
    [
      "a name for a query",
      "WITH w AS (SELECT k FROM a.b) SELECT k FROM w JOIN c.d USING (k)",
      ["a.b", "c.d"],
    ],
    ["several queries", "SELECT k FROM a.b UNION ALL SELECT k FROM c.d ORDER BY 1", ["a.b", "c.d"]],
    ["one table twice", "SELECT 1 FROM a.b x JOIN a.b y ON x.k = y.l", ["a.b"]],
    ["comments", "SELECT 1 -- FROM a.b\nFROM /* c.d, */ e.f", ["e.f"]],
    ["literals", "SELECT 'FROM a.b', 'it''s FROM c.d' FROM e.f", ["e.f"]],
    ["a comment that does not end", "SELECT 1 FROM a.b /* FROM c.d", ["a.b"]],
    ["a catalog before the database, which a product cannot name", "SELECT 1 FROM lake.shop.events", []],
    ["rows of a list", "SELECT k FROM a.b CROSS JOIN UNNEST(b.items) AS t(i)", ["a.b"]],
    ["no tables", "SELECT 1 AS one", []],
  ])("are found: %s", (_case, sql, names) => {
    expect(namesIn(sql)).toEqual(names);
  });

  it("are found in the largest SQL without going through it again and again", () => {
    const started = performance.now();
    expect(namesIn(`SELECT 1 FROM a.b ${"/*'\"`(".repeat(13_000)}`)).toEqual(["a.b"]);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
