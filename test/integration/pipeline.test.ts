/** ClickstreamPipelines on a real API server, Kafka, object store and catalog; the test plays kubelet and workload controllers. */
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { parse } from "yaml";
import {
  clickstreamPipelineKind,
  dataPlatformKind,
  eventStreamKind,
  lakeTableKind,
} from "../../src/crds/kinds.ts";
import type { ResourceType } from "../../src/api/objects.ts";
import { createObjectStore } from "../../src/targets/s3/store.ts";
import { createStorageClient } from "../../src/targets/s3/client.ts";
import { CHILD_TYPES } from "../../src/targets/kubernetes/child.ts";
import { Secret } from "../../src/platform/secret.ts";
import type { SeenObject } from "./composing-operator.ts";
import { ComposingOperator, runningDeployment, runningStatefulSet } from "./composing-operator.ts";

const SPEC = { platformRef: { name: "main" }, processing: { executors: 0 } };
const { ConfigMap, Deployment, Pod, Role, Service, StatefulSet } = CHILD_TYPES;

let operator: ComposingOperator;

beforeAll(async () => {
  operator = await ComposingOperator.start("pipelines");
  await operator.applyPlatform();
});
afterAll(async () => {
  await operator.stop();
});

async function applyPipeline(name: string, spec: object = {}): Promise<void> {
  await operator.apply(clickstreamPipelineKind, name, { ...SPEC, ...spec });
}

/** Plays what makes pods run, until the pipeline is ready. */
async function makeReady(name: string): Promise<SeenObject> {
  const collector = await operator.waitFor(Deployment, `${name}-collector`, () => true);
  await operator.changeStatus(Deployment, `${name}-collector`, runningDeployment(collector));
  const job = await operator.waitFor(StatefulSet, `${name}-stream`, () => true);
  await operator.changeStatus(StatefulSet, `${name}-stream`, runningStatefulSet(job));
  return operator.waitForCondition(clickstreamPipelineKind, name, { type: "Ready", status: "True" });
}

describe("a new pipeline", () => {
  it("makes its stream and its tables, then its workloads, and is ready when these run", async () => {
    await applyPipeline("web");
    await operator.waitForCondition(clickstreamPipelineKind, "web", { type: "TablesReady", status: "True" });
    const pipeline = await makeReady("web");
    expect(pipeline.status).toMatchObject({
      worstStage: "None",
      topicName: "pipelines.web-raw",
      collectorUrl: "http://web-collector.pipelines.svc",
      tables: { events: "pipelines.web_events" },
    });
    expect((await operator.list(eventStreamKind)).map(({ metadata }) => metadata.name)).toEqual(["web-raw"]);
    expect((await operator.list(lakeTableKind)).map(({ metadata }) => metadata.name)).toEqual([
      "web-duplicate-events",
      "web-events",
      "web-failed-events",
    ]);
  });

  it("causes no write at all once it is as it shall be, although the API server stores everything in its own form", async () => {
    // An Event is posted behind the status that tells of it: a pass later it is counted.
    await operator.waitForPasses(clickstreamPipelineKind, 2);
    const before = await operator.writes();
    await operator.waitForPasses(clickstreamPipelineKind, 3);
    expect(await operator.writes()).toBe(before);
  });
});

