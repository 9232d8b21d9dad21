/** The address that events are sent to, and the one that only the command-line tool and monitoring use. Pure. */
import type { V1ServiceSpec } from "@kubernetes/client-node";
import type { Child } from "../../../targets/kubernetes/child.ts";
import { COLLECTOR_PORTS } from "../parts.ts";
import type { ValidatedPipeline } from "../validate.ts";
import { service } from "../../../workloads/service.ts";

export function planCollectorService(pipeline: ValidatedPipeline): Child<{ spec: V1ServiceSpec }> {
  const { serviceType } = pipeline.collector;
  return service(
    pipeline,
    { name: pipeline.names.collector, component: "collector" },
    {
      type: serviceType,
      // Otherwise the pods would see the address of a node instead of the sender's.
      ...(serviceType === "ClusterIP" ? {} : { externalTrafficPolicy: "Local" }),
      ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: "http" }],
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
      ports: [{ name: "internal", port: COLLECTOR_PORTS.internal, protocol: "TCP", targetPort: "internal" }],
    },
  );
}
