/** What a platform wants in the cluster: the Job that looks after tables which are due, when one may be started. Pure. */
import { findTerminalError } from "../../runtime/errors.ts";
import type { Child } from "../../targets/kubernetes/child.ts";
import type { ObservedPlatform } from "./observe.ts";
import { planUpkeepAccount, planUpkeepJob } from "./plan/upkeep-job.ts";
import type { CurrentUpkeep } from "./upkeep.ts";
import { currentUpkeep, tablesForNextJob } from "./upkeep.ts";
import type { ValidatedPlatform } from "./validate.ts";

export interface PlatformPlan {
  readonly platform: ValidatedPlatform;
  readonly current: CurrentUpkeep;
  /** To be started; in the order of writing. Empty: nothing is started. */
  readonly children: readonly Child[];
  /** What the manifest says that no Job can be made of. */
  readonly refusal: Error | undefined;
}

export function planPlatform(
  platform: ValidatedPlatform,
  observed: ObservedPlatform,
  now: Date,
): PlatformPlan {
  const current = currentUpkeep(observed.upkeep, observed.platform.status?.upkeep, now);
  const nothing = { platform, current, children: [], refusal: undefined };
  const { maintenance } = platform;
  if (maintenance.isSuspended || maintenance.away !== undefined) return nothing;
  if (maintenance.problem !== undefined) return { ...nothing, refusal: maintenance.problem };
  const tables = tablesForNextJob(observed.upkeep, current.status, now);
  if (tables.length === 0) return nothing;
  try {
    const job = planUpkeepJob(platform, tables, now);
    const account = planUpkeepAccount(platform);
    return { ...nothing, children: account === undefined ? [job] : [account, job] };
  } catch (error) {
    const refusal = findTerminalError(error);
    if (refusal === undefined) throw error;
    return { ...nothing, refusal };
  }
}
