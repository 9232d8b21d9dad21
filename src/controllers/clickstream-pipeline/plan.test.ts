import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import type { ClickstreamPipelineSpec, DataPlatformSpec } from "../../crds/kinds.ts";
import {
  clickstreamPipelineSpec,
  dataPlatformSpec,
  eventStreamSpec,
  lakeTableSpec,
  servingTableSpec,
} from "../../crds/kinds.ts";
import type { Child } from "../../targets/kubernetes/child.ts";
import type { Secrets } from "../../platform/secrets.ts";
import type { PipelinePlan } from "./plan.ts";
import { orderedChildren, planPipeline } from "./plan.ts";
import {
  IMAGES,
  emptySurroundings,
  healthySurroundings,
  localPlatform,
  pipelineWith,
  presentPlatform,
  secretsOf,
} from "../../testing/clickstream-pipeline.ts";
import { validatePipeline } from "./validate.ts";

const HBASE = { bootstrapServers: ["hbase.engines.svc.cluster.local:16000"] };
const TESTDATA = join(import.meta.dirname, "testdata");

interface Case {
  readonly pipeline: ClickstreamPipelineSpec;
  readonly platform: Partial<DataPlatformSpec>;
  readonly surroundings?: "empty";
  readonly omit?: readonly string[];
  readonly only?: readonly string[];
  readonly omitColumns?: boolean;
  readonly namesOnly?: boolean;
}

function planOf(
  input: Pick<Case, "pipeline" | "platform" | "surroundings">,
  secrets?: Secrets,
): PipelinePlan {
  const platform = localPlatform(input.platform);
  const surroundings =
    input.surroundings === "empty" ? emptySurroundings(platform) : healthySurroundings(platform);
  const observed = { ...surroundings, platform: presentPlatform(platform, secrets) };
  return planPipeline(validatePipeline(pipelineWith(input.pipeline), observed, IMAGES), observed);
}

const goldenCases = (await readdir(TESTDATA)).filter((file) => file.endsWith(".input.yaml"));

describe("the plan of a pipeline", () => {
  it.each(goldenCases)("is as in the golden file of %s", async (file) => {
    const input = parse(await readFile(join(TESTDATA, file), "utf8")) as Case;
    expect(clickstreamPipelineSpec.safeParse(input.pipeline).error).toBeUndefined();
    expect(dataPlatformSpec.safeParse(localPlatform(input.platform).spec).error).toBeUndefined();
    const golden = join(TESTDATA, file.replace(".input.", ".golden."));
    await expect(render(input, orderedChildren(planOf(input)))).toMatchFileSnapshot(golden);
  });

  it("writes every child that it holds, each once", () => {
    const plan = planOf({ pipeline: pipelineWith().spec, platform: {} });
    const { rawStream, tables, collector, streamJob } = plan;
    const held = [rawStream, ...tables, ...Object.values(collector), ...Object.values(streamJob)];
    expect(orderedChildren(plan)).toHaveLength(held.length);
    expect(new Set(orderedChildren(plan))).toEqual(new Set(held));
  });

  it("holds children that their own schemas accept", () => {
    const pipeline = { ...pipelineWith().spec, profiles: {} };
    const { rawStream, tables, profileTable } = planOf({ pipeline, platform: { hbase: HBASE } });
    expect(eventStreamSpec.safeParse(specOf(rawStream)).error).toBeUndefined();
    expect(servingTableSpec.safeParse(profileTable && specOf(profileTable)).error).toBeUndefined();
    for (const table of tables) expect(lakeTableSpec.safeParse(specOf(table)).error).toBeUndefined();
  });

  it.each(["LoadBalancer", "NodePort"] as const)(
    "shows only the port of events to the outside as %s, and believes nobody's X-Forwarded-For",
    (serviceType) => {
      const pipeline = { ...pipelineWith().spec, collector: { serviceType } };
      const { collector } = planOf({ pipeline, platform: {} });
      expect(collector.service.object).toMatchObject({
        spec: { type: serviceType, externalTrafficPolicy: "Local", ports: [{ name: "http" }] },
      });
      expect(collector.internalService.object).toMatchObject({
        metadata: { name: "web-collector-internal" },
        spec: { type: "ClusterIP", ports: [{ name: "internal", port: 9090 }] },
      });
      expect(JSON.stringify(collector.deployment)).toContain('{"name":"TRUSTED_PROXIES","value":"none"}');
    },
  );

  it.each([
    ["the private networks by default", {}, undefined],
    ["nobody", { trustedProxies: [] }, "none"],
    ["those of the spec", { trustedProxies: ["10.0.0.0/8", "::1/128"] }, "10.0.0.0/8,::1/128"],
    [
      "those of the spec in front of a LoadBalancer",
      { serviceType: "LoadBalancer", trustedProxies: ["203.0.113.0/24"] },
      "203.0.113.0/24",
    ],
  ] as const)("lets the collector believe %s as proxies", (_name, collector, value) => {
    const plan = planOf({ pipeline: { ...pipelineWith().spec, collector }, platform: {} });
    const [, set] =
      /"TRUSTED_PROXIES","value":"([^"]*)"/.exec(JSON.stringify(plan.collector.deployment)) ?? [];
    expect(set).toBe(value);
  });

  it("holds no value of a Secret, only references", async () => {
    const input = parse(await readFile(join(TESTDATA, "secured.input.yaml"), "utf8")) as Case;
    const text = JSON.stringify(orderedChildren(planOf(input)));
    expect(text).toContain('"secretKeyRef":{"name":"aws","key":"key"}');
    expect(text).not.toContain('"stringData"');
    expect(text).not.toContain('"kind":"Secret"');
  });
});

