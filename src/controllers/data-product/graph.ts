/** Which products read and make which tables: who is woken by whom, who waits for whom, and circles. Pure. */
import { isDeepStrictEqual } from "node:util";
import type { KubernetesObject } from "../../api/objects.ts";
import { formatKey, keyOf } from "../../api/objects.ts";
import type { DataPlatform, DataProduct, LakeTable } from "../../crds/kinds.ts";
import { dataProductKind, lakeTableKind } from "../../crds/kinds.ts";
import { formatTable } from "../../naming/tables.ts";
import { isNewState } from "../../runtime/cache/watches.ts";
import type { ObjectChange, ObjectIndex, ObjectReader, SecondaryWatch } from "../../runtime/controller.ts";
import { identitiesOf } from "../../platform/identity.ts";
import { cachedPlatform } from "../../platform/platform.ts";
import type { Retention } from "./input-retention.ts";
import { readTableNames } from "../../targets/planner/table-names.ts";

import { isOfBackfill, recordsOf } from "./runs.ts";

type Cache = Pick<ObjectReader, "cachedBy" | "cached">;

/** A table of a platform, the same for products and LakeTables of one namespace. */
function tableKey({ metadata, spec }: DataProduct | LakeTable, table: string): string {
  return [metadata.namespace ?? "", spec.platformRef.name, table].join("/");
}

/** `database.table` of everything that the SQL reads, as far as its words tell. */
function tablesReadBy({ spec }: DataProduct): readonly string[] {
  return readTableNames(spec.sql).map(formatTable);
}

/** `database.table` of the table that a product makes. */
export function targetOf({ spec }: DataProduct): string {
  return `${spec.target.database}.${spec.target.table}`;
}

const PRODUCTS_BY_INPUT: ObjectIndex<DataProduct> = {
  type: dataProductKind,
  valuesOf: (product) => tablesReadBy(product).map((table) => tableKey(product, table)),
};

const PRODUCTS_BY_TARGET: ObjectIndex<DataProduct> = {
  type: dataProductKind,
  valuesOf: (product) => [tableKey(product, targetOf(product))],
};

/** Of all namespaces and platforms. */
const PRODUCTS_BY_TABLE_NAME: ObjectIndex<DataProduct> = {
  type: dataProductKind,
  valuesOf: (product) => [targetOf(product)],
};

const LAKE_TABLES: ObjectIndex<LakeTable> = {
  type: lakeTableKind,
  valuesOf: (table) => [tableKey(table, nameOf(table))],
};

function nameOf({ spec }: LakeTable): string {
  return `${spec.database}.${spec.table}`;
}

/**
 * Wakes the products that read a table which came, went or has other columns; those of them that follow its versions also for another version:
 * a stream commits every few seconds, which is nothing to a schedule. And those that read what a changed product makes.
 */
export const WATCH_INPUTS: readonly SecondaryWatch[] = [
  {
    type: lakeTableKind,
    isNews: (change) => isNewState(change) || differsIn(change, shapeOf),
    toKeys: (object, cache) => readersOf(object, cache).map(keyOf),
  },
  {
    type: lakeTableKind,
    isNews: (change) => differsIn(change, versionOf),
    toKeys: (object, cache) =>
      readersOf(object, cache)
        .filter(({ spec }) => spec.refresh.onUpdate !== undefined)
        .map(keyOf),
  },
  {
    type: dataProductKind,
    isNews: (change) =>
      change.kind !== "updated" ||
      change.previous.metadata.generation !== change.object.metadata.generation ||
      hasOtherRun(change),
    toKeys: (object, cache) => {
      const product = object as DataProduct;
      return cache.cachedBy(PRODUCTS_BY_INPUT, tableKey(product, targetOf(product))).map(keyOf);
    },
  },
];

/** The next run of a product that waits for this one may begin. */
function hasOtherRun({ previous, object }: Extract<ObjectChange, { kind: "updated" }>): boolean {
  const [before, after] = [previous, object].map((one) => (one as DataProduct).status);
  return !isDeepStrictEqual(before?.lastRun, after?.lastRun) || fillingOf(before) !== fillingOf(after);
}

function readersOf(object: KubernetesObject, cache: Cache): readonly DataProduct[] {
  const table = object as LakeTable;
  return cache.cachedBy(PRODUCTS_BY_INPUT, tableKey(table, nameOf(table)));
}

function differsIn(change: ObjectChange, look: (object: KubernetesObject) => unknown): boolean {
  return change.kind === "updated" && !isDeepStrictEqual(look(change.previous), look(change.object));
}

/** What the SQL is checked against. */
function shapeOf(object: KubernetesObject): readonly unknown[] {
  const { schemaId, tableUuid, fields } = (object as LakeTable).status ?? {};
  return [schemaId, tableUuid, fields];
}

/** What runs that follow their inputs begin by. */
function versionOf(object: KubernetesObject): string | undefined {
  return (object as LakeTable).status?.currentSnapshotId;
}

