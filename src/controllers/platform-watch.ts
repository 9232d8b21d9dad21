/** How a platform wakes the resources that name it. */
import { dataPlatformKind } from "../crds/kinds.ts";
import { byReference, isNewState } from "../runtime/cache/watches.ts";
import type { ResourceType, SecondaryWatch } from "../runtime/controller.ts";
import type { PlatformUser } from "../platform/platform.ts";

/** Wakes all resources of a kind that name the platform which has another spec or another state. */
export function watchPlatform(dependent: ResourceType): SecondaryWatch {
  return {
    type: dataPlatformKind,
    isNews: isNewState,
    toKeys: byReference<PlatformUser>(dependent, (user) => user.spec.platformRef.name),
  };
}
