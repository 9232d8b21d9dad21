/** The least and the greatest value of every duration and size, and the next that is too little and too much. */
import type { SpecCase } from "./spec-case.ts";

interface Boundary {
  readonly kind: string;
  readonly path: string;
  /** Too little, least, greatest, too much. */
  readonly values: readonly [string, string, string, string];
}

const RETENTION_TIME = ["59s", "1m", "876000h", "876000h1s"] as const;
const RETENTION_SIZE = ["1023Ki", "1Mi", "1000Ti", "1001Ti"] as const;

interface Container {
  readonly kind: string;
  readonly path: string;
  /** Too small a memory limit, and the smallest. */
  readonly limits: readonly [string, string];
}

const SPARK_LIMITS = ["1099Mi", "1100Mi"] as const;
const TRINO_LIMITS = ["1023Mi", "1Gi"] as const;
const SERVICE_LIMITS = ["511Mi", "512Mi"] as const;

const CONTAINERS: readonly Container[] = [
  { kind: "ClickstreamPipeline", path: "collector.resources", limits: ["31Mi", "32Mi"] },
  { kind: "ClickstreamPipeline", path: "processing.driverResources", limits: SPARK_LIMITS },
  { kind: "ClickstreamPipeline", path: "processing.executorResources", limits: SPARK_LIMITS },
  { kind: "ClickstreamPipeline", path: "profiles.api.resources", limits: SERVICE_LIMITS },
  { kind: "QueryCluster", path: "flight.resources", limits: SERVICE_LIMITS },
  { kind: "QueryCluster", path: "coordinatorResources", limits: TRINO_LIMITS },
  { kind: "QueryCluster", path: "workerResources", limits: TRINO_LIMITS },
  { kind: "DataProduct", path: "resources", limits: SPARK_LIMITS },
  { kind: "DataPlatform", path: "maintenance.resources", limits: SPARK_LIMITS },
];

const BOUNDARIES: readonly Boundary[] = [
  { kind: "EventStream", path: "retention.time", values: RETENTION_TIME },
  { kind: "EventStream", path: "retention.size", values: RETENTION_SIZE },
  { kind: "ClickstreamPipeline", path: "stream.retention.time", values: RETENTION_TIME },
  { kind: "ClickstreamPipeline", path: "stream.retention.size", values: RETENTION_SIZE },
  { kind: "ClickstreamPipeline", path: "collector.cookie.maxAge", values: ["59s", "1m", "9600h", "9600h1s"] },
  { kind: "ClickstreamPipeline", path: "processing.triggerInterval", values: ["0s", "1s", "1h", "1h1s"] },
  { kind: "ClickstreamPipeline", path: "processing.sessionTimeout", values: ["0s", "1s", "24h", "24h1s"] },
  { kind: "ClickstreamPipeline", path: "processing.dedupWindow", values: ["59s", "1m", "720h", "720h1s"] },
  { kind: "ClickstreamPipeline", path: "processing.watermark", values: ["0s", "1s", "168h", "168h1s"] },
  { kind: "QueryCluster", path: "drainTime", values: ["0s", "1s", "1h", "1h1s"] },
  { kind: "DataProduct", path: "incremental.lookback", values: ["0s", "1s", "366d", "366d1s"] },
  { kind: "DataProduct", path: "incremental.delay", values: ["-1s", "0s", "30d", "30d1s"] },
  { kind: "DataProduct", path: "freshness.within", values: ["59s", "1m", "366d", "366d1s"] },
];

function escaped(text: string): string {
  return text.replaceAll(".", "\\.");
}

function casesOf({ kind, path, values }: Boundary): readonly SpecCase[] {
  return values.map((value, position) => ({
    kind,
    name: `${path} of ${value}`,
    path,
    value,
    ...(position === 1 || position === 2 ? {} : { refusal: new RegExp(`${escaped(path)}: .*must be a (duration|size) from`) }),
  }));
}

/** Amounts are tried as limits and as requests, each alone: together they would have to fit each other. */
function memoryCases({ kind, path, limits }: Container): readonly SpecCase[] {
  const values = { requests: ["16383Ki", "16Mi", "16Ti", "17Ti"], limits: [...limits, "16Ti", "17Ti"] } as const;
  return (["requests", "limits"] as const).flatMap((side) =>
    casesOf({ kind, path: `${path}.${side}.memory`, values: values[side] }).map((specCase) => ({
      ...specCase,
      path,
      value: { [side]: { memory: specCase.value } },
    })),
  );
}

