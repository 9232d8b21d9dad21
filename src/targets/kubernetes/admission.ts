/** What the API server says when it takes an object not, and what it would say of a pod that nobody could make yet. */
import type { V1ObjectMeta, V1PodSpec } from "@kubernetes/client-node";
import type { Reason } from "../../api/reasons.ts";
import type { KubernetesClient } from "../../runtime/http/kubernetes-client.ts";
import { isKubernetesError } from "../../runtime/http/kubernetes-client.ts";
import { apiVersionOf } from "../../api/objects.ts";
import { CHILD_TYPES } from "./child.ts";

/** Why something does not run, in the words of the part that keeps it from running. */
export interface Problem {
  readonly reason: Reason;
  readonly message: string;
}

/** A pod as a workload would make it. */
export interface PodTemplate {
  readonly metadata?: Pick<V1ObjectMeta, "labels" | "annotations"> | undefined;
  readonly spec?: V1PodSpec | undefined;
}

/** Where the pod would be, and the name that its own begins with. */
export interface PodPlace {
  readonly namespace: string;
  readonly name: string;
}

/** A quota, a range of limits, a policy: `undefined` for every other error, missing rights of the operator's own among them. */
export function admissionProblem(error: unknown): Problem | undefined {
  if (!isKubernetesError(error, "Forbidden", "Invalid")) return undefined;
  const words = error.detail;
  if (isOwnFault(words)) return undefined;
  return refusal(words);
}

/** A refusal whose words somebody else has passed on, like the controller of a Deployment. */
export function refusal(words: string): Problem {
  return { reason: /\bquota\b/.test(words) ? "QuotaExceeded" : "AdmissionRefused", message: words };
}

/**
 * Why the API server would not take another pod of this template now: it is asked with a dry run, so that quota, limits and policies
 * answer and nothing is made. `undefined` when it would take it, and when nobody knows. What makes the pods does not say it itself: a
 * StatefulSet has no condition for it, a Spark driver only a log.
 */
export async function podRefusal(
  kubernetes: KubernetesClient,
  { namespace, name }: PodPlace,
  { metadata, spec }: PodTemplate,
): Promise<Problem | undefined> {
  const { labels = {}, annotations = {} } = metadata ?? {};
  // A name that no pod has: the dry run would else be one of a change.
  const trial = {
    apiVersion: apiVersionOf(CHILD_TYPES.Pod),
    kind: CHILD_TYPES.Pod.kind,
    metadata: { namespace, name: `${name}-trial`, labels, annotations },
    spec,
  };
  try {
    await kubernetes.dryRun(CHILD_TYPES.Pod, trial);
    return undefined;
  } catch (error) {
    if (isKubernetesError(error, "Aborted")) throw error;
    return admissionProblem(error);
  }
}

/** The operator's rights, and a webhook that cannot be asked: neither says anything of the pod. */
function isOwnFault(words: string): boolean {
  return /User ".*" cannot \w+ resource|does not support dry run/.test(words);
}
