import { describe, expect, it } from "vitest";
import type { ClickstreamPipelineSpec } from "../../crds/kinds.ts";
import { findTerminalError, findWaitingError } from "../../runtime/errors.ts";
import type { ObservedPipeline } from "./observe.ts";
import type { PresentPlatform } from "../../platform/platform.ts";
import { secretWith } from "../../testing/systems.ts";
import {
  ABSENT_PLATFORM,
  IMAGES,
  emptySurroundings,
  localPlatform,
  pipelineWith,
  presentPlatform,
  secretsOf,
} from "../../testing/clickstream-pipeline.ts";
import type { ValidatedPipeline } from "./validate.ts";
import { validatePipeline } from "./validate.ts";

function validated(spec: Partial<ClickstreamPipelineSpec> = {}): ValidatedPipeline {
  return validatePipeline(pipelineWith(spec), emptySurroundings(), IMAGES);
}

function errorWith(
  spec: Partial<ClickstreamPipelineSpec>,
  observed: ObservedPipeline = emptySurroundings(),
): unknown {
  try {
    return validatePipeline(pipelineWith(spec), observed, IMAGES);
  } catch (error) {
    return error;
  }
}

describe("a pipeline that says nothing", () => {
  it("gets the documented defaults", () => {
    const { collector, stream, processing, tables, topicName, deletionPolicy } = validated();
    expect({ collector, stream, processing, tables, topicName, deletionPolicy }).toMatchObject({
      collector: {
        corsOrigins: [],
        maxEventBytes: 1_000_000,
        serviceType: "ClusterIP",
        ipMasking: "None",
        cookie: { enabled: true, name: "oc_id", maxAgeSeconds: 31_536_000, sameSite: "Lax" },
      },
      stream: { partitions: 3 },
      processing: {
        triggerIntervalSeconds: 5,
        sessionTimeoutSeconds: 1800,
        dedupWindowSeconds: 86_400,
        watermarkSeconds: 3600,
        executors: 1,
        maxRowsPerTrigger: 100_000,
        suspended: false,
      },
      tables: {
        events: { database: "quickstart", table: "web_events" },
        failedEvents: { database: "quickstart", table: "web_failed_events" },
        duplicateEvents: { database: "quickstart", table: "web_duplicate_events" },
      },
      topicName: "quickstart.web-raw",
      deletionPolicy: "Retain",
    });
  });

  it("keeps the defaults beside what it says", () => {
    const { collector, processing } = validated({
      collector: { cookie: { maxAge: "1h" } },
      processing: { executors: 0 },
    });
    expect(collector.cookie).toEqual({ enabled: true, name: "oc_id", maxAgeSeconds: 3600, sameSite: "Lax" });
    expect(processing).toMatchObject({ executors: 0, triggerIntervalSeconds: 5 });
  });
});

describe("the memory of a Spark container", () => {
  it.each([
    ["1100Mi", { heap: 506, overhead: 594, direct: 68, rocksdb: 110 }],
    ["1280Mi", { heap: 656, overhead: 624, direct: 80, rocksdb: 128 }],
    ["8Gi", { heap: 6445, overhead: 1747, direct: 512, rocksdb: 819 }],
  ])("of %s is shared between heap and what lies beside it", (limit, split) => {
    const { processing } = validated({ processing: { executorResources: { limits: { memory: limit } } } });
    expect(processing.executorMemory).toEqual(split);
  });

  it.each(["driverResources", "executorResources"] as const)(
    "too small in %s leaves the job as it is",
    (field) => {
      const { blocked } = validated({ processing: { [field]: { limits: { memory: "1Gi" } } } });
      expect(blocked.collector).toBeUndefined();
      expect(findTerminalError(blocked.streamJob)).toMatchObject({
        reason: "InvalidSpec",
        field: `spec.processing.${field}`,
        message: `spec.processing.${field} must give at least 1100Mi of memory, because Spark and its JVM do not fit into less; it gives "1Gi"`,
      });
    },
  );

  it("of executors does not matter where there are none", () => {
    const executorResources = { limits: { memory: "512Mi" } };
    expect(validated({ processing: { executors: 0, executorResources } }).blocked.streamJob).toBeUndefined();
  });
});

describe("a pipeline waits", () => {
  it.each<[string, ObservedPipeline, string, string]>([
    [
      "for its platform",
      { ...emptySurroundings(), platform: ABSENT_PLATFORM },
      "PlatformNotFound",
      'DataPlatform "local" does not exist in namespace "quickstart"',
    ],
  ])("%s", (...[, observed, reason, message]) => {
    expect(findWaitingError(errorWith({}, observed))).toMatchObject({ reason, message });
  });
});

describe("a workload is left as it is", () => {
  const secured = localPlatform({
    kafka: { bootstrapServers: ["k:9092"], tls: { caSecretRef: { name: "ca" } } },
  });
  const withCatalogSecret = localPlatform({
    catalog: { uri: "http://catalog", credentialsSecretRef: { name: "catalog" } },
  });
  const local = secretsOf(localPlatform());
  const clientOnly = new Map([...local, ["catalog", secretWith({ clientId: "me", clientSecret: "x" })]]);

  function reasons(platform: PresentPlatform): unknown {
    const { blocked } = validatePipeline(pipelineWith(), { ...emptySurroundings(), platform }, IMAGES);
    const reasonOf = (error: Error | undefined): string | undefined => {
      const waiting = findWaitingError(error);
      return waiting && `${waiting.reason}: ${waiting.message}`;
    };
    return [reasonOf(blocked.collector), reasonOf(blocked.streamJob)];
  }

  it.each<[string, PresentPlatform, readonly (string | undefined)[]]>([
    ["in no case while all Secrets are there", presentPlatform(secured), [undefined, undefined]],
    [
      "for a Secret of the object store: the stream job",
      presentPlatform(localPlatform(), new Map()),
      [undefined, 'SecretNotFound: Secret "s3-credentials" does not exist'],
    ],
    [
      "for a key of a Secret: the stream job",
      presentPlatform(localPlatform(), new Map([["s3-credentials", secretWith({ accessKeyId: "a" })]])),
      [undefined, 'SecretKeyMissing: Secret "s3-credentials" has no key "secretAccessKey"'],
    ],
    [
      "for a token where the Secret holds a client instead: the stream job",
      presentPlatform(withCatalogSecret, clientOnly),
      [
        undefined,
        'SecretKeyMissing: Secret "catalog" has no key "token"; a client\'s id and secret are named by spec.catalog.oauth2 of the DataPlatform',
      ],
    ],
    [
      "for the Secret with Kafka's certificate authorities: both",
      presentPlatform(secured, local),
      ['SecretNotFound: Secret "ca" does not exist', 'SecretNotFound: Secret "ca" does not exist'],
    ],
  ])("%s", (...[, platform, expected]) => {
    expect(reasons(platform)).toEqual(expected);
  });

  it("when nobody knows whether a Secret is there", () => {
    const error = new Error("no answer");
    const platform = presentPlatform(
      localPlatform(),
      new Map([["s3-credentials", { state: "unknown", error }]]),
    );
    const observed = { ...emptySurroundings(), platform };
    expect(validatePipeline(pipelineWith(), observed, IMAGES).blocked.streamJob).toBe(error);
  });
});

it("refuses table names that the catalog could not hold", () => {
  expect(findTerminalError(errorWith({ tables: { prefix: "web/" } }))).toMatchObject({
    reason: "InvalidSpec",
    field: "spec.tables.prefix",
  });
});
