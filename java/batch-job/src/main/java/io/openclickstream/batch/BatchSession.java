package io.openclickstream.batch;

import io.openclickstream.lake.LakeCatalog;
import io.openclickstream.lake.TrustedAuthorities;
import java.io.Closeable;
import java.io.IOException;
import org.apache.iceberg.catalog.Catalog;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** Spark and the catalog, connected to each other, for as long as a program runs. */
final class BatchSession implements AutoCloseable {
    private final SparkSession spark;
    private final Catalog catalog;

    private BatchSession(SparkSession spark, Catalog catalog) {
        this.spark = spark;
        this.catalog = catalog;
    }

    /**
     * Starts both.
     *
     * @param application whose name Spark has
     * @param timeZone the zone of days and hours
     */
    static BatchSession start(String application, String timeZone, LakeSettings lake) {
        TrustedAuthorities.add(lake.authorityFiles());
        SparkConf conf = SparkSettings.addTo(new SparkConf(), application, timeZone, lake.catalog().name(),
            LakeCatalog.properties(lake.catalog(), lake.storage()));
        SparkSession spark = SparkSession.builder().config(conf).getOrCreate();
        try {
            return new BatchSession(spark, LakeCatalog.connect(lake.catalog(), lake.storage(), spark.sparkContext().hadoopConfiguration()));
        } catch (RuntimeException e) {
            spark.stop();
            throw e;
        }
    }

    SparkSession spark() {
        return spark;
    }

    Catalog catalog() {
        return catalog;
    }

    @Override
    public void close() throws IOException {
        spark.stop();
        if (catalog instanceof Closeable closeable) {
            closeable.close();
        }
    }
}
