/** Which LakeTables want one and the same table, or the same place for their files. Pure. */
import type { DataPlatform, DataPlatformSpec, LakeTable } from "../../crds/kinds.ts";
import { lakeTableKind } from "../../crds/kinds.ts";
import type { ObjectIndex, ObjectReader } from "../../runtime/controller.ts";

/** Finds the platform of a table; `undefined` when there is none. */
export type PlatformLookup = (table: LakeTable) => DataPlatform | undefined;

/** Finds resources by the table that they want, in whatever catalog; the value is `tableName`'s. */
export const TABLES_BY_NAME: ObjectIndex<LakeTable> = {
  type: lakeTableKind,
  valuesOf: (table) => [tableName(table)],
};

/** Database and table as one text. */
export function tableName({ spec }: LakeTable): string {
  return JSON.stringify([spec.database, spec.table]);
}

/** Finds resources by the folders of their files (`at`) and by all folders around those (`below`, the own one too). */
const TABLES_BY_FOLDER: ObjectIndex<LakeTable> = {
  type: lakeTableKind,
  valuesOf: (table) =>
    foldersOf(table).flatMap((folder) => [
      `at ${folder}`,
      ...ancestorsOf(folder).map((around) => `below ${around}`),
    ]),
};

/** The resources that may be rivals, and how to find their platforms. */
export interface Claimants {
  readonly tables: readonly LakeTable[];
  readonly platformOf: PlatformLookup;
}

/** What makes a catalog the same as another one. */
type CatalogAddress = Pick<DataPlatformSpec["catalog"], "uri" | "warehouse" | "prefix">;

/** The other resources that want the table of `own` in this catalog. One whose platform is away may be in it. */
export function rivalsOf(
  own: LakeTable,
  catalog: CatalogAddress,
  { tables, platformOf }: Claimants,
): readonly LakeTable[] {
  const address = formatAddress(catalog);
  const mayBeHere = (platform: DataPlatform | undefined): boolean =>
    platform === undefined || formatAddress(platform.spec.catalog) === address;
  return tables.filter(
    (other) =>
      other.metadata.uid !== own.metadata.uid &&
      other.spec.database === own.spec.database &&
      other.spec.table === own.spec.table &&
      (isSamePlatform(own, other) || mayBeHere(platformOf(other))),
  );
}

/** Whether the files of another table lie in, or around, a place: then nothing there may be deleted as a whole. */
export function isShared(location: string, own: LakeTable, cache: Pick<ObjectReader, "cachedBy">): boolean {
  const place = asFolder(location);
  const values = [`below ${place}`, ...ancestorsOf(place).map((around) => `at ${around}`)];
  return values
    .flatMap((value) => cache.cachedBy(TABLES_BY_FOLDER, value))
    .some((other) => other.metadata.uid !== own.metadata.uid);
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
  return `${location.replace(/^s3[an]:/, "s3:").replace(/\/+$/, "")}/`;
}

function isSamePlatform(one: LakeTable, other: LakeTable): boolean {
  return (
    one.metadata.namespace === other.metadata.namespace &&
    one.spec.platformRef.name === other.spec.platformRef.name
  );
}

/** Same text for the same catalog. Different addresses of one catalog go unnoticed. */
function formatAddress({ uri, warehouse, prefix }: CatalogAddress): string {
  return JSON.stringify([uri.replace(/\/+$/, ""), warehouse ?? "", prefix ?? ""]);
}
