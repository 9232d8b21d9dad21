/** The files of coordinator and workers, and the catalogs that both read. Pure. */
import { LAKE_CATALOG } from "../../../crds/kinds.ts";
import type { ConfigMap } from "../../../workloads/config-map.ts";
import { configMap } from "../../../workloads/config-map.ts";
import type { ValidatedCluster } from "../validate.ts";
import { ACCESS_CONTROL_FILE, RULES_FILE, renderAccessControl, renderAccessRules } from "./access-control.ts";
import type { Role } from "../parts.ts";
import { CONFIG_FOLDER, LEAVE_SECONDS, renderConfigProperties } from "./config-properties.ts";
import { renderJvmConfig } from "./jvm-config.ts";
import { renderLakeCatalog } from "./lake-catalog.ts";
import { renderNodeProperties } from "./node-properties.ts";
import {
  DRAIN_SCRIPT,
  HEALTH_SCRIPT,
  SHUTDOWN_SCRIPT,
  renderDrainScript,
  renderHealthScript,
  renderShutdownScript,
} from "./scripts.ts";
import { trustFiles } from "./trust.ts";
import { renderSessionProperties } from "./session-properties.ts";
import { renderUserCatalog } from "./user-catalog.ts";

/** Each catalog is a key `<name>.properties`. */
export function planCatalogsConfigMap(cluster: ValidatedCluster): ConfigMap {
  const given = cluster.catalogs.map(
    (catalog) => [`${catalog.name}.properties`, renderUserCatalog(catalog)] as const,
  );
  return configMap(
    cluster,
    { name: cluster.names.catalogs },
    {
      [`${LAKE_CATALOG}.properties`]: renderLakeCatalog(cluster),
      ...Object.fromEntries<string>(given),
    },
  );
}

export function planCoordinatorConfigMap(cluster: ValidatedCluster): ConfigMap {
  return configMap(
    cluster,
    { name: cluster.names.coordinatorConfig, component: "coordinator" },
    {
      ...serverFiles(cluster, "coordinator"),
      ...renderSessionProperties(cluster),
      [DRAIN_SCRIPT]: drainScript(cluster),
    },
  );
}

function drainScript({ drainSeconds }: ValidatedCluster): string {
  return renderDrainScript({ leaveSeconds: LEAVE_SECONDS, drainSeconds });
}

/** `undefined` without workers. */
export function planWorkerConfigMap(cluster: ValidatedCluster): ConfigMap | undefined {
  if (cluster.worker.replicas === 0) return undefined;
  return configMap(
    cluster,
    { name: cluster.names.workerConfig, component: "worker" },
    {
      ...serverFiles(cluster, "worker"),
      [ACCESS_CONTROL_FILE]: renderAccessControl(CONFIG_FOLDER),
      [RULES_FILE]: renderAccessRules(),
      [SHUTDOWN_SCRIPT]: renderShutdownScript(),
    },
  );
}

function serverFiles(cluster: ValidatedCluster, role: Role): Record<string, string> {
  return {
    "config.properties": renderConfigProperties(cluster, role),
    "jvm.config": renderJvmConfig(cluster, role),
    "node.properties": renderNodeProperties(cluster),
    [HEALTH_SCRIPT]: renderHealthScript(role),
    ...trustFiles(cluster),
  };
}
