/** `config.properties` of coordinator and workers. Pure. */
import { TRINO_PORT } from "../../../targets/trino/server.ts";
import type { Role } from "../parts.ts";
import type { ValidatedCluster } from "../validate.ts";
import { ACCESS_CONTROL_FILE } from "./access-control.ts";
import type { Properties } from "../../../workloads/properties.ts";
import { withFurtherProperties } from "../../../workloads/further-properties.ts";
import { renderProperties } from "../../../workloads/properties.ts";

/** Where the files are in the containers. */
export const CONFIG_FOLDER = "/etc/trino";

/** Trino waits so long before and after the drain, so that the coordinator notices that a worker leaves. */
export const SHUTDOWN_NOTICE_SECONDS = 10;

/** Time for Services to stop sending requests to a coordinator that is going. */
export const LEAVE_SECONDS = 5;

/** What makes the servers one cluster, and what leads to files of the pod. */
const KEPT =
  /^(coordinator$|node\.|discovery\.|catalog\.|plugin\.|access-control\.|shutdown\.|node-scheduler\.include-coordinator$|internal-communication\.|http-server\.(http|https|log|authentication|process-forwarded))|(^|[._-])(file|files|path|dir|directory)$/;

export function renderConfigProperties(cluster: ValidatedCluster, role: Role): string {
  const own: Properties = {
    coordinator: role === "coordinator",
    "http-server.http.port": TRINO_PORT,
    // An ingress in front of the coordinator names the client's address and protocol; without this Trino refuses such requests.
    "http-server.process-forwarded": true,
    // The root file system is read-only, and Kubernetes has the requests' logs.
    "http-server.log.enabled": false,
    ...(role === "coordinator" ? coordinatorProperties(cluster) : workerProperties(cluster)),
  };
  const properties = withFurtherProperties({ field: "spec.config", given: cluster.config, own, kept: KEPT });
  return renderProperties(properties);
}

function coordinatorProperties({ worker }: ValidatedCluster): Properties {
  return {
    "node-scheduler.include-coordinator": worker.replicas === 0,
    "discovery.uri": `http://localhost:${TRINO_PORT}`,
  };
}

function workerProperties({ names, owner }: ValidatedCluster): Properties {
  return {
    "discovery.uri": `http://${names.coordinator}.${owner.key.namespace}.svc:${TRINO_PORT}`,
    // Trino would look for it below its working folder.
    "access-control.config-files": `${CONFIG_FOLDER}/${ACCESS_CONTROL_FILE}`,
    "shutdown.grace-period": `${SHUTDOWN_NOTICE_SECONDS}s`,
  };
}
