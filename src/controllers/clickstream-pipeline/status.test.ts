import { describe, expect, it } from "vitest";
import type { ClickstreamPipelineSpec, ServingTable } from "../../crds/kinds.ts";
import type { StatusResult } from "../../runtime/controller.ts";
import type { ClickstreamPipelineStatus } from "../../crds/kinds.ts";
import type { ObservedPipeline } from "./observe.ts";
import { pipelineStatus } from "./status.ts";
import {
  ABSENT_PLATFORM,
  IMAGES,
  conditions,
  emptySurroundings,
  healthySurroundings,
  localPlatform,
  pipelineWith,
  presentPlatform,
  readyDeployment,
  readyPod,
  readyStatefulSet,
  readyStream,
  readyTable,
  waitingPod,
} from "../../testing/clickstream-pipeline.ts";
import { validatePipeline } from "./validate.ts";

const NOW = new Date("2026-01-01T00:00:00Z");

type Result = StatusResult<ClickstreamPipelineStatus>;

interface Given {
  readonly spec?: Partial<ClickstreamPipelineSpec>;
  readonly observed: ObservedPipeline;
  readonly previous?: ClickstreamPipelineStatus;
}

function statusOf({ spec = {}, observed, previous }: Given): Result {
  const resource = pipelineWith(spec, previous === undefined ? {} : { status: previous });
  const validated = validatePipeline(resource, observed, IMAGES);
  return pipelineStatus({ resource, observed, validated, now: NOW });
}

