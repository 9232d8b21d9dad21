// Generated from contracts/connections.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

/** Environment variables that carry secrets. */
public final class SecretVariables {
    /** User name for Kafka. */
    public static final String KAFKA_USERNAME = "KAFKA_SASL_USERNAME";
    /** Password for Kafka. */
    public static final String KAFKA_PASSWORD = "KAFKA_SASL_PASSWORD";
    /** Bearer token for the Iceberg REST catalog. */
    public static final String CATALOG_TOKEN = "CATALOG_TOKEN";
    /** Client that asks for tokens for the Iceberg REST catalog. */
    public static final String CATALOG_CLIENT_ID = "CATALOG_CLIENT_ID";
    /** That client's secret. */
    public static final String CATALOG_CLIENT_SECRET = "CATALOG_CLIENT_SECRET";

    private SecretVariables() {
    }
}
