/** Two resources that want the same thing outside of Kubernetes: the older one has it. Pure. */
import type { ObjectMeta } from "../runtime/objects.ts";

interface Claimant {
  readonly metadata: ObjectMeta;
}

/** The resource that has what `own` wants too: the oldest of `claimants` when that is not `own` itself. */
export function findOlder<Resource extends Claimant>(
  own: Claimant,
  claimants: readonly Resource[],
): Resource | undefined {
  const older = claimants.filter((claimant) => isOlder(claimant.metadata, own.metadata));
  return older.toSorted((one, other) => (isOlder(one.metadata, other.metadata) ? -1 : 1))[0];
}

/** Age decides, and between twins of one second the uid, so that every observer decides the same. */
function isOlder(one: ObjectMeta, other: ObjectMeta): boolean {
  if (one.uid === other.uid) return false;
  const [left, right] = [one.creationTimestamp ?? "", other.creationTimestamp ?? ""];
  return left === right ? (one.uid ?? "") < (other.uid ?? "") : left < right;
}

/** `namespace/name`, for messages. */
export function nameOf(resource: Claimant): string {
  return `${resource.metadata.namespace ?? ""}/${resource.metadata.name}`;
}
