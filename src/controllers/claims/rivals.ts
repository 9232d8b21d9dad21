/** Several resources that want the same thing outside of Kubernetes: the older one has it. */
import type { ObjectMeta } from "../../api/objects.ts";
import { formatKey, keyOf } from "../../api/objects.ts";
import type { DataPlatform, DataPlatformSpec } from "../../crds/kinds.ts";
import { byNamesake, claimNews } from "../../runtime/cache/watches.ts";
import type { ObjectReader, SecondaryWatch } from "../../runtime/controller.ts";
import { TerminalError } from "../../runtime/errors.ts";
import { cachedPlatform } from "../../platform/platform.ts";
import type { Claimant, ClaimedKind } from "./claimed-kind.ts";

/** The platform of `own`, who else wants what `own` wants in whatever system, and how to find their platforms. */
export interface Claim<Resource> {
  readonly platform: DataPlatformSpec;
  readonly namesakes: readonly Resource[];
  /** `undefined` when there is none (now). */
  readonly platformOf: (resource: Resource) => DataPlatform | undefined;
}

/** The other resources that want the thing of `own` in its system. One whose platform is away may be in it. */
export function rivalsOf<Resource extends Claimant>(
  kind: ClaimedKind<Resource>,
  own: Resource,
  { platform, namesakes, platformOf }: Claim<Resource>,
): readonly Resource[] {
  const mayBeHere = (other: DataPlatform | undefined): boolean =>
    other === undefined || kind.isSameSystem(platform, other.spec);
  const wanted = new Set(kind.index.valuesOf(own));
  return namesakes.filter(
    (other) =>
      other.metadata.uid !== own.metadata.uid &&
      kind.index.valuesOf(other).some((value) => wanted.has(value)) &&
      (isSamePlatform(own, other) || mayBeHere(platformOf(other))),
  );
}

/** The older resource that has the thing of this one in the system of this platform, in whatever namespace. */
export function olderClaimant<Resource extends Claimant>(
  kind: ClaimedKind<Resource>,
  own: Resource,
  { platform, cache }: { readonly platform: DataPlatformSpec; readonly cache: ObjectReader },
): Resource | undefined {
  const namesakes = kind.index.valuesOf(own).flatMap((value) => cache.cachedBy(kind.index, value));
  const platformOf = (other: Resource): DataPlatform | undefined => cachedPlatform(cache, other);
  const rivals = rivalsOf(kind, own, { platform, namesakes, platformOf });
  return findOlder(own, rivals, (candidate) => kind.idOf(candidate) !== undefined);
}

/** Says to the younger one what is in its way. */
export function conflict<Resource extends Claimant>(
  kind: Pick<ClaimedKind<Resource>, "describe" | "words">,
  own: Resource,
  older: Resource,
): TerminalError {
  const { field } = kind.words;
  return new TerminalError(
    "ResourceConflict",
    `${kind.describe(own)} belongs to the older ${older.kind} "${formatKey(keyOf(older))}"; give one of them another ${field}, ` +
      `or delete one`,
    { field: `spec.${field}` },
  );
}

/** A resource that comes or goes, or that comes to have its thing, decides anew for all that want the same. */
export function watchNamesakes<Resource extends Claimant>({
  index,
  idOf,
}: Pick<ClaimedKind<Resource>, "index" | "idOf">): SecondaryWatch {
  return { type: index.type, isNews: claimNews(index, idOf), toKeys: byNamesake(index) };
}

/**
 * The resource that has what `own` wants too: the oldest of `claimants` when that is not `own` itself. `holds` tells who has it already,
 * which decides between twins: the API server counts age in whole seconds only.
 */
export function findOlder<Resource extends { readonly metadata: ObjectMeta }>(
  own: Resource,
  claimants: readonly Resource[],
  holds: (resource: Resource) => boolean,
): Resource | undefined {
  const rank = (resource: Resource): Rank => ({
    age: resource.metadata.creationTimestamp ?? "",
    holds: holds(resource),
    uid: resource.metadata.uid ?? "",
  });
  return claimants
    .filter((claimant) => compareRanks(rank(claimant), rank(own)) < 0)
    .toSorted((one, other) => compareRanks(rank(one), rank(other)))[0];
}

interface Rank {
  readonly age: string;
  readonly holds: boolean;
  readonly uid: string;
}

/** Negative when the first comes before. The uid decides last, so that every observer decides the same. */
function compareRanks(one: Rank, other: Rank): number {
  if (one.age !== other.age) return one.age < other.age ? -1 : 1;
  if (one.holds !== other.holds) return one.holds ? -1 : 1;
  if (one.uid === other.uid) return 0;
  return one.uid < other.uid ? -1 : 1;
}

function isSamePlatform(one: Claimant, other: Claimant): boolean {
  return (
    one.metadata.namespace === other.metadata.namespace &&
    one.spec.platformRef.name === other.spec.platformRef.name
  );
}
