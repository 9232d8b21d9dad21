import { describe, expect, it } from "vitest";
import { formatTable, parseTableIdentifier } from "../../naming/tables.ts";
import type { CatalogClient, CatalogRequest, CatalogResult } from "./client.ts";
import { readHistory } from "./history.ts";

const parsed = parseTableIdentifier({ database: "shop", table: "sessions" });
if (!("identifier" in parsed)) throw new Error(parsed.problem);
const { identifier } = parsed;

/** A catalog that gives one answer. */
function catalog(result: CatalogResult): { client: CatalogClient; asked: CatalogRequest[] } {
  const asked: CatalogRequest[] = [];
  const client = {
    settings: { uri: "http://catalog" },
    send: async (request: CatalogRequest) => {
      asked.push(request);
      return result;
    },
  } as unknown as CatalogClient;
  return { client, asked };
}

function snapshot(id: number | bigint, parent: number | bigint | undefined, run?: string): object {
  return {
    "snapshot-id": id,
    ...(parent !== undefined && { "parent-snapshot-id": parent }),
    "timestamp-ms": 1000,
    summary: { operation: "append", ...(run !== undefined && { run }) },
  };
}

describe("the history of a table", () => {
  it("has what readers have seen, newest first, and the heads of branches", async () => {
    const large = 9_007_199_254_740_993n;
    const metadata = {
      "current-snapshot-id": large,
      snapshots: [snapshot(1, undefined), snapshot(2, 1, "held"), snapshot(large, 1, "published")],
      refs: {
        main: { "snapshot-id": large, type: "branch" },
        audit_x: { "snapshot-id": 2, type: "branch" },
        kept: { "snapshot-id": 1, type: "tag" },
      },
    };
    const { client, asked } = catalog({ outcome: "done", body: { metadata } });
    const history = await readHistory(client, identifier);
    expect(history?.published.map(({ id, summary }) => [id, summary["run"]])).toEqual([
      [String(large), "published"],
      ["1", undefined],
    ]);
    expect([...(history?.branches ?? [])].map(([name, { id }]) => [name, id])).toEqual([["audit_x", "2"]]);
    expect(asked[0]?.query).toEqual({ snapshots: "all" });
  });

  it("ends where snapshots have expired, and where they lead in a circle", async () => {
    const metadata = { "current-snapshot-id": 3, snapshots: [snapshot(3, 2)] };
    const expired = catalog({ outcome: "done", body: { metadata } });
    expect((await readHistory(expired.client, identifier))?.published).toHaveLength(1);
    const circle = { "current-snapshot-id": 1, snapshots: [snapshot(1, 2), snapshot(2, 1)] };
    const circular = catalog({ outcome: "done", body: { metadata: circle } });
    expect((await readHistory(circular.client, identifier))?.published).toHaveLength(2);
  });

  it("of a table that is not there is none, and an answer of another form is an error", async () => {
    const missing = catalog({ outcome: "missing", error: new Error("no such table") });
    expect(await readHistory(missing.client, identifier)).toBeUndefined();
    const other = catalog({ outcome: "done", body: {} });
    await expect(readHistory(other.client, identifier)).rejects.toThrow(formatTable(identifier));
  });
});
