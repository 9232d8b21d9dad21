/** What a LakeTable claims: one table of one catalog; and which tables lie in one another's folders. Pure. */
import type { DataPlatformSpec, LakeTable } from "../../crds/kinds.ts";
import { lakeTableKind } from "../../crds/kinds.ts";
import { normalLocation } from "../../naming/locations.ts";
import type { ObjectIndex, ObjectReader } from "../../runtime/controller.ts";
import type { ClaimedKind } from "../claims/claimed-kind.ts";

export const TABLE_CLAIM: ClaimedKind<LakeTable> = {
  index: {
    type: lakeTableKind,
    valuesOf: ({ spec }) => [JSON.stringify([spec.database, spec.table])],
  },
  component: "Catalog",
  addressesOf: ({ catalog }) => [formatAddress(catalog)],
  // The uuid alone tells two tables apart, wherever they are.
  systemOf: () => undefined,
  idOf: (table) => table.status?.tableUuid,
  describe: ({ spec }) => `table "${spec.database}.${spec.table}"`,
  words: { contents: "rows", id: "uuid", removed: "dropped", system: "the catalog", field: "table" },
};

/** Finds resources by the folders of their files (`at`) and by all folders around those (`below`, the own one too). */
const TABLES_BY_FOLDER: ObjectIndex<LakeTable> = {
  type: lakeTableKind,
  valuesOf: (table) =>
    foldersOf(table).flatMap((folder) => [
      `at ${folder}`,
      ...ancestorsOf(folder).map((around) => `below ${around}`),
    ]),
};

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
  return `${normalLocation(location)}/`;
}

/** Same text for the same catalog. */
function formatAddress({ uri, warehouse, prefix }: DataPlatformSpec["catalog"]): string {
  return JSON.stringify([uri.replace(/\/+$/, ""), warehouse ?? "", prefix ?? ""]);
}
