/** Two resources that want the same thing outside of Kubernetes: the older one has it. Pure. */
import type { ObjectMeta } from "../api/objects.ts";

interface Claimant {
  readonly metadata: ObjectMeta;
}

/**
 * The resource that has what `own` wants too: the oldest of `claimants` when that is not `own` itself. `holds` tells who has it already,
 * which decides between twins: the API server counts age in whole seconds only.
 */
export function findOlder<Resource extends Claimant>(
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

/** `namespace/name`, for messages. */
export function nameOf(resource: Claimant): string {
  return `${resource.metadata.namespace ?? ""}/${resource.metadata.name}`;
}
