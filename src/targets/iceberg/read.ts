/** Reads tables of a catalog; does not write. */
import type { TableIdentifier } from "../../naming/tables.ts";
import { formatTable } from "../../naming/tables.ts";
import type { CatalogClient } from "./client.ts";
import { tablePath } from "./client.ts";
import { unreadableAnswer } from "./errors.ts";
import type { CurrentTable } from "./table.ts";
import { readTableAnswer } from "./wire.ts";

/** The table, or `undefined` when the catalog answered that there is none. */
export async function readTable(
  client: CatalogClient,
  identifier: TableIdentifier,
  signal?: AbortSignal,
): Promise<CurrentTable | undefined> {
  const doing = `loading table "${formatTable(identifier)}"`;
  // Only the snapshots that branches and tags point to: a busy table has thousands.
  const query = { snapshots: "refs" };
  const result = await client.send({ method: "GET", path: tablePath(identifier), query, doing, signal });
  if (result.outcome === "missing") return undefined;
  if (result.outcome === "exists") throw result.error;
  return parseTable(client, identifier, { body: result.body, doing });
}

/** The table in an answer; an answer that is none is an error of the catalog's. */
export function parseTable(
  client: CatalogClient,
  identifier: TableIdentifier,
  answer: { readonly body: unknown; readonly doing: string },
): CurrentTable {
  try {
    return readTableAnswer(identifier, answer.body);
  } catch (error) {
    throw unreadableAnswer(client.settings, answer.doing, error);
  }
}
