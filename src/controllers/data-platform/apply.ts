/** Starts the Job that looks after tables. One that was started is never changed. */
import { dataPlatformKind } from "../../crds/kinds.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import { applyChildren, findResult } from "../../targets/kubernetes/apply-children.ts";
import { CHILD_TYPES } from "../../targets/kubernetes/child.ts";
import { ownedBy } from "../../workloads/owned.ts";
import type { PlatformPlan } from "./plan.ts";
import type { JobObject } from "./upkeep.ts";

export const OWNED = ownedBy(dataPlatformKind, [CHILD_TYPES.Job, CHILD_TYPES.ServiceAccount]);

export interface AppliedPlatform {
  /** The Job that was just started. */
  readonly job: JobObject | undefined;
  /** Why it was not. */
  readonly problem: Error | undefined;
}

export async function applyPlatform(
  { platform, children }: PlatformPlan,
  context: ReconcileContext,
): Promise<AppliedPlatform> {
  const [job] = children.slice(-1);
  if (job === undefined) return { job: undefined, problem: undefined };
  const { owner, labels } = platform;
  const { results, problem } = await applyChildren({ owner, labels, children, pruneTypes: [] }, context);
  return { job: findResult<JobObject>(results, "Job", job.object.metadata.name), problem };
}