describe("a pipeline whose catalog's Secret is missing", () => {
  it("gets its topic and its collector, says what is missing, and gets its job once that is there", async () => {
    const { kafka, storage, catalog } = inject("engines");
    const { endpoint, region, bucket } = storage;
    await operator.apply(dataPlatformKind, "half", {
      kafka: { bootstrapServers: kafka.bootstrapServers },
      storage: { endpoint, region, bucket, credentialsSecretRef: { name: "s3-credentials" } },
      catalog: { uri: catalog.uri, credentialsSecretRef: { name: "catalog-token" } },
    });
    await applyPipeline("half", { platformRef: { name: "half" } });
    await operator.waitForCondition(eventStreamKind, "half-raw", { type: "Ready", status: "True" });
    await operator.waitFor(Deployment, "half-collector", () => true);
    await operator.waitForCondition(clickstreamPipelineKind, "half", {
      type: "Ready",
      status: "False",
      reason: "SecretNotFound",
      message: 'Secret "catalog-token" does not exist',
    });
    expect(await operator.find(StatefulSet, "half-stream")).toBeUndefined();
    await operator.requests.apply("/api/v1/namespaces/pipelines/secrets/catalog-token", {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "catalog-token" },
      stringData: { token: "the engines' catalog does not look at it" },
    });
    await operator.waitFor(StatefulSet, "half-stream", () => true);
    await operator.delete(clickstreamPipelineKind, "half");
  });
});

describe("a pipeline in a namespace whose quota is used up", () => {
  it("says within seconds why it has no driver, in the words of the API server", async () => {
    const quota = "/api/v1/namespaces/pipelines/resourcequotas/no-pods";
    const body = { apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "no-pods" } };
    await operator.requests.apply(quota, { ...body, spec: { hard: { pods: "0" } } });
    // The controller that counts does not run here.
    const counted = { ...body, status: { hard: { pods: "0" }, used: { pods: "0" } } };
    await operator.requests.apply(`${quota}/status`, counted);
    await applyPipeline("full");
    const collector = await operator.waitFor(Deployment, "full-collector", () => true);
    await operator.changeStatus(Deployment, "full-collector", runningDeployment(collector));
    const pipeline = await operator.waitForCondition(clickstreamPipelineKind, "full", {
      type: "Ready",
      status: "False",
      reason: "QuotaExceeded",
    });
    expect(JSON.stringify(pipeline.status)).toContain("exceeded quota: no-pods, requested: pods=1");
    expect(await operator.list(Pod)).toEqual([]);
    await operator.requests.mustSend({ method: "DELETE", path: quota });
    await operator.delete(clickstreamPipelineKind, "full");
  });
});

describe("what is changed by hand", () => {
  it("is put right, and what is deleted is made again", async () => {
    await applyPipeline("web", { collector: { replicas: 1 } });
    const before = await operator.get(Deployment, "web-collector");
    await operator.change(Deployment, "web-collector", { spec: { replicas: 5 } });
    await operator.waitFor(Deployment, "web-collector", ({ spec }) => spec?.["replicas"] === 1);
    await operator.delete(Service, "web-collector");
    await operator.waitFor(Service, "web-collector", () => true);
    const after = await operator.get(Deployment, "web-collector");
    expect(after.metadata.uid).toBe(before.metadata.uid);
  });
});

describe("the scale of a pipeline", () => {
  interface Scale {
    readonly spec: { readonly replicas: number };
    readonly status: { readonly selector?: string };
  }

  /** As `kubectl scale` does it; answers what was there before. */
  async function scale(path: string, replicas: number): Promise<Scale> {
    return operator.requests.update<Scale>(path, (before) => ({ ...before, spec: { replicas } }));
  }

  it("is its number of collectors, or left to whoever scales the Deployment", async () => {
    const { namespace } = operator;
    const pipeline = `/apis/openclickstream.io/v1alpha1/namespaces/${namespace}/clickstreampipelines/web`;
    const deployment = `/apis/apps/v1/namespaces/${namespace}/deployments/web-collector/scale`;
    const before = await scale(`${pipeline}/scale`, 3);
    expect(before.spec.replicas).toBe(1);
    expect(before.status.selector).toContain("app.kubernetes.io/component=collector");
    await operator.waitFor(Deployment, "web-collector", ({ spec }) => spec?.["replicas"] === 3);
    await operator.requests.update<SeenObject>(pipeline, (held) => ({ ...held, spec: SPEC }));
    await operator.waitFor(Deployment, "web-collector", ({ spec }) => spec?.["replicas"] === 1);
    await scale(deployment, 4);
    await operator.waitForPasses(clickstreamPipelineKind, 3);
    expect((await scale(deployment, 1)).spec.replicas).toBe(4);
  });
});

