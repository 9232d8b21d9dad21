/** The Iceberg target on two real catalogs: random tables converge, and a lost answer does no harm. */
import { createServer, request } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { TRANSFORM_SOURCES } from "../../src/crds/iceberg-type.ts";
import { PERMIT } from "../../src/testing/permit.ts";
import type { DatabaseName, TableIdentifier, TableName } from "../../src/naming/tables.ts";
import { findWaitingError, isTerminalError } from "../../src/runtime/errors.ts";
import type { TableCatalog } from "../../src/targets/iceberg/catalog.ts";
import { createTableCatalog } from "../../src/targets/iceberg/catalog.ts";
import { createCatalogClient } from "../../src/targets/iceberg/client.ts";
import type { CreateTable, TableAction, TableChange } from "../../src/targets/iceberg/diff.ts";
import { declaredFields } from "../../src/targets/iceberg/declared-fields.ts";
import { diffTable } from "../../src/targets/iceberg/diff.ts";
import type { CurrentTable, WantedTable } from "../../src/targets/iceberg/table.ts";
import { anyEditOf, anyWantedTable } from "../../src/testing/arbitrary-tables.ts";
import { idsOfField } from "../../src/targets/iceberg/types.ts";

const CREATING = { permit: PERMIT, occupantOf: () => Promise.resolve(undefined) };

const PAIRS = 25;

const CATALOGS = [
  { name: "Iceberg's own server", uri: (): string => inject("engines").catalog.uri },
  { name: "Nessie", uri: (): string => inject("nessie").uri },
];

function open(uri: string): TableCatalog {
  const settings = { uri, warehouse: undefined, prefix: undefined, credentials: undefined };
  return createTableCatalog(createCatalogClient(settings));
}

function identifier(table: string): TableIdentifier {
  return { database: "target_test" as DatabaseName, table: table as TableName };
}

/** Without the partitions that a catalog may refuse for their columns' types, as the API server does for manifests. */
function withPossiblePartitions(table: WantedTable): WantedTable {
  const partitionBy = table.partitionBy.filter(({ column, transform }) => {
    const type = table.columns.find(({ name }) => name === column)?.type;
    const sources = new Map<string, readonly string[]>(Object.entries(TRANSFORM_SOURCES)).get(transform);
    return sources === undefined || (type?.kind === "scalar" && sources.includes(type.name));
  });
  return {
    ...table,
    partitionBy,
    location: { kind: "anywhere-in-bucket", bucket: "clickstream", fallback: "s3://clickstream/x" },
  };
}

async function carryOut(
  catalog: TableCatalog,
  actions: readonly TableAction[],
  current: CurrentTable | undefined,
): Promise<void> {
  const creation = actions.find((action): action is CreateTable => action.kind === "create-table");
  if (creation !== undefined) await catalog.createTable(creation, CREATING);
  const changes = actions.filter((action): action is TableChange => action.kind !== "create-table");
  if (changes.length > 0 && current !== undefined)
    await catalog.changeTable(current, { actions: changes, permit: PERMIT });
}

/** `undefined` when the change is refused as impossible. */
function diffOrUndefined(
  wanted: WantedTable,
  current: CurrentTable | undefined,
): readonly TableAction[] | undefined {
  try {
    return diffTable(wanted, current);
  } catch (error) {
    expect(isTerminalError(error)).toBe(true);
    return undefined;
  }
}

describe.each(CATALOGS)("random tables and random edits of them in $name", ({ uri }) => {
  let catalog: TableCatalog;
  beforeAll(() => {
    catalog = open(uri());
  });
  afterAll(async () => {
    await catalog.close();
  });

  const pairs = fc.sample(
    anyWantedTable().chain((before) => fc.tuple(fc.constant(before), anyEditOf(before))),
    { numRuns: PAIRS, seed: 20_260_101 },
  );

  it(`(${PAIRS} of them) are as wanted after one round, with every id kept`, async () => {
    let evolved = 0;
    for (const [nth, pair] of pairs.entries()) {
      const at = identifier(`random_${nth}`);
      const [before, after] = pair.map((table) => ({ ...withPossiblePartitions(table), identifier: at }));
      if (before === undefined || after === undefined) throw new Error("a pair has two tables");
      await carryOut(catalog, diffTable(before, undefined), undefined);
      const created = await catalog.readTable(at);
      expect(diffTable(before, created)).toEqual([]);
      const declared = declaredFields(before.columns, created?.fields ?? []);
      const wanted = { ...after, unnamed: { ...after.unnamed, declared } };
      const actions = diffOrUndefined(wanted, created);
      if (actions === undefined) continue;
      await carryOut(catalog, actions, created);
      const changed = await catalog.readTable(at);
      expect(diffTable(wanted, changed)).toEqual([]);
      expectIdsKept(created, changed);
      evolved += actions.length > 0 ? 1 : 0;
    }
    expect(evolved).toBeGreaterThan(PAIRS / 4);
  });
});

