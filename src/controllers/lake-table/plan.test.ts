import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import type { LakeTable, LakeTableStatus } from "../../crds/kinds.ts";
import { lakeTableSpec } from "../../crds/kinds.ts";
import type { CurrentTable } from "../../targets/iceberg/table.ts";
import { carryOut } from "../../testing/arbitrary-tables.ts";
import { NAMESPACE, PRESENT, describeError } from "../../testing/systems.ts";
import type { ObservedTable } from "./observe.ts";
import type { TableWork } from "./plan.ts";
import { planTable } from "./plan.ts";
import { validateTable } from "./validate.ts";

const TESTDATA = join(import.meta.dirname, "testdata");

/** A case: the manifest, the status, and the manifest that made the table that is there (absent: there is none). */
interface Case {
  readonly spec: object;
  readonly status?: LakeTableStatus;
  readonly was?: object;
  readonly "by-hand"?: { readonly properties: Readonly<Record<string, string>> };
}

function resourceOf(spec: object, status?: LakeTableStatus): LakeTable {
  const defaults = { platformRef: { name: "main" }, database: "shop", table: "web_events" };
  return {
    apiVersion: "openclickstream.io/v1alpha1",
    kind: "LakeTable",
    metadata: { namespace: NAMESPACE, name: "web-events", uid: "u", generation: 2 },
    spec: lakeTableSpec.parse({ ...defaults, ...spec }),
    ...(status && { status }),
  };
}

function observedOf(value: CurrentTable | undefined): ObservedTable {
  return {
    older: undefined,
    platform: PRESENT,
    table: { state: "known", value },
    overlap: undefined,
    renamedTo: { state: "known", value: undefined },
  };
}

function tableOf(input: Case): CurrentTable | undefined {
  if (input.was === undefined) return undefined;
  const { work } = planTable(validateTable(resourceOf(input.was), observedOf(undefined)));
  if (work.kind !== "create") throw new Error("the first manifest makes a table");
  const table = carryOut(undefined, work.action);
  const properties = { ...table.properties, ...input["by-hand"]?.properties };
  return { ...table, uuid: "table-1", properties };
}

function render(input: Case): string {
  try {
    const validated = validateTable(resourceOf(input.spec, input.status), observedOf(tableOf(input)));
    const { work, notices } = planTable(validated);
    return stringify({ work: withoutTable(work), notices }, { lineWidth: 0, aliasDuplicateObjects: false });
  } catch (error) {
    return stringify({ refused: describeError(error) }, { lineWidth: 0 });
  }
}

/** The table itself is the input's business. */
function withoutTable(work: TableWork): object {
  return Object.fromEntries(Object.entries(work).filter(([key]) => key !== "table"));
}

const cases = (await readdir(TESTDATA)).filter((file) => file.endsWith(".input.yaml"));

describe("the plan of a table", () => {
  it.each(cases)("is as in the golden file of %s", async (file) => {
    const input = parse(await readFile(join(TESTDATA, file), "utf8")) as Case;
    await expect(render(input)).toMatchFileSnapshot(join(TESTDATA, file.replace(".input.", ".golden.")));
  });
});
