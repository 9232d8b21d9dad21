/** How a platform wakes the resources that name it. */
import { isDeepStrictEqual } from "node:util";
import type { DataPlatform } from "../crds/kinds.ts";
import { dataPlatformKind } from "../crds/kinds.ts";
import { byReference, isNewState } from "../runtime/cache/watches.ts";
import type { KubernetesObject, ObjectChange, ResourceType, SecondaryWatch } from "../runtime/controller.ts";
import type { PlatformUser } from "../platform/platform.ts";

/** Wakes all resources of a kind that name the platform which has another spec, another state, or was reached with other Secrets. */
export function watchPlatform(dependent: ResourceType): SecondaryWatch {
  return {
    type: dataPlatformKind,
    isNews: (change) => isNewState(change) || isNewlyProven(change),
    toKeys: byReference<PlatformUser>(dependent, (user) => user.spec.platformRef.name),
  };
}

function isNewlyProven(change: ObjectChange): boolean {
  if (change.kind !== "updated") return true;
  return !isDeepStrictEqual(provenHashes(change.previous), provenHashes(change.object));
}

function provenHashes(object: KubernetesObject): readonly (string | undefined)[] {
  return ((object as DataPlatform).status?.components ?? []).map(({ secretsHash }) => secretsHash);
}
