import { describe, expect, it } from "vitest";
import type { RunFailure } from "../../targets/airflow/run-failure.ts";
import { parseFailure } from "../../targets/airflow/run-failure.ts";
import { failureText } from "./failure.ts";

const GENERIC = "Pod sessions-product-x1 returned a failure.";

type State = NonNullable<
  NonNullable<NonNullable<RunFailure["status"]>["containerStatuses"]>[number]["state"]
>;

function withState(state: State, status: Partial<NonNullable<RunFailure["status"]>> = {}): string {
  const containerStatuses = [{ name: "istio-proxy" }, { name: "batch-job", state }];
  return failureText(read({ error: GENERIC, status: { phase: "Failed", containerStatuses, ...status } }));
}

/** As it comes from Airflow. */
function read(failure: object): RunFailure {
  const parsed = parseFailure({ key: "failure", value: JSON.stringify(failure) });
  if (parsed === undefined) throw new Error("it was not understood");
  return parsed;
}

function ended(exitCode: number, message?: string, reason = "Error"): State {
  return { terminated: { exitCode, reason, message } };
}

describe("why a run failed", () => {
  it("is what the batch job said last", () => {
    const result = {
      ...{ runId: "r1", state: "Failed", seconds: 9.5, checks: [] },
      message: "writing the rows: ArithmeticException: division by zero",
    };
    expect(withState(ended(1, `${JSON.stringify(result)}\n`))).toBe(
      "writing the rows: ArithmeticException: division by zero",
    );
  });

  it("is the limit of memory where the kernel killed the container", () => {
    expect(withState(ended(137, undefined, "OOMKilled"))).toBe(
      "its container was killed because it used more memory than its limit (OOMKilled); raise spec.resources.limits.memory",
    );
  });

  it("is what ended the pod where its node did", () => {
    const evicted = { reason: "Evicted", message: "The node was low on resource:\n ephemeral-storage." };
    const text = "its pod was ended (Evicted): The node was low on resource: ephemeral-storage.";
    expect(withState(ended(137), evicted)).toBe(text);
    expect(failureText(read({ error: GENERIC, status: { phase: "Failed", ...evicted } }))).toBe(text);
  });

  it("is the code of a container that said nothing, or the end of its log", () => {
    expect(withState(ended(143))).toBe(
      "its container ended with code 143 and left no message; see the log of its task in Airflow",
    );
    expect(withState(ended(1, "Error: Could not find\nor load main class X"))).toBe(
      "its container ended with code 1: Error: Could not find or load main class X",
    );
  });

  it("is the image of a pod that cannot be pulled", () => {
    const message = 'Back-off pulling image "images.test/spark:1"';
    expect(withState({ waiting: { reason: "ImagePullBackOff", message } }, { phase: "Pending" })).toBe(
      `its container did not start (ImagePullBackOff): ${message}`,
    );
  });

  it("is what the Events say of a container that waits without a word", () => {
    const failure = read({
      error: "Pod took too long to start. More than 900s. Check the pod events in kubernetes.",
      status: {
        phase: "Pending",
        containerStatuses: [{ name: "batch-job", state: { waiting: { reason: "ContainerCreating" } } }],
      },
      warnings: ['MountVolume.SetUp failed for volume "config": configmap "sessions-product" not found'],
    });
    expect(failureText(failure)).toBe(
      'its container did not start (ContainerCreating): MountVolume.SetUp failed for volume "config": configmap "sessions-product" not found',
    );
  });

  it("is what the scheduler says of a pod that no node takes", () => {
    const failure = read({
      error: "Pod took too long to be scheduled on the cluster, giving up.",
      status: {
        phase: "Pending",
        conditions: [
          {
            type: "PodScheduled",
            status: "False",
            reason: "Unschedulable",
            message: "0/1 nodes: 1 Insufficient cpu.",
          },
        ],
      },
    });
    expect(failureText(failure)).toBe(
      "no node takes its pod (Unschedulable): 0/1 nodes: 1 Insufficient cpu.",
    );
  });

  it("is what the API server answers that refuses the pod", () => {
    const error = JSON.stringify({
      ...{ kind: "Status", status: "Failure", code: 403 },
      message: 'pods "sessions-product-x1" is forbidden: exceeded quota: small',
    });
    expect(failureText(read({ error }))).toBe(
      'its pod could not be run: pods "sessions-product-x1" is forbidden: exceeded quota: small',
    );
    expect(failureText(read({ error: "Connection\nrefused" }))).toBe(
      "its pod could not be run: Connection refused",
    );
  });

  it("is as long as the status has room for", () => {
    expect(withState(ended(1, "x".repeat(4000))).length).toBeLessThanOrEqual(512);
  });
});

describe("what a task left", () => {
  it("is understood also where Airflow quotes it once more", () => {
    const value = JSON.stringify(JSON.stringify({ error: "no" }));
    expect(parseFailure({ value })).toEqual({ error: "no" });
  });

  it.each([[undefined], [{ value: "no JSON" }], [{ value: { status: "?" } }], ["text"]])(
    "is nothing where it is of another form: %j",
    (body) => {
      expect(parseFailure(body)).toBeUndefined();
    },
  );
});
