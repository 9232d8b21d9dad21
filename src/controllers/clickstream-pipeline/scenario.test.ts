/** Passes of the controller against an API server in memory, with the faults that break controllers. */
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import type { ClickstreamPipeline } from "../../crds/kinds.ts";
import type { ReconcileContext } from "../../runtime/controller.ts";
import { findTerminalError } from "../../runtime/errors.ts";
import { createMetrics } from "../../runtime/metrics.ts";
import { runPhases } from "../../runtime/pass/phases.ts";
import type { PhaseResults } from "../../runtime/pass/phases.ts";
import { PERMIT } from "../../testing/permit.ts";
import { JsonClient } from "../../targets/http/json-client.ts";
import { FakeKubernetes, SimulatedCrash } from "../../testing/fake-kubernetes.ts";
import type { SystemClients } from "../../targets/clients.ts";
import type { AppliedPipeline } from "./apply.ts";
import type { ClickstreamPipelineController } from "./controller.ts";
import { createClickstreamPipelineController } from "./controller.ts";
import type { ObservedPipeline } from "./observe.ts";
import type { PipelinePlan } from "./plan.ts";
import {
  IMAGES,
  conditions,
  localPlatform,
  pipelineWith,
  platformsOf,
} from "../../testing/clickstream-pipeline.ts";
import type { ValidatedPipeline } from "./validate.ts";

type Results = PhaseResults<ObservedPipeline, ValidatedPipeline, PipelinePlan, AppliedPipeline>;

const metrics = createMetrics();

/** The controller of a process that has just been started. */
function controllerOf(
  kubernetes: FakeKubernetes,
  clients: Partial<SystemClients> = {},
): ClickstreamPipelineController {
  return createClickstreamPipelineController({
    images: IMAGES,
    client: new JsonClient(),
    platforms: platformsOf(kubernetes),
    clients: clients as SystemClients,
  });
}

/** A namespace with a platform, its Secret, and nothing else. */
function cluster(): FakeKubernetes {
  const kubernetes = new FakeKubernetes();
  kubernetes.seed(localPlatform());
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "s3-credentials", namespace: "quickstart" },
  };
  kubernetes.seed(Object.assign(secret, { data: { accessKeyId: "YQ==", secretAccessKey: "Yg==" } }));
  return kubernetes;
}

function contextOf(kubernetes: FakeKubernetes): ReconcileContext {
  return {
    logger: pino({ level: "silent" }),
    now: () => new Date("2026-01-01T00:00:00Z"),
    kubernetes,
    ...PERMIT,
    hide: () => undefined,
    recordEvent: () => undefined,
    isNamespaceTerminating: async () => false,
  };
}

async function pass(
  kubernetes: FakeKubernetes,
  pipeline: ClickstreamPipeline = pipelineWith(),
): Promise<Results> {
  return runPhases(controllerOf(kubernetes), pipeline, {
    context: contextOf(kubernetes),
    metrics,
    controllerName: "ClickstreamPipeline",
  });
}

/** What the other controllers do: the stream and the tables become ready. */
function makeChildrenReady(kubernetes: FakeKubernetes): void {
  for (const name of kubernetes.names()) {
    const [kind = "", object = ""] = name.split("/");
    if (kind !== "EventStream" && kind !== "LakeTable") continue;
    kubernetes.change(kind, object, (resource) => {
      const { generation } = resource["metadata"] as { generation: number };
      resource["status"] = { conditions: conditions({ observedGeneration: generation }) };
    });
  }
}

/** Passes until nothing is written any more; says how many there were. */
async function settle(kubernetes: FakeKubernetes, pipeline?: ClickstreamPipeline): Promise<number> {
  for (let passes = 1; passes < 20; passes += 1) {
    kubernetes.writes.length = 0;
    const { thrown } = await pass(kubernetes, pipeline);
    if (thrown !== undefined && !(thrown.error instanceof SimulatedCrash)) throw thrown.error;
    makeChildrenReady(kubernetes);
    if (thrown === undefined && kubernetes.writes.length === 0) return passes;
  }
  throw new Error(`still writing: ${kubernetes.writes.join(", ")}`);
}

