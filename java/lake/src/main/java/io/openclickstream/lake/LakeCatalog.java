package io.openclickstream.lake;

import io.openclickstream.model.ConfigException;
import io.openclickstream.model.SecretVariables;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.rest.auth.OAuth2Properties;

/** Connects to the Iceberg REST catalog. Its token, or the client that asks for tokens, and the S3 keys come from the environment. */
public final class LakeCatalog {
    private LakeCatalog() {
    }

    /** Opens the catalog; close it when nothing uses its tables any more. */
    public static Catalog connect(CatalogSettings catalog, StorageSettings storage, Configuration hadoop) {
        return CatalogUtil.buildIcebergCatalog(catalog.name(), properties(catalog, storage), hadoop);
    }

    /** What Iceberg is told of the catalog, secrets among it. */
    public static Map<String, String> properties(CatalogSettings catalog, StorageSettings storage) {
        return properties(catalog, storage, System.getenv());
    }

    static Map<String, String> properties(CatalogSettings catalog, StorageSettings storage, Map<String, String> environment) {
        Map<String, String> properties = new HashMap<>();
        properties.put(CatalogUtil.ICEBERG_CATALOG_TYPE, CatalogUtil.ICEBERG_CATALOG_TYPE_REST);
        properties.put(CatalogProperties.URI, catalog.uri());
        putIfGiven(properties, CatalogProperties.WAREHOUSE_LOCATION, catalog.warehouse());
        putIfGiven(properties, "prefix", catalog.prefix());
        if (catalog.client() == null) {
            putIfGiven(properties, OAuth2Properties.TOKEN, environment.get(SecretVariables.CATALOG_TOKEN));
        } else {
            properties.putAll(clientProperties(catalog.client(), environment));
        }
        // Old snapshots are of no interest here, and a table that is written every few seconds has many.
        properties.put("snapshot-loading-mode", "refs");
        properties.put(CatalogProperties.FILE_IO_IMPL, "org.apache.iceberg.aws.s3.S3FileIO");
        putIfGiven(properties, "s3.endpoint", storage.endpoint());
        properties.put("s3.path-style-access", Boolean.toString(storage.pathStyle()));
        properties.put("client.region", storage.region());
        return properties;
    }

    private static Map<String, String> clientProperties(CatalogSettings.Client client, Map<String, String> environment) {
        String id = environment.get(SecretVariables.CATALOG_CLIENT_ID);
        String secret = environment.get(SecretVariables.CATALOG_CLIENT_SECRET);
        if (id == null || secret == null) {
            throw new ConfigException("the environment variables " + SecretVariables.CATALOG_CLIENT_ID + " and "
                + SecretVariables.CATALOG_CLIENT_SECRET + " must be set when the configuration has \"catalog.client\"");
        }
        Map<String, String> properties = new HashMap<>();
        properties.put(OAuth2Properties.CREDENTIAL, id + ":" + secret);
        putIfGiven(properties, OAuth2Properties.OAUTH2_SERVER_URI, client.serverUri());
        properties.put(OAuth2Properties.SCOPE, client.scope());
        // Renews a token by asking for another, which every server understands; few exchange an old one for a new one.
        properties.put(OAuth2Properties.TOKEN_EXCHANGE_ENABLED, "false");
        return properties;
    }

    private static void putIfGiven(Map<String, String> properties, String name, String value) {
        if (value != null && !value.isEmpty()) {
            properties.put(name, value);
        }
    }
}
