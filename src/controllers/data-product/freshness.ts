/** Whether the version that readers see is as young as it must be. Pure. */
import type { ConditionInput } from "../../api/conditions.ts";
import { timestamp } from "../../api/timestamp.ts";
import type { DataProduct, DataProductStatus } from "../../crds/kinds.ts";
import { parseDurationSeconds } from "../../crds/kinds.ts";

export interface Freshness {
  readonly condition: ConditionInput;
  /** When it ends by itself; `undefined`: it does not, or has ended. */
  readonly endsInSeconds: number | undefined;
}

/** The times in messages are those of events, so that a status changes only when something happens. */
export function judgeFreshness(
  { spec, metadata }: DataProduct,
  last: DataProductStatus["lastGoodSnapshot"],
  now: Date,
): Freshness {
  const { within } = spec.freshness ?? {};
  if (within === undefined) return { condition: withoutLimit(last), endsInSeconds: undefined };
  const since = last?.at ?? metadata.creationTimestamp ?? timestamp(now);
  const end = Date.parse(since) + parseDurationSeconds(within) * 1000;
  const isOver = end <= now.getTime();
  const endsInSeconds = isOver ? undefined : Math.ceil((end - now.getTime()) / 1000);
  const until = `spec.freshness.within is ${within}, so until ${timestamp(new Date(end))}`;
  if (last === undefined) {
    const message = `no run has published rows yet; ${until} one should have`;
    return isOver
      ? { condition: { type: TYPE, status: "False", reason: "Stale", message }, endsInSeconds }
      : { condition: { type: TYPE, status: "Unknown", reason: "NotPublished", message }, endsInSeconds };
  }
  const message = `readers see the version of ${last.at}; ${until} there should be a newer one`;
  return isOver
    ? { condition: { type: TYPE, status: "False", reason: "Stale", message }, endsInSeconds }
    : { condition: { type: TYPE, status: "True", reason: "Succeeded", message }, endsInSeconds };
}

const TYPE = "Fresh";

function withoutLimit(last: DataProductStatus["lastGoodSnapshot"]): ConditionInput {
  if (last === undefined) {
    return {
      type: TYPE,
      status: "Unknown",
      reason: "NotPublished",
      message: "no run has published rows yet",
    };
  }
  const message = `readers see the version of ${last.at}; spec.freshness sets no limit`;
  return { type: TYPE, status: "True", reason: "Succeeded", message };
}
