/** What a cluster's status says, from what was observed and what the API server answered. Pure. */
import type { QueryCluster, QueryClusterStatus } from "../../crds/kinds.ts";
import { QUERY_CLUSTER_DEFAULTS, queryClusterKind } from "../../crds/kinds.ts";
import { COMPONENT_LABEL, managedLabels } from "../../naming/marks.ts";
import { scaleOf } from "../../workloads/scale.ts";
import { clusterNames } from "../../naming/children.ts";
import type { ConditionInput } from "../../api/conditions.ts";
import type { StatusInput, StatusResult } from "../../runtime/controller.ts";
import { findResult } from "../../targets/kubernetes/apply-children.ts";
import type { Problem } from "../../targets/kubernetes/admission.ts";
import { podProblem } from "../../targets/kubernetes/pods.ts";
import type { Rollout } from "../../targets/kubernetes/rollout.ts";
import { deploymentRefusal, deploymentRollout } from "../../targets/kubernetes/rollout.ts";
import type { AppliedCluster } from "./apply.ts";
import { cacheStatus } from "./cache-status.ts";
import type { DeploymentObject, ObservedCluster } from "./observe.ts";
import type { ClusterPlan } from "./plan.ts";
import { flightFields, judgeFlight } from "./flight-status.ts";
import type { FlightInput } from "./flight-status.ts";
import type { ClusterComponent, Role } from "./parts.ts";
import { TRINO_PORT } from "../../targets/trino/server.ts";
import { FAULT_INTERVAL_SECONDS, PROBE_INTERVAL_SECONDS } from "../../targets/trino/prober.ts";
import type { ValidatedCluster } from "./validate.ts";

type Input = StatusInput<QueryCluster, ObservedCluster, ValidatedCluster, ClusterPlan, AppliedCluster>;
type Result = StatusResult<QueryClusterStatus>;

export function clusterStatus(input: Input): Result {
  const { resource, observed } = input;
  if (observed === undefined) return { status: keptFields(resource), conditions: [] };
  const coordinator = judgeRole(input, observed, "coordinator");
  const flight: FlightInput = {
    cluster: resource,
    observed,
    deployment: deploymentOf(input, observed, "flight"),
    isCoordinatorReady: coordinator.status === "True",
    now: input.now,
  };
  const conditions = [
    coordinator,
    judgeRole(input, observed, "worker"),
    judgeCatalogs(observed),
    ...judgeFlight(flight),
  ];
  return {
    status: { ...fieldsOf(input, observed), ...flightFields(flight) },
    conditions,
    requeueAfterSeconds: PROBE_INTERVAL_SECONDS,
    ...verdictOf(conditions),
  };
}

const TITLES: Readonly<Record<Role, string>> = { coordinator: "Coordinator", worker: "Workers" };

function judgeRole(input: Input, observed: ObservedCluster, role: Role): ConditionInput {
  const type = `${TITLES[role]}Ready`;
  if (role === "worker" && wantedWorkers(input.resource) === 0) {
    return {
      type,
      status: "True",
      reason: "Succeeded",
      message: "no workers are wanted; the coordinator does their work",
    };
  }
  const deployment = deploymentOf(input, observed, role);
  const rollout = deploymentRollout(deployment);
  if (rollout.state === "ready") return judgeReadyRole(type, role, { input, observed, rollout });
  const cause = deploymentRefusal(deployment) ?? podProblem(observed.pods[role]);
  return { type, status: "False", ...unfinished(rollout, cause) };
}

/** As the API server answered, where it did. */
function deploymentOf(
  input: Input,
  observed: ObservedCluster,
  component: ClusterComponent,
): DeploymentObject | undefined {
  const name = clusterNames(input.resource.metadata.name)[component];
  const answered = findResult<DeploymentObject>(input.applied?.children ?? [], "Deployment", name);
  return answered ?? observed.deployments[component];
}

function unfinished(rollout: Rollout, cause: Problem | undefined): Problem {
  const message = cause === undefined ? rollout.message : `${rollout.message}; ${cause.message}`;
  const unknown = rollout.state === "failed" ? "ChildrenNotReady" : "RolloutInProgress";
  return { reason: cause?.reason ?? unknown, message };
}

/** Kubernetes calls a worker ready seconds before the coordinator gives it work, and gone seconds before it takes none. */
function judgeReadyRole(
  type: string,
  role: Role,
  { input, observed, rollout }: { input: Input; observed: ObservedCluster; rollout: Rollout },
): ConditionInput {
  const wanted = wantedWorkers(input.resource);
  const { probe } = observed;
  if (role === "worker" && probe.state === "known" && probe.activeWorkers !== wanted) {
    const message = `the coordinator counts ${probe.activeWorkers} workers, ${wanted} are wanted`;
    return { type, status: "False", reason: "RolloutInProgress", message };
  }
  return { type, status: "True", reason: "Succeeded", message: rollout.message };
}

function judgeCatalogs({ probe }: ObservedCluster): ConditionInput {
  const type = "CatalogsReachable";
  if (probe.state === "unknown") {
    return { type, status: "Unknown", reason: "TrinoUnreachable", message: probe.message };
  }
  const faulty = probe.catalogs.filter(({ reachable }) => !reachable);
  if (faulty.length === 0) {
    return {
      type,
      status: "True",
      reason: "Succeeded",
      message: `all ${probe.catalogs.length} catalogs answer`,
    };
  }
  const message = faulty.map((catalog) => `catalog "${catalog.name}": ${catalog.message}`).join("; ");
  return { type, status: "False", reason: "CatalogUnreachable", message };
}

function wantedWorkers({ spec }: QueryCluster): number {
  return spec.workers ?? QUERY_CLUSTER_DEFAULTS.workers;
}

function fieldsOf(input: Input, observed: ObservedCluster): Result["status"] {
  const { resource } = input;
  const { probe } = observed;
  const { name, namespace = "" } = resource.metadata;
  const labels = { ...managedLabels(queryClusterKind.kind, name), [COMPONENT_LABEL]: "worker" };
  const scale = scaleOf(deploymentOf(input, observed, "worker"), labels);
  const coordinatorUrl = `http://${clusterNames(name).coordinator}.${namespace}.svc:${TRINO_PORT}`;
  const cache = cacheStatus(resource.status?.cache, observed.cache);
  const always = { coordinatorUrl, scale, ...(cache === undefined ? {} : { cache }) };
  // What was last known of a coordinator that does not answer would be mistaken for the present.
  if (probe.state === "unknown") return { ...keptVersion(resource), ...always, activeWorkers: 0 };
  const catalogs = probe.catalogs.map(({ name: catalog, reachable, message }) => ({
    name: catalog,
    reachable,
    ...(message === "" ? {} : { message }),
  }));
  const { version, activeWorkers } = probe;
  return { version, ...always, activeWorkers, catalogs };
}

function keptFields({ status }: QueryCluster): Result["status"] {
  if (status === undefined) return {};
  const { version, coordinatorUrl, activeWorkers, scale, flight, catalogs, cache } = status;
  const fields = { version, coordinatorUrl, activeWorkers, scale, flight, catalogs, cache };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function keptVersion({ status }: QueryCluster): Pick<Result["status"], "version"> {
  return status?.version === undefined ? {} : { version: status.version };
}

function verdictOf(conditions: readonly ConditionInput[]): Pick<Result, "ready" | "waiting"> {
  const worst = conditions.find(({ status }) => status !== "True");
  if (worst === undefined) return { ready: { message: "queries are answered" } };
  const { reason, message } = worst;
  return { waiting: { reason, message, retryAfterSeconds: FAULT_INTERVAL_SECONDS } };
}
