package io.openclickstream.batch;

import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.SparkConf;

/** Spark's settings that belong to the program's logic. One that is given from outside wins. */
final class SparkSettings {
    private SparkSettings() {
    }

    /**
     * Adds the settings to a configuration.
     *
     * @param catalog the catalog's name; tables are named without it
     * @param properties what Iceberg is told of the catalog
     */
    static SparkConf addTo(SparkConf conf, String application, String timeZone, String catalog, Map<String, String> properties) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("spark.master", "local[*]");
        settings.put("spark.app.name", application);
        settings.put("spark.ui.enabled", "false");
        settings.put("spark.sql.session.timeZone", timeZone);
        // A job of a small table would spend its time on 200 tasks without rows.
        settings.put("spark.sql.shuffle.partitions", "16");
        // The catalog's properties hold a token or a client's secret.
        settings.put("spark.redaction.regex", "(?i)secret|password|token|credential|access[.]?key");
        settings.put("spark.sql.defaultCatalog", catalog);
        String prefix = "spark.sql.catalog." + catalog;
        settings.put(prefix, "org.apache.iceberg.spark.SparkCatalog");
        // Branches and snapshots are made beside Spark, which must see them at once.
        settings.put(prefix + ".cache-enabled", "false");
        properties.forEach((name, value) -> settings.put(prefix + "." + name, value));
        settings.forEach(conf::setIfMissing);
        return conf;
    }
}
