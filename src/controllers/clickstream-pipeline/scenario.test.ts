/** Whole passes over pipelines against an API server in this process, with the faults that break controllers. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ClickstreamPipelineSpec } from "../../crds/kinds.ts";
import {
  clickstreamPipelineKind,
  dataPlatformKind,
  eventStreamKind,
  lakeTableKind,
  servingTableKind,
} from "../../crds/kinds.ts";
import type { KubernetesObject, ResourceType } from "../../api/objects.ts";
import { SECRET_TYPE } from "../../platform/secret-reader.ts";
import { JsonClient } from "../../targets/http/json-client.ts";
import { CHILD_TYPES } from "../../targets/kubernetes/child.ts";
import type { PodObject } from "../../targets/kubernetes/pods.ts";
import { IMAGES, conditions, localPlatform, readyPod } from "../../testing/clickstream-pipeline.ts";
import { Scenario } from "../../testing/scenario.ts";
import type { StatefulSetObject } from "./observe.ts";
import { createClickstreamPipelineController } from "./controller.ts";

const CHILDREN = [
  "ConfigMap/web-stream",
  "Deployment/web-collector",
  "EventStream/web-raw",
  "LakeTable/web-duplicate-events",
  "LakeTable/web-events",
  "LakeTable/web-failed-events",
  "PodDisruptionBudget/web-collector",
  "Role/web-stream",
  "RoleBinding/web-stream",
  "Service/web-collector",
  "Service/web-collector-internal",
  "Service/web-stream",
  "ServiceAccount/web-collector",
  "ServiceAccount/web-stream",
  "StatefulSet/web-stream",
];
/** What stream and tables become ready by, in the order of the writes. */
const DATA_WRITES = [
  "apply EventStream web-raw",
  "apply LakeTable web-events",
  "apply LakeTable web-failed-events",
  "apply LakeTable web-duplicate-events",
];

const client = new JsonClient();
let scenario: Scenario;

beforeEach(async () => {
  scenario = await Scenario.start(
    (systems) => createClickstreamPipelineController({ images: IMAGES, client, ...systems }),
    localPlatform({ hbase: { bootstrapServers: ["hbase:16000"] } }),
  );
});
afterEach(async () => {
  await scenario.stop();
});

function putPipeline(spec: Partial<ClickstreamPipelineSpec> = {}): void {
  scenario.putResource("web", { platformRef: { name: "local" }, ...spec });
}

/** What one pass over the pipeline writes of its children. */
function pass(): Promise<readonly string[]> {
  return scenario.writesDuring(() => scenario.pass("web"));
}

/** What the other controllers do: the stream and the tables become ready. */
function makeChildrenReady(): void {
  for (const child of scenario.children()) {
    const [kind, name = ""] = child.split("/");
    const type = [eventStreamKind, lakeTableKind, servingTableKind].find(
      (candidate) => candidate.kind === kind,
    );
    const generation = type && scenario.find(type, name)?.metadata.generation;
    if (type === undefined || generation === undefined) continue;
    scenario.putStatus(name, { conditions: conditions({ observedGeneration: generation }) }, type);
  }
}

/** Passes over this spec until nothing is written any more; says how many there were. */
async function settle(spec: Partial<ClickstreamPipelineSpec> = {}): Promise<number> {
  putPipeline(spec);
  for (let passes = 1; passes < 20; passes += 1) {
    const writes = await pass();
    makeChildrenReady();
    if (writes.length === 0) return passes;
  }
  throw new Error(`still writing: ${(await pass()).join(", ")}`);
}

