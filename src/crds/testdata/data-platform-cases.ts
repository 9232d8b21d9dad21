/** Specs of DataPlatform that are valid or not. */
import type { FieldCase } from "./spec-case.ts";

export const DATA_PLATFORM_CASES: readonly FieldCase[] = [
  {
    name: "a broker without a port",
    path: "kafka.bootstrapServers",
    value: ["kafka"],
    refusal: /kafka\.bootstrapServers\.0/,
  },
  {
    name: "a broker with an IPv6 address",
    path: "kafka.bootstrapServers",
    value: ["[fd00::1]:9092"],
  },
  {
    name: "a port above 65535",
    path: "kafka.bootstrapServers",
    value: ["kafka:65536"],
    refusal: /bootstrapServers\.0/,
  },
  { name: "the highest port", path: "kafka.bootstrapServers", value: ["kafka:65535"] },
  {
    name: "no broker at all",
    path: "kafka.bootstrapServers",
    value: [],
    refusal: /kafka\.bootstrapServers/,
  },
  {
    name: "one broker twice",
    path: "kafka.bootstrapServers",
    value: ["a:1", "a:1"],
    refusal: /bootstrapServers: .*same text twice|bootstrapServers.1: Duplicate value/,
  },
  {
    name: "a certificate for Kafka's brokers beside SASL",
    path: "kafka.tls",
    value: { clientSecretRef: { name: "kafka-client" } },
  },
  {
    name: "a certificate for Kafka's brokers without the name of its Secret",
    path: "kafka.tls",
    value: { clientSecretRef: {} },
    refusal: /kafka\.tls\.clientSecretRef\.name/,
  },
  {
    name: "an endpoint without a scheme",
    path: "storage.endpoint",
    value: "s3:7070",
    refusal: /storage\.endpoint/,
  },
  {
    name: "an endpoint with a path",
    path: "storage.endpoint",
    value: "http://s3/x",
    refusal: /storage\.endpoint/,
  },
  { name: "an authority for the object store", path: "storage.caSecretRef", value: { name: "ca", key: "root.pem" } },
  {
    name: "an authority for an object store without certificates",
    path: "storage",
    value: {
      endpoint: "http://s3:7070",
      region: "us-east-1",
      bucket: "lake",
      credentialsSecretRef: { name: "s3" },
      caSecretRef: { name: "ca" },
    },
    refusal: /storage\.caSecretRef: .*must be absent unless endpoint begins with https:/,
  },
  {
    name: "an object store without keys or another identity",
    path: "storage.credentialsSecretRef",
    value: undefined,
    refusal: /storage: .*must give credentialsSecretRef, or credentials: WorkloadIdentity/,
  },
  {
    name: "an object store with keys and another identity",
    path: "storage.credentials",
    value: "WorkloadIdentity",
    refusal: /storage\.credentials: .*must be absent when credentialsSecretRef is given/,
  },
  {
    name: "annotations of accounts where there are keys",
    path: "storage.serviceAccountAnnotations",
    value: { "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/clickstream" },
    refusal: /storage\.serviceAccountAnnotations: .*must be absent without credentials: WorkloadIdentity/,
  },
  {
    name: "an object store that knows the workloads",
    path: "storage",
    value: {
      endpoint: "https://s3.eu-west-1.amazonaws.com",
      region: "eu-west-1",
      bucket: "lake",
      credentials: "WorkloadIdentity",
      serviceAccountAnnotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/clickstream" },
    },
  },
  {
    name: "a catalog that knows us as a client",
    path: "catalog",
    value: {
      uri: "https://catalog",
      oauth2: { secretRef: { name: "c" }, serverUri: "https://login.example.com/token", scope: "a:b c" },
    },
  },
  {
    name: "a catalog with a token and a client",
    path: "catalog.oauth2",
    value: { secretRef: { name: "c" } },
    refusal: /catalog\.oauth2: .*must be absent when credentialsSecretRef is given/,
  },
  {
    name: "a scope with a quotation mark",
    path: "catalog",
    value: { uri: "https://catalog", oauth2: { secretRef: { name: "c" }, scope: 'a"b' } },
    refusal: /catalog\.oauth2\.scope/,
  },
  { name: "an authority for the catalog", path: "catalog.caSecretRef", value: { name: "ca" } },
  {
    name: "an authority for a catalog without certificates",
    path: "catalog",
    value: { uri: "http://catalog", caSecretRef: { name: "ca" } },
    refusal: /catalog\.caSecretRef: .*must be absent unless uri begins with https:/,
  },
  {
    name: "a bucket in upper case",
    path: "storage.bucket",
    value: "Clicks",
    refusal: /storage\.bucket/,
  },
  {
    name: "a platform without a catalog",
    path: "catalog",
    value: undefined,
    refusal: /catalog/,
  },
  { name: "a platform without Airflow", path: "airflow", value: undefined },
  {
    name: "an Airflow without a user",
    path: "airflow",
    value: { uri: "http://airflow:8080" },
    refusal: /airflow\.credentialsSecretRef/,
  },
  {
    name: "an Airflow with a folder of its own for DAGs",
    path: "airflow",
    value: {
      uri: "http://airflow:8080/base",
      credentialsSecretRef: { name: "airflow", usernameKey: "user", passwordKey: "secret" },
      bundle: { prefix: "teams/web/dags" },
    },
  },
  {
    name: "a folder for DAGs that leads elsewhere",
    path: "airflow",
    value: {
      uri: "http://airflow:8080",
      credentialsSecretRef: { name: "airflow" },
      bundle: { prefix: "dags/../tables" },
    },
    refusal: /airflow\.bundle\.prefix/,
  },
  {
    name: "a folder for DAGs with a slash at its end",
    path: "airflow",
    value: {
      uri: "http://airflow:8080",
      credentialsSecretRef: { name: "airflow" },
      bundle: { prefix: "dags/" },
    },
    refusal: /airflow\.bundle\.prefix/,
  },
  {
    name: "an authority for an Airflow without certificates",
    path: "airflow",
    value: {
      uri: "http://airflow:8080",
      credentialsSecretRef: { name: "airflow" },
      caSecretRef: { name: "ca" },
    },
    refusal: /airflow\.caSecretRef: .*must be absent unless uri begins with https:/,
  },
  {
    name: "a warehouse of 512 emoji",
    path: "catalog.warehouse",
    value: "😀".repeat(512),
  },
  {
    name: "a warehouse of 513 characters",
    path: "catalog.warehouse",
    value: "x".repeat(513),
    refusal: /catalog.warehouse: .*512/,
  },
];
