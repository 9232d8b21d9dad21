package io.openclickstream.stream;

import io.openclickstream.lake.StorageSettings;
import io.openclickstream.stream.config.JobConfig;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.spark.SparkConf;

/** Spark's settings that belong to the job's logic. One that is given from outside wins. */
final class SparkSettings {
    private static final String STATE_STORE = "spark.sql.streaming.stateStore.";
    private static final String S3A = "spark.hadoop.fs.s3a.";

    private SparkSettings() {
    }

    /** Adds the settings to a configuration. */
    static SparkConf addTo(SparkConf conf, JobConfig job) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("spark.app.name", job.pipeline().replace('/', '.'));
        settings.put("spark.ui.enabled", "false");
        settings.put("spark.sql.session.timeZone", "UTC");
        settings.put("spark.sql.shuffle.partitions", Integer.toString(job.shufflePartitions()));
        // Streams cannot use it, and Spark says so at each start.
        settings.put("spark.sql.adaptive.enabled", "false");
        // Expired identifiers are cleared by the next batch that has data; an idle pipeline does and writes nothing.
        settings.put("spark.sql.streaming.noDataMicroBatches.enabled", "false");
        addStateStore(settings);
        if (job.checkpoint().startsWith("s3a:")) {
            addStorage(settings, job.storage());
        }
        settings.forEach(conf::setIfMissing);
        TrustPlugin.addTo(conf, job.authorityFiles());
        return conf;
    }

    private static void addStateStore(Map<String, String> settings) {
        settings.put(STATE_STORE + "providerClass", "org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider");
        // A batch uploads only what it changed; whole snapshots follow in the background, at most every so many batches.
        settings.put(STATE_STORE + "rocksdb.changelogCheckpointing.enabled", "true");
        settings.put(STATE_STORE + "minDeltasForSnapshot", "50");
        settings.put(STATE_STORE + "rocksdb.boundedMemoryUsage", "true");
        settings.put(STATE_STORE + "rocksdb.maxMemoryUsageMB", "128");
    }

    private static void addStorage(Map<String, String> settings, StorageSettings storage) {
        // Writes each checkpoint file by one atomic upload, where the default would upload, copy and delete.
        settings.put(
            "spark.sql.streaming.checkpointFileManagerClass",
            "org.apache.spark.internal.io.cloud.AbortableStreamBasedCheckpointFileManager");
        if (storage.endpoint() != null) {
            settings.put(S3A + "endpoint", storage.endpoint());
            settings.put(S3A + "connection.ssl.enabled", Boolean.toString(storage.endpoint().startsWith("https:")));
        }
        settings.put(S3A + "endpoint.region", storage.region());
        settings.put(S3A + "path.style.access", Boolean.toString(storage.pathStyle()));
        // Keys in the environment, else the identity that a cloud gives the pod; the same that Iceberg's S3FileIO does of itself.
        settings.put(S3A + "aws.credentials.provider", "software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider");
    }
}
