/** Reads a platform, who else claims a resource's thing, and the thing itself; does not write. For kinds that read nothing else. */
import { problemOf } from "../../platform/components.ts";
import type { PlatformReader, PlatformState, PresentPlatform } from "../../platform/platform.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import type { Observation } from "../observation.ts";
import { NOT_READ, observed } from "../observation.ts";
import type { Claimant, ClaimedKind } from "./claimed-kind.ts";
import type { Rival } from "./rivals.ts";
import { olderClaimant } from "./rivals.ts";

/** What a system answered when it was asked for a thing. */
export interface ThingReading<Thing> {
  /** Identity of the system; `undefined`: it has none. */
  readonly system: string | undefined;
  /** `undefined`: there is no such thing. */
  readonly thing: Thing | undefined;
  /** Id of the thing, as far as it tells who may have it. */
  readonly id?: string | undefined;
}

export interface ObservedClaim<Resource, Thing> {
  /** Without it, or without the Secrets of the system, the thing is not read. */
  readonly platform: PlatformState;
  /** The older resource that has the thing, or may have it. */
  readonly older: Rival<Resource> | undefined;
  /** Identity of the system that answered; `undefined`: it has none, or nobody answered. */
  readonly system: string | undefined;
  /** Known and `undefined`: there is no such thing. */
  readonly thing: Observation<Thing | undefined>;
}

interface ClaimReader<Resource extends Claimant, Thing> {
  readonly claim: ClaimedKind<Resource>;
  readonly platforms: PlatformReader;
  /** Asked only where the platform has all that it takes. */
  readonly read: (platform: PresentPlatform) => Promise<ThingReading<Thing>>;
}

const NOTHING_READ = { system: undefined, thing: NOT_READ } as const;

/** Never throws: what could not be read is unknown. */
export async function observeClaimed<Resource extends Claimant, Thing>(
  resource: Resource,
  context: Pick<ReconcileContext, "kubernetes" | "hide">,
  { claim, platforms, read }: ClaimReader<Resource, Thing>,
): Promise<ObservedClaim<Resource, Thing>> {
  const platform = await platforms.read(resource, context);
  if (platform.state !== "present") return { platform, older: undefined, ...NOTHING_READ };
  const side = { platform, cache: context.kubernetes };
  if (problemOf(platform, [claim.component]) !== undefined) {
    return { platform, older: olderClaimant(claim, resource, side), ...NOTHING_READ };
  }
  const reading = await observed(read(platform));
  if (reading.state === "unknown") {
    return { platform, older: olderClaimant(claim, resource, side), system: undefined, thing: reading };
  }
  const { system, thing: value, id } = reading.value;
  const older = olderClaimant(claim, resource, { ...side, system, id });
  return { platform, older, system, thing: { state: "known", value } };
}
