package io.openclickstream.stream;

import com.sun.management.OperatingSystemMXBean;
import io.openclickstream.lake.LakeSink;
import io.openclickstream.lake.LakeTables;
import io.openclickstream.lake.PropertyColumns;
import io.openclickstream.model.Masking;
import io.openclickstream.stream.config.JobConfig;
import io.openclickstream.stream.enrich.Enrichments;
import io.openclickstream.stream.serve.JobStatus;
import io.openclickstream.stream.sink.BatchWriter;
import io.openclickstream.testing.TestLake;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.hadoop.HadoopCatalog;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import scala.jdk.javaapi.CollectionConverters;

/**
 * {@code StreamBench FOLDER ROWS BATCHES}: the whole query on a local disk, with generated records in place of Kafka's. Prints rows
 * a second of processor time, which says about the same on a busy machine as on an idle one, and the time of a small batch.
 */
public final class StreamBench {
    private static final int SMALL_BATCH = 200;
    private static final int WARM_UP_BATCHES = 3;
    private static final int CORES = 2;
    private static final int POLL_MILLIS = 5;
    private static final double NANOS = 1e9;
    private static final GeneratedEvents EVENTS = new GeneratedEvents(20_000);

    private final SparkSession spark;
    private final Path folder;

    private StreamBench(SparkSession spark, Path folder) {
        this.spark = spark;
        this.folder = folder;
    }

    private record Measurement(double processorSeconds, double wallSeconds) {
    }

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        int rows = Integer.parseInt(arguments[1]);
        int batches = Integer.parseInt(arguments[2]);
        SparkConf conf = SparkSettings.addTo(
            new SparkConf().setMaster("local[" + CORES + "]"), config(folder, new TestLake(null, "db", "web"), rows));
        SparkSession spark = SparkSession.builder().config(conf).getOrCreate();
        StreamBench bench = new StreamBench(spark, folder);
        Measurement large = bench.measure(rows, batches);
        print("stream_rows_per_core_second", rows * batches / large.processorSeconds(), "rows/s");
        print("stream_rows_per_second_on_" + CORES + "_cores", rows * batches / large.wallSeconds(), "rows/s");
        Measurement small = bench.measure(SMALL_BATCH, batches * 2);
        print("stream_small_batch_seconds", small.wallSeconds() / (batches * 2), "s for " + SMALL_BATCH + " rows");
        print("stream_small_batch_processor_seconds", small.processorSeconds() / (batches * 2), "s");
        spark.stop();
    }

    private static void print(String name, double value, String unit) {
        System.out.printf(Locale.ROOT, "%s %.2f %s%n", name, value, unit);
    }

    private static JobConfig config(Path folder, TestLake lake, int rows) {
        return new JobConfig("bench/web" + rows, null, null, null, null, List.of(), lake.identifiers(), folder.resolve("checkpoint" + rows).toString(),
            Duration.ofMillis(1), Duration.ofMinutes(30), Duration.ofHours(24), Duration.ofHours(1), rows, Masking.NONE, List.of("undefined"), List.of(), Enrichments.ALL,
            CORES, PropertyColumns.NONE, null, null);
    }

    /** What so many batches of so many rows take, without the first ones. */
    private Measurement measure(int rows, int batches) throws Exception {
        HadoopCatalog catalog = new HadoopCatalog(new Configuration(), folder.resolve("lake").toString());
        TestLake lake = new TestLake(catalog, "db", "web" + rows);
        lake.create();
        JobConfig config = config(folder, lake, rows);
        Dataset<Row> records = spark.readStream().format("rate-micro-batch")
            .option("rowsPerBatch", rows)
            .option("numPartitions", CORES)
            .load()
            .selectExpr("value")
            .map((MapFunction<Row, Row>) row -> record(row.getLong(0)), Encoders.row(StreamQueryTest.KAFKA));
        BatchWriter sink = new BatchWriter(
            new LakeSink(LakeTables.open(catalog, lake.identifiers()), new FakeTopic(), "topic-1"), new JobStatus(Clock.systemUTC()),
            PropertyColumns.NONE, () -> { });
        StreamingQuery query = StreamQuery.start(StreamQuery.steps(records, config), sink, config);
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        awaitBatch(query, WARM_UP_BATCHES);
        double processor = system.getProcessCpuTime() / NANOS;
        double wall = System.nanoTime() / NANOS;
        awaitBatch(query, WARM_UP_BATCHES + batches);
        Measurement measurement = new Measurement(system.getProcessCpuTime() / NANOS - processor, System.nanoTime() / NANOS - wall);
        query.stop();
        return measurement;
    }

    private static void awaitBatch(StreamingQuery query, long batch) throws Exception {
        while (query.lastProgress() == null || query.lastProgress().batchId() < batch) {
            query.awaitTermination(POLL_MILLIS);
        }
    }

    private static Row record(long number) {
        List<Row> headers = EVENTS.headers(number).entrySet().stream().map(entry -> header(entry.getKey(), entry.getValue())).toList();
        return RowFactory.create(
            EVENTS.value(number), CollectionConverters.asScala(headers).toSeq(), 0, number, new Timestamp(0));
    }

    private static Row header(String name, String value) {
        return RowFactory.create(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
