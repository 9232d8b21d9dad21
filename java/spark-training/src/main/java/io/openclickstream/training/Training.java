package io.openclickstream.training;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.aws.s3.S3FileIO;
import org.apache.iceberg.rest.RESTCatalog;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.Trigger;

/**
 * Does with Spark what the stream job and the batch job do, small and without a network. The virtual machine that runs it keeps an
 * archive of the classes that it loaded; with that archive a job takes about half of the processor time until its first rows.
 *
 * <p>It needs no exactness: a class that is not touched here is loaded from its jar, as without an archive.
 */
public final class Training {
    /** A port at which nothing listens: clients load their classes, and fail soon. */
    private static final String NOWHERE = "127.0.0.1:9";

    private Training() {
    }

    /** Trains in the folder that the only argument names, which it fills. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        SparkSession spark = SparkSession.builder()
            .config("spark.master", "local[2]")
            .config("spark.ui.enabled", "false")
            .config("spark.sql.shuffle.partitions", "2")
            .config("spark.sql.defaultCatalog", "lake")
            .config("spark.sql.catalog.lake", "org.apache.iceberg.spark.SparkCatalog")
            .config("spark.sql.catalog.lake.type", "hadoop")
            .config("spark.sql.catalog.lake.warehouse", folder.resolve("lake").toString())
            .config(
                "spark.sql.streaming.stateStore.providerClass",
                "org.apache.spark.sql.execution.streaming.state.RocksDBStateStoreProvider")
            .getOrCreate();
        runBatch(spark);
        runStream(spark, folder);
        spark.stop();
        loadClients();
        loadExecutor();
    }

    private static void runBatch(SparkSession spark) throws Exception {
        spark.sql("CREATE TABLE lake.training.events (id STRING, at TIMESTAMP, page STRING, tags MAP<STRING, STRING>, parts ARRAY<STRUCT<a: INT>>)"
            + " USING iceberg PARTITIONED BY (days(at))");
        spark.sql("INSERT INTO lake.training.events SELECT cast(id AS STRING), timestamp_seconds(id * 3600), concat('/', id % 7),"
            + " map('k', cast(id AS STRING)), array(named_struct('a', 1)) FROM range(200)");
        spark.sql("CREATE TABLE lake.training.days USING iceberg AS"
            + " SELECT date_trunc('DAY', at) AS day, count(DISTINCT page) AS pages, count(*) AS events FROM lake.training.events GROUP BY 1");
        spark.sql("MERGE INTO lake.training.days AS days USING (SELECT day, sum(events) OVER (ORDER BY day) AS events FROM lake.training.days) AS news"
            + " ON days.day = news.day WHEN MATCHED THEN UPDATE SET events = news.events WHEN NOT MATCHED THEN INSERT (day, events) VALUES (news.day, news.events)");
        spark.sql("SELECT events.page, max(days.events) FROM lake.training.events JOIN lake.training.days ON date_trunc('DAY', events.at) = days.day"
            + " GROUP BY events.page HAVING count(*) > 1 ORDER BY 2 DESC").collectAsList();
        spark.sql("CALL lake.system.rewrite_data_files(table => 'training.events')").collectAsList();
        spark.sql("CALL lake.system.expire_snapshots(table => 'training.events', retain_last => 1)").collectAsList();
    }

    private static void runStream(SparkSession spark, Path folder) throws Exception {
        Path lines = Files.createDirectories(folder.resolve("lines"));
        Files.write(lines.resolve("one.txt"), List.of("a", "b", "a"));
        spark.readStream().text(lines.toString())
            .selectExpr("value", "current_timestamp() AS at")
            .withWatermark("at", "1 hour")
            .dropDuplicatesWithinWatermark("value")
            .writeStream()
            .option("checkpointLocation", folder.resolve("checkpoint").toString())
            .trigger(Trigger.AvailableNow())
            .foreachBatch((Dataset<Row> rows, Long number) ->
                rows.selectExpr("value AS id", "at", "value AS page", "map('k', value) AS tags", "array(named_struct('a', 1)) AS parts")
                    .writeTo("lake.training.events").append())
            .start()
            .awaitTermination();
    }

    /** What speaks to Kafka, to S3 and to the catalog. */
    private static void loadClients() {
        Map<String, Object> kafka = Map.of(
            "bootstrap.servers", NOWHERE,
            "group.id", "training",
            "default.api.timeout.ms", 500,
            "request.timeout.ms", 400,
            "key.deserializer", ByteArrayDeserializer.class,
            "value.deserializer", ByteArrayDeserializer.class);
        inVain(() -> {
            try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(kafka)) {
                consumer.listTopics();
            }
        });
        inVain(() -> {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", NOWHERE, "default.api.timeout.ms", 500, "request.timeout.ms", 400))) {
                admin.describeCluster().nodes().get();
            }
        });
        inVain(() -> {
            try (S3FileIO files = new S3FileIO()) {
                files.initialize(Map.of(
                    "s3.endpoint", "http://" + NOWHERE,
                    "client.region", "training",
                    "s3.access-key-id", "training",
                    "s3.secret-access-key", "training",
                    "s3.retry.num-retries", "0"));
                files.newInputFile("s3://training/file").getLength();
            }
        });
        inVain(() -> {
            try (RESTCatalog catalog = new RESTCatalog()) {
                catalog.initialize("training", Map.of("uri", "http://" + NOWHERE));
            }
        });
    }

    private static void loadExecutor() {
        for (String name : List.of(
            "org.apache.spark.scheduler.cluster.k8s.KubernetesExecutorBackend",
            "org.apache.spark.scheduler.cluster.k8s.KubernetesClusterSchedulerBackend",
            "org.apache.spark.scheduler.cluster.k8s.KubernetesClusterManager",
            "org.apache.spark.executor.CoarseGrainedExecutorBackend",
            "org.apache.spark.internal.io.cloud.AbortableStreamBasedCheckpointFileManager",
            "org.apache.hadoop.fs.s3a.S3AFileSystem",
            "org.apache.spark.sql.kafka010.KafkaSourceProvider",
            "org.apache.spark.sql.kafka010.KafkaMicroBatchStream")) {
            inVain(() -> Class.forName(name));
        }
    }

    /** Does something whose failure is expected, or costs no more than some classes in the archive. */
    private static void inVain(Step step) {
        try {
            step.run();
        } catch (Exception | LinkageError expected) {
            System.err.println("training, as expected: " + expected);
        }
    }

    private interface Step {
        void run() throws Exception;
    }
}
