/** Gives the driver a name, and opens its ports to executors and to readers of its progress. Pure. */
import type { V1ServiceSpec } from "@kubernetes/client-node";
import type { Child } from "../../../targets/kubernetes/child.ts";
import { DRIVER_PORTS } from "../../../generated/endpoints.ts";
import type { ValidatedPipeline } from "../validate.ts";
import { service } from "../../../workloads/service.ts";

export function planStreamService(pipeline: ValidatedPipeline): Child<{ spec: V1ServiceSpec }> {
  return service(
    pipeline,
    { name: pipeline.names.streamJob, component: "stream" },
    {
      clusterIP: "None",
      // Executors must reach the driver before it is ready: it is ready when the query runs.
      publishNotReadyAddresses: true,
      ports: Object.values(DRIVER_PORTS).map(({ name, port }) => ({
        name,
        port,
        protocol: "TCP",
        targetPort: port,
      })),
    },
  );
}
