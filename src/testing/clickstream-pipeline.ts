/** Pipelines and their surroundings for tests. */
import type {
  ClickstreamPipeline,
  ClickstreamPipelineSpec,
  DataPlatform,
  EventStream,
  LakeTable,
} from "../crds/kinds.ts";
import type { Condition } from "../api/conditions.ts";
import type { PodObject } from "../targets/kubernetes/pods.ts";
import { PLATFORM_COMPONENTS } from "../crds/kinds.ts";
import { componentsOf } from "../platform/components.ts";
import { NOT_READ } from "../controllers/observation.ts";
import type { PlatformState, PresentPlatform } from "../platform/platform.ts";
import { referencesOf } from "../platform/references.ts";
import type { Secrets } from "../platform/secrets.ts";
import { componentSecretsHash } from "../workloads/secrets.ts";
import { secretWith, valueFor } from "./systems.ts";
import type {
  DeploymentObject,
  ObservedPipeline,
  StatefulSetObject,
} from "../controllers/clickstream-pipeline/observe.ts";
import type { PipelineImages } from "../controllers/clickstream-pipeline/validate.ts";

export const IMAGES: PipelineImages = {
  collector: "images.test/collector:1",
  spark: "images.test/spark:1",
  profileApi: "images.test/profile-api:1",
};
const NAMESPACE = "quickstart";

export function pipelineWith(
  spec: Partial<ClickstreamPipelineSpec> = {},
  rest: Partial<ClickstreamPipeline> = {},
): ClickstreamPipeline {
  return {
    apiVersion: "openclickstream.io/v1alpha1",
    kind: "ClickstreamPipeline",
    metadata: { name: "web", namespace: NAMESPACE, uid: "pipeline-uid", generation: 1 },
    spec: { platformRef: { name: "local" }, ...spec },
    ...rest,
  };
}

/** The quickstart's platform. */
export function localPlatform(spec: Partial<DataPlatform["spec"]> = {}): DataPlatform {
  return {
    apiVersion: "openclickstream.io/v1alpha1",
    kind: "DataPlatform",
    metadata: { name: "local", namespace: NAMESPACE, uid: "platform-uid", generation: 1 },
    spec: {
      kafka: { bootstrapServers: ["kafka.engines.svc.cluster.local:9092"] },
      storage: {
        endpoint: "http://versitygw.engines.svc.cluster.local:7070",
        region: "us-east-1",
        bucket: "clickstream",
        pathStyle: true,
        credentialsSecretRef: { name: "s3-credentials" },
      },
      catalog: { uri: "http://iceberg-rest.engines.svc.cluster.local:8181" },
      ...spec,
    },
  };
}

/** Every Secret that the platform refers to, with every key. */
export function secretsOf({ spec }: DataPlatform): Secrets {
  const values = new Map<string, Record<string, string>>();
  for (const reference of referencesOf(spec, PLATFORM_COMPONENTS)) {
    const { secret, key } = reference;
    values.set(secret, { ...values.get(secret), [key]: valueFor(reference) });
  }
  return new Map([...values].map(([name, held]) => [name, secretWith(held, name)]));
}

/** The platform with its Secrets, all of them unless told otherwise, all of whose systems were reached with these. */
export function presentPlatform(
  platform: DataPlatform = localPlatform(),
  secrets: Secrets = secretsOf(platform),
): PresentPlatform {
  const key = { namespace: NAMESPACE, name: "local" };
  const present: PresentPlatform = { state: "present", key, spec: platform.spec, identities: {}, secrets };
  const components = componentsOf(platform.spec).map((name) => {
    const secretsHash = componentSecretsHash(present, name);
    return { name, reachable: true, ...(secretsHash !== undefined && { secretsHash }) };
  });
  return { ...present, status: { components } };
}

export const ABSENT_PLATFORM: PlatformState = {
  state: "absent",
  key: { namespace: NAMESPACE, name: "local" },
};

/** Surroundings in which nothing has been made yet. */
export function emptySurroundings(platform: DataPlatform = localPlatform()): ObservedPipeline {
  return {
    platform: presentPlatform(platform),
    rawStream: undefined,
    tables: [undefined, undefined, undefined],
    foundTables: [NOT_READ, NOT_READ, NOT_READ],
    profileTable: undefined,
    profileApi: undefined,
    collector: undefined,
    streamJob: undefined,
    streamAccount: undefined,
    pods: { collector: [], stream: [], executor: [], "profile-api": [] },
    collectors: { asked: 0, problems: [] },
    progress: { state: "unknown", message: "the driver has no address yet" },
  };
}

