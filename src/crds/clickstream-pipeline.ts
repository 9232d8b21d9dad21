/** ClickstreamPipeline: the whole path from the collector over the raw topic and the stream job to the tables. */
import { z } from "zod";
import { COLLECTOR_DEFAULTS } from "../generated/collector.ts";
import { ABSENT_IDS, IP_MASKINGS, SECRET_HEADERS } from "../generated/raw-record.ts";
import { clickstreamPipelineStatus } from "./clickstream-pipeline-status.ts";
import { eventsMaintenance, eventsTable } from "./events-table.ts";
import {
  EVENT_STREAM_DEFAULTS,
  partitions,
  partitionsStay,
  replicationFactor,
  retention,
} from "./event-stream.ts";
import {
  type Immutable,
  PLATFORM_IMMUTABLE,
  type Resource,
  type Sent,
  WORKLOAD_NAME_RULES,
  defineKind,
} from "./kind-definition.ts";
import { podTemplate } from "./pod-template.ts";
import { profiles } from "./profiles.ts";
import { network, serviceSettings, serviceType } from "./service.ts";
import { duration, durationAtLeast } from "./durations.ts";
import { resources } from "./quantities.ts";
import {
  DEFAULT_DELETION_POLICY,
  browserOrigin,
  databaseName,
  deletionPolicy,
  platformRef,
} from "./references.ts";
import {
  type TransitionRule,
  celText,
  integer,
  patterned,
  text,
  textMap,
  textSet,
  withRules,
} from "./rules.ts";

/**
 * What an absent field means; resolved by the controller, never written into the resource. What the collector is told too is
 * the same as it takes by itself.
 */
export const CLICKSTREAM_PIPELINE_DEFAULTS = {
  collector: {
    corsOrigins: [],
    maxEventBytes: COLLECTOR_DEFAULTS.MAX_EVENT_BYTES,
    serviceType: "ClusterIP",
    ipMasking: COLLECTOR_DEFAULTS.IP_MASKING,
    cookie: {
      enabled: COLLECTOR_DEFAULTS.COOKIE_ENABLED,
      name: COLLECTOR_DEFAULTS.COOKIE_NAME,
      maxAge: `${COLLECTOR_DEFAULTS.COOKIE_MAX_AGE_SECONDS / 3600}h`,
      sameSite: COLLECTOR_DEFAULTS.COOKIE_SAME_SITE,
    },
    captureHeaders: [],
  },
  stream: { partitions: EVENT_STREAM_DEFAULTS.partitions },
  processing: {
    triggerInterval: "5s",
    sessionTimeout: "30m",
    dedupWindow: "24h",
    watermark: "1h",
    executors: 1,
    maxRowsPerTrigger: 100_000,
    absentIds: ABSENT_IDS,
    siteHosts: [] as readonly string[],
    suspended: false,
  },
  deletionPolicy: DEFAULT_DELETION_POLICY,
} as const;

const { collector: COLLECTOR } = CLICKSTREAM_PIPELINE_DEFAULTS;

const cookie = withRules(
  z.object({
    enabled: z
      .boolean()
      .optional()
      .describe(`Whether the collector gives browsers a cookie. Default ${COLLECTOR.cookie.enabled}.`),
    name: patterned(/^[A-Za-z0-9_-]+$/, 64)
      .optional()
      .describe(`Name of the cookie. Default '${COLLECTOR.cookie.name}'.`),
    maxAge: duration("1m", "9600h")
      .optional()
      .describe(
        `How long browsers keep the cookie; they allow 400 days at most. Default '${COLLECTOR.cookie.maxAge}'.`,
      ),
    sameSite: z
      .enum(["Strict", "Lax", "None"])
      .optional()
      .describe(
        `SameSite attribute. Default '${COLLECTOR.cookie.sameSite}'. The cookie is always Secure and HttpOnly.`,
      ),
    domain: patterned(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 253)
      .optional()
      .describe(
        "Domain attribute, for example 'example.com'. Default the host that the collector is called by.",
      ),
  }),
  [
    {
      rule: "!has(self.domain) || !has(self.name) || !self.name.startsWith('__Host-')",
      message:
        "domain must be absent when the cookie's name starts with '__Host-'; browsers refuse such a cookie",
      fieldPath: ".domain",
      holds: (value) => value.domain === undefined || value.name?.startsWith("__Host-") !== true,
    },
  ],
).describe("First-party cookie that carries the anonymous id.");

