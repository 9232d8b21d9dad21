/** The pods of the Flight SQL gateway. Pure. */
import type {
  V1Container,
  V1DeploymentSpec,
  V1EnvVar,
  V1PodSpec,
  V1Volume,
  V1VolumeMount,
} from "@kubernetes/client-node";
import { FLIGHT_PORTS, PATHS } from "../../../generated/endpoints.ts";
import { OWN_ANNOTATIONS } from "../../../naming/marks.ts";
import { secretEnvironment, secretVolumes, variablesOf } from "../../../platform/environment.ts";
import type { Child } from "../../../targets/kubernetes/child.ts";
import { CHILD_TYPES, child, hashOf } from "../../../targets/kubernetes/child.ts";
import { RESTRICTED_CONTAINER, RESTRICTED_POD } from "../../../targets/kubernetes/pod-security.ts";
import { containerResources } from "../../../targets/kubernetes/resources.ts";
import type { ConfigMap } from "../../../workloads/config-map.ts";
import { childMetadata, componentLabels } from "../../../workloads/metadata.ts";
import { withPodTemplate } from "../../../workloads/pod-template.ts";
import { identityAnnotation, regionalEnvironment } from "../../../workloads/workload-identity.ts";
import { LAKE_SYSTEMS } from "../cluster-secrets.ts";
import type { FlightFile } from "../flight-secrets.ts";
import type { FlightSettings } from "../flight-settings.ts";
import type { ValidatedCluster } from "../validate.ts";

export const FLIGHT_FILE = "flight.json";

const CONFIG_FOLDER = "/etc/flight-gateway";
/** Time for Services to send no more clients to a pod that is going. */
const LEAVE_SECONDS = 5;
/** So long the gateway lets its open streams go on. */
const STREAM_SECONDS = 25;
/** For the end of the JVM. */
const MARGIN_SECONDS = 10;
/** What the network's own buffers take beside the record batches. */
const NETWORK_MEBIBYTES = 128;

export function planFlightDeployment(
  cluster: ValidatedCluster,
  flight: FlightSettings,
  config: ConfigMap,
): Child<{ spec: V1DeploymentSpec }> {
  const labels = componentLabels(cluster, "flight");
  const { spec } = cluster.platform;
  const own = {
    metadata: {
      labels,
      annotations: {
        [OWN_ANNOTATIONS.configHash]: hashOf(config.object.data),
        [OWN_ANNOTATIONS.secretsHash]: flight.secretsHash,
        ...(flight.directReads ? identityAnnotation(spec) : {}),
      },
    },
    spec: podSpec(cluster, flight),
  };
  return child(
    CHILD_TYPES.Deployment,
    childMetadata(cluster, { name: cluster.names.flight, component: "flight" }),
    {
      spec: {
        replicas: flight.replicas,
        revisionHistoryLimit: 3,
        selector: { matchLabels: labels },
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template: withPodTemplate(own, flight.podTemplate, { field: "spec.flight.podTemplate" }),
      },
    },
  );
}

function podSpec(cluster: ValidatedCluster, flight: FlightSettings): V1PodSpec {
  const { volumes } = lakeFiles(cluster, flight);
  return {
    serviceAccountName: cluster.names.coordinator,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: LEAVE_SECONDS + STREAM_SECONDS + MARGIN_SECONDS,
    securityContext: RESTRICTED_POD,
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "kubernetes.io/hostname",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: componentLabels(cluster, "flight") },
      },
    ],
    containers: [container(cluster, flight)],
    volumes: [
      { name: "config", configMap: { name: cluster.names.flight } },
      { name: "tmp", emptyDir: {} },
      ...ownVolumes(flight),
      ...volumes,
    ],
  };
}

function container(cluster: ValidatedCluster, flight: FlightSettings): V1Container {
  const probe = { periodSeconds: 5, timeoutSeconds: 3 };
  const { http } = FLIGHT_PORTS;
  return {
    name: "flight-gateway",
    image: cluster.images.flightGateway,
    imagePullPolicy: "IfNotPresent",
    args: ["--config", `${CONFIG_FOLDER}/${FLIGHT_FILE}`],
    env: environment(cluster, flight),
    ports: Object.values(FLIGHT_PORTS).map(({ name, port }) => ({
      name,
      containerPort: port,
      protocol: "TCP",
    })),
    resources: containerResources(flight.resources),
    terminationMessagePolicy: "FallbackToLogsOnError",
    securityContext: RESTRICTED_CONTAINER,
    // A JVM takes a second or two on a free core and half a minute on a crowded one.
    startupProbe: {
      periodSeconds: 2,
      timeoutSeconds: 3,
      failureThreshold: 90,
      httpGet: { path: PATHS.healthz, port: http.name },
    },
    readinessProbe: { ...probe, httpGet: { path: PATHS.readyz, port: http.name } },
    livenessProbe: { ...probe, failureThreshold: 6, httpGet: { path: PATHS.healthz, port: http.name } },
    lifecycle: { preStop: { sleep: { seconds: LEAVE_SECONDS } } },
    volumeMounts: [
      { name: "config", mountPath: CONFIG_FOLDER, readOnly: true },
      { name: "tmp", mountPath: "/tmp" },
      ...ownMounts(flight),
      ...lakeFiles(cluster, flight).mounts,
    ],
  };
}

function environment({ platform }: ValidatedCluster, flight: FlightSettings): V1EnvVar[] {
  const direct = flight.batchMebibytes + NETWORK_MEBIBYTES;
  return [
    { name: "JDK_JAVA_OPTIONS", value: `-XX:MaxDirectMemorySize=${direct}m` },
    ...(flight.directReads
      ? [
          ...regionalEnvironment(platform.spec),
          ...secretEnvironment(variablesOf(platform.spec, LAKE_SYSTEMS)),
        ]
      : []),
  ];
}

/** Only who reads files of tables needs the authorities of those who have them. */
function lakeFiles(
  { platform }: ValidatedCluster,
  { directReads }: FlightSettings,
): { volumes: V1Volume[]; mounts: V1VolumeMount[] } {
  return directReads ? secretVolumes(platform.spec, LAKE_SYSTEMS) : { volumes: [], mounts: [] };
}

/** Whole volumes: a file that is mounted alone stays as it was when its Secret changes. */
function ownVolumes({ files }: FlightSettings): V1Volume[] {
  return [...byVolume(files)].map(([name, of]) => ({
    name,
    secret: {
      secretName: of[0]?.secret ?? "",
      items: of.map(({ key, file }) => ({ key, path: file.name })),
    },
  }));
}

function ownMounts({ files }: FlightSettings): V1VolumeMount[] {
  return [...byVolume(files)].map(([name, of]) => ({
    name,
    mountPath: of[0]?.file.folder ?? "",
    readOnly: true,
  }));
}

function byVolume(files: FlightSettings["files"]): ReadonlyMap<string, readonly FlightFile[]> {
  const given: readonly (FlightFile | undefined)[] = Object.values(files);
  return Map.groupBy(
    given.filter((file) => file !== undefined),
    ({ file }) => file.volume,
  );
}