/** `Type=Status Reason: message`, all of them in order. */
function told({ conditions: all }: Result): readonly string[] {
  return all.map(({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`);
}

const STREAM = 'StreamReady=True Succeeded: topic "quickstart.web-raw" is there';
const TABLES = "TablesReady=True Succeeded: all 3 tables are there";
const COLLECTOR = "CollectorReady=True Succeeded: 1 of 1 replicas are available";
const PROCESSING = "ProcessingReady=True Succeeded: the stream job runs";
const HEALTHY = healthySurroundings();
const AWAY = "Kafka cannot be reached";
const REFUSING = `2 of 3 collectors answer 503: ${AWAY}`;

const stalled = conditions(
  { status: "False", reason: "ImpossibleChange", message: "column x cannot become int" },
  { status: "True" },
);
const waiting = conditions({ status: "False", reason: "KafkaUnreachable", message: "Kafka does not answer" });

describe("the condition of profiles", () => {
  const hbase = { bootstrapServers: ["hbase:16000"] };
  const healthy = healthySurroundings(localPlatform({ hbase }));
  const profileTable: ServingTable = {
    apiVersion: "openclickstream.io/v1alpha1",
    kind: "ServingTable",
    metadata: { name: "web-profiles", namespace: "quickstart", generation: 1 },
    spec: { platformRef: { name: "local" }, families: [{ name: "p" }] },
    status: { observedGeneration: 1, conditions: [...conditions({})] },
  };
  const kept = { ...healthy, profileTable };
  const withProfiles = (profiles: object): ObservedPipeline => {
    const { progress } = kept;
    return { ...kept, progress: progress.state === "unknown" ? progress : { ...progress, profiles } };
  };

  it.each<[string, ObservedPipeline, string, object | undefined]>([
    [
      "is true while the job keeps them",
      withProfiles({ lag: 0 }),
      'True Succeeded: profiles are kept in "quickstart:web-profiles"',
      { table: "quickstart:web-profiles", lag: 0 },
    ],
    [
      "is true while they catch up, and the status says how far they are behind",
      withProfiles({ lag: 12 }),
      'True Succeeded: profiles are kept in "quickstart:web-profiles" and catch up',
      { table: "quickstart:web-profiles", lag: 12 },
    ],
    [
      "says what they wait for, and how much waits",
      withProfiles({ problem: "ConnectException: Connection refused", lag: 700 }),
      "False ProfilesNotReady: profiles wait: ConnectException: Connection refused",
      { table: "quickstart:web-profiles", lag: 700 },
    ],
    [
      "waits for a job that knows of them",
      kept,
      "False ProfilesNotReady: the stream job does not tell of profiles yet",
      { table: "quickstart:web-profiles" },
    ],
    [
      "names the table that is not there",
      healthy,
      "False ChildrenNotReady: not yet created",
      { table: "quickstart:web-profiles" },
    ],
    [
      "says that the platform has no HBase",
      HEALTHY,
      'False PlatformNotReady: DataPlatform "local" names no HBase; give it spec.hbase',
      undefined,
    ],
    [
      "names what the stream job and the API cannot do for the platform's HBase",
      healthySurroundings(localPlatform({ hbase: { ...hbase, user: "shop", tls: {} } })),
      'False PlatformNotReady: profiles cannot use spec.hbase.user, spec.hbase.tls of DataPlatform "local" yet, and are not kept; ' +
        "name a DataPlatform without it, or take spec.profiles away",
      undefined,
    ],
  ])("%s", (...[, observed, condition, profiles]) => {
    const result = statusOf({ spec: { profiles: {} }, observed });
    expect(told(result)).toEqual([STREAM, TABLES, COLLECTOR, PROCESSING, `ProfilesReady=${condition}`]);
    expect(result.status.profiles).toEqual(profiles);
    expect(result.status.worstStage).toBe(condition.startsWith("True") ? "None" : "Profiles");
  });

  it("is not there where none are kept", () => {
    const result = statusOf({ spec: { profiles: { enabled: false } }, observed: kept });
    expect(told(result)).toEqual([STREAM, TABLES, COLLECTOR, PROCESSING]);
    expect(result.status.profiles).toBeUndefined();
  });
});

describe("the conditions of a pipeline", () => {
  it.each<[string, Given, readonly string[], Pick<Result, "ready" | "waiting" | "terminal">, string]>([
    [
      "are all true when everything works",
      { observed: HEALTHY },
      [STREAM, TABLES, COLLECTOR, PROCESSING],
      { ready: { message: "events flow into the tables" } },
      "None",
    ],
    [
      "say what is awaited when nothing has been made",
      { observed: emptySurroundings() },
      [
        "StreamReady=False ChildrenNotReady: not yet created",
        "TablesReady=False ChildrenNotReady: not yet created",
        "CollectorReady=False ChildrenNotReady: waits for the raw stream before it is first started",
        "ProcessingReady=False ChildrenNotReady: waits for the raw stream and the tables before it is first started",
      ],
      { waiting: { reason: "ChildrenNotReady", message: "Stream: not yet created" } },
      "Stream",
    ],
    [
      "name the Secret that keeps the stream job from being started",
      {
        observed: {
          ...HEALTHY,
          platform: presentPlatform(localPlatform(), new Map()),
          streamJob: undefined,
        },
      },
      [
        STREAM,
        TABLES,
        COLLECTOR,
        'ProcessingReady=False SecretNotFound: Secret "s3-credentials" does not exist',
      ],
      {
        waiting: { reason: "SecretNotFound", message: 'Processing: Secret "s3-credentials" does not exist' },
      },
      "Processing",
    ],
    [
      "stay true for workloads that run, whatever Secret has gone",
      { observed: { ...HEALTHY, platform: presentPlatform(localPlatform(), new Map()) } },
      [STREAM, TABLES, COLLECTOR, PROCESSING],
      { ready: { message: "events flow into the tables" } },
      "None",
    ],
    [
      "name the stream when Kafka does not answer",
      { observed: { ...HEALTHY, rawStream: readyStream(waiting) } },
      [
        'StreamReady=False KafkaUnreachable: EventStream "web-raw": Kafka does not answer',
        TABLES,
        COLLECTOR,
        PROCESSING,
      ],
      {
        waiting: {
          reason: "KafkaUnreachable",
          message: 'Stream: EventStream "web-raw": Kafka does not answer',
        },
      },
      "Stream",
    ],
    [
      "say that collectors take no events although they run",
      { observed: { ...HEALTHY, collectors: { asked: 3, problems: [AWAY, AWAY] } } },
      [STREAM, TABLES, `CollectorReady=False CollectorNotReady: ${REFUSING}`, PROCESSING],
      { waiting: { reason: "CollectorNotReady", message: `Collector: ${REFUSING}` } },
      "Collector",
    ],
    [
      "do not trust a child that was judged by an older spec",
      {
        observed: {
          ...HEALTHY,
          rawStream: { ...readyStream(), metadata: { name: "web-raw", generation: 2 } },
        },
      },
      [
        'StreamReady=False ChildrenNotReady: EventStream "web-raw": the operator has not looked at it yet',
        TABLES,
        COLLECTOR,
        PROCESSING,
      ],
      {
        waiting: {
          reason: "ChildrenNotReady",
          message: 'Stream: EventStream "web-raw": the operator has not looked at it yet',
        },
      },
      "Stream",
    ],
    [
      "are stalled by a table that needs a person, although the first stage that is not ready is another",
      {
        observed: {
          ...HEALTHY,
          rawStream: readyStream(waiting),
          tables: [
            readyTable("web-events"),
            readyTable("web-failed-events", stalled),
            readyTable("web-duplicate-events"),
          ],
        },
      },
      [
        'StreamReady=False KafkaUnreachable: EventStream "web-raw": Kafka does not answer',
        'TablesReady=False ImpossibleChange: LakeTable "web-failed-events": column x cannot become int',
        COLLECTOR,
        PROCESSING,
      ],
      {
        terminal: {
          reason: "ImpossibleChange",
          message: 'Tables: LakeTable "web-failed-events": column x cannot become int',
        },
      },
      "Stream",
    ],
    [
      "say why the collector's pods do not start",
      {
        observed: {
          ...HEALTHY,
          collector: {
            ...readyDeployment("web-collector"),
            status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1 },
          },
          pods: { ...HEALTHY.pods, collector: [waitingPod("web-collector-x", "ErrImagePull", "not found")] },
        },
      },
      [
        STREAM,
        TABLES,
        'CollectorReady=False ImageUnavailable: 0 of 1 replicas are available; pod "web-collector-x": ErrImagePull: not found',
        PROCESSING,
      ],
      {
        waiting: {
          reason: "ImageUnavailable",
          message: 'Collector: 0 of 1 replicas are available; pod "web-collector-x": ErrImagePull: not found',
        },
      },
      "Collector",
    ],
    [
      "say that the roll-out of the collector was given up",
      {
        observed: {
          ...HEALTHY,
          collector: {
            ...readyDeployment("web-collector"),
            status: {
              observedGeneration: 1,
              conditions: [{ type: "Progressing", status: "False", reason: "ProgressDeadlineExceeded" }],
            },
          },
        },
      },
      [
        STREAM,
        TABLES,
        "CollectorReady=False CollectorNotReady: only 0 of 1 updated replicas became available in time",
        PROCESSING,
      ],
      {
        waiting: {
          reason: "CollectorNotReady",
          message: "Collector: only 0 of 1 updated replicas became available in time",
        },
      },
      "Collector",
    ],
    [
      "say that the driver is starting",
      {
        observed: {
          ...HEALTHY,
          streamJob: {
            ...readyStatefulSet("web-stream"),
            status: { observedGeneration: 1, replicas: 1, currentRevision: "a", updateRevision: "a" },
          },
          progress: { state: "unknown", message: "ECONNREFUSED" },
        },
      },
      [STREAM, TABLES, COLLECTOR, "ProcessingReady=False RolloutInProgress: 0 of 1 replicas are ready"],
      { waiting: { reason: "RolloutInProgress", message: "Processing: 0 of 1 replicas are ready" } },
      "Processing",
    ],
    [
      "say that the query failed",
      {
        observed: {
          ...HEALTHY,
          progress: {
            state: "FAILED",
            message: "no such table",
            inputRowsPerSecond: 0,
            processedRowsPerSecond: 0,
          },
        },
      },
      [
        STREAM,
        TABLES,
        COLLECTOR,
        "ProcessingReady=False ProcessingNotReady: the query failed: no such table",
      ],
      { waiting: { reason: "ProcessingNotReady", message: "Processing: the query failed: no such table" } },
      "Processing",
    ],
    [
      "say that nobody works for the driver",
      {
        observed: {
          ...HEALTHY,
          pods: { ...HEALTHY.pods, executor: [waitingPod("exec-1", "ImagePullBackOff")] },
        },
      },
      [
        STREAM,
        TABLES,
        COLLECTOR,
        'ProcessingReady=False ImageUnavailable: no executor is ready: pod "exec-1": ImagePullBackOff',
      ],
      {
        waiting: {
          reason: "ImageUnavailable",
          message: 'Processing: no executor is ready: pod "exec-1": ImagePullBackOff',
        },
      },
      "Processing",
    ],
    [
      "need no executor when the driver works alone",
      {
        spec: { processing: { executors: 0 } },
        observed: { ...HEALTHY, pods: { ...HEALTHY.pods, executor: [] } },
      },
      [STREAM, TABLES, COLLECTOR, PROCESSING],
      { ready: { message: "events flow into the tables" } },
      "None",
    ],
    [
      "need no answer of a ready driver: from outside the cluster it may be out of reach",
      { observed: { ...HEALTHY, progress: { state: "unknown", message: "no answer in time" } } },
      [STREAM, TABLES, COLLECTOR, PROCESSING],
      { ready: { message: "events flow into the tables" } },
      "None",
    ],
    [
      "are ready but for the stage that the spec suspends",
      {
        spec: { processing: { suspended: true } },
        observed: {
          ...HEALTHY,
          streamJob: readyStatefulSet("web-stream", 0),
          pods: emptySurroundings().pods,
        },
      },
      [
        STREAM,
        TABLES,
        COLLECTOR,
        "ProcessingReady=False Suspended: the stream job is stopped, as the spec wants",
      ],
      { ready: { message: "events are collected; processing is suspended" } },
      "Processing",
    ],
  ])("%s", (...[, given, all, verdict, worstStage]) => {
    const result = statusOf(given);
    expect(told(result)).toEqual(all);
    expect({ ready: result.ready, waiting: result.waiting, terminal: result.terminal }).toEqual(verdict);
    expect(result.status.worstStage).toBe(worstStage);
  });

  it("judge what the API server answered, not what was there before the change", () => {
    const resource = pipelineWith();
    const validated = validatePipeline(resource, HEALTHY, IMAGES);
    const changed = {
      ...readyDeployment("web-collector"),
      metadata: { name: "web-collector", generation: 2 },
    };
    const children = [
      { kind: "Deployment", name: "web-collector", outcome: "changed", object: changed },
    ] as const;
    const result = pipelineStatus({
      resource,
      observed: HEALTHY,
      validated,
      applied: { children, refusals: {} },
      now: NOW,
    });
    expect(told(result)[2]).toBe(
      "CollectorReady=False RolloutInProgress: the new specification is not yet observed",
    );
  });
});

describe("the fields of a pipeline's status", () => {
  it("say where events go in and come out, and how fast", () => {
    expect(statusOf({ observed: HEALTHY }).status).toEqual({
      worstStage: "None",
      scale: {
        replicas: 1,
        selector:
          "app.kubernetes.io/managed-by=openclickstream,openclickstream.io/clickstreampipeline=web,app.kubernetes.io/component=collector",
      },
      collectorUrl: "http://web-collector.quickstart.svc",
      topicName: "quickstart.web-raw",
      tables: {
        events: "quickstart.web_events",
        failedEvents: "quickstart.web_failed_events",
        duplicateEvents: "quickstart.web_duplicate_events",
      },
      job: {
        lastCommittedBatch: 41,
        inputRowsPerSecond: 1200,
        processedRowsPerSecond: 4300,
        lag: 7,
        conflicts: 2,
        executorsLost: 1,
        lastExecutorLoss: "executor 2: OOMKilled",
        erased: 4,
        restarts: 0,
      },
    });
  });

  it("keep batch and lag but no rates while the driver does not answer", () => {
    const previous = statusOf({ observed: HEALTHY }).status;
    const observed: ObservedPipeline = {
      ...HEALTHY,
      progress: { state: "unknown", message: "ECONNREFUSED" },
      pods: { ...HEALTHY.pods, stream: [waitingPod("web-stream-0", "CrashLoopBackOff")] },
    };
    expect(statusOf({ observed, previous }).status.job).toEqual({
      lastCommittedBatch: 41,
      lag: 7,
      conflicts: 2,
      executorsLost: 1,
      lastExecutorLoss: "executor 2: OOMKilled",
      erased: 4,
      restarts: 3,
    });
  });

  it("stay the same while nothing flows", () => {
    const idle = (message: string): ObservedPipeline => ({
      ...HEALTHY,
      progress: {
        state: "RUNNING",
        message,
        batchId: 41,
        inputRowsPerSecond: 0,
        processedRowsPerSecond: 0,
        lag: 0,
      },
    });
    expect(statusOf({ observed: idle("a") })).toEqual(statusOf({ observed: idle("b") }));
  });

  it("are kept when nothing could be observed", () => {
    const fields = statusOf({ observed: HEALTHY }).status;
    const previous = { ...fields, observedGeneration: 1, conditions: [] };
    expect(pipelineStatus({ resource: pipelineWith({}, { status: previous }), now: NOW })).toEqual({
      status: fields,
      conditions: [],
    });
  });

  it("are kept when the platform is gone, and the stages are still judged", () => {
    const previous = statusOf({ observed: HEALTHY }).status;
    const observed = { ...HEALTHY, platform: ABSENT_PLATFORM };
    const result = pipelineStatus({ resource: pipelineWith({}, { status: previous }), observed, now: NOW });
    expect(result.status.topicName).toBe("quickstart.web-raw");
    expect(told(result)).toEqual([STREAM, TABLES, COLLECTOR, PROCESSING]);
  });

  it("count the restarts of the driver only", () => {
    const observed = {
      ...HEALTHY,
      pods: { ...HEALTHY.pods, executor: [readyPod("e"), waitingPod("f", "Error")] },
    };
    expect(statusOf({ observed }).status.job?.restarts).toBe(0);
  });
});
