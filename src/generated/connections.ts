/** Generated from contracts/connections.yaml by `node scripts/generate.ts`; do not edit. */

/** Environment variables that carry secrets. */
export const SECRET_VARIABLES = {
  /** User name for Kafka. */
  kafkaUsername: "KAFKA_SASL_USERNAME",
  /** Password for Kafka. */
  kafkaPassword: "KAFKA_SASL_PASSWORD",
  /** Bearer token for the Iceberg REST catalog. */
  catalogToken: "CATALOG_TOKEN",
  /** Client that asks for tokens for the Iceberg REST catalog. */
  catalogClientId: "CATALOG_CLIENT_ID",
  /** That client's secret. */
  catalogClientSecret: "CATALOG_CLIENT_SECRET",
} as const;
