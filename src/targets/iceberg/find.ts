/** Looks for tables: for one by its uuid under whatever name it has now, and for any; does not write. */
import { z } from "zod";
import { findWaitingError } from "../../runtime/errors.ts";
import type { CatalogClient } from "./client.ts";
import { unreadableAnswer } from "./errors.ts";

/** Tables that are loaded at the same time. */
const PARALLEL_LOADS = 8;
/** Between the levels of a namespace in a path. */
const LEVEL_SEPARATOR = "\u001f";

const namespacesAnswer = z.object({
  namespaces: z.array(z.array(z.string())).nullish(),
  "next-page-token": z.string().nullish(),
});
const tablesAnswer = z.object({
  identifiers: z.array(z.object({ namespace: z.array(z.string()), name: z.string() })).nullish(),
  "next-page-token": z.string().nullish(),
});
const tableAnswer = z.object({ metadata: z.object({ "table-uuid": z.string().nullish() }) });

/** Where to look first, and how to stop. */
export interface Search {
  readonly database: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The name of the table with this uuid, with its namespace before it, or `undefined` when no table of the catalog has it. Loads tables until one
 * is it, those of one database first, so it is for the rare moment in which a table is missed. Tables that may not be read are not it.
 */
export async function findTable(
  client: CatalogClient,
  uuid: string,
  { database, signal }: Search,
): Promise<string | undefined> {
  const searched = await findIn(client, [database], { uuid, signal });
  if (searched !== undefined) return searched;
  for await (const namespace of namespaces(client, undefined, signal)) {
    if (namespace.length === 1 && namespace[0] === database) continue;
    const found = await findIn(client, namespace, { uuid, signal });
    if (found !== undefined) return found;
  }
  return undefined;
}

export interface FoundTable {
  readonly namespace: readonly string[];
  readonly name: string;
}

/** Any table of the catalog; `undefined`: there is none. */
export async function firstTable(
  client: CatalogClient,
  signal: AbortSignal | undefined,
): Promise<FoundTable | undefined> {
  for await (const namespace of namespaces(client, undefined, signal)) {
    const [name] = await tablesOf(client, namespace, signal);
    if (name !== undefined) return { namespace, name };
  }
  return undefined;
}

interface Sought {
  readonly uuid: string;
  readonly signal: AbortSignal | undefined;
}

async function findIn(
  client: CatalogClient,
  namespace: readonly string[],
  sought: Sought,
): Promise<string | undefined> {
  const tables = await tablesOf(client, namespace, sought.signal);
  for (let start = 0; start < tables.length; start += PARALLEL_LOADS) {
    const some = tables.slice(start, start + PARALLEL_LOADS);
    const uuids = await Promise.all(some.map(async (name) => uuidOf(client, { namespace, name }, sought)));
    const found = some[uuids.indexOf(sought.uuid)];
    if (found !== undefined) return [...namespace, found].join(".");
  }
  return undefined;
}

async function tablesOf(
  client: CatalogClient,
  namespace: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const doing = `listing the tables of database "${namespace.join(".")}"`;
  const path = `${pathOf(namespace)}/tables`;
  const pages = readPages(client, { path, doing, signal }, tablesAnswer);
  const names: string[] = [];
  for await (const page of pages) names.push(...(page.identifiers ?? []).map(({ name }) => name));
  return names;
}

/** All namespaces below a parent, at any depth. */
async function* namespaces(
  client: CatalogClient,
  parent: readonly string[] | undefined,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly string[]> {
  const query = parent === undefined ? {} : { parent: parent.join(LEVEL_SEPARATOR) };
  const request = { path: "namespaces", query, doing: "listing the databases", signal };
  const below: (readonly string[])[] = [];
  for await (const page of readPages(client, request, namespacesAnswer))
    below.push(...(page.namespaces ?? []));
  for (const namespace of below) {
    yield namespace;
    // What is no deeper than its parent would lead in a circle.
    if (namespace.length > (parent?.length ?? 0)) yield* namespaces(client, namespace, signal);
  }
}

async function uuidOf(
  client: CatalogClient,
  { namespace, name }: FoundTable,
  { signal }: Sought,
): Promise<string | undefined> {
  const doing = `loading table "${[...namespace, name].join(".")}"`;
  const path = `${pathOf(namespace)}/tables/${encodeURIComponent(name)}`;
  try {
    const result = await client.send({ method: "GET", path, query: { snapshots: "refs" }, doing, signal });
    if (result.outcome !== "done") return undefined;
    return tableAnswer.safeParse(result.body).data?.metadata["table-uuid"] ?? undefined;
  } catch (error) {
    if (findWaitingError(error)?.reason === "Unauthorized") return undefined;
    throw error;
  }
}

interface PagedRequest {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly doing: string;
  readonly signal: AbortSignal | undefined;
}

/** A catalog that has no such namespace has no pages. */
async function* readPages<Page extends { readonly "next-page-token"?: string | null | undefined }>(
  client: CatalogClient,
  { query, ...request }: PagedRequest,
  schema: z.ZodType<Page>,
): AsyncGenerator<Page> {
  let token: string | undefined;
  do {
    const paged = { ...query, ...(token !== undefined && { pageToken: token }) };
    const result = await client.send({ method: "GET", query: paged, ...request });
    if (result.outcome === "missing") return;
    if (result.outcome !== "done") throw result.error;
    const parsed = schema.safeParse(result.body);
    if (!parsed.success) throw unreadableAnswer(client.settings, request.doing, parsed.error);
    yield parsed.data;
    token = parsed.data["next-page-token"] ?? undefined;
  } while (token !== undefined && token !== "");
}

/** Path of a namespace of any depth. */
export function pathOf(namespace: readonly string[]): string {
  return `namespaces/${encodeURIComponent(namespace.join(LEVEL_SEPARATOR))}`;
}