/** All that the cluster tells of an input table: another text where its LakeTable has another version, or a run of its product began or ended. */
export function editionOf(table: string, product: DataProduct, cache: Cache): string {
  const key = tableKey(product, table);
  const versions = cache.cachedBy(LAKE_TABLES, key).map(versionOf);
  const runs = cache.cachedBy(PRODUCTS_BY_TARGET, key).flatMap(({ status }) => recordsOf(status));
  return JSON.stringify([versions, runs.map(({ id, state }) => [id, state])]);
}

/** Who is to make a table that is not there: `DataProduct "pages"`; `undefined`: nobody of the namespace. */
export function makerOf(table: string, product: DataProduct, cache: Cache): string | undefined {
  const maker =
    cache.cachedBy(PRODUCTS_BY_TARGET, tableKey(product, table))[0] ??
    cache.cachedBy(LAKE_TABLES, tableKey(product, table))[0];
  return maker === undefined ? undefined : `${maker.kind} "${maker.metadata.name}"`;
}

/** Which of the tables that a product reads lose rows by age. */
export function retentionsOf(product: DataProduct, cache: Cache): readonly Retention[] {
  return tablesReadBy(product).flatMap((table) =>
    cache.cachedBy(LAKE_TABLES, tableKey(product, table)).flatMap(({ metadata, spec }) => {
      const { enabled = true, retention } = spec.maintenance ?? {};
      if (!enabled || retention === undefined) return [];
      return [{ table, lakeTable: metadata.name, keep: retention.keep }];
    }),
  );
}

/** Names of the products whose tables a product reads, and which a run is filling. */
export function runningMakers(product: DataProduct, cache: Cache): readonly string[] {
  const makers = tablesReadBy(product).flatMap((table) =>
    cache.cachedBy(PRODUCTS_BY_TARGET, tableKey(product, table)),
  );
  return makers.filter(isFilled).map(({ metadata }) => metadata.name);
}

/** The queued runs of a suspended product do not begin, and those of a backfill come one after the other for hours. */
function isFilled({ spec, status }: DataProduct): boolean {
  return recordsOf(status).some(({ id, state, startedAt }) => {
    if (state !== "Running") return false;
    return startedAt !== undefined || (spec.suspend !== true && !isOfBackfill(id));
  });
}

/** Ids of the runs under way, as one text. */
function fillingOf(status: DataProduct["status"]): string {
  const running = recordsOf(status).filter(({ state }) => state === "Running");
  return running.map(({ id, startedAt }) => `${id} ${startedAt ?? ""}`).join();
}

/**
 * Names of products that each read what the next one makes, from the given one back to itself; `undefined`: there is no such circle. A table is
 * the same in all platforms that lead to one catalog, whatever their names and namespaces.
 */
export function findCircle(product: DataProduct, cache: Cache): readonly string[] | undefined {
  const seen = new Set<string>([formatKey(keyOf(product))]);
  const search = (current: DataProduct): readonly string[] | undefined => {
    for (const table of tablesReadBy(current)) {
      // The resource itself counts as it is now, whatever the cache still has of it.
      if (table === targetOf(product) && haveOneCatalog(current, product, cache))
        return [nameFor(product, product)];
      for (const maker of cache.cachedBy(PRODUCTS_BY_TABLE_NAME, table)) {
        const key = formatKey(keyOf(maker));
        if (seen.has(key) || !haveOneCatalog(current, maker, cache)) continue;
        seen.add(key);
        const rest = search(maker);
        if (rest !== undefined) return [nameFor(product, maker), ...rest];
      }
    }
    return undefined;
  };
  const path = search(product);
  return path === undefined ? undefined : [nameFor(product, product), ...path];
}

/** With its namespace where that is another one. */
function nameFor(reader: DataProduct, { metadata }: DataProduct): string {
  return metadata.namespace === reader.metadata.namespace
    ? metadata.name
    : `${metadata.namespace ?? ""}/${metadata.name}`;
}

function haveOneCatalog(one: DataProduct, other: DataProduct, cache: Cache): boolean {
  const isOnePlatform =
    one.metadata.namespace === other.metadata.namespace &&
    one.spec.platformRef.name === other.spec.platformRef.name;
  if (isOnePlatform) return true;
  const [ours, theirs] = [one, other].map((product) => cachedPlatform(cache, product));
  return ours !== undefined && theirs !== undefined && isOneCatalog(ours, theirs);
}

/** By what the catalogs say of themselves, or by their address. The rest of the address leads to different tables of one server. */
function isOneCatalog(one: DataPlatform, other: DataPlatform): boolean {
  const [place, otherPlace] = [one, other].map(({ spec: { catalog } }) =>
    JSON.stringify([catalog.warehouse, catalog.prefix]),
  );
  const [uri, otherUri] = [one, other].map(({ spec }) => spec.catalog.uri.replace(/\/+$/, ""));
  const identity = identitiesOf(one).Catalog;
  const isOneServer =
    uri === otherUri || (identity !== undefined && identity === identitiesOf(other).Catalog);
  return isOneServer && place === otherPlace;
}