const CHILDREN = [
  "ConfigMap/web-stream",
  "DataPlatform/local",
  "Deployment/web-collector",
  "EventStream/web-raw",
  "LakeTable/web-duplicate-events",
  "LakeTable/web-events",
  "LakeTable/web-failed-events",
  "PodDisruptionBudget/web-collector",
  "Role/web-stream",
  "RoleBinding/web-stream",
  "Secret/s3-credentials",
  "Service/web-collector",
  "Service/web-collector-internal",
  "Service/web-stream",
  "ServiceAccount/web-collector",
  "ServiceAccount/web-stream",
  "StatefulSet/web-stream",
];

describe("a pipeline", () => {
  it("starts its workloads in the second pass, when stream and tables are there, and rests in the third", async () => {
    const kubernetes = cluster();
    expect(await settle(kubernetes)).toBe(3);
    expect(kubernetes.names()).toEqual(CHILDREN);
  });

  it("makes children that go with it", async () => {
    const kubernetes = cluster();
    await settle(kubernetes);
    for (const name of CHILDREN.filter((child) => !/^(DataPlatform|Secret)\//.test(child))) {
      const [kind = "", object = ""] = name.split("/");
      expect(kubernetes.object(kind, object).metadata.ownerReferences).toMatchObject([
        { kind: "ClickstreamPipeline", name: "web", uid: "pipeline-uid", controller: true },
      ]);
    }
  });

  it("takes away the driver's rights when it has no executors any more, and nothing else", async () => {
    const kubernetes = cluster();
    await settle(kubernetes);
    await settle(kubernetes, pipelineWith({ processing: { executors: 0 } }));
    expect(kubernetes.names()).toEqual(CHILDREN.filter((name) => !name.startsWith("Role")));
  });

  it("keeps its workloads when the stream is no longer ready", async () => {
    const kubernetes = cluster();
    await settle(kubernetes);
    kubernetes.change("EventStream", "web-raw", (stream) => {
      stream["status"] = { conditions: conditions({ status: "False", reason: "KafkaUnreachable" }) };
    });
    kubernetes.writes.length = 0;
    await pass(kubernetes);
    expect(kubernetes.writes).toEqual([]);
  });

  it("touches only the collector for a change of the collector", async () => {
    const kubernetes = cluster();
    await settle(kubernetes);
    kubernetes.writes.length = 0;
    await pass(kubernetes, pipelineWith({ collector: { replicas: 2 } }));
    expect(kubernetes.writes).toEqual(["apply Deployment web-collector"]);
  });

  it("writes the new files of the job before it restarts it", async () => {
    const kubernetes = cluster();
    await settle(kubernetes);
    kubernetes.writes.length = 0;
    await pass(kubernetes, pipelineWith({ processing: { triggerInterval: "3s" } }));
    expect(kubernetes.writes).toEqual(["apply ConfigMap web-stream", "apply StatefulSet web-stream"]);
  });

  it("repairs a child that was deleted by hand", async () => {
    const kubernetes = cluster();
    await settle(kubernetes);
    kubernetes.remove("Service", "web-collector");
    await settle(kubernetes);
    expect(kubernetes.names()).toEqual(CHILDREN);
  });

  it("does not take a Deployment that belongs to somebody else", async () => {
    const kubernetes = cluster();
    kubernetes.seed({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "web-collector", namespace: "quickstart", labels: { theirs: "yes" } },
    });
    await pass(kubernetes);
    makeChildrenReady(kubernetes);
    const { thrown } = await pass(kubernetes);
    expect(findTerminalError(thrown?.error)?.reason).toBe("ResourceConflict");
    expect(kubernetes.object("Deployment", "web-collector").metadata.labels).toEqual({ theirs: "yes" });
  });

  it("makes stream, tables and collector while the Secret of the object store is missing, the job once it is there", async () => {
    const kubernetes = cluster();
    const secret = kubernetes.object("Secret", "s3-credentials");
    kubernetes.remove("Secret", "s3-credentials");
    await pass(kubernetes);
    makeChildrenReady(kubernetes);
    const { thrown } = await pass(kubernetes);
    expect(thrown?.error).toMatchObject({
      reason: "SecretNotFound",
      message: 'Secret "s3-credentials" does not exist',
    });
    const ofJob = /^(Secret|ConfigMap|Role|RoleBinding|StatefulSet)\/|\/web-stream$/;
    expect(kubernetes.names()).toEqual(CHILDREN.filter((name) => !ofJob.test(name)));
    kubernetes.seed(secret);
    await settle(kubernetes);
    expect(kubernetes.names()).toEqual(CHILDREN);
  });

  it("leaves a running job alone, whatever else changes, while one of its Secrets is missing", async () => {
    const kubernetes = cluster();
    await settle(kubernetes);
    kubernetes.remove("Secret", "s3-credentials");
    kubernetes.writes.length = 0;
    await pass(kubernetes, pipelineWith({ processing: { executors: 0 }, collector: { replicas: 2 } }));
    expect(kubernetes.writes).toEqual(["apply Deployment web-collector"]);
  });

  it("rolls the job, and only the job, for new keys of the object store", async () => {
    const kubernetes = cluster();
    await settle(kubernetes);
    kubernetes.change("Secret", "s3-credentials", (secret) => {
      secret["data"] = { accessKeyId: "YQ==", secretAccessKey: "bmV3" };
    });
    kubernetes.writes.length = 0;
    await pass(kubernetes);
    expect(kubernetes.writes).toEqual(["apply StatefulSet web-stream"]);
  });

  it("writes nothing and judges its stages while its platform is missing", async () => {
    const kubernetes = cluster();
    kubernetes.remove("DataPlatform", "local");
    const { thrown } = await pass(kubernetes);
    expect(thrown?.error).toMatchObject({ reason: "PlatformNotFound" });
    expect(kubernetes.writes).toEqual([]);
  });
});

