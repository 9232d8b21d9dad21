/** What a cluster's status says of its Flight SQL gateway. Pure. */
import type { ConditionInput } from "../../api/conditions.ts";
import type { QueryCluster, QueryClusterStatus } from "../../crds/kinds.ts";
import { FLIGHT_DEFAULTS } from "../../crds/kinds.ts";
import { FLIGHT_PORTS } from "../../generated/endpoints.ts";
import { clusterNames } from "../../naming/children.ts";
import type { Problem } from "../../targets/kubernetes/admission.ts";
import { podProblem } from "../../targets/kubernetes/pods.ts";
import type { Rollout } from "../../targets/kubernetes/rollout.ts";
import { deploymentRefusal, deploymentRollout } from "../../targets/kubernetes/rollout.ts";
import { certificateEnd, flightSecretProblem } from "./flight-secrets.ts";
import type { DeploymentObject, ObservedCluster } from "./observe.ts";

/** What the gateway is judged by. */
export interface FlightInput {
  readonly cluster: QueryCluster;
  readonly observed: ObservedCluster;
  /** As the API server answered, where it did. */
  readonly deployment: DeploymentObject | undefined;
  readonly isCoordinatorReady: boolean;
  readonly now: Date;
}

/** The condition FlightReady; none without a gateway. */
export function judgeFlight(input: FlightInput): readonly ConditionInput[] {
  if (input.cluster.spec.flight === undefined) return [];
  const type = "FlightReady";
  const rollout = deploymentRollout(input.deployment);
  const problem = secretProblem(input) ?? rolloutProblem(input, rollout);
  if (problem !== undefined) return [{ type, status: "False", ...problem }];
  return [{ type, status: "True", reason: "Succeeded", message: rollout.message }];
}

function rolloutProblem(
  { observed, deployment, isCoordinatorReady }: FlightInput,
  { state, message }: Rollout,
): Problem | undefined {
  if (state === "ready") return undefined;
  const cause = deploymentRefusal(deployment) ?? podProblem(observed.pods.flight);
  if (cause !== undefined) return { reason: cause.reason, message: `${message}; ${cause.message}` };
  if (!isCoordinatorReady) {
    const why = "the gateway answers when Trino does, and the coordinator is not ready";
    return { reason: "TrinoUnreachable", message: `${message}; ${why}` };
  }
  return { reason: state === "failed" ? "ChildrenNotReady" : "RolloutInProgress", message };
}

/** What is wrong with its Secrets comes first: the pods that run may not have noticed. */
function secretProblem({ cluster, observed, now }: FlightInput): Problem | undefined {
  try {
    return flightSecretProblem(cluster.spec.flight ?? {}, observed.flightSecrets, now);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return {
      reason: "ApiUnavailable",
      message: `nobody knows whether the gateway's Secrets are there: ${message}`,
    };
  }
}

/** `status.flight`; not there without a gateway. */
export function flightFields({
  cluster,
  observed,
  deployment,
}: FlightInput): Pick<QueryClusterStatus, "flight"> {
  const { flight } = cluster.spec;
  if (flight === undefined) return {};
  const { name, namespace = "" } = cluster.metadata;
  const scheme = flight.tls === undefined ? "grpc" : "grpc+tls";
  const host = `${clusterNames(name).flight}.${namespace}.svc`;
  const ends = certificateEnd(flight, observed.flightSecrets);
  return {
    flight: {
      endpoint: `${scheme}://${host}:${FLIGHT_PORTS.flight.port}`,
      replicas: flight.replicas ?? FLIGHT_DEFAULTS.replicas,
      readyReplicas: deployment?.status?.readyReplicas ?? 0,
      ...(ends && { certificateExpires: ends.toISOString() }),
    },
  };
}
