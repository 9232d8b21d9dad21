import { describe, expect, it } from "vitest";
import { deploymentRollout, statefulSetRollout } from "./rollout.ts";

type Deployment = NonNullable<Parameters<typeof deploymentRollout>[0]>;
type StatefulSet = NonNullable<Parameters<typeof statefulSetRollout>[0]>;

function deployment(replicas: number, status: Deployment["status"]): Deployment {
  return {
    metadata: { generation: 2 },
    spec: { replicas } as NonNullable<Deployment["spec"]>,
    ...(status && { status }),
  };
}

function statefulSet(replicas: number, status: StatefulSet["status"]): StatefulSet {
  return {
    metadata: { generation: 2 },
    spec: { replicas } as NonNullable<StatefulSet["spec"]>,
    ...(status && { status }),
  };
}

describe("the roll-out of a Deployment", () => {
  it.each<[string, Deployment | undefined, string, string]>([
    ["is absent before it was created", undefined, "absent", "not yet created"],
    [
      "progresses before anything was observed",
      deployment(1, undefined),
      "progressing",
      "the new specification is not yet observed",
    ],
    [
      "progresses while the controller has seen only the older generation, however good that looks",
      deployment(1, { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1 }),
      "progressing",
      "the new specification is not yet observed",
    ],
    [
      "progresses while replicas are of the old template",
      deployment(2, { observedGeneration: 2, replicas: 2, updatedReplicas: 1, availableReplicas: 2 }),
      "progressing",
      "1 of 2 replicas are updated",
    ],
    [
      "progresses while old replicas stop",
      deployment(1, { observedGeneration: 2, replicas: 2, updatedReplicas: 1, availableReplicas: 2 }),
      "progressing",
      "1 of 1 replicas are updated, 1 old ones are still there",
    ],
    [
      "progresses until all are available",
      deployment(2, {
        observedGeneration: 2,
        replicas: 2,
        updatedReplicas: 2,
        availableReplicas: 1,
        readyReplicas: 2,
      }),
      "progressing",
      "1 of 2 replicas are available",
    ],
    [
      "has failed when Kubernetes gave up",
      deployment(2, {
        observedGeneration: 2,
        replicas: 3,
        updatedReplicas: 1,
        conditions: [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }],
      }),
      "failed",
      "only 1 of 2 updated replicas became available in time",
    ],
    [
      "is ready when all are updated and available",
      deployment(2, {
        observedGeneration: 2,
        replicas: 2,
        updatedReplicas: 2,
        availableReplicas: 2,
        readyReplicas: 2,
      }),
      "ready",
      "2 of 2 replicas are available",
    ],
    [
      "is ready with none when none are wanted",
      deployment(0, { observedGeneration: 2 }),
      "ready",
      "0 of 0 replicas are available",
    ],
  ])("%s", (...[, object, state, message]) => {
    expect(deploymentRollout(object)).toMatchObject({ state, message });
  });
});

describe("the roll-out of a StatefulSet", () => {
  it.each<[string, StatefulSet | undefined, string, string]>([
    ["is absent before it was created", undefined, "absent", "not yet created"],
    [
      "progresses while the controller has seen only the older generation",
      statefulSet(1, {
        observedGeneration: 1,
        replicas: 1,
        readyReplicas: 1,
        currentRevision: "a",
        updateRevision: "a",
      }),
      "progressing",
      "the new specification is not yet observed",
    ],
    [
      "progresses while the pod is of the old revision",
      statefulSet(1, {
        observedGeneration: 2,
        replicas: 1,
        readyReplicas: 1,
        currentRevision: "a",
        updateRevision: "b",
      }),
      "progressing",
      "0 of 1 replicas are updated",
    ],
    [
      "progresses until the pod of the new revision is ready, which the StatefulSet counts as updated before",
      statefulSet(1, {
        observedGeneration: 2,
        replicas: 1,
        updatedReplicas: 1,
        currentRevision: "a",
        updateRevision: "b",
      }),
      "progressing",
      "0 of 1 replicas are ready",
    ],
    [
      "progresses until the pod is ready",
      statefulSet(1, { observedGeneration: 2, replicas: 1, currentRevision: "a", updateRevision: "a" }),
      "progressing",
      "0 of 1 replicas are ready",
    ],
    [
      "progresses while a replica that is no longer wanted stops",
      statefulSet(0, {
        observedGeneration: 2,
        replicas: 1,
        readyReplicas: 1,
        currentRevision: "a",
        updateRevision: "b",
      }),
      "progressing",
      "1 replicas are stopping",
    ],
    [
      "is ready when the pod of the new revision is ready",
      statefulSet(1, {
        observedGeneration: 2,
        replicas: 1,
        readyReplicas: 1,
        currentRevision: "b",
        updateRevision: "b",
      }),
      "ready",
      "1 of 1 replicas are ready",
    ],
    [
      "is ready with none when none are wanted",
      statefulSet(0, { observedGeneration: 2, replicas: 0, currentRevision: "a", updateRevision: "b" }),
      "ready",
      "0 of 0 replicas are ready",
    ],
  ])("%s", (...[, object, state, message]) => {
    expect(statefulSetRollout(object)).toMatchObject({ state, message });
  });
});
