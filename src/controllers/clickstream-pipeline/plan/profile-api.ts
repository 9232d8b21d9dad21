/** The service that answers profiles: its settings, pods, address and budget. Pure. */
import type { V1Container, V1DeploymentSpec, V1PodSpec, V1Volume } from "@kubernetes/client-node";
import { PATHS, PROFILE_PORTS } from "../../../generated/endpoints.ts";
import type { ProfileApiDocument } from "../../../generated/profile-api.ts";
import { OWN_ANNOTATIONS } from "../../../naming/marks.ts";
import type { Child } from "../../../targets/kubernetes/child.ts";
import { CHILD_TYPES, child, hashOf } from "../../../targets/kubernetes/child.ts";
import { RESTRICTED_CONTAINER, RESTRICTED_POD } from "../../../targets/kubernetes/pod-security.ts";
import { containerResources } from "../../../targets/kubernetes/resources.ts";
import { configMap } from "../../../workloads/config-map.ts";
import { disruptionBudget } from "../../../workloads/disruption-budget.ts";
import { childMetadata, componentLabels } from "../../../workloads/metadata.ts";
import { withPodTemplate } from "../../../workloads/pod-template.ts";
import { service } from "../../../workloads/service.ts";
import { serviceAccount } from "../../../workloads/service-account.ts";
import type { ProfileApiSettings, ProfileSettings } from "../profile-settings.ts";
import type { ValidatedPipeline } from "../validate.ts";

/** Time for Services to stop sending requests to a pod that is going. */
const LEAVE_SECONDS = 5;
/** How long the service waits for answers that are under way. */
const STOP_SECONDS = 15;
const COMPONENT = "profile-api";
const DOCUMENT = "profile-api.json";
const FOLDERS = {
  settings: "/etc/openclickstream-profile-api",
  tokens: "/etc/openclickstream-profile-tokens",
  tls: "/etc/openclickstream-profile-tls",
} as const;
/** What no manifest says: bodies hold a batch of the longest identifiers, and a stream is silent for less than proxies allow. */
const FIXED_LIMITS = {
  bodyBytes: 1 << 20,
  requestSeconds: 5,
  heartbeatSeconds: 15,
  pollMillis: 1000,
} as const;

/** What runs and what it needs, in the order of writing. None where nobody is to be answered, or there is no HBase yet. */
export function planProfileApi(pipeline: ValidatedPipeline): readonly Child[] {
  const { profiles } = pipeline;
  if (profiles?.hbase === undefined || profiles.api === undefined) return [];
  const { names } = pipeline;
  const part = { name: names.profileApi, component: COMPONENT };
  const document = JSON.stringify(documentOf(pipeline, { ...profiles, ...profiles.api }), undefined, 2);
  const settings = configMap(pipeline, part, { [DOCUMENT]: `${document}\n` });
  const { name, port } = PROFILE_PORTS.http;
  const { tlsSecret } = profiles.api;
  return [
    serviceAccount(pipeline, part),
    settings,
    service(pipeline, part, {
      type: "ClusterIP",
      ports: [{ name, port: tlsSecret === undefined ? 80 : 443, protocol: "TCP", targetPort: name }],
    }),
    disruptionBudget(pipeline, part, 1),
    deployment(pipeline, profiles.api, hashOf({ document, port })),
  ];
}

function documentOf(
  { owner: { key } }: ValidatedPipeline,
  { hbase, table, tokens, tlsSecret, limits }: ProfileSettings & ProfileApiSettings,
): ProfileApiDocument {
  return {
    pipeline: key,
    hbase: { bootstrapServers: hbase?.bootstrapServers.join(",") ?? "", table },
    tokensFile: `${FOLDERS.tokens}/${tokens.key}`,
    ...(tlsSecret !== undefined && {
      tls: { certificateFile: `${FOLDERS.tls}/tls.crt`, keyFile: `${FOLDERS.tls}/tls.key` },
    }),
    limits: { ...limits, ...FIXED_LIMITS },
  };
}

function deployment(
  pipeline: ValidatedPipeline,
  api: ProfileApiSettings,
  configHash: string,
): Child<{ spec: V1DeploymentSpec }> {
  const labels = componentLabels(pipeline, COMPONENT);
  return child(
    CHILD_TYPES.Deployment,
    childMetadata(pipeline, { name: pipeline.names.profileApi, component: COMPONENT }),
    {
      spec: {
        replicas: api.replicas,
        revisionHistoryLimit: 3,
        selector: { matchLabels: labels },
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template: withPodTemplate(
          {
            metadata: { labels, annotations: { [OWN_ANNOTATIONS.configHash]: configHash } },
            spec: podSpec(pipeline, api),
          },
          api.podTemplate,
          { field: "spec.profiles.api.podTemplate" },
        ),
      },
    },
  );
}

function podSpec(pipeline: ValidatedPipeline, api: ProfileApiSettings): V1PodSpec {
  return {
    serviceAccountName: pipeline.names.profileApi,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: LEAVE_SECONDS + STOP_SECONDS + 10,
    securityContext: RESTRICTED_POD,
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "kubernetes.io/hostname",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: componentLabels(pipeline, COMPONENT) },
      },
    ],
    containers: [container(pipeline, api)],
    volumes: volumes(pipeline, api),
  };
}

/** Whole volumes, which follow their Secrets: the service reads tokens and certificate anew by itself. */
function volumes({ names }: ValidatedPipeline, { tokens, tlsSecret }: ProfileApiSettings): V1Volume[] {
  return [
    { name: "settings", configMap: { name: names.profileApi } },
    {
      name: "tokens",
      secret: { secretName: tokens.secret, items: [{ key: tokens.key, path: tokens.key }] },
    },
    ...(tlsSecret === undefined ? [] : [{ name: "tls", secret: { secretName: tlsSecret } }]),
    { name: "tmp", emptyDir: {} },
  ];
}

function container(pipeline: ValidatedPipeline, api: ProfileApiSettings): V1Container {
  const probe = { periodSeconds: 5, timeoutSeconds: 3 };
  const mount = (name: keyof typeof FOLDERS) => ({ name, mountPath: FOLDERS[name], readOnly: true });
  return {
    name: COMPONENT,
    image: pipeline.images.profileApi,
    imagePullPolicy: "IfNotPresent",
    args: [`${FOLDERS.settings}/${DOCUMENT}`],
    ports: Object.values(PROFILE_PORTS).map(({ name, port }) => ({
      name,
      containerPort: port,
      protocol: "TCP",
    })),
    resources: containerResources(api.resources),
    terminationMessagePolicy: "FallbackToLogsOnError",
    securityContext: RESTRICTED_CONTAINER,
    startupProbe: {
      periodSeconds: 2,
      timeoutSeconds: 3,
      failureThreshold: 90,
      httpGet: { path: PATHS.healthz, port: PROFILE_PORTS.internal.name },
    },
    readinessProbe: { ...probe, httpGet: { path: PATHS.readyz, port: PROFILE_PORTS.internal.name } },
    livenessProbe: {
      ...probe,
      failureThreshold: 6,
      httpGet: { path: PATHS.healthz, port: PROFILE_PORTS.internal.name },
    },
    lifecycle: { preStop: { sleep: { seconds: LEAVE_SECONDS } } },
    volumeMounts: [
      mount("settings"),
      mount("tokens"),
      ...(api.tlsSecret === undefined ? [] : [mount("tls")]),
      { name: "tmp", mountPath: "/tmp" },
    ],
  };
}