describe("a pipeline", () => {
  it("starts its workloads in the second pass, when stream and tables are there, and rests in the third", async () => {
    expect(await settle()).toBe(3);
    expect(scenario.children()).toEqual(CHILDREN);
  });

  it("writes nothing at all once it is at rest, its status neither", async () => {
    await settle();
    await scenario.pass("web");
    const writes = scenario.api.writes.length;
    await scenario.pass("web");
    expect(scenario.api.writes).toHaveLength(writes);
  });

  it("tells stage by stage what it waits for", async () => {
    putPipeline();
    await pass();
    expect(scenario.ready("web")).toContain("Ready=False ChildrenNotReady: Stream:");
    expect(scenario.condition("web", "CollectorReady")).toBe(
      "CollectorReady=False ChildrenNotReady: waits for the raw stream before it is first started",
    );
    makeChildrenReady();
    await settle();
    expect(scenario.condition("web", "StreamReady")).toContain("StreamReady=True");
    expect(scenario.ready("web")).toContain("Ready=False RolloutInProgress: Collector:");
  });

  it("makes children that go with it", async () => {
    await settle();
    const uid = scenario.resource("web")?.metadata.uid;
    for (const child of CHILDREN) {
      const [kind = "", name = ""] = child.split("/");
      const types = [...Object.values(CHILD_TYPES), eventStreamKind, lakeTableKind];
      const type = types.find((candidate) => candidate.kind === kind);
      expect(type && scenario.find(type, name)?.metadata.ownerReferences).toMatchObject([
        { kind: "ClickstreamPipeline", name: "web", uid, controller: true },
      ]);
    }
  });

  it("makes a service that answers profiles, and takes it away again", async () => {
    await settle();
    await settle({ profiles: { api: { tokensSecretRef: { name: "readers" } } } });
    const made = ["ConfigMap", "Deployment", "PodDisruptionBudget", "Service", "ServiceAccount"].map(
      (kind) => `${kind}/web-profile-api`,
    );
    expect(scenario.children()).toEqual([...CHILDREN, "ServingTable/web-profiles", ...made].toSorted());
    expect(scenario.condition("web", "ProfileApiReady")).toContain("ProfileApiReady=False RolloutInProgress");
    expect(scenario.resource("web")?.status).toMatchObject({
      profiles: { apiUrl: "http://web-profile-api.quickstart.svc" },
    });
    await settle({ profiles: {} });
    expect(scenario.children()).toEqual([...CHILDREN, "ServingTable/web-profiles"].toSorted());
    expect(scenario.condition("web", "ProfileApiReady")).toBe("not judged");
  });

  it("makes a table for profiles, and leaves it with its rows when they are switched off", async () => {
    await settle();
    await settle({ profiles: {} });
    expect(scenario.children()).toEqual([...CHILDREN, "ServingTable/web-profiles"].toSorted());
    expect(scenario.condition("web", "ProfilesReady")).toContain("ProfilesReady=False ProfilesNotReady");
    await settle({ profiles: { enabled: false } });
    expect(scenario.children()).toContain("ServingTable/web-profiles");
    expect(scenario.condition("web", "ProfilesReady")).toBe("not judged");
  });

  it("takes away the driver's rights when it has no executors any more, and nothing else", async () => {
    await settle();
    await settle({ processing: { executors: 0 } });
    expect(scenario.children()).toEqual(CHILDREN.filter((name) => !name.startsWith("Role")));
  });

  it("keeps its workloads when the stream is no longer ready", async () => {
    await settle();
    const status = { conditions: conditions({ status: "False", reason: "KafkaUnreachable" }) };
    scenario.putStatus("web-raw", status, eventStreamKind);
    expect(await pass()).toEqual([]);
  });

  it("touches only the collector for a change of the collector", async () => {
    await settle();
    putPipeline({ collector: { replicas: 2 } });
    expect(await pass()).toEqual(["apply Deployment web-collector"]);
  });

  it("leaves the number of collectors to whoever scales the Deployment, unless it says one", async () => {
    await settle();
    const scale = (replicas: number): void =>
      scenario.change(CHILD_TYPES.Deployment, "web-collector", (deployment) => {
        deployment["spec"] = { ...(deployment["spec"] as object), replicas };
      });
    scale(5);
    expect(await pass()).toEqual([]);
    await settle({ collector: { replicas: 2 } });
    scale(5);
    expect(await pass()).toEqual(["apply Deployment web-collector"]);
  });

  it("tells autoscalers how many collectors there are and how to find them", async () => {
    await settle();
    scenario.putStatus("web-collector", { replicas: 3 }, CHILD_TYPES.Deployment);
    await pass();
    expect(scenario.status("web")["scale"]).toEqual({
      replicas: 3,
      selector:
        "app.kubernetes.io/managed-by=openclickstream,openclickstream.io/clickstreampipeline=web,app.kubernetes.io/component=collector",
    });
  });

  it("writes the new files of the job before it restarts it", async () => {
    await settle();
    putPipeline({ processing: { triggerInterval: "3s" } });
    expect(await pass()).toEqual(["apply ConfigMap web-stream", "apply StatefulSet web-stream"]);
  });

  it("repairs a child that was deleted by hand", async () => {
    await settle();
    scenario.delete(CHILD_TYPES.Service, "web-collector");
    await settle();
    expect(scenario.children()).toEqual(CHILDREN);
  });

  it("rolls the driver for a ServiceAccount that was made anew, whose token the pod cannot have", async () => {
    await settle();
    scenario.delete(CHILD_TYPES.ServiceAccount, "web-stream");
    expect(await pass()).toEqual(["apply ServiceAccount web-stream"]);
    expect(await pass()).toEqual(["apply StatefulSet web-stream"]);
    const uid = scenario.find(CHILD_TYPES.ServiceAccount, "web-stream")?.metadata.uid;
    const { spec } = scenario.find(CHILD_TYPES.StatefulSet, "web-stream") as unknown as StatefulSetObject;
    expect(spec?.template.metadata?.annotations).toMatchObject({
      "openclickstream.io/service-account-uid": uid,
    });
    expect(await pass()).toEqual([]);
  });

  it("does not take a Deployment that belongs to somebody else", async () => {
    const labels = { theirs: "yes" };
    scenario.put(CHILD_TYPES.Deployment, {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web-collector", namespace: "quickstart", labels },
    });
    putPipeline();
    await pass();
    makeChildrenReady();
    await pass();
    expect(scenario.ready("web")).toBe(
      'Ready=False ResourceConflict: Deployment "web-collector" exists and was not made by the operator; delete or rename it',
    );
    expect(scenario.find(CHILD_TYPES.Deployment, "web-collector")?.metadata.labels).toEqual(labels);
  });

  it("writes nothing and judges its stages while its platform is missing", async () => {
    scenario.delete(dataPlatformKind, "local");
    putPipeline();
    expect(await pass()).toEqual([]);
    expect(scenario.ready("web")).toBe(
      'Ready=False PlatformNotFound: DataPlatform "local" does not exist in namespace "quickstart"',
    );
    expect(scenario.condition("web", "StreamReady")).toBe(
      "StreamReady=False ChildrenNotReady: not yet created",
    );
  });
});

