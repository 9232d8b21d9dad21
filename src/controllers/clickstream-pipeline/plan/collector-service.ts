/** The address that events are sent to, and the one that only the operator and the command-line tool use. Pure. */
import type { V1ServiceSpec } from "@kubernetes/client-node";
import type { Child } from "../../../targets/kubernetes/child.ts";
import { CHILD_TYPES, child } from "../../../targets/kubernetes/child.ts";
import type { ValidatedPipeline } from "../validate.ts";
import { childMetadata, componentLabels } from "./component.ts";

/** Ports of the collector's pods. */
export const COLLECTOR_PORTS = { http: 8080, internal: 9090 } as const;

export function planCollectorService(pipeline: ValidatedPipeline): Child<{ spec: V1ServiceSpec }> {
  return child(CHILD_TYPES.Service, childMetadata(pipeline, pipeline.names.collector, "collector"), {
    spec: {
      type: pipeline.collector.serviceType,
      selector: componentLabels(pipeline, "collector"),
      ports: [
        { name: "http", port: 80, protocol: "TCP", targetPort: "http" },
        { name: "internal", port: COLLECTOR_PORTS.internal, protocol: "TCP", targetPort: "internal" },
      ],
    },
  });
}
