/** Judges Deployments and StatefulSets the way `kubectl rollout status` does. Pure. */
import type { V1Deployment, V1StatefulSet } from "@kubernetes/client-node";
import type { Problem } from "./admission.ts";
import { refusal } from "./admission.ts";

/** `failed` is only what Kubernetes itself has given up waiting for. */
export type RolloutState = "absent" | "progressing" | "ready" | "failed";

export interface Rollout {
  readonly state: RolloutState;
  readonly message: string;
  readonly readyReplicas: number;
  readonly replicas: number;
}

type Deployment = Pick<V1Deployment, "spec" | "status"> & {
  readonly metadata?: { readonly generation?: number };
};
type StatefulSet = Pick<V1StatefulSet, "spec" | "status"> & {
  readonly metadata?: { readonly generation?: number };
};

/** The state of a Deployment's roll-out. */
export function deploymentRollout(deployment: Deployment | undefined): Rollout {
  if (deployment === undefined) return ABSENT;
  const { replicas, existing, updated, available, ready } = countsOf(deployment);
  const say = (state: RolloutState, message: string): Rollout => ({
    state,
    message,
    readyReplicas: ready,
    replicas,
  });
  if (isStale(deployment)) return say("progressing", "the new specification is not yet observed");
  if (hasExceededDeadline(deployment)) {
    return say("failed", `only ${updated} of ${replicas} updated replicas became available in time`);
  }
  if (updated < replicas) return say("progressing", `${updated} of ${replicas} replicas are updated`);
  if (existing > updated) {
    const old = `${existing - updated} old ones are still there`;
    return say("progressing", `${updated} of ${replicas} replicas are updated, ${old}`);
  }
  const state = available < replicas ? "progressing" : "ready";
  return say(state, `${available} of ${replicas} replicas are available`);
}

/** The state of a StatefulSet's roll-out. */
export function statefulSetRollout(statefulSet: StatefulSet | undefined): Rollout {
  if (statefulSet === undefined) return ABSENT;
  const { replicas, existing, updated, ready } = countsOf(statefulSet);
  const say = (state: RolloutState, message: string): Rollout => ({
    state,
    message,
    readyReplicas: ready,
    replicas,
  });
  if (isStale(statefulSet)) return say("progressing", "the new specification is not yet observed");
  if (existing > replicas) return say("progressing", `${existing - replicas} replicas are stopping`);
  if (updated < replicas && !isOnOneRevision(statefulSet)) {
    return say("progressing", `${updated} of ${replicas} replicas are updated`);
  }
  return say(ready < replicas ? "progressing" : "ready", `${ready} of ${replicas} replicas are ready`);
}

/** Why Kubernetes could not make or remove pods of a Deployment, in the words of the part that refused. */
export function deploymentRefusal(deployment: Deployment | undefined): Problem | undefined {
  const condition = deployment?.status?.conditions?.find(
    ({ type, status }) => type === "ReplicaFailure" && status === "True",
  );
  return condition === undefined ? undefined : refusal(condition.message ?? condition.reason ?? "");
}

interface Counts {
  readonly replicas: number;
  readonly existing: number;
  readonly updated: number;
  readonly available: number;
  readonly ready: number;
}

/** The API server leaves zeros out. */
function countsOf(workload: Deployment | StatefulSet): Counts {
  const zero = { replicas: 0, updatedReplicas: 0, availableReplicas: 0, readyReplicas: 0 };
  const { replicas, updatedReplicas, availableReplicas, readyReplicas } = { ...zero, ...workload.status };
  return {
    replicas: workload.spec?.replicas ?? 1,
    existing: replicas,
    updated: updatedReplicas,
    available: availableReplicas,
    ready: readyReplicas,
  };
}

function hasExceededDeadline(deployment: Deployment): boolean {
  const conditions = deployment.status?.conditions ?? [];
  return conditions.some(
    ({ type, reason }) => type === "Progressing" && reason === "ProgressDeadlineExceeded",
  );
}

function isOnOneRevision({ status }: StatefulSet): boolean {
  return status?.currentRevision === status?.updateRevision;
}

const ABSENT: Rollout = { state: "absent", message: "not yet created", readyReplicas: 0, replicas: 0 };

function isStale(workload: Deployment | StatefulSet): boolean {
  return (workload.status?.observedGeneration ?? 0) < (workload.metadata?.generation ?? 0);
}