const collectorFields = z.object({
  replicas: integer(1, 100)
    .optional()
    .describe(
      "Number of collector pods; kubectl scale and a HorizontalPodAutoscaler of the pipeline set it. Without it the pipeline leaves the number to " +
        "others, who may scale the Deployment, which begins with 1.",
    ),
  resources: resources("collector", "a collector pod").optional(),
  podTemplate: podTemplate("collector pods"),
  corsOrigins: textSet(
    browserOrigin.describe(
      "Origin as 'https://shop.example.com', 'https://*.example.com' for all below it, or '*' for all without credentials.",
    ),
    100,
  )
    .optional()
    .describe("Origins whose pages may send events with a script. Default none."),
  maxEventBytes: integer(1_000, 10_000_000)
    .optional()
    .describe(
      `Largest size of one event in bytes; a larger one becomes a failed event. Default ${COLLECTOR.maxEventBytes}.`,
    ),
  serviceType: serviceType("Type of the collector's Service. Default 'ClusterIP'."),
  service: serviceSettings("the collector's Service"),
  trustedProxies: textSet(network.describe("Network as '10.0.0.0/8' or 'fd00::/8'."), 100)
    .optional()
    .describe(
      "Networks of the proxies that are believed about the client's address; an empty list believes none. Default the private " +
        "networks, and none when serviceType is NodePort or LoadBalancer.",
    ),
  clientAddressHeader: patterned(/^[A-Za-z0-9-]+$/, 64)
    .optional()
    .describe(
      "Request header in which trusted proxies say the client's address, such as 'CF-Connecting-IP'. Default X-Forwarded-For, " +
        "and Forwarded where a request lacks it.",
    ),
  ipMasking: z
    .enum(IP_MASKINGS)
    .optional()
    .describe(
      "What is kept of client addresses: None keeps all, LastOctet zeroes the last octet of IPv4 and the last 80 bits of " +
        `IPv6, Drop keeps nothing. Default '${COLLECTOR.ipMasking}'.`,
    ),
  cookie: cookie.optional(),
  captureHeaders: withRules(
    textSet(patterned(/^[A-Za-z0-9-]+$/, 64).describe("Name of a request header, in any case."), 32),
    [
      {
        rule: `!self.exists(header, header.lowerAscii() in [${SECRET_HEADERS.map(celText).join(", ")}])`,
        message: `must not hold headers that carry secrets (${SECRET_HEADERS.join(", ")})`,
        holds: (headers) => !headers.some((header) => SECRET_HEADERS.includes(header.toLowerCase())),
      },
    ],
  )
    .optional()
    .describe("Request headers kept with each event, as properties named 'header.<name>'. Default none."),
});

const collector = withRules(collectorFields, [
  {
    rule: `!has(self.clientAddressHeader) || (has(self.trustedProxies) ? size(self.trustedProxies) > 0
      : !has(self.serviceType) || self.serviceType == 'ClusterIP')`,
    message:
      "clientAddressHeader must be absent where no proxy is trusted, since nobody would be believed; name the proxies in trustedProxies",
    fieldPath: ".clientAddressHeader",
    holds: ({ clientAddressHeader, trustedProxies, serviceType = COLLECTOR.serviceType }) =>
      clientAddressHeader === undefined ||
      (trustedProxies === undefined ? serviceType === "ClusterIP" : trustedProxies.length > 0),
  },
]).describe("The HTTP endpoint that events are sent to.");

const stream = z
  .object({
    partitions: partitions
      .optional()
      .describe(
        `Partitions of the raw topic. Default ${CLICKSTREAM_PIPELINE_DEFAULTS.stream.partitions}. They may grow, never shrink below what the topic has.`,
      ),
    replicationFactor: replicationFactor
      .optional()
      .describe("Copies of each partition. Default what the brokers are set to."),
    retention: retention
      .optional()
      .describe("When raw events are deleted. Default what the brokers are set to."),
  })
  .describe("The Kafka topic between collector and stream job.");

const processingFields = z.object({
  triggerInterval: duration("1s", "1h")
    .optional()
    .describe("Time from one micro-batch to the next. Default '5s'."),
  sessionTimeout: duration("1s", "24h")
    .optional()
    .describe("Idle time of a visitor after which the next event begins a new session. Default '30m'."),
  dedupWindow: duration("1m", "720h")
    .optional()
    .describe("How long an event's id is remembered to find duplicates. Default '24h'."),
  watermark: duration("1s", "168h")
    .optional()
    .describe(
      "How far behind a visitor's newest session an event may come and still join its own, and how far ahead of its receipt its time may be before it is marked. Default '1h'.",
    ),
  executors: integer(0, 100)
    .optional()
    .describe("Number of Spark executor pods; with 0 the driver works alone. Default 1."),
  driverResources: resources("driver", "the driver").optional(),
  driverPodTemplate: podTemplate("the driver's pod"),
  executorResources: resources("executor", "an executor").optional(),
  executorPodTemplate: podTemplate("executor pods"),
  sparkConf: textMap(64, 2048)
    .optional()
    .describe(
      "Further properties of Spark; none that the operator sets, and none of spark.kubernetes. Default none.",
    ),
  maxRowsPerTrigger: integer(1, 100_000_000)
    .optional()
    .describe("Most records that one micro-batch reads. Default 100000."),
  absentIds: textSet(text(128).describe("Identifier in small or capital letters, as 'undefined'."), 100)
    .optional()
    .describe(
      "What programs write as an identifier for want of one; as the identifier of an event, a visitor or a user it counts as absent. " +
        `An empty list takes every identifier for one. Default ${ABSENT_IDS.map((id) => `'${id}'`).join(", ")}.`,
    ),
  siteHosts: textSet(
    z
      .string()
      .max(253)
      .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/)
      .describe(
        "Host in small letters without a port, as 'shop.example.com'; all hosts below it count as well.",
      ),
    100,
  )
    .optional()
    .describe(
      "Hosts of one's own site: a visit from one of them has the referrer class internal, and a log line that asks for another host has no page_host. By default a site is known by its pages and by what access logs say of virtual hosts.",
    ),
  suspended: z
    .boolean()
    .optional()
    .describe("Whether the stream job is stopped; it resumes where it was. Default false."),
});

