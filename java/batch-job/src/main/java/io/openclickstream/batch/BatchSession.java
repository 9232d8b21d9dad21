package io.openclickstream.batch;

import io.openclickstream.lake.LakeCatalog;
import io.openclickstream.lake.TrustedAuthorities;
import java.io.Closeable;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.catalog.Catalog;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** The catalog, and Spark from when it is first needed, connected to each other for as long as a program runs. */
final class BatchSession implements AutoCloseable {
    private final SparkConf conf;
    private final Catalog catalog;
    private SparkSession spark;

    private BatchSession(SparkConf conf, Catalog catalog) {
        this.conf = conf;
        this.catalog = catalog;
    }

    /**
     * Connects to the catalog.
     *
     * @param application whose name Spark has
     * @param timeZone the zone of days and hours
     */
    static BatchSession open(String application, String timeZone, LakeSettings lake) {
        TrustedAuthorities.add(lake.authorityFiles());
        SparkConf conf = SparkSettings.addTo(new SparkConf(), application, timeZone, lake.catalog().name(),
            LakeCatalog.properties(lake.catalog(), lake.storage()));
        return new BatchSession(conf, LakeCatalog.connect(lake.catalog(), lake.storage(), new Configuration()));
    }

    /** Starts Spark the first time, which takes seconds. */
    SparkSession spark() {
        if (spark == null) {
            spark = SparkSession.builder().config(conf).getOrCreate();
        }
        return spark;
    }

    Catalog catalog() {
        return catalog;
    }

    @Override
    public void close() throws IOException {
        if (spark != null) {
            spark.stop();
        }
        if (catalog instanceof Closeable closeable) {
            closeable.close();
        }
    }
}