describe("profiles", () => {
  it.each<[string, Partial<ClickstreamPipelineSpec>, Partial<DataPlatformSpec>]>([
    ["unless the pipeline asks for them", {}, { hbase: HBASE }],
    ["once they are switched off", { profiles: { enabled: false } }, { hbase: HBASE }],
    ["where the platform has no HBase", { profiles: {} }, {}],
    [
      "where HBase wants TLS, which they cannot do",
      { profiles: {} },
      { hbase: { ...HBASE, tls: { caSecretRef: { name: "hbase-ca" } } } },
    ],
    ["where HBase is told a user's name", { profiles: {} }, { hbase: { ...HBASE, user: "shop" } }],
  ])("have no table and are no affair of the stream job %s", (_title, spec, platform) => {
    const plan = planOf({ pipeline: { ...pipelineWith().spec, ...spec }, platform });
    expect(plan.profileTable).toBeUndefined();
    expect(JSON.stringify(plan.streamJob.configMap)).not.toContain("profiles");
  });
});

describe("what restarts the stream job", () => {
  const before = templates({});

  it.each<[string, Partial<ClickstreamPipelineSpec>]>([
    ["more collectors", { collector: { replicas: 3 } }],
    ["another origin", { collector: { corsOrigins: ["https://shop.example"] } }],
    ["more partitions of the raw stream", { stream: { partitions: 6 } }],
    ["another retention of the raw stream", { stream: { retention: { time: "24h" } } }],
    ["another deletion policy", { deletionPolicy: "Delete" }],
    ["a suspension, but for the number of replicas", { processing: { suspended: true } }],
  ])("is not %s", (_title, spec) => {
    expect(templates(spec).streamJob).toEqual(before.streamJob);
  });

  it.each<[string, Partial<ClickstreamPipelineSpec>]>([
    ["another trigger interval", { processing: { triggerInterval: "3s" } }],
    ["another session timeout", { processing: { sessionTimeout: "10m" } }],
    ["another number of executors", { processing: { executors: 2 } }],
    ["another size of the driver", { processing: { driverResources: { limits: { memory: "3Gi" } } } }],
  ])("is %s", (_title, spec) => {
    expect(templates(spec).streamJob).not.toEqual(before.streamJob);
  });

  it("is not what only the collector is told", () => {
    expect(templates({ collector: { maxEventBytes: 5000 } }).collector).not.toEqual(before.collector);
  });
});

describe("a missing Secret", () => {
  const kafka = {
    bootstrapServers: ["kafka:9092"],
    sasl: { mechanism: "PLAIN" as const, secretRef: { name: "kafka-user" } },
  };
  const catalog = { uri: "http://catalog", credentialsSecretRef: { name: "catalog-token" } };
  const platform: Partial<DataPlatformSpec> = { kafka, catalog };

  function written(...missing: readonly string[]): readonly string[] {
    const secrets = new Map(
      [...secretsOf(localPlatform(platform))].filter(([name]) => !missing.includes(name)),
    );
    const plan = planOf({ pipeline: pipelineWith().spec, platform }, secrets);
    return orderedChildren(plan).map(({ type, object }) => `${type.kind}/${object.metadata.name}`);
  }

  const DATA = [
    "EventStream/web-raw",
    ...["events", "failed-events", "duplicate-events"].map((name) => `LakeTable/web-${name}`),
  ];
  const COLLECTOR = [
    "ServiceAccount/web-collector",
    "Service/web-collector",
    "Service/web-collector-internal",
    "PodDisruptionBudget/web-collector",
    "Deployment/web-collector",
  ];

  it.each([
    ["of the catalog leaves the stream job as it is", "catalog-token", [...DATA, ...COLLECTOR]],
    ["of the object store leaves the stream job as it is", "s3-credentials", [...DATA, ...COLLECTOR]],
    ["of Kafka leaves both workloads as they are", "kafka-user", DATA],
  ])("%s", (...[, name, children]) => {
    expect(written(name)).toEqual(children);
  });
});