describe("a change of the spec", () => {
  it("that only concerns the collector leaves the job alone", async () => {
    const job = await operator.get(StatefulSet, "web-stream");
    await applyPipeline("web", { collector: { maxEventBytes: 20_000 } });
    await operator.waitFor(Deployment, "web-collector", (object) =>
      JSON.stringify(object).includes('"20000"'),
    );
    expect((await operator.get(StatefulSet, "web-stream")).metadata.generation).toBe(job.metadata.generation);
  });

  it("gives the driver rights when it gets executors, and takes them away with these", async () => {
    await applyPipeline("web", { processing: { executors: 1 } });
    await operator.waitFor(Role, "web-stream", () => true);
    const config = await operator.waitFor(
      ConfigMap,
      "web-stream",
      ({ data }) => data?.["executor-pod.yaml"] !== undefined,
    );
    expect(config.data?.["spark.properties"]).toContain("spark.master=k8s://");
    await applyPipeline("web");
    await operator.waitUntilGone(Role, "web-stream");
    await makeReady("web");
  });

  it("that stops the job takes away its pod and nothing else, and is no fault", async () => {
    await applyPipeline("web", { processing: { executors: 0, suspended: true } });
    const job = await operator.waitFor(StatefulSet, "web-stream", ({ spec }) => spec?.["replicas"] === 0);
    const stopped = { observedGeneration: job.metadata.generation, replicas: 0 };
    await operator.changeStatus(StatefulSet, "web-stream", stopped);
    const pipeline = await operator.waitForCondition(clickstreamPipelineKind, "web", {
      type: "ProcessingReady",
      status: "False",
      reason: "Suspended",
      message: "the stream job is stopped, as the spec wants",
    });
    expect(pipeline.status?.["worstStage"]).toBe("Processing");
    await operator.waitForCondition(clickstreamPipelineKind, "web", { type: "Ready", status: "True" });
  });
});

describe("pods", () => {
  const restricted = "pipelines-restricted";

  beforeAll(async () => {
    await operator.requests.apply(`/api/v1/namespaces/${restricted}`, {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: restricted, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    });
    await operator.requests.apply(`/api/v1/namespaces/${restricted}/serviceaccounts/default`, {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: "default" },
    });
    await applyPipeline("pods", { processing: { executors: 1 } });
    await operator.waitFor(StatefulSet, "pods-stream", () => true);
  });

  async function refusal(spec: Record<string, unknown>): Promise<unknown> {
    const { code, body } = await operator.requests.send({
      method: "POST",
      path: `/api/v1/namespaces/${restricted}/pods?dryRun=All&fieldValidation=Strict`,
      body: {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "tried" },
        spec: { ...spec, serviceAccountName: "default" },
      },
    });
    return code < 300 ? undefined : (body as { message?: string }).message;
  }

  it.each<[string, ResourceType, string]>([
    ["of the collector", Deployment, "pods-collector"],
    ["of the driver", StatefulSet, "pods-stream"],
  ])("%s satisfy the restricted Pod Security Standard", async (...[, type, name]) => {
    const { spec } = await operator.get(type, name);
    const { template } = spec as { template: { spec: Record<string, unknown> } };
    expect(await refusal(template.spec)).toBeUndefined();
  });

  it("of executors satisfy it too, as Spark completes the template", async () => {
    const { data } = await operator.get(ConfigMap, "pods-stream");
    const pod = parse(data?.["executor-pod.yaml"] ?? "") as { spec: { containers: object[] } };
    const containers = pod.spec.containers.map((container) => ({
      ...container,
      image: "images.test/spark:1",
    }));
    expect(await refusal({ ...pod.spec, containers })).toBeUndefined();
  });
});

