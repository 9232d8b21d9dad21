/** Specs of QueryCluster that are valid or not. */
import type { FieldCase } from "./spec-case.ts";

export const QUERY_CLUSTER_CASES: readonly FieldCase[] = [
  {
    name: "two limits of the cache",
    path: "cache.maxSize",
    value: "1Gi",
    refusal: /cache\.maxDiskPercent: .*keep one/,
  },
  {
    name: "a share of the disk in memory",
    path: "cache.medium",
    value: "Memory",
    refusal: /cache\.maxDiskPercent: .*use maxSize/,
  },
  {
    name: "a catalog named lake",
    path: "catalogs.0.name",
    value: "lake",
    refusal: /catalogs\.0\.name/,
  },
  {
    name: "two catalogs of one name",
    path: "catalogs.0.name",
    value: "crm",
    refusal: /catalogs: .*same name|catalogs.1: Duplicate value/,
  },
  {
    name: "a password in the open",
    path: "catalogs.1.properties.connection-password",
    value: "x",
    refusal: /catalogs\.1\.properties: .*secretProperties/,
  },
  {
    name: "a property that is both open and secret",
    path: "catalogs.1.secretProperties.0.property",
    value: "iceberg.rest-catalog.uri",
    refusal: /catalogs\.1\.secretProperties: .*keep one/,
  },
  {
    name: "the connector as a property",
    path: "catalogs.0.properties",
    value: { "connector.name": "tpch" },
    refusal: /use the field connector/,
  },
  {
    name: "the connector as a secret property",
    path: "catalogs.1.secretProperties.0.property",
    value: "connector.name",
    refusal: /use the field connector/,
  },
  {
    name: "the key of an Azure account",
    path: "catalogs.0.properties",
    value: { "azure.access-key": "x" },
    refusal: /catalogs\.0\.properties: .*secretProperties/,
  },
  {
    name: "a password in an address",
    path: "catalogs.0.properties",
    value: { "connection-url": "mongodb://alice:hunter2@mongo/" },
    refusal: /catalogs\.0\.properties: .*secretProperties/,
  },
  {
    name: "a password among the parameters of an address",
    path: "catalogs.0.properties",
    value: { "connection-url": "jdbc:mysql://db/?Password=hunter2" },
    refusal: /catalogs\.0\.properties: .*secretProperties/,
  },
  {
    name: "the id of an access key, which is no secret",
    path: "catalogs.0.properties",
    value: { "s3.aws-access-key": "x", "connection-url": "jdbc:mysql://db:3306/?user=alice" },
  },
  {
    name: "several gateways without a key that they share",
    path: "flight.signingKey",
    value: undefined,
    refusal: /flight\.signingKey: .*with several replicas/,
  },
  {
    name: "passwords in the clear from outside",
    path: "flight.tls",
    value: undefined,
    refusal: /flight\.tls: .*in the clear/,
  },
  {
    name: "a gateway with nothing said",
    path: "flight",
    value: {},
  },
  {
    name: "a gateway with less memory than it starts with",
    path: "flight.resources.limits.memory",
    value: "511Mi",
    refusal: /flight\.resources\.limits\.memory: .*must be a size from 512Mi/,
  },
  {
    name: "a gateway whose clients need not read",
    path: "flight.idleTime",
    value: "0s",
    refusal: /flight\.idleTime: .*must be a duration/,
  },
  {
    name: "no drain time",
    path: "drainTime",
    value: "0s",
    refusal: /drainTime: .*must be a duration/,
  },
  {
    name: "a property with a name of 129 characters",
    path: "catalogs.0.properties",
    value: { ["x".repeat(129)]: "x" },
    refusal: /catalogs\.0\.properties: .*keys must start with a letter/,
  },
  {
    name: "a property that names a file",
    path: "catalogs.0.properties",
    value: { "hive.config.resources": "/etc/x" },
    refusal: /catalogs\.0\.properties: .*leave them out/,
  },
  {
    name: "a property of the operator's cache",
    path: "catalogs.0.properties",
    value: { "fs.cache.enabled": "true" },
    refusal: /catalogs\.0\.properties: .*leave them out/,
  },
  {
    name: "a secret property that names a file",
    path: "catalogs.1.secretProperties.0.property",
    value: "ssl.keystore.path",
    refusal: /catalogs\.1\.secretProperties\.0\.property: .*leave them out/,
  },
  {
    name: "a value with a variable",
    path: "catalogs.0.properties",
    value: { "connection-user": "${ENV:OTHER}" },
    refusal: /catalogs\.0\.properties: .*must not hold '\$\{'/,
  },
  {
    name: "a value of two lines",
    path: "catalogs.0.properties",
    value: { "connection-user": "x\ny=z" },
    refusal: /catalogs\.0\.properties: .*line breaks/,
  },
  {
    name: "a token in the open",
    path: "catalogs.0.properties",
    value: { "api.token": "x" },
    refusal: /catalogs\.0\.properties: .*secretProperties/,
  },
];
