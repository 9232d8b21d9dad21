/** Which LakeTables want one and the same table, or the same place for their files. Pure. */
import type { DataPlatform, DataPlatformSpec, LakeTable } from "../../crds/kinds.ts";

/** Finds the platform of a table; `undefined` when there is none. */
export type PlatformLookup = (table: LakeTable) => DataPlatform | undefined;

/** The resources there are, and how to find their platforms. */
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
export function isShared(location: string, own: LakeTable, tables: readonly LakeTable[]): boolean {
  const place = asFolder(location);
  return tables
    .filter((other) => other.metadata.uid !== own.metadata.uid)
    .flatMap((other) => [other.status?.location, other.spec.location])
    .filter((other) => other !== undefined)
    .map(asFolder)
    .some((other) => other.startsWith(place) || place.startsWith(other));
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