function cpuCases({ kind, path }: Container): readonly SpecCase[] {
  return (["requests", "limits"] as const).flatMap((side) =>
    (["999u", "1m", "9999", "10000"] as const).map((cpu, position) => ({
      kind,
      name: `${path}.${side}.cpu of ${cpu}`,
      path,
      value: { [side]: { cpu } },
      ...(position === 1 || position === 2
        ? {}
        : { refusal: new RegExp(`${escaped(path)}\\.${side}\\.cpu: .*must be CPU cores from`) }),
    })),
  );
}

/** Pods of every workload take one and the same template. */
const POD_TEMPLATES = [
  ["ClickstreamPipeline", "collector.podTemplate"],
  ["ClickstreamPipeline", "processing.driverPodTemplate"],
  ["ClickstreamPipeline", "processing.executorPodTemplate"],
  ["ClickstreamPipeline", "profiles.api.podTemplate"],
  ["QueryCluster", "flight.podTemplate"],
  ["QueryCluster", "coordinatorPodTemplate"],
  ["QueryCluster", "workerPodTemplate"],
  ["DataProduct", "podTemplate"],
  ["DataPlatform", "maintenance.podTemplate"],
] as const;

function variableCases([kind, path]: (typeof POD_TEMPLATES)[number]): readonly SpecCase[] {
  const secretRef = { name: "keys", key: "one" };
  const refusal = new RegExp(`${escaped(path)}\\.env.*exactly one of value and secretRef`);
  return [
    { kind, name: `${path} with a value`, path, value: { env: [{ name: "A", value: "" }] } },
    { kind, name: `${path} with a Secret`, path, value: { env: [{ name: "A", secretRef }] } },
    { kind, name: `${path} with both`, path, value: { env: [{ name: "A", value: "1", secretRef }] }, refusal },
    { kind, name: `${path} with neither`, path, value: { env: [{ name: "A" }] }, refusal },
  ];
}

function fitCases({ kind, path }: Container): readonly SpecCase[] {
  const over = { cpu: ["1001m", "1"], memory: ["2049Mi", "2Gi"] } as const;
  return Object.entries(over).map(([resource, [request, limit]]) => ({
    kind,
    name: `${path} with a request of ${request} and a limit of ${limit}`,
    path,
    value: { requests: { [resource]: request }, limits: { [resource]: limit } },
    refusal: new RegExp(`${escaped(path)}\\.requests\\.${resource}: .*at most limits\\.${resource}`),
  }));
}

const MIN_INTERVALS: readonly SpecCase[] = casesOf({
  kind: "DataProduct",
  path: "refresh.onUpdate.minInterval",
  values: ["59s", "1m", "30d", "30d1s"],
}).map((specCase) => ({ ...specCase, path: "refresh", value: { onUpdate: { minInterval: specCase.value } } }));

/** Three kinds take the same object. */
const MAINTENANCES = [
  ["LakeTable", "maintenance", "ordered_at"],
  ["ClickstreamPipeline", "tables.maintenance", "received_at"],
  ["DataProduct", "target.maintenance", "day"],
] as const;

function maintenanceCases([kind, path, column]: (typeof MAINTENANCES)[number]): readonly SpecCase[] {
  const values = {
    interval: ["599s", "10m", "30d", "30d1s"],
    targetFileSize: ["1023Ki", "1Mi", "8Gi", "9Gi"],
    "snapshots.keep": ["59m", "1h", "3650d", "3650d1s"],
    "orphans.olderThan": ["23h", "1d", "3650d", "3650d1s"],
  } as const;
  const keep = casesOf({ kind, path: `${path}.retention.keep`, values: ["59m", "1h", "36500d", "36500d1s"] });
  return [
    ...Object.entries(values).flatMap(([field, of]) => casesOf({ kind, path: `${path}.${field}`, values: of })),
    ...keep.map((specCase) => ({ ...specCase, path: `${path}.retention`, value: { column, keep: specCase.value } })),
  ];
}

export const BOUNDARY_CASES: readonly SpecCase[] = [
  ...BOUNDARIES.flatMap(casesOf),
  { kind: "QueryCluster", name: "a cache of 63Mi", path: "cache", value: { maxSize: "63Mi" }, refusal: /cache\.maxSize: .*must be a size/ },
  { kind: "QueryCluster", name: "a cache of 64Mi", path: "cache", value: { maxSize: "64Mi" } },
  ...MIN_INTERVALS,
  ...CONTAINERS.flatMap((container) => [...memoryCases(container), ...cpuCases(container), ...fitCases(container)]),
  ...POD_TEMPLATES.flatMap(variableCases),
  ...MAINTENANCES.flatMap(maintenanceCases),
];
