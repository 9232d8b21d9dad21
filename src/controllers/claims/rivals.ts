/** Several resources that want the same thing outside of Kubernetes: the older one has it. Where nobody can tell whether it is the same, nothing is done. */
import { isDeepStrictEqual } from "node:util";
import type { ObjectMeta } from "../../api/objects.ts";
import { formatKey, keyOf } from "../../api/objects.ts";
import type { DataPlatform } from "../../crds/kinds.ts";
import { dataPlatformKind } from "../../crds/kinds.ts";
import { identitiesOf } from "../../platform/identity.ts";
import type { PlatformUser, PresentPlatform } from "../../platform/platform.ts";
import { cachedPlatform } from "../../platform/platform.ts";
import { byNamesake, byReference, claimNews } from "../../runtime/cache/watches.ts";
import type { KubernetesObject, ObjectReader, SecondaryWatch } from "../../runtime/controller.ts";
import { TerminalError, WaitingError } from "../../runtime/errors.ts";
import type { Claimant, ClaimedKind } from "./claimed-kind.ts";

/** What is known of the side that asks. */
export interface Claim {
  readonly platform: PresentPlatform;
  /** Identity of its system as it was just asked; else the one that the platform's probe found counts. */
  readonly system?: string | undefined;
  /** Id of the thing as it was just read; else the one that the status remembers counts. */
  readonly id?: string | undefined;
  readonly cache: Pick<ObjectReader, "cached" | "cachedBy">;
}

/** Another resource that wants the thing. */
export interface Rival<Resource> {
  readonly resource: Resource;
  /** Whether it is known to be the same thing; else it may be, or may be a namesake in another system. */
  readonly isCertain: boolean;
}

/** All others that want, or may want, the thing of `own`, in whatever namespace. */
export function rivalsOf<Resource extends Claimant>(
  kind: ClaimedKind<Resource>,
  own: Resource,
  claim: Claim,
): readonly Rival<Resource>[] {
  const namesakes = new Set(
    kind.index.valuesOf(own).flatMap((value) => claim.cache.cachedBy(kind.index, value)),
  );
  return [...namesakes]
    .filter((other) => other.metadata.uid !== own.metadata.uid)
    .map((resource) => ({ resource, sameness: samenessOf(kind, { own, other: resource }, claim) }))
    .filter(({ sameness }) => sameness !== "different")
    .map(({ resource, sameness }) => ({ resource, isCertain: sameness === "same" }));
}

/** The older resource that has the thing of this one, or else may have it. */
export function olderClaimant<Resource extends Claimant>(
  kind: ClaimedKind<Resource>,
  own: Resource,
  claim: Claim,
): Rival<Resource> | undefined {
  const rivals = rivalsOf(kind, own, claim);
  const holds = (candidate: Resource): boolean => kind.idOf(candidate) !== undefined;
  for (const isCertain of [true, false]) {
    const candidates = rivals.filter((rival) => rival.isCertain === isCertain);
    const resources = candidates.map(({ resource }) => resource);
    const older = findOlder(own, resources, holds);
    if (older !== undefined) return { resource: older, isCertain };
  }
  return undefined;
}

/** Says to the younger one what is in its way: for good, or until it is known. Its advice loses nothing. */
export function conflict<Resource extends Claimant>(
  kind: Pick<ClaimedKind<Resource>, "describe" | "words" | "component">,
  own: Resource,
  { resource: older, isCertain }: Rival<Resource>,
): TerminalError | WaitingError {
  const { field, contents } = kind.words;
  const owner = `the older ${older.kind} "${formatKey(keyOf(older))}"`;
  if (isCertain) {
    return new TerminalError(
      "ResourceConflict",
      `${kind.describe(own)} belongs to ${owner}; delete this ${own.kind}, which leaves it and its ${contents} as they are, ` +
        `or make another one with another ${field}`,
      { field: `spec.${field}` },
    );
  }
  const platform = `DataPlatform "${older.metadata.namespace ?? ""}/${older.spec.platformRef.name}"`;
  return new WaitingError(
    "ResourceConflict",
    `${kind.describe(own)} may belong to ${owner}: it is not known whether ${platform} leads to the same ${kind.component}; ` +
      `nothing is done until it is there and has been reached`,
  );
}

/**
 * Wakes all resources that want the same thing. It does so when one of them is created, is deleted, gets its thing or has it in another
 * system, and when the platform of one turns out to be another system.
 */
export function watchRivals<Resource extends Claimant>({
  index,
  idOf,
  systemOf,
}: Pick<ClaimedKind<Resource>, "index" | "idOf" | "systemOf">): readonly SecondaryWatch[] {
  const holding = (resource: Resource): string => JSON.stringify([idOf(resource), systemOf(resource)]);
  const toNamesakes = byNamesake(index);
  const toUsers = byReference<PlatformUser>(index.type, (user) => user.spec.platformRef.name);
  return [
    { type: index.type, isNews: claimNews(index, holding), toKeys: toNamesakes },
    {
      type: dataPlatformKind,
      isNews: (change) =>
        change.kind !== "updated" || !isDeepStrictEqual(systemsOf(change.previous), systemsOf(change.object)),
      toKeys(platform, cache) {
        const users = toUsers(platform, cache);
        const rivals = users
          .map((key) => cache.cached(index.type, key))
          .flatMap((user) => (user === undefined ? [] : toNamesakes(user, cache)));
        return [...users, ...rivals];
      },
    },
  ];
}

function systemsOf(platform: KubernetesObject): object {
  return { ...identitiesOf(platform as DataPlatform), generation: platform.metadata.generation };
}

/**
 * The resource that has what `own` wants too: the oldest of `claimants` when that is not `own` itself. `holds` says who has it already,
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

type Sameness = "same" | "different" | "unknown";

/** Whether two namesakes are one thing. The other one counts where it has its thing and where its platform leads, which may have moved. */
function samenessOf<Resource extends Claimant>(
  kind: ClaimedKind<Resource>,
  { own, other }: { readonly own: Resource; readonly other: Resource },
  claim: Claim,
): Sameness {
  const id = claim.id ?? kind.idOf(own);
  if (isSamePlatform(own, other) || (id !== undefined && id === kind.idOf(other))) return "same";
  const system = claim.system ?? claim.platform.identities[kind.component];
  const held = kind.systemOf(other);
  const platform = cachedPlatform(claim.cache, other);
  if (platform === undefined) return compare(system, held);
  const found = [comparePlatform(kind, { ...claim, system }, platform)];
  if (held !== undefined) found.push(compare(system, held));
  if (found.includes("same")) return "same";
  return found.includes("unknown") ? "unknown" : "different";
}

function comparePlatform(
  { component, addressesOf }: Pick<ClaimedKind<never>, "component" | "addressesOf">,
  { platform, system }: Pick<Claim, "platform" | "system">,
  other: DataPlatform,
): Sameness {
  const told = compare(system, identitiesOf(other)[component]);
  if (told !== "unknown") return told;
  const own = addressesOf(platform.spec);
  return addressesOf(other.spec).some((address) => own.includes(address)) ? "same" : "unknown";
}

function compare(one: string | undefined, other: string | undefined): Sameness {
  if (one === undefined || other === undefined) return "unknown";
  return one === other ? "same" : "different";
}

function isSamePlatform(one: Claimant, other: Claimant): boolean {
  return (
    one.metadata.namespace === other.metadata.namespace &&
    one.spec.platformRef.name === other.spec.platformRef.name
  );
}