function expectIdsKept(before: CurrentTable | undefined, after: CurrentTable | undefined): void {
  const old = new Set(before?.fields.flatMap(idsOfField));
  for (const id of after?.fields.flatMap(idsOfField) ?? []) {
    expect(old.has(id) || id > (before?.lastColumnId ?? 0)).toBe(true);
  }
}

describe.each(CATALOGS)("a lost answer of $name", ({ uri }) => {
  const SIMPLE: WantedTable = {
    identifier: identifier("lossy"),
    columns: [{ name: "a", type: { kind: "scalar", name: "int" }, isRequired: false }],
    partitionBy: [],
    sortBy: [],
    properties: {},
    formatVersion: undefined,
    location: { kind: "anywhere-in-bucket", bucket: "clickstream", fallback: "s3://clickstream/x" },
    unnamed: { declared: new Map(), isDropAllowed: false, keepsOthers: false },
  };
  let proxy: Server;
  let lossy: TableCatalog;
  let isLosing = false;

  beforeAll(async () => {
    proxy = createServer((incoming, response) => void forward(incoming, response));
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    lossy = open(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}${new URL(uri()).pathname}`);
  });
  afterAll(async () => {
    await lossy.close();
    await new Promise((resolve) => proxy.close(resolve));
  });

  /** Hands everything on; while losing, cuts the connection when the answer to a commit has arrived. */
  async function forward(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const target = new URL(incoming.url ?? "/", uri());
    const { method = "GET", headers } = incoming;
    const upstream = request(target, { method, headers: { ...headers, host: target.host } }, (answer) => {
      const isCommit = method === "POST" && /\/tables\/\w+$/.test(target.pathname);
      if (isLosing && isCommit) {
        answer.resume().on("end", () => response.destroy());
        return;
      }
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    upstream.end(Buffer.concat(chunks));
  }

  it("to a creation means waiting, and the next round finds the table made", async () => {
    const [creation] = diffTable(SIMPLE, undefined);
    if (creation?.kind !== "create-table") throw new Error("a missing table is created");
    isLosing = true;
    const error: unknown = await lossy.createTable(creation, CREATING).catch((reason: unknown) => reason);
    isLosing = false;
    expect(findWaitingError(error)).toMatchObject({ reason: "CatalogUnreachable" });
    expect(diffTable(SIMPLE, await lossy.readTable(SIMPLE.identifier))).toEqual([]);
  });

  it("to a commit means waiting; carrying the same out again is refused, and the next round finds it done", async () => {
    const current = await lossy.readTable(SIMPLE.identifier);
    if (current === undefined) throw new Error("there is no table");
    const wanted = {
      ...SIMPLE,
      columns: [...SIMPLE.columns, { ...SIMPLE.columns[0], name: "b" }],
    } as WantedTable;
    const actions = diffTable(wanted, current).filter((action) => action.kind !== "create-table");
    isLosing = true;
    const error: unknown = await lossy
      .changeTable(current, { actions, permit: PERMIT })
      .catch((reason: unknown) => reason);
    isLosing = false;
    expect(findWaitingError(error)).toMatchObject({ reason: "CatalogUnreachable" });
    const again: unknown = await lossy
      .changeTable(current, { actions, permit: PERMIT })
      .catch((reason: unknown) => reason);
    expect(findWaitingError(again)).toMatchObject({ reason: "NotSettled" });
    expect(diffTable(wanted, await lossy.readTable(SIMPLE.identifier))).toEqual([]);
  });
});
