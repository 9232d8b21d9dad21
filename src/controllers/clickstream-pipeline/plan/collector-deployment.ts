/** The collector's pods. Pure. */
import type { V1Container, V1DeploymentSpec, V1EnvVar, V1PodSpec } from "@kubernetes/client-node";
import { OWN_ANNOTATIONS } from "../../../naming/marks.ts";
import type { Child } from "../../../targets/kubernetes/child.ts";
import { CHILD_TYPES, child } from "../../../targets/kubernetes/child.ts";
import type { CollectorEnvironment } from "../../../generated/collector.ts";
import { plainEnvironment } from "../../../targets/kubernetes/environment.ts";
import { kafkaFiles, secretEnvironment, secretVolumes, variablesOf } from "../../../platform/environment.ts";
import { RESTRICTED_CONTAINER, RESTRICTED_POD } from "../../../targets/kubernetes/pod-security.ts";
import { containerResources } from "../../../targets/kubernetes/resources.ts";
import type { ValidatedPipeline } from "../validate.ts";
import { COLLECTOR_PORTS, PATHS } from "../../../generated/endpoints.ts";
import { COLLECTOR_SYSTEMS } from "../parts.ts";
import { withPodTemplate } from "../../../workloads/pod-template.ts";
import { childMetadata, componentLabels } from "../../../workloads/metadata.ts";

/** How long the collector may finish requests after SIGTERM. */
const SHUTDOWN_GRACE_SECONDS = 20;
/** Time for Services and ingresses to stop sending requests to a pod that is going. */
const LEAVE_SECONDS = 5;

export function planCollectorDeployment(pipeline: ValidatedPipeline): Child<{ spec: V1DeploymentSpec }> {
  const labels = componentLabels(pipeline, "collector");
  return child(
    CHILD_TYPES.Deployment,
    childMetadata(pipeline, { name: pipeline.names.collector, component: "collector" }),
    {
      spec: {
        // A field that is not applied is its other writers', or the API server's default of 1.
        ...(pipeline.collector.replicas === undefined ? {} : { replicas: pipeline.collector.replicas }),
        revisionHistoryLimit: 3,
        selector: { matchLabels: labels },
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template: withPodTemplate(
          {
            metadata: {
              labels,
              annotations: { [OWN_ANNOTATIONS.secretsHash]: pipeline.secretsHashes.collector },
            },
            spec: podSpec(pipeline),
          },
          pipeline.collector.podTemplate,
          { field: "spec.collector.podTemplate" },
        ),
      },
    },
  );
}

function podSpec(pipeline: ValidatedPipeline): V1PodSpec {
  return {
    serviceAccountName: pipeline.names.collector,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: LEAVE_SECONDS + SHUTDOWN_GRACE_SECONDS + 5,
    securityContext: RESTRICTED_POD,
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "kubernetes.io/hostname",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: componentLabels(pipeline, "collector") },
      },
    ],
    containers: [container(pipeline)],
    volumes: secretVolumes(pipeline.platform.spec, COLLECTOR_SYSTEMS).volumes,
  };
}

function container(pipeline: ValidatedPipeline): V1Container {
  const { collector, images, platform } = pipeline;
  const probe = { periodSeconds: 5, timeoutSeconds: 3 };
  return {
    name: "collector",
    image: images.collector,
    imagePullPolicy: "IfNotPresent",
    env: environment(pipeline),
    ports: Object.values(COLLECTOR_PORTS).map(({ name, port }) => ({
      name,
      containerPort: port,
      protocol: "TCP",
    })),
    resources: containerResources(collector.resources),
    terminationMessagePolicy: "FallbackToLogsOnError",
    securityContext: RESTRICTED_CONTAINER,
    readinessProbe: { ...probe, httpGet: { path: PATHS.readyz, port: COLLECTOR_PORTS.internal.name } },
    livenessProbe: {
      ...probe,
      failureThreshold: 6,
      httpGet: { path: PATHS.healthz, port: COLLECTOR_PORTS.internal.name },
    },
    lifecycle: { preStop: { sleep: { seconds: LEAVE_SECONDS } } },
    volumeMounts: secretVolumes(platform.spec, COLLECTOR_SYSTEMS).mounts,
  };
}

function environment({ collector, platform, topicName }: ValidatedPipeline): V1EnvVar[] {
  const { kafka } = platform.spec;
  const files = kafkaFiles(platform.spec);
  const { cookie } = collector;
  return [
    ...collectorEnvironment({
      LISTEN_ADDRESS: `:${COLLECTOR_PORTS.http.port}`,
      INTERNAL_ADDRESS: `:${COLLECTOR_PORTS.internal.port}`,
      KAFKA_BOOTSTRAP_SERVERS: kafka.bootstrapServers,
      KAFKA_TOPIC: topicName,
      KAFKA_TLS: kafka.tls !== undefined,
      KAFKA_CA_FILE: files.authorities,
      KAFKA_CLIENT_CERTIFICATE_FILE: files.clientCertificate,
      KAFKA_CLIENT_KEY_FILE: files.clientKey,
      KAFKA_SASL_MECHANISM: kafka.sasl?.mechanism,
      CORS_ORIGINS: collector.corsOrigins,
      MAX_EVENT_BYTES: collector.maxEventBytes,
      COOKIE_ENABLED: cookie.enabled,
      COOKIE_NAME: cookie.name,
      COOKIE_MAX_AGE_SECONDS: cookie.maxAgeSeconds,
      COOKIE_SAME_SITE: cookie.sameSite,
      COOKIE_DOMAIN: cookie.domain,
      IP_MASKING: collector.ipMasking,
      TRUSTED_PROXIES: collector.trustedProxies?.length === 0 ? "none" : collector.trustedProxies,
      CLIENT_ADDRESS_HEADER: collector.clientAddressHeader,
      CAPTURE_HEADERS: collector.captureHeaders,
      SHUTDOWN_GRACE_SECONDS: SHUTDOWN_GRACE_SECONDS,
    }),
    ...secretEnvironment(variablesOf(platform.spec, COLLECTOR_SYSTEMS)),
  ];
}

/** The variables as the collector reads them: lists with commas; an empty list says nothing. */
function collectorEnvironment(variables: CollectorEnvironment): V1EnvVar[] {
  return plainEnvironment(
    Object.fromEntries(
      Object.entries(variables).map(
        ([name, value]: [string, CollectorEnvironment[keyof CollectorEnvironment]]) => [
          name,
          value === undefined || String(value) === "" ? undefined : String(value),
        ],
      ),
    ),
  );
}