describe("a paused pipeline", () => {
  const PAUSED = { annotations: { "openclickstream.io/paused": "true" } };

  it("goes on saying what its parts do, and what of its spec is not in effect", async () => {
    await settle();
    scenario.putResource("web", { platformRef: { name: "local" }, collector: { replicas: 2 } }, PAUSED);
    expect(await pass()).toEqual([]);
    expect(scenario.condition("web", "Paused")).toContain("Paused=True");
    expect(scenario.ready("web")).toContain("Ready=False RolloutInProgress: Collector:");
    const status = {
      conditions: conditions({ status: "False", reason: "KafkaUnreachable", message: "gone" }),
    };
    scenario.putStatus("web-raw", status, eventStreamKind);
    expect(await pass()).toEqual([]);
    expect(scenario.ready("web")).toContain(
      'Ready=False KafkaUnreachable: Stream: EventStream "web-raw": gone',
    );
  });
});

describe("a pipeline that lacks the Secret of the object store", () => {
  const keys = { accessKeyId: "an-id", secretAccessKey: "a-key" };

  it("makes stream, tables and collector, and the job once the Secret is there", async () => {
    scenario.delete(SECRET_TYPE, "s3-credentials");
    putPipeline();
    await pass();
    makeChildrenReady();
    expect(await pass()).toEqual(["apply Deployment web-collector"]);
    expect(scenario.ready("web")).toBe('Ready=False SecretNotFound: Secret "s3-credentials" does not exist');
    expect(scenario.status("web")["worstStage"]).toBe("Platform");
    expect(scenario.condition("web", "ProcessingReady")).toBe(
      'ProcessingReady=False SecretNotFound: Secret "s3-credentials" does not exist',
    );
    const ofJob = /^(ConfigMap|Role|RoleBinding|StatefulSet)\/|\/web-stream$/;
    expect(scenario.children()).toEqual(CHILDREN.filter((name) => !ofJob.test(name)));
    scenario.putSecret("s3-credentials", keys);
    scenario.wait(10);
    await settle();
    expect(scenario.children()).toEqual(CHILDREN);
  });

  it("leaves a running job alone, whatever else changes", async () => {
    await settle();
    scenario.delete(SECRET_TYPE, "s3-credentials");
    scenario.wait(10);
    putPipeline({ processing: { executors: 0 }, collector: { replicas: 2 } });
    expect(await pass()).toEqual(["apply Deployment web-collector"]);
    expect(scenario.children()).toEqual(CHILDREN);
  });
});

