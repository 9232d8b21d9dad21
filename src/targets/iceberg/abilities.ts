/**
 * What a catalog lets its clients do with the history of tables. It is asked by commits that cannot succeed: they require a table to have an
 * uuid that no table has. A catalog that knows what such a commit wants refuses it for the uuid; one that does not, for what it wants.
 */
import { randomUUID } from "node:crypto";
import type { CommitTableRequest } from "iceberg-js";
import { findWaitingError, isTerminalError } from "../../runtime/errors.ts";
import type { CatalogClient } from "./client.ts";
import type { FoundTable } from "./find.ts";
import { firstTable, pathOf } from "./find.ts";

/** `Unknown`: the catalog has no table to ask about, forbids to ask, or gave an answer that says neither. */
export type Ability = "True" | "False" | "Unknown";

export interface CatalogAbilities {
  /** Whether snapshots can be removed. */
  readonly snapshotExpiry: Ability;
  /** Whether a table can have branches and tags beside its main branch. */
  readonly branches: Ability;
}

/** Answers stay what they are until somebody installs another catalog. */
const ANSWER_LIFE_MS = 3_600_000;
const UNKNOWN_LIFE_MS = 60_000;

const NEITHER: CatalogAbilities = { snapshotExpiry: "False", branches: "False" };
const UNKNOWN: CatalogAbilities = { snapshotExpiry: "Unknown", branches: "Unknown" };

type Update = CommitTableRequest["updates"][number];

/** No table has such a snapshot. */
const NO_SNAPSHOT = 1;
const REMOVE_SNAPSHOTS: Update = { action: "remove-snapshots", "snapshot-ids": [NO_SNAPSHOT] };
const MAKE_BRANCH: Update = {
  action: "set-snapshot-ref",
  "ref-name": "openclickstream-question",
  type: "branch",
  "snapshot-id": NO_SNAPSHOT,
};
/** What every catalog can do. */
const SET_PROPERTIES: Update = { action: "set-properties", updates: {} };

/** Asks at the first call, and again when the answer is old. */
export function rememberAbilities(
  client: CatalogClient,
  now: () => number = () => Date.now(),
): (signal?: AbortSignal) => Promise<CatalogAbilities> {
  let known: { readonly abilities: CatalogAbilities; readonly until: number } | undefined;
  return async (signal) => {
    if (known !== undefined && now() < known.until) return known.abilities;
    const abilities = await readAbilities(client, signal);
    const isComplete = !Object.values(abilities).includes("Unknown");
    known = { abilities, until: now() + (isComplete ? ANSWER_LIFE_MS : UNKNOWN_LIFE_MS) };
    return abilities;
  };
}

/** Asks the catalog. Throws errors of the runtime's classes when it does not answer. */
async function readAbilities(
  client: CatalogClient,
  signal: AbortSignal | undefined,
): Promise<CatalogAbilities> {
  // Nessie shows one snapshot of each table and no branch, whatever commits it takes (seen with 0.99).
  if ((await client.probe(signal)).isNessie) return NEITHER;
  const table = await firstTable(client, signal);
  if (table === undefined) return UNKNOWN;
  return {
    snapshotExpiry: await takes(client, REMOVE_SNAPSHOTS, { table, signal }),
    branches: await takes(client, MAKE_BRANCH, { table, signal }),
  };
}

interface Question {
  readonly table: FoundTable;
  readonly signal: AbortSignal | undefined;
}

async function takes(client: CatalogClient, update: Update, question: Question): Promise<Ability> {
  const answer = await ask(client, update, question);
  if (answer === "refused for the uuid") return "True";
  if (answer === "other") return "Unknown";
  // Some catalogs refuse a wrong uuid with the same answer as what they do not know.
  return (await ask(client, SET_PROPERTIES, question)) === "refused for the uuid" ? "False" : "Unknown";
}

/** Sends a commit that cannot succeed. */
async function ask(
  client: CatalogClient,
  update: Update,
  { table, signal }: Question,
): Promise<"refused for the uuid" | "refused" | "other"> {
  const path = `${pathOf(table.namespace)}/tables/${encodeURIComponent(table.name)}`;
  const body: CommitTableRequest = {
    identifier: { namespace: [...table.namespace], name: table.name },
    requirements: [{ type: "assert-table-uuid", uuid: randomUUID() }],
    updates: [update],
  };
  const doing = `asking what it can do ("${update.action}", on no table)`;
  try {
    await client.send({ method: "POST", path, body, doing, signal });
    return "other";
  } catch (error) {
    if (findWaitingError(error)?.reason === "NotSettled") return "refused for the uuid";
    if (isTerminalError(error)) return "refused";
    if (findWaitingError(error)?.reason === "Unauthorized") return "other";
    throw error;
  }
}
