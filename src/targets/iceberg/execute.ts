/** Carries out table actions: a creation in the protocol's two steps, all changes of a table in one atomic commit. */
import type {
  CommitTableRequest,
  CreateNamespaceRequest,
  CreateTableRequest,
  TableIdentifier as WireIdentifier,
  TableRequirement,
  TableUpdate,
} from "iceberg-js";
import { z } from "zod";
import { normalLocation } from "../../naming/locations.ts";
import { formatTable } from "../../naming/tables.ts";
import type { DatabaseName, TableIdentifier } from "../../naming/tables.ts";
import type { WritePermit } from "../../runtime/controller.ts";
import { findTransientError, findWaitingError, TerminalError } from "../../runtime/errors.ts";
import type { CatalogClient, CatalogRequest, CatalogResult } from "./client.ts";
import { namespacePath, tablePath } from "./client.ts";
import type { CreateTable, TableChange } from "./diff.ts";
import { describeTableAction } from "./diff.ts";
import { unreadableAnswer } from "./errors.ts";
import { parseTable } from "./read.ts";
import type { CurrentTable, WantedLocation } from "./table.ts";
import { idsOfField } from "./types.ts";
import { writePartitionSpec, writeSchema, writeSortOrder } from "./wire.ts";

/** In the protocol: the schema, spec or order that the same commit added last. */
const LAST_ADDED = -1;

/** Creates a database unless it is there. Somebody else may make it at the same time: the table's creation shows whether it is there. */
async function createDatabase(
  client: CatalogClient,
  database: DatabaseName,
  permit: WritePermit,
): Promise<void> {
  const doing = `creating database "${database}"`;
  const body: CreateNamespaceRequest = { namespace: [database], properties: {} };
  try {
    const result = await client.send({ method: "POST", path: "namespaces", body, ...writing(doing, permit) });
    if (result.outcome === "missing") throw result.error;
  } catch (error) {
    // Catalogs that commit like Git answer a conflict and not that it exists, and some fall over the row that is there already.
    const isConflict = findWaitingError(error)?.reason === "NotSettled";
    if (!isConflict && !(await hasDatabase(client, database, permit))) throw error;
  }
}

/** `false` also when it cannot be told. */
async function hasDatabase(
  client: CatalogClient,
  database: DatabaseName,
  { signal }: WritePermit,
): Promise<boolean> {
  const doing = `looking for database "${database}"`;
  const wanted: CatalogRequest = { method: "GET", path: namespacePath(database), doing, signal };
  return client.send(wanted).then(
    ({ outcome }) => outcome === "done",
    () => false,
  );
}

export interface CreateOptions {
  readonly permit: WritePermit;
  /** What lies at a place already, in words, so that no table may be made there; `undefined`: nothing. Asked right before the commit. */
  readonly occupantOf: (location: string) => Promise<string | undefined>;
}

/**
 * Creates a table, and its database when that is missing. First the catalog proposes (a "staged" creation), then the table is
 * committed at the place that was decided; only so do all catalogs honour a place. Throws `NotSettled` when somebody else was faster,
 * and `TerminalError` when the place is taken or the catalog would make another table than the wanted one.
 */
export async function createTable(
  client: CatalogClient,
  action: CreateTable,
  { permit, occupantOf }: CreateOptions,
): Promise<CurrentTable> {
  const context = { ...writing(describeTableAction(action), permit), occupantOf };
  let result = await tryCreate(client, action, context);
  // Which of the two steps notices that the database is missing differs from catalog to catalog.
  if (result.outcome === "missing") {
    await createDatabase(client, action.identifier.database, permit);
    result = await tryCreate(client, action, context);
  }
  if (result.outcome !== "done") throw result.error;
  return parseTable(client, action.identifier, { body: result.body, doing: context.doing });
}

/** Carries out changes in one commit, which the catalog refuses (`NotSettled`) when the table is no longer as it was read. */
export async function changeTable(
  client: CatalogClient,
  table: CurrentTable,
  change: { readonly actions: readonly TableChange[]; readonly permit: WritePermit },
): Promise<CurrentTable> {
  const doing = `changing table "${formatTable(table.identifier)}"`;
  const body: CommitTableRequest = {
    identifier: wireIdentifier(table.identifier),
    requirements: requirements(table, change.actions),
    updates: change.actions.flatMap((action) => updates(action, table)),
  };
  const path = tablePath(table.identifier);
  const upgrade = change.actions.find((action) => action.kind === "upgrade-format");
  const answer = await client
    .demand({ method: "POST", path, body, ...writing(doing, change.permit) })
    .catch((error: unknown) => {
      throw upgrade === undefined ? error : refusedUpgrade(error, upgrade);
    });
  return parseTable(client, table.identifier, { body: answer, doing });
}