describe("a pipeline of which a Secret changes", () => {
  const keys = { accessKeyId: "an-id", secretAccessKey: "a-key" };

  async function change(values: Readonly<Record<string, string>>): Promise<void> {
    scenario.putSecret("s3-credentials", values);
    scenario.wait(10);
  }

  it("has its job rolled, and only its job, for new keys that the object store has taken", async () => {
    await settle();
    scenario.putSecret("s3-credentials", keys);
    expect(await pass()).toEqual([]);
    scenario.wait(10);
    await scenario.provePlatform();
    expect(await pass()).toEqual(["apply StatefulSet web-stream"]);
  });

  it("keeps the job that works when the new keys are refused, and says so", async () => {
    await settle();
    await scenario.provePlatform();
    await change({ ...keys, secretAccessKey: "wrong" });
    await scenario.provePlatform(["Kafka", "Catalog"]);
    putPipeline({ processing: { triggerInterval: "3s" } });
    expect(await pass()).toEqual([]);
    expect(scenario.ready("web")).toBe(
      'Ready=False Unauthorized: Secret "s3-credentials" holds a new value, with which Storage was not reached: 403 Forbidden; pods keep the value of before',
    );
    await change(keys);
    await scenario.provePlatform();
    expect(await pass()).toEqual(["apply ConfigMap web-stream", "apply StatefulSet web-stream"]);
  });

  it("waits for the first probe with the new keys", async () => {
    await settle();
    await scenario.provePlatform();
    await change(keys);
    expect(await pass()).toEqual([]);
    expect(scenario.ready("web")).toContain("Ready=False PlatformNotReady: ");
    expect(scenario.ready("web")).toContain("it was not asked yet; pods keep the value of before");
  });

  it("is left alone when only metadata or a key that nobody uses changes", async () => {
    await settle();
    const held = { accessKeyId: "value-of-accessKeyId", secretAccessKey: "value-of-secretAccessKey" };
    await change({ ...held, comment: "rotated by nobody" });
    expect(await pass()).toEqual([]);
    scenario.change(SECRET_TYPE, "s3-credentials", (secret) => {
      (secret["metadata"] as Record<string, unknown>)["labels"] = { team: "a" };
    });
    scenario.wait(10);
    expect(await pass()).toEqual([]);
  });

  it.each([
    ["accessKeyId", "an-id\n", "ends with a line feed"],
    ["secretAccessKey", "a-key\r\n", "ends with a line feed"],
    ["accessKeyId", "schlüssel", "holds a character beyond ASCII"],
  ])("says what is wrong with a %s that no request can carry", async (key, value, problem) => {
    await settle();
    await change({ ...keys, [key]: value });
    expect(await pass()).toEqual([]);
    const told = scenario.ready("web");
    expect(told).toContain(
      `Ready=False SecretValueInvalid: the value of key "${key}" in Secret "s3-credentials" ${problem}`,
    );
    expect(told).not.toContain(value.trim());
  });
});