/** Surroundings in which everything works. */
export function healthySurroundings(platform: DataPlatform = localPlatform()): ObservedPipeline {
  return {
    ...emptySurroundings(platform),
    rawStream: readyStream(),
    tables: ["web-events", "web-failed-events", "web-duplicate-events"].map((name) => readyTable(name)),
    collector: readyDeployment("web-collector"),
    streamJob: readyStatefulSet("web-stream"),
    streamAccount: {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "web-stream", namespace: NAMESPACE, uid: "account-uid" },
    },
    pods: {
      collector: [],
      stream: [readyPod("web-stream-0")],
      executor: [readyPod("web-stream-exec-1")],
      "profile-api": [],
    },
    collectors: { asked: 1, problems: [] },
    progress: {
      state: "RUNNING",
      message: "running",
      batchId: 41,
      inputRowsPerSecond: 1234.5,
      processedRowsPerSecond: 4321.9,
      lag: 7,
      conflicts: 2,
      executorsLost: 1,
      lastExecutorLoss: "executor 2: OOMKilled",
      erased: 4,
    },
  };
}

/** Conditions of a resource of ours as the runtime writes them. */
export function conditions(
  ready: Partial<Condition>,
  stalled: Partial<Condition> = {},
): readonly Condition[] {
  const rest = { observedGeneration: 1, lastTransitionTime: "2026-01-01T00:00:00Z" };
  return [
    { type: "Ready", status: "True", reason: "Succeeded", message: "", ...rest, ...ready },
    { type: "Stalled", status: "False", reason: "Succeeded", message: "", ...rest, ...stalled },
  ];
}

export function readyStream(status: readonly Condition[] = conditions({})): EventStream {
  return {
    apiVersion: "openclickstream.io/v1alpha1",
    kind: "EventStream",
    metadata: { name: "web-raw", namespace: NAMESPACE, uid: "stream-uid", generation: 1 },
    spec: { platformRef: { name: "local" } },
    status: { topicName: "quickstart.web-raw", conditions: [...status] },
  };
}

export function readyTable(name: string, status: readonly Condition[] = conditions({})): LakeTable {
  return {
    apiVersion: "openclickstream.io/v1alpha1",
    kind: "LakeTable",
    metadata: { name, namespace: NAMESPACE, uid: `${name}-uid`, generation: 1 },
    spec: {
      platformRef: { name: "local" },
      database: "quickstart",
      table: "t",
      columns: [{ name: "id", type: "int" }],
    },
    status: { conditions: [...status] },
  };
}

export function readyDeployment(name: string, replicas = 1): DeploymentObject {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: NAMESPACE, uid: `${name}-uid`, generation: 1 },
    spec: { replicas } as NonNullable<DeploymentObject["spec"]>,
    status: {
      observedGeneration: 1,
      replicas,
      updatedReplicas: replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
    },
  };
}

export function readyStatefulSet(name: string, replicas = 1): StatefulSetObject {
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: { name, namespace: NAMESPACE, uid: `${name}-uid`, generation: 1 },
    spec: { replicas, template: {} } as NonNullable<StatefulSetObject["spec"]>,
    status: {
      observedGeneration: 1,
      replicas,
      updatedReplicas: replicas,
      readyReplicas: replicas,
      currentRevision: "a",
      updateRevision: "a",
    },
  };
}

export function readyPod(name: string): PodObject {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: NAMESPACE, uid: `${name}-uid` },
    status: { podIP: "10.244.0.9", conditions: [{ type: "Ready", status: "True" }] },
  };
}

/** A pod whose container waits for this reason. */
export function waitingPod(name: string, reason: string, message?: string): PodObject {
  const waiting = { reason, ...(message === undefined ? {} : { message }) };
  const container = {
    name: "main",
    image: "x",
    imageID: "x",
    ready: false,
    restartCount: 3,
    state: { waiting },
  };
  return { apiVersion: "v1", kind: "Pod", metadata: { name }, status: { containerStatuses: [container] } };
}
