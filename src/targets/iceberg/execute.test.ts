import { describe, expect, it } from "vitest";
import { TransientError, WaitingError } from "../../runtime/errors.ts";
import { TEST_TABLE } from "../../testing/arbitrary-tables.ts";
import type { CatalogClient, CatalogRequest, CatalogResult } from "./client.ts";
import type { CreateTable } from "./diff.ts";
import { createTable } from "./execute.ts";

const ACTION: CreateTable = {
  kind: "create-table",
  identifier: TEST_TABLE,
  fields: [],
  partitioning: [],
  sortOrder: [],
  properties: {},
  formatVersion: 2,
  location: { kind: "exact", url: "s3://lake/a" },
};

/** Creates a table in a database that is missing, on a catalog that answers so to the creation of the database. */
async function createBeside(
  database: () => CatalogResult,
  isThere = false,
): Promise<{ asked: string[]; error: unknown }> {
  const asked: string[] = [];
  const missing: CatalogResult = { outcome: "missing", error: new Error("no database") };
  const made: CatalogResult = { outcome: "exists", error: new Error("the table is there by now") };
  const client = {
    send: async ({ method, path }: CatalogRequest) => {
      asked.push(`${method} ${path}`);
      if (method === "GET")
        return Promise.resolve<CatalogResult>(isThere ? { outcome: "done", body: {} } : missing);
      if (path === "namespaces") return Promise.resolve(database());
      return Promise.resolve(asked.length === 1 ? missing : made);
    },
  } as unknown as CatalogClient;
  const permit = { signal: new AbortController().signal, assertMayWrite: () => undefined };
  const occupantOf = async (): Promise<undefined> => Promise.resolve(undefined);
  const error = await createTable(client, ACTION, { permit, occupantOf }).catch((thrown: unknown) => thrown);
  return { asked, error };
}

describe("a database that another table's creation makes at the same time", () => {
  const tables = `namespaces/${TEST_TABLE.database}/tables`;

  it.each([
    ["said to exist", (): CatalogResult => ({ outcome: "exists", error: new Error("exists") })],
    [
      "told as a conflict, as catalogs do that commit like Git",
      (): CatalogResult => {
        throw new WaitingError("NotSettled", "409: key 'quickstart' already exists");
      },
    ],
  ])("is taken, when it is %s", async (_, database) => {
    const { asked, error } = await createBeside(database);
    expect(asked).toEqual([`POST ${tables}`, "POST namespaces", `POST ${tables}`]);
    expect(String(error)).toContain("the table is there by now");
  });

  const inTrouble = (): CatalogResult => {
    throw new TransientError("CatalogUnreachable", "500: duplicate key value violates unique constraint");
  };

  it("is taken, when the catalog falls over it and has it", async () => {
    const { asked, error } = await createBeside(inTrouble, true);
    const database = `GET namespaces/${TEST_TABLE.database}`;
    expect(asked).toEqual([`POST ${tables}`, "POST namespaces", database, `POST ${tables}`]);
    expect(String(error)).toContain("the table is there by now");
  });

  it("is another error when the catalog is in trouble", async () => {
    const { asked, error } = await createBeside(inTrouble);
    expect(asked).toHaveLength(3);
    expect(String(error)).toContain("500");
  });
});
