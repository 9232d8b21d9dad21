/** The folders in which LakeTables have their files, or will have them, and which of these lie in one another. Pure. */
import type { LakeTable } from "../../crds/kinds.ts";
import { lakeTableKind } from "../../crds/kinds.ts";
import { keyOf } from "../../api/objects.ts";
import { normalLocation } from "../../naming/locations.ts";
import { identitiesOf } from "../../platform/identity.ts";
import type { PresentPlatform } from "../../platform/platform.ts";
import { cachedPlatform } from "../../platform/platform.ts";
import { claimNews } from "../../runtime/cache/watches.ts";
import type { ObjectIndex, ObjectReader, SecondaryWatch } from "../../runtime/controller.ts";
import { findOlder } from "../claims/rivals.ts";
import { TABLE_CLAIM } from "./claim.ts";

type Cache = Pick<ObjectReader, "cachedBy">;

/** Finds resources by the folders of their files (`at`) and by all folders around those (`below`, the own one too). */
const TABLES_BY_FOLDER: ObjectIndex<LakeTable> = {
  type: lakeTableKind,
  valuesOf: (table) =>
    foldersOf(table).flatMap((folder) => [
      `at ${folder}`,
      ...ancestorsOf(folder).map((around) => `below ${around}`),
    ]),
};

/** Another LakeTable whose files lie, or will lie, in or around a place. */
export interface Overlap {
  readonly other: LakeTable;
  /** The place of the resource that asked. */
  readonly place: string;
}

/** Whether the files of another table lie in, or around, a place: then nothing there may be deleted as a whole. */
export function isShared(location: string, own: LakeTable, cache: Cache): boolean {
  return tablesAround(location, own, cache).length > 0;
}

/**
 * The resource that has one of these places, or a part of one, or one around it, before `own`: one that has its table goes before one that
 * has none, then the older one. Addresses of a store that nobody knows to be one go unnoticed here; the store itself is asked before a table is made.
 */
export function findOverlap(
  own: LakeTable,
  places: readonly string[],
  { platform, cache }: { readonly platform: PresentPlatform; readonly cache: ObjectReader },
): Overlap | undefined {
  for (const place of places) {
    const others = tablesAround(place, own, cache).filter((other) => {
      const theirs = cachedPlatform(cache, other);
      return theirs === undefined || isSameStore(platform, { ...theirs, identities: identitiesOf(theirs) });
    });
    const other = firstBefore(own, others);
    if (other !== undefined) return { other, place };
  }
  return undefined;
}

function firstBefore(own: LakeTable, others: readonly LakeTable[]): LakeTable | undefined {
  const holders = others.filter(hasTable);
  if (hasTable(own)) return findOlder(own, holders, hasTable);
  return holders.length === 0 ? findOlder(own, others, hasTable) : oldest(holders);
}

/** When a place is added, is removed or gets its table, all resources in or around it decide again. */
export const watchPlaces: SecondaryWatch = {
  type: lakeTableKind,
  isNews: claimNews(TABLES_BY_FOLDER, (table) => TABLE_CLAIM.idOf(table)),
  toKeys: (object, cache) => {
    const changed = object as LakeTable;
    return foldersOf(changed).flatMap((place) => tablesAround(place, changed, cache).map(keyOf));
  },
};

function tablesAround(location: string, own: LakeTable, cache: Cache): readonly LakeTable[] {
  const place = asFolder(location);
  const values = [`below ${place}`, ...ancestorsOf(place).map((around) => `at ${around}`)];
  const found = values.flatMap((value) => cache.cachedBy(TABLES_BY_FOLDER, value));
  return [...new Set(found)].filter((other) => other.metadata.uid !== own.metadata.uid);
}

function hasTable(table: LakeTable): boolean {
  return TABLE_CLAIM.idOf(table) !== undefined;
}

function oldest(tables: readonly LakeTable[]): LakeTable | undefined {
  return tables.find((table) => findOlder(table, tables, hasTable) === undefined);
}

type Platform = Pick<PresentPlatform, "spec" | "identities">;

/** One bucket's name can be that of many buckets: the service decides, by its address or by what it is known to be. */
function isSameStore(one: Platform, other: Platform): boolean {
  const hostOf = ({ spec }: Platform): string | undefined => URL.parse(spec.storage.endpoint)?.host;
  const identity = one.identities.Storage;
  return hostOf(one) === hostOf(other) || (identity !== undefined && identity === other.identities.Storage);
}

function foldersOf({ spec, status }: LakeTable): readonly string[] {
  const places = [status?.location, spec.location].filter((place) => place !== undefined);
  return [...new Set(places.map(asFolder))];
}

/** `s3://bucket/a/b/` gives itself, `s3://bucket/a/` and `s3://bucket/`. */
function ancestorsOf(folder: string): readonly string[] {
  const [scheme, empty, ...names] = folder.split("/").slice(0, -1);
  return names.map((_, nth) => [scheme, empty, ...names.slice(0, nth + 1), ""].join("/"));
}

function asFolder(location: string): string {
  return `${normalLocation(location)}/`;
}