const processing = withRules(processingFields, [
  durationAtLeast("dedupWindow", "triggerInterval", CLICKSTREAM_PIPELINE_DEFAULTS.processing),
]).describe("The Spark job that turns raw events into rows.");

const tables = z
  .object({
    database: databaseName
      .optional()
      .describe(
        "Iceberg namespace of the tables. Default the namespace with '_' for '-'. It must not change.",
      ),
    prefix: patterned(/^[a-z_][a-z0-9_]*$/, 64)
      .optional()
      .describe(
        "What the tables' names begin with. Default the pipeline's name with '_' for '-', and '_'. It must not change.",
      ),
    events: eventsTable.optional(),
    maintenance: eventsMaintenance.optional(),
  })
  .describe(
    "Where the rows go: the tables '<prefix>events', '<prefix>failed_events' and '<prefix>duplicate_events'.",
  );

export const clickstreamPipelineSpec = z.object({
  platformRef,
  collector: collector.optional(),
  stream: stream.optional(),
  processing: processing.optional(),
  tables: tables.optional(),
  profiles: profiles.optional(),
  deletionPolicy: deletionPolicy
    .optional()
    .describe(
      "Whether deleting this resource deletes topic, tables, profiles and checkpoint. Default 'Retain'.",
    ),
});

export type ClickstreamPipelineSpec = Immutable<z.infer<typeof clickstreamPipelineSpec>>;
export type ClickstreamPipelineStatus = Sent<z.infer<typeof clickstreamPipelineStatus>>;
export type ClickstreamPipeline = Resource<ClickstreamPipelineSpec, ClickstreamPipelineStatus>;

/** CEL for a text below an optional object, the empty text when absent. */
function orEmpty(owner: string, field: string): string {
  return `(has(${owner}) && has(${owner}.${field}) ? ${owner}.${field} : '')`;
}

function immutableTableField(field: "database" | "prefix"): TransitionRule {
  return {
    rule: `${orEmpty("self.tables", field)} == ${orEmpty("oldSelf.tables", field)}`,
    message: `tables.${field} must not change; create a new ClickstreamPipeline for other tables`,
    fieldPath: `.tables.${field}`,
  };
}

function partitionsOf(owner: string): string {
  const fallback = CLICKSTREAM_PIPELINE_DEFAULTS.stream.partitions;
  return `(has(${owner}.stream) && has(${owner}.stream.partitions) ? ${owner}.stream.partitions : ${fallback})`;
}

export const clickstreamPipelineKind = defineKind({
  kind: "ClickstreamPipeline",
  plural: "clickstreampipelines",
  shortName: "csp",
  description:
    "ClickstreamPipeline collects events over HTTP, validates, enriches, deduplicates and sessionizes them, and stores each in one of three " +
    "Iceberg tables. It creates an EventStream, LakeTables, the collector and the stream job.",
  columns: [
    {
      name: "Worst Stage",
      type: "string",
      jsonPath: ".status.worstStage",
      description: "The first stage that is not ready, or what keeps the pipeline from being worked on.",
    },
    { name: "Lag", type: "integer", jsonPath: ".status.job.lag", description: "Records not committed yet." },
    {
      name: "Rows/s",
      type: "number",
      jsonPath: ".status.job.processedRowsPerSecond",
      description: "Records a second that the job can work off.",
      priority: 1,
    },
    {
      name: "Collector",
      type: "string",
      jsonPath: ".status.collectorUrl",
      description: "Address of the collector.",
      priority: 1,
    },
  ],
  schema: clickstreamPipelineSpec,
  statusSchema: clickstreamPipelineStatus,
  scale: { replicas: ".spec.collector.replicas" },
  nameRules: WORKLOAD_NAME_RULES,
  immutables: [PLATFORM_IMMUTABLE, immutableTableField("database"), immutableTableField("prefix")],
  statusRules: [partitionsStay("stream.partitions", "topicPartitions", partitionsOf)],
});