describe("a pipeline whose pods nobody takes", () => {
  const QUOTA =
    "exceeded quota: team-a, requested: requests.memory=1Gi, used: requests.memory=3Gi, limited: 3Gi";

  /** Kubernetes' own controllers and kubelets, as far as they get. */
  function run(pods: readonly ("collector" | "driver")[]): void {
    const counts = { replicas: 1, updatedReplicas: 1, availableReplicas: 1, readyReplicas: 1 };
    const generation = (type: ResourceType, name: string): number | undefined =>
      scenario.find(type, name)?.metadata.generation;
    const observed = (type: ResourceType, name: string): object => ({
      observedGeneration: generation(type, name),
      ...counts,
    });
    const { Deployment, Pod, StatefulSet } = CHILD_TYPES;
    if (pods.includes("collector"))
      scenario.putStatus("web-collector", observed(Deployment, "web-collector"), Deployment);
    if (!pods.includes("driver")) return;
    scenario.putStatus("web-stream", observed(StatefulSet, "web-stream"), StatefulSet);
    const labels = {
      "app.kubernetes.io/managed-by": "openclickstream",
      "app.kubernetes.io/component": "stream",
      "openclickstream.io/clickstreampipeline": "web",
    };
    const metadata = { name: "web-stream-0", namespace: "quickstart", labels };
    const status = { conditions: [{ type: "Ready", status: "True" }] };
    scenario.put(Pod, { ...readyPod("web-stream-0"), metadata, status } as PodObject);
  }

  /** The API server refuses these pods with the words of a quota. */
  function refuse(name: string): void {
    scenario.api.intercept = (request) =>
      request.query.get("dryRun") === "All" && request.name === name
        ? {
            kind: "status",
            status: 403,
            reason: "Forbidden",
            message: `pods "${name}" is forbidden: ${QUOTA}`,
          }
        : undefined;
  }

  it("says in the words of the quota why there is no driver", async () => {
    await settle();
    run(["collector"]);
    refuse("web-stream-trial");
    await pass();
    expect(scenario.ready("web")).toBe(
      `Ready=False QuotaExceeded: Processing: the new specification is not yet observed; pods "web-stream-trial" is forbidden: ${QUOTA}`,
    );
  });

  it("says in the words of the quota why there are no executors, which Spark does not tell", async () => {
    await settle();
    run(["collector", "driver"]);
    refuse("web-stream-exec-trial");
    await pass();
    expect(scenario.ready("web")).toBe(
      `Ready=False QuotaExceeded: Processing: no executor is ready: pods "web-stream-exec-trial" is forbidden: ${QUOTA}`,
    );
  });

  it("asks for an executor of the size and the marks that Spark's will have, and makes none", async () => {
    await settle({ processing: { executorResources: { limits: { memory: "2Gi", cpu: "1" } } } });
    run(["collector", "driver"]);
    expect(await pass()).toEqual([]);
    const asked = scenario.api.requests.findLast(({ query }) => query.has("dryRun"));
    expect(asked?.body).toMatchObject({
      metadata: { labels: { "app.kubernetes.io/component": "executor" } },
      spec: {
        containers: [
          { image: IMAGES.spark, resources: { requests: { memory: "2048Mi" }, limits: { cpu: "1" } } },
        ],
      },
    });
  });

  it("does not take its own missing rights, or a webhook that knows no dry run, for a refusal", async () => {
    await settle();
    run(["collector", "driver"]);
    for (const message of [
      'pods "x" is forbidden: User "operator" cannot patch resource "pods" in API group ""',
      'admission webhook "policy" does not support dry run',
    ]) {
      scenario.api.intercept = ({ query }) =>
        query.has("dryRun") ? { kind: "status", status: 403, reason: "Forbidden", message } : undefined;
      await pass();
      expect(scenario.ready("web")).toContain("Processing: no executor is ready yet");
    }
  });

  it("says why a collector cannot be made, in the words that its Deployment has", async () => {
    await settle();
    const message = `pods "web-collector-5d" is forbidden: ${QUOTA}`;
    const failure = { type: "ReplicaFailure", status: "True", reason: "FailedCreate", message };
    const { generation } = scenario.find(CHILD_TYPES.Deployment, "web-collector")?.metadata ?? {};
    const status = { observedGeneration: generation, unavailableReplicas: 1, conditions: [failure] };
    scenario.putStatus("web-collector", status, CHILD_TYPES.Deployment);
    await pass();
    expect(scenario.ready("web")).toBe(
      `Ready=False QuotaExceeded: Collector: 0 of 1 replicas are updated; ${message}`,
    );
  });

  it("says which child a quota refuses", async () => {
    putPipeline({ collector: { serviceType: "LoadBalancer" } });
    scenario.api.intercept = ({ verb, name }) =>
      verb === "apply" && name === "web-collector"
        ? { kind: "status", status: 403, reason: "Forbidden", message: "exceeded quota: no-balancers" }
        : undefined;
    await pass();
    expect(scenario.ready("web")).toContain("Ready=False QuotaExceeded: the API server refused");
    expect(scenario.ready("web")).toContain("exceeded quota: no-balancers");
  });
});

