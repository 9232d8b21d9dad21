/** Conditions as kstatus reads them. Pure: the time is a parameter. */
import type { Reason } from "./reasons.ts";

export type ConditionStatus = "True" | "False" | "Unknown";

/** One element of `status.conditions` (metav1.Condition), as read: its reason may be another version's. */
export interface Condition {
  readonly type: string;
  readonly status: ConditionStatus;
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number;
  /** RFC 3339, whole seconds; moves only when `status` changes. */
  readonly lastTransitionTime: string;
}

/** What a controller says of a condition of its own; the runtime adds generation and time. */
export interface ConditionInput {
  readonly type: string;
  readonly status: ConditionStatus;
  readonly reason: Reason;
  readonly message: string;
}

/** What every status of ours has. */
export interface CommonStatus {
  readonly observedGeneration?: number;
  readonly conditions?: readonly Condition[];
}

/** Set by the runtime from the outcome of a pass; a controller never returns these. */
export const RUNTIME_CONDITION_TYPES = ["Ready", "Reconciling", "Stalled", "Paused"] as const;

/** What Ready, Reconciling and Stalled follow from. */
export interface Verdict {
  readonly class: "success" | "waiting" | "terminal" | "transient";
  readonly reason: Reason;
  readonly message: string;
}

/** A condition before it has generation and time; its reason may come from an earlier status. */
export type UnstampedCondition = Pick<Condition, "type" | "status" | "reason" | "message">;

interface Stamp {
  readonly generation: number;
  readonly now: Date;
  readonly previous: readonly Condition[];
}

/**
 * The whole list of conditions after a pass: Ready, Reconciling, Stalled, then the kind's own. All three are always there, so that
 * `kubectl wait` and a reader need not know what an absent one means.
 */
export function conditionsAfter(
  verdict: Verdict,
  own: readonly UnstampedCondition[],
  stamp: Stamp,
): Condition[] {
  const { reason, message } = verdict;
  const isReady = verdict.class === "success";
  const isStalled = verdict.class === "terminal";
  const isReconciling = !isReady && !isStalled;
  const negative = (type: string, isTrue: boolean): UnstampedCondition =>
    isTrue
      ? { type, status: "True", reason, message }
      : { type, status: "False", reason: isReady ? "Succeeded" : reason, message: "" };
  const inputs: UnstampedCondition[] = [
    { type: "Ready", status: isReady ? "True" : "False", reason, message },
    negative("Reconciling", isReconciling),
    negative("Stalled", isStalled),
    ...own,
  ];
  return inputs.map((input) => stampCondition(input, stamp));
}

/** These conditions and Paused=True. */
export function withPaused(conditions: readonly Condition[], message: string, stamp: Stamp): Condition[] {
  const others = conditions.filter((condition) => condition.type !== "Paused");
  return [...others, stampCondition({ type: "Paused", status: "True", reason: "Paused", message }, stamp)];
}

/** The condition of a type. */
export function findCondition(
  conditions: readonly Condition[] | undefined,
  type: string,
): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

function stampCondition(input: UnstampedCondition, stamp: Stamp): Condition {
  const previous = findCondition(stamp.previous, input.type);
  const hasMoved = previous?.status !== input.status;
  return {
    type: input.type,
    status: input.status,
    reason: input.reason,
    message: input.message,
    observedGeneration: stamp.generation,
    lastTransitionTime: hasMoved ? timestamp(stamp.now) : previous.lastTransitionTime,
  };
}

/** metav1.Time has whole seconds. */
function timestamp(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, "Z");
}