/** Catalogs fall over a format version that they do not know (500), which then passes neither by itself nor soon. */
function refusedUpgrade(
  error: unknown,
  { from, to }: Extract<TableChange, { kind: "upgrade-format" }>,
): unknown {
  const transient = findTransientError(error);
  if (transient === undefined) return error;
  return new TerminalError(
    "ImpossibleChange",
    `the catalog did not upgrade the table from format version ${from} to ${to}, which it may not know; set the property ` +
      `format-version to ${from} or leave it out. ${transient.message}`,
    { field: "spec.properties", cause: error },
  );
}

/** Takes a table out of the catalog. With `purges` it is asked to delete the table's files; not all catalogs do. `false`: there was none. */
export async function dropTable(
  client: CatalogClient,
  identifier: TableIdentifier,
  { purges, permit }: { readonly purges: boolean; readonly permit: WritePermit },
): Promise<boolean> {
  const doing = `dropping table "${formatTable(identifier)}"`;
  const query = { purgeRequested: String(purges) };
  const result = await client.send({
    method: "DELETE",
    path: tablePath(identifier),
    query,
    ...writing(doing, permit),
  });
  return result.outcome === "done";
}

const stagedTable = z.object({
  metadata: z.object({
    "table-uuid": z.string(),
    location: z.string(),
    "format-version": z.number(),
    properties: z.record(z.string(), z.string()).nullish(),
  }),
});

type Proposal = z.output<typeof stagedTable>;

type Doing = Pick<CatalogRequest, "doing" | "signal" | "assertMayWrite">;

function writing(doing: string, { signal, assertMayWrite }: WritePermit): Doing {
  return { doing, signal, assertMayWrite };
}

async function tryCreate(
  client: CatalogClient,
  action: CreateTable,
  { occupantOf, ...context }: Doing & Pick<CreateOptions, "occupantOf">,
): Promise<CatalogResult> {
  const proposed = await proposeTable(client, action, context);
  if (proposed.outcome !== "done") return proposed;
  const parsed = stagedTable.safeParse(proposed.body);
  if (!parsed.success) throw unreadableAnswer(client.settings, context.doing, parsed.error);
  const { location: proposal, "table-uuid": uuid, "format-version": formatVersion } = parsed.data.metadata;
  if (formatVersion !== action.formatVersion) throw otherFormat(formatVersion, action.formatVersion);
  const location = await freeLocation(action.location, { proposal, uuid }, occupantOf);
  const body: CommitTableRequest = {
    identifier: wireIdentifier(action.identifier),
    requirements: [{ type: "assert-create" }],
    updates: creationUpdates(action, parsed.data, location),
  };
  return client.send({ method: "POST", path: tablePath(action.identifier), body, ...context });
}

async function proposeTable(
  client: CatalogClient,
  action: CreateTable,
  context: Doing,
): Promise<CatalogResult> {
  const path = namespacePath(action.identifier.database, "tables");
  const body: CreateTableRequest = {
    name: action.identifier.table,
    "stage-create": true,
    ...(action.location.kind === "exact" && { location: action.location.url }),
    schema: writeSchema(action.fields, 0, []),
    "partition-spec": writePartitionSpec(action.partitioning, 0),
    "write-order": writeSortOrder(action.sortOrder, action.sortOrder.length === 0 ? 0 : 1),
    properties: { ...action.properties, "format-version": String(action.formatVersion) },
  };
  return client.send({ method: "POST", path, body, ...context });
}

function otherFormat(made: number, wanted: number): TerminalError {
  return new TerminalError(
    "ImpossibleChange",
    `the catalog makes tables of format version ${made} and not ${wanted}; set the property format-version to ${made}, or leave it out`,
    { field: "spec.properties" },
  );
}

/** Where no other table lies: what is asked for, what the catalog proposes, or a folder of the table's own with its uuid in the name. */
async function freeLocation(
  wanted: WantedLocation,
  { proposal, uuid }: { readonly proposal: string; readonly uuid: string },
  occupantOf: CreateOptions["occupantOf"],
): Promise<string> {
  const candidates =
    wanted.kind === "exact"
      ? [wanted.url]
      : [
          isInBucket(proposal, wanted.bucket) ? proposal.replace(/\/+$/, "") : wanted.fallback,
          `${wanted.fallback}-${uuid}`,
        ];
  let taken = "";
  for (const location of candidates) {
    const occupant = await occupantOf(location);
    if (occupant === undefined) return location;
    taken = `the table would lie at ${location}, where ${occupant}`;
  }
  throw new TerminalError(
    "ResourceConflict",
    `${taken}; two tables in one place destroy each other, so choose another spec.location (in a new LakeTable), ` +
      `or move away what lies there`,
    { field: "spec.location" },
  );
}

function isInBucket(location: string, bucket: string): boolean {
  return `${normalLocation(location)}/`.startsWith(`s3://${bucket}/`);
}

