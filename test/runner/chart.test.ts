import { expect, test } from "vitest";
import { drawChart } from "./chart.ts";

test("the chart shows when each task ran, the first to begin on top", () => {
  const bars = [
    { name: "tests", began: 4_000, ended: 10_000 },
    { name: "build", began: 0, ended: 5_000 },
    { name: "not run", began: 5_000, ended: 5_000 },
  ];
  expect(drawChart(bars, 10)).toBe(
    [
      "  build   |#####     |    0 +    5 s",
      "  tests   |    ######|    4 +    6 s",
      "  not run |     #    |    5 +    0 s",
      "           0       10 s",
    ].join("\n"),
  );
});
