/** Which LakeTables want one and the same table, or the same place for their files. Pure. */
import type { DataPlatform, LakeTable } from "../../crds/kinds.ts";

/** Finds the platform of a table; `undefined` when there is none. */
export type PlatformLookup = (table: LakeTable) => DataPlatform | undefined;

/** The other resources that want the table of `own` in the same catalog. */
export function rivalsOf(
  own: LakeTable,
  tables: readonly LakeTable[],
  platformOf: PlatformLookup,
): readonly LakeTable[] {
  const catalog = catalogOf(platformOf(own));
  return tables.filter(
    (other) =>
      other.metadata.uid !== own.metadata.uid &&
      other.spec.database === own.spec.database &&
      other.spec.table === own.spec.table &&
      (isSamePlatform(own, other) || (catalog !== undefined && catalog === catalogOf(platformOf(other)))),
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
function catalogOf(platform: DataPlatform | undefined): string | undefined {
  if (platform === undefined) return undefined;
  const { uri, warehouse, prefix } = platform.spec.catalog;
  return JSON.stringify([uri.replace(/\/+$/, ""), warehouse ?? "", prefix ?? ""]);
}
