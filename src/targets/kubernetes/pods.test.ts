import type { V1PodStatus } from "@kubernetes/client-node";
import { describe, expect, it } from "vitest";
import type { PodObject } from "./pods.ts";
import { exitMessage, isPodReady, newestReadyPod, podAddress, podProblem, restartCount } from "./pods.ts";

function pod(status: V1PodStatus, deletionTimestamp?: string): PodObject {
  const metadata = { name: "web-0", ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }) };
  return { apiVersion: "v1", kind: "Pod", metadata, status };
}

function waiting(reason: string, message?: string): V1PodStatus {
  const state = { waiting: { reason, ...(message === undefined ? {} : { message }) } };
  return {
    containerStatuses: [{ name: "main", image: "x", imageID: "x", ready: false, restartCount: 0, state }],
  };
}

describe("the last words of a container", () => {
  const terminated = { exitCode: 1, message: "CheckpointLost: it is empty\nmore" };
  const ended: V1PodStatus = {
    containerStatuses: [
      { name: "main", image: "x", imageID: "x", ready: false, restartCount: 1, lastState: { terminated } },
    ],
  };

  it("are the first line", () => {
    expect(exitMessage([pod(ended)])).toBe("CheckpointLost: it is empty");
  });

  it("do not count of a pod that is going: its successor may do better", () => {
    const going = pod(ended, "2026-01-01T00:00:00Z");
    expect(exitMessage([going])).toBeUndefined();
    expect(exitMessage([going, pod({ phase: "Running" })])).toBeUndefined();
  });
});

describe("the problem of pods", () => {
  it.each<[string, PodObject, string | undefined]>([
    ["is none while a container is being created", pod(waiting("ContainerCreating")), undefined],
    ["is none for a running pod", pod({ phase: "Running", containerStatuses: [] }), undefined],
    [
      "is none for a pod that is being stopped",
      pod(waiting("ImagePullBackOff"), "2026-01-01T00:00:00Z"),
      undefined,
    ],
    [
      "is an image that cannot be pulled",
      pod(waiting("ImagePullBackOff", 'Back-off pulling image "x"')),
      'pod "web-0": ImagePullBackOff: Back-off pulling image "x"',
    ],
    [
      "is that no node fits",
      pod({
        conditions: [
          {
            type: "PodScheduled",
            status: "False",
            reason: "Unschedulable",
            message: "0/1 nodes are available",
          },
        ],
      }),
      'pod "web-0": Unschedulable: 0/1 nodes are available',
    ],
    [
      "is the exit of a container that keeps failing, without the back-off time that changes",
      pod({
        containerStatuses: [
          {
            name: "main",
            image: "x",
            imageID: "x",
            ready: false,
            restartCount: 4,
            state: {
              waiting: { reason: "CrashLoopBackOff", message: "back-off 1m20s restarting failed container" },
            },
            lastState: { terminated: { exitCode: 1, reason: "Error" } },
          },
        ],
      }),
      'pod "web-0": CrashLoopBackOff: container "main" exited with 1 (Error)',
    ],
  ])("%s", (_title, object, problem) => {
    expect(podProblem([object])?.message).toBe(problem);
  });

  it.each([
    [
      "the property that Trino refuses",
      [
        "2026-01-01T00:00:00Z\tERROR\tmain\tio.trino.server.Server\tConfiguration is invalid",
        "==========",
        "",
        "Errors:",
        "",
        "1) Error: Configuration property 'hive.nope' was not used",
        "",
        "==========",
      ],
      "Error: Configuration property 'hive.nope' was not used",
    ],
    [
      "the cause at the end of a stack trace",
      [
        "\tat a.B.c(B.java:1)",
        "Caused by: java.lang.IllegalArgumentException: No factory for connector 'x'",
        "\t... 9 more",
      ],
      "Caused by: java.lang.IllegalArgumentException: No factory for connector 'x'",
    ],
    [
      "the beginning of a message of its own",
      ["Kafka refused the login", "see the log"],
      "Kafka refused the login",
    ],
  ])("is told with %s", (_title, message, told) => {
    const status: V1PodStatus = waiting("CrashLoopBackOff");
    const [container] = status.containerStatuses ?? [];
    const terminated = { exitCode: 100, reason: "Error", message: message.join("\n") };
    const failed = {
      ...status,
      containerStatuses: [{ ...container, lastState: { terminated } }],
    } as V1PodStatus;
    expect(podProblem([pod(failed)])?.message).toBe(
      `pod "web-0": CrashLoopBackOff: container "main" exited with 100 (Error): ${told}`,
    );
  });

  it("is cut when it is long", () => {
    const problem = podProblem([pod(waiting("CreateContainerConfigError", "x".repeat(1000)))]);
    expect(problem?.message).toHaveLength(512);
  });

  it.each([
    ["ErrImagePull", "ImageUnavailable"],
    ["InvalidImageName", "ImageUnavailable"],
    ["CreateContainerConfigError", "ContainerFailed"],
    ["CrashLoopBackOff", "ContainerFailed"],
  ] as const)("has a true reason: %s is %s", (reason, expected) => {
    expect(podProblem([pod(waiting(reason))])?.reason).toBe(expected);
  });

  it("is that of an init container too", () => {
    const { containerStatuses: initContainerStatuses = [] } = waiting("ErrImagePull", "not found");
    expect(podProblem([pod({ initContainerStatuses })])?.message).toBe(
      'pod "web-0": ErrImagePull: not found',
    );
  });
});

describe("a pod", () => {
  const ready: V1PodStatus = { podIP: "10.0.0.1", conditions: [{ type: "Ready", status: "True" }] };

  it("is ready by its condition, until it is being stopped", () => {
    expect(isPodReady(pod(ready))).toBe(true);
    expect(isPodReady(pod(ready, "2026-01-01T00:00:00Z"))).toBe(false);
    expect(isPodReady(pod({ conditions: [{ type: "Ready", status: "False" }] }))).toBe(false);
  });

  it("has an address until it is being stopped", () => {
    expect(podAddress(pod(ready))).toBe("10.0.0.1");
    expect(podAddress(pod(ready, "2026-01-01T00:00:00Z"))).toBeUndefined();
    expect(podAddress(undefined)).toBeUndefined();
  });

  it("counts the restarts of all its containers", () => {
    expect(restartCount([pod(waiting("x")), pod({})])).toBe(0);
  });
});

describe("the newest ready pod", () => {
  const ready: V1PodStatus = { conditions: [{ type: "Ready", status: "True" }] };
  const created = (name: string, creationTimestamp: string, status = ready): PodObject => ({
    ...pod(status),
    metadata: { name, creationTimestamp },
  });

  it("is the one that a roll-out made last and that has started", () => {
    const pods = [
      created("old", "2026-01-01T00:00:00Z"),
      created("new", "2026-01-01T00:01:00Z"),
      created("starting", "2026-01-01T00:02:00Z", {}),
    ];
    expect(newestReadyPod(pods)?.metadata.name).toBe("new");
    expect(newestReadyPod([...pods].reverse())?.metadata.name).toBe("new");
  });

  it("is none when none is ready", () => {
    expect(newestReadyPod([created("starting", "2026-01-01T00:02:00Z", {})])).toBeUndefined();
  });
});
