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
