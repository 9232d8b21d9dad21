import { describe, expect, it } from "vitest";
import { TerminalError, TransientError, WaitingError } from "../../runtime/errors.ts";
import { rememberAbilities } from "./abilities.ts";
import type { CatalogClient, CatalogRequest, CatalogResult } from "./client.ts";

type Answer = () => CatalogResult;

const refusedForTheUuid: Answer = () => {
  throw new WaitingError("NotSettled", "409: Requirement failed: UUID does not match");
};
const refused: Answer = () => {
  throw new TerminalError("InvalidSpec", "400: unknown action");
};
const forbidden: Answer = () => {
  throw new WaitingError("Unauthorized", "403");
};
const inTrouble: Answer = () => {
  throw new TransientError("CatalogUnreachable", "500");
};

interface Catalog {
  readonly isNessie?: boolean;
  readonly tables?: readonly string[];
  /** Answers to commits by what they want; those that are not named are refused for the uuid. */
  readonly commits?: Readonly<Record<string, Answer>>;
}

/** The question to a catalog in memory, and what it was asked by then. */
function asking({ isNessie = false, tables = ["orders"], commits = {} }: Catalog): {
  readonly read: (at: number) => Promise<object>;
  readonly asked: string[];
} {
  const asked: string[] = [];
  let time = 0;
  const client = {
    probe: async () => Promise.resolve({ prefix: "", isNessie, identity: "here" }),
    send: async ({ method, path, body }: CatalogRequest) => {
      const action = (body as { updates: readonly { action: string }[] } | undefined)?.updates[0]?.action;
      asked.push(`${method} ${path}${action === undefined ? "" : ` ${action}`}`);
      if (action !== undefined) return Promise.resolve((commits[action] ?? refusedForTheUuid)());
      return Promise.resolve<CatalogResult>({ outcome: "done", body: listing(path, tables) });
    },
  } as unknown as CatalogClient;
  const remembered = rememberAbilities(client, () => time);
  return {
    asked,
    read: async (at) => {
      time = at;
      return remembered();
    },
  };
}

function listing(path: string, tables: readonly string[]): object {
  if (path.endsWith("/tables")) return { identifiers: tables.map((name) => ({ namespace: ["shop"], name })) };
  return { namespaces: path === "namespaces" ? [["shop"]] : [] };
}

describe("what a catalog can do", () => {
  it.each<[string, Catalog, [string, string]]>([
    ["both, when it refuses such commits for the uuid alone", {}, ["True", "True"]],
    ["what it knows", { commits: { "set-snapshot-ref": refused } }, ["True", "False"]],
    [
      "not known, when it refuses every commit in the same way",
      { commits: { "remove-snapshots": refused, "set-snapshot-ref": refused, "set-properties": refused } },
      ["Unknown", "Unknown"],
    ],
    [
      "not known, when it forbids to ask",
      { commits: { "remove-snapshots": forbidden, "set-snapshot-ref": forbidden } },
      ["Unknown", "Unknown"],
    ],
    ["not known without a table to ask about", { tables: [] }, ["Unknown", "Unknown"]],
    ["neither, when it is Nessie", { isNessie: true }, ["False", "False"]],
  ])("is %s", async (_case, catalog, [snapshotExpiry, branches]) => {
    expect(await asking(catalog).read(0)).toEqual({ snapshotExpiry, branches });
  });

  it("is no answer at all when the catalog is in trouble", async () => {
    const { read } = asking({ commits: { "remove-snapshots": inTrouble } });
    await expect(read(0)).rejects.toThrow("500");
  });

  it("is asked for with commits that require an uuid of nobody, on one table", async () => {
    const { read, asked } = asking({});
    await read(0);
    expect(asked).toEqual([
      "GET namespaces",
      "GET namespaces/shop/tables",
      "POST namespaces/shop/tables/orders remove-snapshots",
      "POST namespaces/shop/tables/orders set-snapshot-ref",
    ]);
  });

  it("is kept for an hour, and for a minute while it is not known", async () => {
    const known = asking({});
    await known.read(0);
    await known.read(3_599_999);
    expect(known.asked).toHaveLength(4);
    await known.read(3_600_000);
    expect(known.asked).toHaveLength(8);
    const unknown = asking({ tables: [] });
    await unknown.read(0);
    const once = unknown.asked.length;
    await unknown.read(59_999);
    expect(unknown.asked).toHaveLength(once);
    await unknown.read(60_000);
    expect(unknown.asked).toHaveLength(2 * once);
  });
});
