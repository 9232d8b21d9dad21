/** Everything that a query cluster wants. Pure. */
import type { Child } from "../../targets/kubernetes/child.ts";
import { planCatalogsConfigMap, planCoordinatorConfigMap, planWorkerConfigMap } from "./plan/config-maps.ts";
import { planCoordinatorDeployment } from "./plan/coordinator-deployment.ts";
import { planCoordinatorService } from "./plan/coordinator-service.ts";
import type { FlightPlan } from "./plan/flight-parts.ts";
import { planFlight } from "./plan/flight-parts.ts";
import { planServiceAccount } from "./plan/service-account.ts";
import { planWorkerDeployment } from "./plan/worker-deployment.ts";
import { planWorkerDisruptionBudget } from "./plan/worker-disruption-budget.ts";
import type { ValidatedCluster } from "./validate.ts";

/** The wanted children by what they are for. `undefined` = not wanted. */
export interface ClusterPlan {
  readonly cluster: ValidatedCluster;
  readonly serviceAccount: Child;
  readonly catalogs: Child;
  readonly coordinator: { readonly configMap: Child; readonly service: Child; readonly deployment: Child };
  readonly worker:
    { readonly configMap: Child; readonly disruptionBudget: Child; readonly deployment: Child } | undefined;
  readonly flight: FlightPlan | undefined;
}

export function planCluster(cluster: ValidatedCluster): ClusterPlan {
  const catalogs = planCatalogsConfigMap(cluster);
  const coordinator = planCoordinatorConfigMap(cluster);
  return {
    cluster,
    serviceAccount: planServiceAccount(cluster),
    catalogs,
    coordinator: {
      configMap: coordinator,
      service: planCoordinatorService(cluster),
      deployment: planCoordinatorDeployment(cluster, { server: coordinator, catalogs }),
    },
    worker: planWorker(cluster, catalogs),
    flight: cluster.flight && planFlight(cluster, cluster.flight),
  };
}

/** All children in the order of writing: what pods refer to first. The coordinator before the workers: they look for it. */
export function orderedChildren(plan: ClusterPlan): readonly Child[] {
  const { serviceAccount, catalogs, coordinator, worker, flight } = plan;
  const wanted: readonly (Child | undefined)[] = [
    serviceAccount,
    catalogs,
    coordinator.configMap,
    worker?.configMap,
    flight?.configMap,
    coordinator.service,
    flight?.service,
    worker?.disruptionBudget,
    flight?.disruptionBudget,
    coordinator.deployment,
    worker?.deployment,
    flight?.deployment,
  ];
  return wanted.filter((planned) => planned !== undefined);
}

function planWorker(
  cluster: ValidatedCluster,
  catalogs: ReturnType<typeof planCatalogsConfigMap>,
): ClusterPlan["worker"] {
  const server = planWorkerConfigMap(cluster);
  if (server === undefined) return undefined;
  return {
    configMap: server,
    disruptionBudget: planWorkerDisruptionBudget(cluster),
    deployment: planWorkerDeployment(cluster, { server, catalogs }),
  };
}