describe("a running pipeline whose executors are too small for this operator", () => {
  it("goes on with its job as it is, applies what concerns the collector, and says which limit to raise", async () => {
    await settle();
    const job = scenario.find(CHILD_TYPES.StatefulSet, "web-stream");
    const processing = { executors: 1, executorResources: { limits: { memory: "1Gi" } } };
    putPipeline({ processing, collector: { maxEventBytes: 20_000 } });
    await pass();
    expect(JSON.stringify(scenario.find(CHILD_TYPES.Deployment, "web-collector"))).toContain('"20000"');
    expect(scenario.find(CHILD_TYPES.StatefulSet, "web-stream")).toEqual(job);
    expect(scenario.ready("web")).toContain(
      "Ready=False InvalidSpec: spec.processing.executorResources must give at least 1100Mi of memory",
    );
  });
});

describe("a pipeline whose operator dies after any write", () => {
  it.each(Array.from({ length: CHILDREN.length + 1 }, (_, count) => count))(
    "is complete after a crash at write %i",
    async (count) => {
      putPipeline();
      scenario.crashAfter(count);
      await scenario.passUntilCrash("web");
      makeChildrenReady();
      await scenario.passUntilCrash("web");
      await scenario.restart();
      await settle();
      expect(scenario.children()).toEqual(CHILDREN);
    },
  );
});

describe("a pipeline whose caches stand still", () => {
  it("loses nothing and makes nothing twice", async () => {
    await settle();
    scenario.freezeCaches();
    putPipeline({ processing: { executors: 0 } });
    await pass();
    putPipeline({ processing: { executors: 1 } });
    await pass();
    scenario.thawCaches();
    await settle({ processing: { executors: 1 } });
    expect(scenario.children()).toEqual(CHILDREN);
  });
});

