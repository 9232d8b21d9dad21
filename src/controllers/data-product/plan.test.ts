import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { stringify } from "yaml";
import type { DataProductSpec } from "../../crds/kinds.ts";
import { planWith } from "../../testing/data-product.ts";
import type { ProductPlan } from "./plan.ts";

const TESTDATA = join(import.meta.dirname, "testdata");

const CASES: Readonly<Record<string, Partial<DataProductSpec>>> = {
  scheduled: {
    refresh: { schedule: "0 6 * * MON-FRI", timeZone: "Europe/Berlin" },
    checks: [
      { notNull: ["site"] },
      { name: "some", sql: "SELECT 1 FROM this WHERE sessions < 1", severity: "Warning" },
      { rowCount: { min: 1, changeAtMost: "50%" } },
    ],
  },
  windowed: {
    incremental: { mode: "Merge", keys: ["site"], newDataBy: "event_time", lookback: "2d" },
    refresh: { schedule: "*/15 * * * *", timeZone: "Europe/Berlin" },
  },
  appended: {
    incremental: { mode: "Append", newDataBy: "event_time" },
    refresh: { schedule: "0 * * * *" },
  },
  "on-update": {
    refresh: { onUpdate: { minInterval: "5m" } },
    resources: { requests: { cpu: "500m" }, limits: { memory: "4Gi" } },
    podTemplate: {
      nodeSelector: { pool: "batch" },
      tolerations: [{ key: "batch", operator: "Exists" }],
      env: [{ name: "NOTE", value: 'a {{ template }} of "nobody" \\ ü' }],
    },
  },
};

/** The pod is the same where the spec says nothing of it: one golden file has it as it is by itself, and one as a spec may change it. */
const WITH_POD: readonly string[] = ["scheduled", "on-update"];

function shortened(name: string, text: string): string {
  return WITH_POD.includes(name) ? text : text.replace(/^POD = \{$.*?^\}$/ms, "POD = {...}");
}

/** An input of theirs loses rows by age. */
const RETAINED: readonly string[] = ["windowed"];

function planOf(name: string, spec: Partial<DataProductSpec>): ProductPlan {
  const retention = { table: "shop.events", lakeTable: "web-events", keep: "30d" };
  return planWith(spec, RETAINED.includes(name) ? { retentions: [retention] } : {});
}

describe("the DAG of a product", () => {
  it.each(Object.entries(CASES))("is as in the golden file: %s", async (name, spec) => {
    const dag = planOf(name, spec).defined?.run?.dagFile ?? "";
    await expect(shortened(name, dag)).toMatchFileSnapshot(join(TESTDATA, `${name}.golden.py`));
  });

  it("is the same text for the same product", () => {
    expect(planWith(CASES["windowed"])).toEqual(planWith(CASES["windowed"]));
  });
});

describe("the files of a run", () => {
  it.each(Object.entries(CASES))("are as in the golden file: %s", async (name, spec) => {
    const { configMap, serviceAccount } = planOf(name, spec).defined?.run ?? {};
    const text = stringify([configMap?.object, serviceAccount?.object], { lineWidth: 0 });
    await expect(text).toMatchFileSnapshot(join(TESTDATA, `${name}.golden.yaml`));
  });
});
