package io.openclickstream.lake;

import io.openclickstream.model.SecretVariables;
import java.util.HashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.CatalogUtil;
import org.apache.iceberg.catalog.Catalog;

/** Connects to the Iceberg REST catalog. Its token and the S3 keys come from the environment. */
public final class LakeCatalog {
    private LakeCatalog() {
    }

    /** Opens the catalog; close it when nothing uses its tables any more. */
    public static Catalog connect(CatalogSettings catalog, StorageSettings storage, Configuration hadoop) {
        return CatalogUtil.buildIcebergCatalog(catalog.name(), properties(catalog, storage, System.getenv(SecretVariables.CATALOG_TOKEN)), hadoop);
    }

    static Map<String, String> properties(CatalogSettings catalog, StorageSettings storage, String token) {
        Map<String, String> properties = new HashMap<>();
        properties.put(CatalogUtil.ICEBERG_CATALOG_TYPE, CatalogUtil.ICEBERG_CATALOG_TYPE_REST);
        properties.put(CatalogProperties.URI, catalog.uri());
        putIfGiven(properties, CatalogProperties.WAREHOUSE_LOCATION, catalog.warehouse());
        putIfGiven(properties, "prefix", catalog.prefix());
        putIfGiven(properties, "token", token);
        // Old snapshots are of no interest here, and a table that is written every few seconds has many.
        properties.put("snapshot-loading-mode", "refs");
        properties.put(CatalogProperties.FILE_IO_IMPL, "org.apache.iceberg.aws.s3.S3FileIO");
        putIfGiven(properties, "s3.endpoint", storage.endpoint());
        properties.put("s3.path-style-access", Boolean.toString(storage.pathStyle()));
        properties.put("client.region", storage.region());
        return properties;
    }

    private static void putIfGiven(Map<String, String> properties, String name, String value) {
        if (value != null && !value.isEmpty()) {
            properties.put(name, value);
        }
    }
}