describe("deleting a pipeline", () => {
  const FINALIZERS = ["openclickstream.io/clickstreampipeline"];

  function finalizers(): readonly string[] {
    return scenario.resource("web")?.metadata.finalizers ?? [];
  }

  it("needs no cleanup with the policy Retain, once no child says Delete any more", async () => {
    await settle();
    expect(finalizers()).toEqual([]);
    await settle({ deletionPolicy: "Delete" });
    expect(finalizers()).toEqual(FINALIZERS);
    putPipeline({ deletionPolicy: "Retain" });
    await pass();
    expect(finalizers()).toEqual(FINALIZERS);
    await settle({ deletionPolicy: "Retain" });
    expect(finalizers()).toEqual([]);
  });

  it("that became Retain in the last moment tells its children first, and deletes nothing", async () => {
    scenario.bucket.keys.add("checkpoints/quickstart/web/offsets/0");
    await settle({ deletionPolicy: "Delete" });
    const { uid } = scenario.resource("web")?.metadata ?? {};
    putPipeline({ deletionPolicy: "Retain" });
    scenario.deleteResource("web");
    expect(await pass()).toEqual(DATA_WRITES);
    const table = scenario.find(lakeTableKind, "web-events");
    expect(table?.["spec"]).toMatchObject({ deletionPolicy: "Retain", database: "quickstart" });
    expect(table?.metadata.ownerReferences).toMatchObject([{ uid }]);
    expect(scenario.bucket.keys.size).toBe(1);
    expect(scenario.resource("web")).toBeUndefined();
  });

  it("leaves alone what bears the name of a child and is none", async () => {
    await settle({ deletionPolicy: "Delete" });
    scenario.change(eventStreamKind, "web-raw", (stream) => {
      (stream["metadata"] as { ownerReferences: unknown }).ownerReferences = [];
    });
    putPipeline({ deletionPolicy: "Retain" });
    scenario.deleteResource("web");
    expect(await pass()).toEqual(DATA_WRITES.slice(1));
  });

  describe("without its children (--cascade=orphan)", () => {
    const TYPES = [...Object.values(CHILD_TYPES), eventStreamKind, lakeTableKind];
    const children = CHILDREN.map((child) => {
      const [kind, name = ""] = child.split("/");
      return { type: TYPES.find((type) => type.kind === kind) ?? eventStreamKind, name };
    });
    const found = (): readonly (KubernetesObject | undefined)[] =>
      children.map(({ type, name }) => scenario.find(type, name));
    const setMetadata = (type: ResourceType, name: string, fields: object): void =>
      scenario.change(type, name, (object) => {
        object["metadata"] = { ...(object["metadata"] as object), ...fields };
      });

    beforeEach(async () => {
      scenario.bucket.keys.add("checkpoints/quickstart/web/offsets/0");
      await settle({ deletionPolicy: "Delete" });
    });

    it("touches nothing while they are being set free", async () => {
      setMetadata(clickstreamPipelineKind, "web", { finalizers: [...FINALIZERS, "orphan"] });
      scenario.deleteResource("web");
      expect(await pass()).toEqual([]);
      expect(scenario.resource("web")?.metadata.finalizers).toEqual(["orphan"]);
      expect(scenario.bucket.keys.size).toBe(1);
    });

    it("leaves them, the job and its checkpoint to the next of its name, which takes them over as they are", async () => {
      const uids = found().map((child) => child?.metadata.uid);
      for (const { type, name } of children) setMetadata(type, name, { ownerReferences: [] });
      scenario.deleteResource("web");
      expect(await pass()).toEqual([]);
      expect(scenario.resource("web")).toBeUndefined();
      expect(scenario.bucket.keys.size).toBe(1);
      await settle({ deletionPolicy: "Delete" });
      const { uid } = scenario.resource("web")?.metadata ?? {};
      expect(found().map((child) => child?.metadata.uid)).toEqual(uids);
      const owners = found().flatMap((child) => child?.metadata.ownerReferences ?? []);
      expect(new Set(owners.map((owner) => owner.uid))).toEqual(new Set([uid]));
    });
  });

  it("deletes the checkpoint only when the job is gone", async () => {
    scenario.bucket.keys.add("checkpoints/quickstart/web/offsets/0");
    await settle({ deletionPolicy: "Delete" });
    scenario.deleteResource("web");
    expect(await pass()).toEqual(["delete StatefulSet web-stream"]);
    expect(scenario.ready("web")).toBe("Ready=False Deleting: deletion waits: the stream job is stopping");
    expect(scenario.bucket.keys.size).toBe(1);
    await pass();
    expect(scenario.bucket.keys.size).toBe(0);
    expect(scenario.resource("web")).toBeUndefined();
  });

  it("needs the keys of the object store only, those of the moment before if they are gone too", async () => {
    scenario.bucket.keys.add("checkpoints/quickstart/web/offsets/0");
    await settle({ deletionPolicy: "Delete" });
    scenario.delete(SECRET_TYPE, "s3-credentials");
    scenario.wait(10);
    scenario.deleteResource("web");
    await pass();
    await pass();
    expect(scenario.bucket.keys.size).toBe(0);
  });

  it("waits for the platform, but not in a namespace that is being deleted", async () => {
    scenario.delete(dataPlatformKind, "local");
    scenario.putResource(
      "web",
      { platformRef: { name: "local" }, deletionPolicy: "Delete" },
      { finalizers: FINALIZERS },
    );
    scenario.deleteResource("web");
    await pass();
    expect(scenario.ready("web")).toBe(
      'Ready=False PlatformNotFound: deletion waits: DataPlatform "local" does not exist in namespace "quickstart"',
    );
    scenario.terminateNamespace();
    await pass();
    expect(scenario.resource("web")).toBeUndefined();
    expect(scenario.events().at(-1)).toBe(
      'Warning CleanupAbandoned: the checkpoint at checkpoints/quickstart/web was left: DataPlatform "local" is gone, and with it the way to the bucket',
    );
  });
});
