/** References to objects of the same namespace, addresses, and other forms that several kinds share. */
import { z } from "zod";
import { SQL_CATALOG_SCHEMA } from "../naming/tables.ts";
import { isReservedTopicName, RESERVED_TOPIC_NAME } from "../naming/topics.ts";
import { celText, patterned, withRules } from "./rules.ts";

const DNS_LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const HOST_LABEL = "[A-Za-z0-9]([-_A-Za-z0-9]*[A-Za-z0-9])?";
const HOST = `(${HOST_LABEL}(\\.${HOST_LABEL})*|\\[[0-9A-Fa-f:.]{2,45}\\])`;
const PORT = "([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5])";

/** Name of an object of Kubernetes. */
export const objectName = patterned(new RegExp(`^${DNS_LABEL}(\\.${DNS_LABEL})*$`), 253);

/** Key within a Secret. */
export const secretKey = patterned(/^[-._a-zA-Z0-9]+$/, 253);

/** `host:port`. */
export const hostAndPort = patterned(new RegExp(`^${HOST}:${PORT}$`), 262);

/** Address of a server: scheme, host and port, without a path. */
export const httpEndpoint = patterned(new RegExp(`^https?://${HOST}(:${PORT})?/?$`), 512);

/** Address over HTTP with a path, without query or fragment. */
export const httpUri = patterned(new RegExp(`^https?://${HOST}(:${PORT})?(/[A-Za-z0-9._~%+-]*)*$`), 1024);

/** Origin of a browser: scheme, host and port; `https://*.example.com` for all below a domain of two labels or more; or `*`. */
export const browserOrigin = patterned(
  new RegExp(`^(\\*|https?://(${HOST}|\\*(\\.${HOST_LABEL}){2,})(:${PORT})?)$`),
  512,
);

/** Name of an Iceberg namespace. */
export const databaseName = withRules(patterned(/^[a-z0-9_]+$/, 128), [
  {
    rule: `self != '${SQL_CATALOG_SCHEMA}'`,
    message: `must not be ${SQL_CATALOG_SCHEMA}, which SQL engines keep to themselves; use another name`,
    holds: (name) => name !== SQL_CATALOG_SCHEMA,
  },
]);

/** Name of a column. Capitals are for tables that others made: SQL engines read them, but show them in lower case. */
export const columnName = patterned(/^[A-Za-z_][A-Za-z0-9_]*$/, 128);

/** Name of a table: what every engine reads without quotes and without a change of case. */
export const identifier = patterned(/^[a-z_][a-z0-9_]*$/, 128);

/** Name of a Kafka topic; `.` and `..` are no names. */
export const kafkaTopicName = withRules(
  patterned(/^([a-zA-Z0-9_-]|\.{0,2}[a-zA-Z0-9_-]|\.{3})[a-zA-Z0-9._-]*$/, 249),
  [
    {
      rule: `!self.matches(${celText(RESERVED_TOPIC_NAME.source)})`,
      message:
        "must not be a name that Kafka or its tools give to topics of their own: beginning with '__' or '_confluent', '_schemas', " +
        "or ending in '.internal' or '-internal'",
      holds: (name) => !isReservedTopicName(name),
    },
  ],
);

export const platformRef = z
  .object({ name: objectName.describe("Name of the DataPlatform.") })
  .describe("The DataPlatform whose connections are used. It must be in the same namespace.");

/** What happens outside Kubernetes when the resource is deleted; the default is Retain. */
export const deletionPolicy = z.enum(["Retain", "Delete"]);

export type DeletionPolicy = z.infer<typeof deletionPolicy>;

/** Resolved where a resource gives no deletionPolicy. */
export const DEFAULT_DELETION_POLICY: DeletionPolicy = "Retain";

/** Makes an object schema of a reference to a Secret in the same namespace. */
export function secretRef<Keys extends z.core.$ZodLooseShape>(keys: Keys) {
  return z.object({ name: objectName.describe("Name of the Secret, in the same namespace."), ...keys });
}

/** A key of a Secret that has a default. */
export function optionalSecretKey(defaultKey: string, content: string) {
  return secretKey.optional().describe(`Key of the Secret that holds ${content}. Default '${defaultKey}'.`);
}