describe("a pipeline that cannot be as it is wanted", () => {
  it("leaves alone what belongs to somebody else, and says so", async () => {
    const labels = { app: "theirs" };
    await operator.change(Deployment, "taken-collector", {
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: { containers: [{ name: "a", image: "images.test/a" }] } },
      },
    });
    await applyPipeline("taken");
    await operator.waitForCondition(clickstreamPipelineKind, "taken", {
      type: "Stalled",
      status: "True",
      reason: "ResourceConflict",
      message: 'Deployment "taken-collector" exists and was not made by the operator; delete or rename it',
    });
    expect((await operator.get(Deployment, "taken-collector")).metadata.labels).toBeUndefined();
  });

  it("waits for its platform and goes on without a hand when it comes", async () => {
    await operator.apply(clickstreamPipelineKind, "early", { platformRef: { name: "missing" } });
    await operator.waitForCondition(clickstreamPipelineKind, "early", {
      type: "Ready",
      status: "False",
      reason: "PlatformNotFound",
      message: 'DataPlatform "missing" does not exist in namespace "pipelines"',
    });
    await operator.delete(clickstreamPipelineKind, "early");
  });

  it("writes nothing while it is paused", async () => {
    const metadata = { annotations: { "openclickstream.io/paused": "true" } };
    await operator.change(clickstreamPipelineKind, "paused", { metadata, spec: SPEC });
    await operator.waitForCondition(clickstreamPipelineKind, "paused", { type: "Paused", status: "True" });
    expect(await operator.find(ConfigMap, "paused-stream")).toBeUndefined();
  });
});

describe("a child that somebody else has changed", () => {
  it("so that it cannot be set back stops no other, and the message says which field, both values and who", async () => {
    await applyPipeline("edited", { stream: { partitions: 3 } });
    await makeReady("edited");
    // Paused, so that the pipeline does not set it back before the topic has grown.
    const paused = { annotations: { "openclickstream.io/paused": "true" } };
    await operator.change(clickstreamPipelineKind, "edited", {
      metadata: paused,
      spec: { ...SPEC, stream: { partitions: 3 } },
    });
    await operator.waitForCondition(clickstreamPipelineKind, "edited", { type: "Paused", status: "True" });
    const edited = { spec: { platformRef: { name: "main" }, partitions: 6 } };
    await operator.change(eventStreamKind, "edited-raw", edited);
    await operator.waitFor(eventStreamKind, "edited-raw", ({ status }) => status?.["partitions"] === 6);
    await applyPipeline("edited", { stream: { partitions: 3 }, collector: { ipMasking: "Drop" } });
    const pipeline = await operator.waitFor(
      clickstreamPipelineKind,
      "edited",
      ({ status, metadata }) =>
        status?.["observedGeneration"] === metadata.generation &&
        status?.conditions?.some(({ type, status: is }) => type === "Stalled" && is === "True") === true,
    );
    const message = pipeline.status?.conditions?.find(({ type }) => type === "Ready")?.message;
    expect(message).toContain(
      'EventStream "edited-raw" has spec.partitions 6, as "tests" wrote it, and ClickstreamPipeline "edited" wants 3',
    );
    await operator.waitFor(Deployment, "edited-collector", (object) =>
      JSON.stringify(object.spec).includes("Drop"),
    );
    await applyPipeline("edited", { stream: { partitions: 6 }, collector: { ipMasking: "Drop" } });
    await makeReady("edited");
  });
});

