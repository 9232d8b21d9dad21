import { describe, expect, it } from "vitest";
import { EVENTS_TABLE } from "../../testing/data-product.ts";
import type { PastSnapshot } from "./history.ts";
import { readRowVersion } from "./row-version.ts";

const { signal } = new AbortController();

/** Operations of a table's snapshots, the newest first; their ids count down to 1. */
async function versionOf(...operations: readonly string[]): Promise<{ version?: string; asked: number }> {
  let asked = 0;
  const published = operations.map((operation, index): PastSnapshot => ({
    id: String(operations.length - index),
    at: new Date(0),
    summary: { operation },
  }));
  const catalog = {
    readHistory: () => {
      asked += 1;
      return Promise.resolve({ published, branches: new Map() });
    },
  };
  const [head] = published;
  const snapshot = head && { id: head.id, operation: head.summary["operation"] ?? "" };
  const version = await readRowVersion(catalog, { ...EVENTS_TABLE, ...(snapshot && { snapshot }) }, signal);
  return { ...(version !== undefined && { version }), asked };
}

describe("the version of a table's rows", () => {
  it("is the current snapshot when that changed rows, and costs no request", async () => {
    expect(await versionOf("append", "replace", "append")).toEqual({ version: "3", asked: 0 });
    expect(await versionOf()).toEqual({ asked: 0 });
  });

  it("stays through compactions", async () => {
    expect(await versionOf("replace", "replace", "overwrite", "append")).toEqual({ version: "2", asked: 1 });
  });

  it("is that of the oldest snapshot kept, when those that changed rows have expired", async () => {
    expect(await versionOf("replace", "replace")).toEqual({ version: "1", asked: 1 });
  });
});
