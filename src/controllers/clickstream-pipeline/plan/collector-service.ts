/** The address that events are sent to, and the one that only the command-line tool and monitoring use. Pure. */
import type { V1ServiceSpec } from "@kubernetes/client-node";
import type { Child } from "../../../targets/kubernetes/child.ts";
import { COLLECTOR_PORTS } from "../../../generated/endpoints.ts";
import type { ValidatedPipeline } from "../validate.ts";
import { givenServiceFields, service } from "../../../workloads/service.ts";

const { http: HTTP, internal: INTERNAL } = COLLECTOR_PORTS;

export function planCollectorService(pipeline: ValidatedPipeline): Child<{ spec: V1ServiceSpec }> {
  const { serviceType, service: given = {} } = pipeline.collector;
  return service(
    pipeline,
    { name: pipeline.names.collector, component: "collector" },
    {
      type: serviceType,
      ...givenServiceFields(given),
      // Otherwise the pods would see the address of a node instead of the sender's.
      ...(serviceType === "ClusterIP" ? {} : { externalTrafficPolicy: "Local" }),
      ports: [{ name: HTTP.name, port: 80, protocol: "TCP", targetPort: HTTP.name }],
    },
  );
}

/** A Service of its own, so that no type of the other one shows metrics and accounting to the outside. */
export function planCollectorInternalService(pipeline: ValidatedPipeline): Child<{ spec: V1ServiceSpec }> {
  return service(
    pipeline,
    { name: pipeline.names.collectorInternal, component: "collector" },
    {
      type: "ClusterIP",
      ports: [{ ...INTERNAL, protocol: "TCP", targetPort: INTERNAL.name }],
    },
  );
}