describe("a changed Secret", () => {
  const platform: Partial<DataPlatformSpec> = {
    kafka: {
      bootstrapServers: ["kafka:9092"],
      tls: { caSecretRef: { name: "kafka-ca" }, clientSecretRef: { name: "kafka-client" } },
      sasl: { mechanism: "PLAIN", secretRef: { name: "kafka-user" } },
    },
  };
  const unchanged = secretsOf(localPlatform(platform));

  function changed(name: string): Secrets {
    const secret = unchanged.get(name);
    if (secret?.state !== "present") throw new Error(`no Secret "${name}"`);
    const editions = new Map([...secret.editions].map(([key, edition]) => [key, `${edition} 2`]));
    return new Map([...unchanged, [name, { ...secret, editions }]]);
  }

  it.each([
    ["of Kafka rolls the collector and the stream job", "kafka-user", { collector: true, streamJob: true }],
    ["with certificates for Kafka rolls nothing", "kafka-ca", { collector: false, streamJob: false }],
    ["with Kafka's client certificate rolls nothing", "kafka-client", { collector: false, streamJob: false }],
    [
      "of the object store rolls the stream job only",
      "s3-credentials",
      { collector: false, streamJob: true },
    ],
  ])("%s", (...[, name, rolls]) => {
    const input = { pipeline: pipelineWith().spec, platform };
    const before = templatesOf(planOf(input, unchanged));
    const after = templatesOf(planOf(input, changed(name)));
    expect({
      collector: JSON.stringify(before.collector) !== JSON.stringify(after.collector),
      streamJob: JSON.stringify(before.streamJob) !== JSON.stringify(after.streamJob),
    }).toEqual(rolls);
  });
});

describe("an annotation of the workloads' ServiceAccount", () => {
  it("rolls the stream job when it changes, since clouds look at it when pods are made", () => {
    const templatesWith = (role: string): Templates => {
      const storage = {
        ...{ endpoint: "https://s3.example.com", region: "eu-west-1", bucket: "lake" },
        ...{ credentials: "WorkloadIdentity" as const, serviceAccountAnnotations: { role } },
      };
      return templatesOf(planOf({ pipeline: pipelineWith().spec, platform: { storage } }));
    };
    const [one, other] = [templatesWith("one"), templatesWith("other")];
    expect(one.collector).toEqual(other.collector);
    expect(one.streamJob).not.toEqual(other.streamJob);
  });
});

interface Templates {
  readonly collector: unknown;
  readonly streamJob: unknown;
}

function templates(spec: Partial<ClickstreamPipelineSpec>): Templates {
  return templatesOf(planOf({ pipeline: pipelineWith(spec).spec, platform: {} }));
}

function templatesOf({ collector, streamJob }: PipelinePlan): Templates {
  const template = (planned: Child | undefined): unknown =>
    (specOf(planned) as { template: unknown }).template;
  return { collector: template(collector.deployment), streamJob: template(streamJob.statefulSet) };
}

function specOf(planned: Child | undefined): unknown {
  return (planned?.object as { spec?: unknown } | undefined)?.spec;
}

function render(input: Case, children: readonly Child[]): string {
  const shown = children.filter(
    ({ type }) => !(input.omit ?? []).includes(type.kind) && (input.only ?? [type.kind]).includes(type.kind),
  );
  if (input.namesOnly === true) {
    return stringify(shown.map(({ type, object }) => `${type.kind}/${object.metadata.name}`));
  }
  const documents = shown.map(({ object }) =>
    stringify(input.omitColumns === true ? withoutColumns(object) : object, { aliasDuplicateObjects: false }),
  );
  return documents.join("---\n");
}

function withoutColumns(object: Child["object"]): object {
  if (object.kind !== "LakeTable") return object;
  const { columns, ...spec } = (object as unknown as { spec: { columns: readonly unknown[] } }).spec;
  return { ...object, spec: { ...spec, columns: `${columns.length} columns` } };
}
