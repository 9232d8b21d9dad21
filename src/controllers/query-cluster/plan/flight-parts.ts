/** What the Flight SQL gateway has beside its pods: its file, its address, and how nodes may be drained. Pure. */
import { FLIGHT_PORTS } from "../../../generated/endpoints.ts";
import type { Child } from "../../../targets/kubernetes/child.ts";
import { configMap } from "../../../workloads/config-map.ts";
import { disruptionBudget } from "../../../workloads/disruption-budget.ts";
import { givenServiceFields, service } from "../../../workloads/service.ts";
import type { FlightSettings } from "../flight-settings.ts";
import type { ValidatedCluster } from "../validate.ts";
import { FLIGHT_FILE, planFlightDeployment } from "./flight-deployment.ts";
import { renderFlightJson } from "./flight-json.ts";

/** The children of a gateway. */
export interface FlightPlan {
  readonly configMap: Child;
  readonly service: Child;
  readonly disruptionBudget: Child;
  readonly deployment: Child;
}

export function planFlight(cluster: ValidatedCluster, flight: FlightSettings): FlightPlan {
  const part = { name: cluster.names.flight, component: "flight" };
  const config = configMap(cluster, part, { [FLIGHT_FILE]: renderFlightJson(cluster, flight) });
  const { name, port } = FLIGHT_PORTS.flight;
  return {
    configMap: config,
    // Metrics are on the other port, which no Service shows.
    service: service(cluster, part, {
      type: flight.serviceType,
      ...givenServiceFields(flight.service),
      ports: [{ name, port, protocol: "TCP", targetPort: name }],
    }),
    disruptionBudget: disruptionBudget(cluster, part, 1),
    deployment: planFlightDeployment(cluster, flight, config),
  };
}
