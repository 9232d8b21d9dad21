/** Generated from contracts/connections.yaml by `node scripts/generate.ts`; do not edit. */

/** Environment variables that carry secrets. */
export const SECRET_VARIABLES = {
  /** User name for Kafka. */
  kafkaUsername: "KAFKA_SASL_USERNAME",
  /** Password for Kafka. */
  kafkaPassword: "KAFKA_SASL_PASSWORD",
  /** Bearer token for the Iceberg REST catalog. */
  catalogToken: "CATALOG_TOKEN",
} as const;
