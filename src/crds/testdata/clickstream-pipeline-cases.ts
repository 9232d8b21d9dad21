/** Specs of ClickstreamPipeline that are valid or not. */
import type { FieldCase } from "./spec-case.ts";
import { tablePropertiesCases } from "./table-properties-cases.ts";

export const CLICKSTREAM_PIPELINE_CASES: readonly FieldCase[] = [
  ...tablePropertiesCases("tables.events.properties"),
  {
    name: "a further column with the name of one of the event model",
    path: "tables.events.columns",
    value: [{ name: "page_url", type: "string" }],
    refusal: /tables\.events\.columns: .*event model/,
  },
  {
    name: "a further column of a type that no text is",
    path: "tables.events.columns",
    value: [{ name: "tags", type: "list<string>" }],
    refusal: /tables\.events\.columns/,
  },
  {
    name: "buckets of the events table without a width",
    path: "tables.events.partitionBy",
    value: [{ column: "visitor_id", transform: "bucket" }],
    refusal: /tables\.events\.partitionBy\.0\.width|tables\.events\.partitionBy/,
  },
  {
    name: "the database that SQL engines keep to themselves",
    path: "tables.database",
    value: "information_schema",
    refusal: /tables\.database: .*must not be information_schema/,
  },
  { name: "profiles by default", path: "profiles", value: {} },
  {
    name: "profiles of ninety days with rules for identities",
    path: "profiles",
    value: { retention: "90d", history: 100, identity: { maxUsersPerVisitor: 3, blockedUsers: [] } },
  },
  {
    name: "profiles without a history",
    path: "profiles.history",
    value: 0,
    refusal: /profiles\.history/,
  },
  {
    name: "profiles that are gone before anybody reads them",
    path: "profiles.retention",
    value: "5m",
    refusal: /profiles\.retention/,
  },
  {
    name: "a pipeline with nothing but a platform",
    path: "",
    value: { platformRef: { name: "p" } },
  },
  {
    name: "a pipeline without a platform",
    path: "platformRef",
    value: undefined,
    refusal: /platformRef/,
  },
  {
    name: "no collector pods",
    path: "collector.replicas",
    value: 0,
    refusal: /collector\.replicas/,
  },
  {
    name: "a request above the limit",
    path: "collector.resources.requests.memory",
    value: "1Gi",
    refusal: /collector\.resources\.requests\.memory: .*at most limits\.memory/,
  },
  {
    name: "a cpu request of 1000m with a limit of 1",
    path: "collector.resources",
    value: { requests: { cpu: "1000m" }, limits: { cpu: "1" } },
  },
  {
    name: "pods with an affinity",
    path: "collector.podTemplate",
    value: {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [{ matchExpressions: [{ key: "pool", operator: "In", values: ["edge"] }] }],
          },
        },
      },
    },
  },
  {
    name: "a field of pods that is not taken",
    path: "processing.executorPodTemplate",
    value: { tolerations: [{ effect: "Never" }] },
    refusal: /executorPodTemplate\.tolerations/,
  },
  {
    name: "amounts as numbers",
    path: "collector.resources",
    value: { requests: { cpu: 1, memory: 1_073_741_824 }, limits: { cpu: "1.5", memory: "1e10" } },
  },
  {
    name: "a cpu request as a number above its limit as text",
    path: "collector.resources",
    value: { requests: { cpu: 2 }, limits: { cpu: "1500m" } },
    refusal: /collector\.resources\.requests\.cpu: .*at most limits\.cpu/,
  },
  {
    name: "no cpu",
    path: "collector.resources.requests.cpu",
    value: "0",
    refusal: /requests\.cpu/,
  },
  {
    name: "an origin with a path",
    path: "collector.corsOrigins",
    value: ["https://a.example/x"],
    refusal: /corsOrigins\.0/,
  },
  { name: "all origins below a domain", path: "collector.corsOrigins", value: ["https://*.shop.example:8443"] },
  {
    name: "all origins below a top-level domain",
    path: "collector.corsOrigins",
    value: ["https://*.example"],
    refusal: /corsOrigins\.0/,
  },
  {
    name: "an origin with a star within",
    path: "collector.corsOrigins",
    value: ["https://a.*.example"],
    refusal: /corsOrigins\.0/,
  },
  { name: "a header of the client's address", path: "collector.clientAddressHeader", value: "CF-Connecting-IP" },
  {
    name: "a header of the client's address that nobody is believed in",
    path: "collector",
    value: { clientAddressHeader: "CF-Connecting-IP", serviceType: "LoadBalancer" },
    refusal: /clientAddressHeader: .*must be absent where no proxy is trusted/,
  },
  {
    name: "a header of the client's address of named proxies",
    path: "collector",
    value: { clientAddressHeader: "CF-Connecting-IP", serviceType: "LoadBalancer", trustedProxies: ["203.0.113.0/24"] },
  },
  { name: "all origins", path: "collector.corsOrigins", value: ["*"] },
  { name: "networks of proxies", path: "collector.trustedProxies", value: ["10.0.0.0/8", "2001:db8::/32", "::/0"] },
  { name: "no proxy", path: "collector", value: { trustedProxies: [] } },
  {
    name: "an address that is no network",
    path: "collector.trustedProxies",
    value: ["10.0.0.1"],
    refusal: /trustedProxies\.0/,
  },
  {
    name: "a network with a zero too many",
    path: "collector.trustedProxies",
    value: ["10.0.0.00/8"],
    refusal: /trustedProxies\.0/,
  },
  {
    name: "a network of too many bits",
    path: "collector.trustedProxies",
    value: ["10.0.0.0/33"],
    refusal: /trustedProxies\.0/,
  },
  {
    name: "a header that carries secrets",
    path: "collector.captureHeaders",
    value: ["Authorization"],
    refusal: /captureHeaders: .*secrets/,
  },
  {
    name: "a header that carries secrets from a server",
    path: "collector.captureHeaders",
    value: ["X-A", "Set-Cookie"],
    refusal: /captureHeaders: .*secrets \(.*set-cookie/,
  },
  {
    name: "a host-only cookie with a domain",
    path: "collector.cookie.name",
    value: "__Host-id",
    refusal: /collector\.cookie\.domain/,
  },
  {
    name: "a trigger of half a second",
    path: "processing.triggerInterval",
    value: "500ms",
    refusal: /processing\.triggerInterval/,
  },
  {
    name: "a dedup window shorter than the trigger",
    path: "processing",
    value: { triggerInterval: "1h", dedupWindow: "30m" },
    refusal: /processing\.dedupWindow: .*at least triggerInterval/,
  },
  { name: "no words for an absent identifier", path: "processing.absentIds", value: [] },
  {
    name: "a word for an absent identifier twice",
    path: "processing.absentIds",
    value: ["guest", "guest"],
    refusal: /processing\.absentIds/,
  },
  { name: "hosts of the site", path: "processing.siteHosts", value: ["shop.example.com", "localhost"] },
  {
    name: "a host of the site with its port",
    path: "processing.siteHosts",
    value: ["shop.example.com:443"],
    refusal: /processing\.siteHosts/,
  },
  {
    name: "rows kept by a time that not all tables have",
    path: "tables.maintenance.retention",
    value: { column: "event_time", keep: "400d" },
    refusal: /tables\.maintenance\.retention\.column: .*must be one of the times/,
  },
  { name: "no executors", path: "processing.executors", value: 0 },
];