describe("a pipeline whose operator dies after any write", () => {
  const writes = CHILDREN.length - 2;

  it.each(Array.from({ length: writes + 1 }, (_, count) => count))(
    "is complete after a crash at write %i",
    async (count) => {
      const kubernetes = cluster();
      kubernetes.crashAfter(count);
      await pass(kubernetes);
      makeChildrenReady(kubernetes);
      await pass(kubernetes);
      kubernetes.crashAfter(Number.POSITIVE_INFINITY);
      await settle(kubernetes);
      expect(kubernetes.names()).toEqual(CHILDREN);
    },
  );
});

describe("a pipeline whose caches stand still", () => {
  it("loses nothing and makes nothing twice", async () => {
    const kubernetes = cluster();
    await settle(kubernetes);
    kubernetes.freezeCache();
    await pass(kubernetes, pipelineWith({ processing: { executors: 0 } }));
    await pass(kubernetes, pipelineWith({ processing: { executors: 1 } }));
    kubernetes.thawCache();
    await settle(kubernetes, pipelineWith({ processing: { executors: 1 } }));
    expect(kubernetes.names()).toEqual(CHILDREN);
  });
});

describe("deleting a pipeline", () => {
  /** The controller with a bucket that tells which folders were deleted in it. */
  function deletingController(kubernetes: FakeKubernetes, deleted: string[]): ClickstreamPipelineController {
    const storage = {
      deletePrefix: async (prefix: string) => {
        deleted.push(prefix);
        return 1;
      },
    };
    return controllerOf(kubernetes, { storage: () => storage as never });
  }

  it("needs no cleanup with the policy Retain, once no child says Delete any more", async () => {
    const kubernetes = cluster();
    const controller = controllerOf(kubernetes);
    const retained = pipelineWith();
    expect(controller.needsFinalizer?.(retained, kubernetes)).toBe(false);
    await settle(kubernetes, pipelineWith({ deletionPolicy: "Delete" }));
    expect(controller.needsFinalizer?.(pipelineWith({ deletionPolicy: "Delete" }), kubernetes)).toBe(true);
    expect(controller.needsFinalizer?.(retained, kubernetes)).toBe(true);
    await settle(kubernetes, retained);
    expect(controller.needsFinalizer?.(retained, kubernetes)).toBe(false);
  });

  it("that became Retain in the last moment tells its children first, and deletes nothing", async () => {
    const kubernetes = cluster();
    await settle(kubernetes, pipelineWith({ deletionPolicy: "Delete" }));
    kubernetes.writes.length = 0;
    const deleted: string[] = [];
    await deletingController(kubernetes, deleted).finalize?.(pipelineWith(), contextOf(kubernetes));
    expect(kubernetes.writes).toEqual([
      "apply EventStream web-raw",
      "apply LakeTable web-events",
      "apply LakeTable web-failed-events",
      "apply LakeTable web-duplicate-events",
    ]);
    const table = kubernetes.object("LakeTable", "web-events");
    expect(table["spec"]).toMatchObject({ deletionPolicy: "Retain", database: "quickstart" });
    expect(table.metadata.ownerReferences).toMatchObject([{ uid: "pipeline-uid" }]);
    expect(deleted).toEqual([]);
  });

  it("leaves alone what bears the name of a child and is none", async () => {
    const kubernetes = cluster();
    await settle(kubernetes, pipelineWith({ deletionPolicy: "Delete" }));
    kubernetes.change("EventStream", "web-raw", (stream) => {
      (stream["metadata"] as { ownerReferences: unknown }).ownerReferences = [];
    });
    kubernetes.writes.length = 0;
    await deletingController(kubernetes, []).finalize?.(pipelineWith(), contextOf(kubernetes));
    expect(kubernetes.writes).not.toContain("apply EventStream web-raw");
  });

  it("deletes the checkpoint only when the job is gone", async () => {
    const kubernetes = cluster();
    const pipeline = pipelineWith({ deletionPolicy: "Delete" });
    await settle(kubernetes, pipeline);
    const deleted: string[] = [];
    const deleting = deletingController(kubernetes, deleted);
    const context = contextOf(kubernetes);
    await expect(deleting.finalize?.(pipeline, context)).rejects.toMatchObject({
      reason: "Deleting",
      message: "the stream job is stopping",
    });
    expect(deleted).toEqual([]);
    expect(kubernetes.names()).not.toContain("StatefulSet/web-stream");
    await deleting.finalize?.(pipeline, context);
    expect(deleted).toEqual(["checkpoints/quickstart/web/"]);
  });

  it("waits for the platform, but not in a namespace that is being deleted", async () => {
    const kubernetes = cluster();
    kubernetes.remove("DataPlatform", "local");
    const pipeline = pipelineWith({ deletionPolicy: "Delete" });
    const deleting = deletingController(kubernetes, []);
    const context = contextOf(kubernetes);
    await expect(deleting.finalize?.(pipeline, context)).rejects.toMatchObject({
      reason: "PlatformNotFound",
    });
    const events: string[] = [];
    const terminating: typeof context = {
      ...context,
      isNamespaceTerminating: async () => true,
      recordEvent: (type, reason, message) => events.push(`${type} ${reason}: ${message}`),
    };
    await expect(deleting.finalize?.(pipeline, terminating)).resolves.toBeUndefined();
    expect(events).toEqual([
      'Warning CleanupAbandoned: the checkpoint at checkpoints/quickstart/web was left: DataPlatform "local" is gone, and with it the way to the bucket',
    ]);
  });
});