/** The schema is written as wanted, not as proposed. Only their ids differ, and the diff compared the wanted one. */
function creationUpdates(action: CreateTable, proposal: Proposal, location: string): TableUpdate[] {
  const lastColumnId = Math.max(0, ...action.fields.flatMap((field) => idsOfField(field)));
  const orderId = action.sortOrder.length === 0 ? 0 : 1;
  return [
    { action: "assign-uuid", uuid: proposal.metadata["table-uuid"] },
    { action: "upgrade-format-version", "format-version": proposal.metadata["format-version"] },
    { action: "add-schema", schema: writeSchema(action.fields, 0, []), "last-column-id": lastColumnId },
    { action: "set-current-schema", "schema-id": LAST_ADDED },
    { action: "add-spec", spec: writePartitionSpec(action.partitioning, 0) },
    { action: "set-default-spec", "spec-id": LAST_ADDED },
    { action: "add-sort-order", "sort-order": writeSortOrder(action.sortOrder, orderId) },
    { action: "set-default-sort-order", "sort-order-id": LAST_ADDED },
    { action: "set-location", location },
    { action: "set-properties", updates: { ...proposal.metadata.properties, ...action.properties } },
  ];
}

/** What must still hold at the commit. What a change does not look at may change meanwhile: writers commit every few seconds. */
function requirements(table: CurrentTable, actions: readonly TableChange[]): TableRequirement[] {
  const touches = new Set(actions.map((action) => action.kind));
  const asserted: TableRequirement[] = [{ type: "assert-table-uuid", uuid: table.uuid }];
  if (touches.has("evolve-schema")) {
    asserted.push({ type: "assert-last-assigned-field-id", "last-assigned-field-id": table.lastColumnId });
  }
  // New layouts and orders name columns by their ids, so they stand on the schema too.
  if (
    touches.has("evolve-schema") ||
    touches.has("change-partitioning") ||
    touches.has("change-sort-order")
  ) {
    asserted.push({ type: "assert-current-schema-id", "current-schema-id": table.schemaId });
  }
  if (touches.has("change-partitioning")) {
    asserted.push(
      { type: "assert-default-spec-id", "default-spec-id": table.defaultSpecId },
      { type: "assert-last-assigned-partition-id", "last-assigned-partition-id": table.lastPartitionId },
    );
  }
  if (touches.has("change-sort-order")) {
    asserted.push({
      type: "assert-default-sort-order-id",
      "default-sort-order-id": table.defaultSortOrderId,
    });
  }
  return asserted;
}

function updates(action: TableChange, table: CurrentTable): TableUpdate[] {
  switch (action.kind) {
    case "upgrade-format":
      return [{ action: "upgrade-format-version", "format-version": action.to }];
    case "evolve-schema": {
      if (action.knownId !== undefined)
        return [{ action: "set-current-schema", "schema-id": action.knownId }];
      const schemaId = Math.max(...table.schemas.map((schema) => schema.schemaId)) + 1;
      const schema = writeSchema(action.fields, schemaId, table.identifierFieldIds);
      return [
        { action: "add-schema", schema, "last-column-id": action.lastColumnId },
        { action: "set-current-schema", "schema-id": LAST_ADDED },
      ];
    }
    case "change-partitioning":
      return partitioningUpdates(action.change, table);
    case "change-sort-order":
      return sortOrderUpdates(action.change);
    case "change-properties":
      return propertyUpdates(action.set, action.unset);
  }
}

function propertyUpdates(set: Readonly<Record<string, string>>, unset: readonly string[]): TableUpdate[] {
  const changed: TableUpdate[] = [];
  if (Object.keys(set).length > 0) changed.push({ action: "set-properties", updates: set });
  if (unset.length > 0) changed.push({ action: "remove-properties", removals: [...unset] });
  return changed;
}

type PartitioningChange = Extract<TableChange, { kind: "change-partitioning" }>["change"];
type SortOrderChange = Extract<TableChange, { kind: "change-sort-order" }>["change"];

function partitioningUpdates(change: PartitioningChange, table: CurrentTable): TableUpdate[] {
  if (change.kind === "known") return [{ action: "set-default-spec", "spec-id": change.id }];
  const specId = Math.max(...table.partitionSpecs.map((spec) => spec.specId)) + 1;
  return [
    { action: "add-spec", spec: writePartitionSpec(change.layout, specId) },
    { action: "set-default-spec", "spec-id": LAST_ADDED },
  ];
}

function sortOrderUpdates(change: SortOrderChange): TableUpdate[] {
  if (change.kind === "known") return [{ action: "set-default-sort-order", "sort-order-id": change.id }];
  const order = writeSortOrder(change.layout.fields, change.layout.orderId);
  return [
    { action: "add-sort-order", "sort-order": order },
    { action: "set-default-sort-order", "sort-order-id": LAST_ADDED },
  ];
}

function wireIdentifier(identifier: TableIdentifier): WireIdentifier {
  return { namespace: [identifier.database], name: identifier.table };
}