describe("a pipeline that finds its children there", () => {
  const children = [
    [eventStreamKind, "back-raw"],
    [lakeTableKind, "back-events"],
    [Deployment, "back-collector"],
    [StatefulSet, "back-stream"],
    [ConfigMap, "back-stream"],
    [Service, "back-collector"],
  ] as const;
  const found = (): Promise<readonly SeenObject[]> =>
    Promise.all(children.map(([type, name]) => operator.get(type, name)));
  const identities = (objects: readonly SeenObject[]): readonly unknown[] =>
    objects.map(({ metadata, status }) => [metadata.uid, status?.["topicId"], status?.["tableUuid"]]);

  it.each(["with the reference to the one that is gone", "without an owner"])(
    "takes them over %s: ids and uuids stay",
    async (how) => {
      await applyPipeline("back");
      await makeReady("back");
      const before = await found();
      await operator.delete(clickstreamPipelineKind, "back");
      await operator.waitUntilGone(clickstreamPipelineKind, "back");
      // No garbage collector runs here, so the children are as a backup brings them, or as it leaves them that sets them free.
      if (how === "without an owner") {
        for (const [type, name] of children) await operator.disown(type, name);
      }
      await applyPipeline("back");
      const { metadata } = await makeReady("back");
      const after = await found();
      expect(identities(after)).toEqual(identities(before));
      for (const child of after) {
        const owner = child.metadata.ownerReferences?.find(({ controller }) => controller === true);
        expect(owner?.uid).toBe(metadata.uid);
      }
    },
  );
});

describe("deleting a pipeline", () => {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = inject("engines").storage;
  const client = createStorageClient({
    endpoint,
    region,
    bucket,
    isPathStyle: true,
    credentials: {
      kind: "key",
      accessKeyId: new Secret(accessKeyId),
      secretAccessKey: new Secret(secretAccessKey),
    },
  });
  const store = createObjectStore(client);

  async function keysUnder(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const page of store.listKeys(prefix)) keys.push(...page);
    return keys.sort();
  }

  it("with the policy Delete deletes its checkpoint when the job is gone, and nothing beside it", async () => {
    const { PutObjectCommand } = await import("@aws-sdk/client-s3");
    for (const Key of ["checkpoints/pipelines/gone/offsets/0", "checkpoints/pipelines/gone-not/offsets/0"]) {
      await client.run({ doing: "writing", signal: undefined }, (sdk, http) =>
        sdk.send(new PutObjectCommand({ Bucket: bucket, Key, Body: "x" }), http),
      );
    }
    await applyPipeline("gone", { deletionPolicy: "Delete" });
    await makeReady("gone");
    await operator.delete(clickstreamPipelineKind, "gone");
    await operator.waitUntilGone(clickstreamPipelineKind, "gone");
    expect(await operator.find(StatefulSet, "gone-stream")).toBeUndefined();
    expect(await keysUnder("checkpoints/")).toEqual(["checkpoints/pipelines/gone-not/offsets/0"]);
  });

  it("whose policy became Retain while it was paused tells its children before they go", async () => {
    await applyPipeline("spared", { deletionPolicy: "Delete" });
    await makeReady("spared");
    await operator.change(clickstreamPipelineKind, "spared", {
      metadata: { annotations: { "openclickstream.io/paused": "true" } },
      spec: { ...SPEC, deletionPolicy: "Retain" },
    });
    await operator.delete(clickstreamPipelineKind, "spared");
    expect((await operator.get(lakeTableKind, "spared-events")).spec?.["deletionPolicy"]).toBe("Delete");
    await applyPipeline("spared", { deletionPolicy: "Retain" });
    await operator.waitUntilGone(clickstreamPipelineKind, "spared");
    // No garbage collector runs here: the children are as they would go.
    for (const [kind, name] of [
      [eventStreamKind, "spared-raw"],
      [lakeTableKind, "spared-events"],
    ] as const) {
      const child = await operator.get(kind, name);
      expect(child.spec?.["deletionPolicy"]).toBe("Retain");
      expect(child.metadata.ownerReferences).toHaveLength(1);
    }
  });

  it("with the policy Retain asks nobody", async () => {
    const pipeline = await operator.get(clickstreamPipelineKind, "web");
    expect(pipeline.metadata.finalizers).toBeUndefined();
    await operator.delete(clickstreamPipelineKind, "web");
    await operator.waitUntilGone(clickstreamPipelineKind, "web");
    expect(await operator.list(Pod)).toEqual([]);
  });
});
