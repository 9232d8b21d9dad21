package io.openclickstream.stream;

import com.sun.management.OperatingSystemMXBean;
import io.openclickstream.stream.config.JobConfig;
import io.openclickstream.stream.lake.TestLake;
import io.openclickstream.stream.serve.JobStatus;
import io.openclickstream.stream.sink.LakeSink;
import io.openclickstream.stream.sink.LakeTables;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.hadoop.HadoopCatalog;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.streaming.MemoryStream;
import org.apache.spark.sql.streaming.StreamingQuery;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;

/**
 * {@code StreamBench FOLDER ROWS BATCHES}: the whole query on a local disk, with records out of memory in place of Kafka. Prints
 * rows a second of processor time, which says the same on a busy machine, and the time of a small batch.
 */
public final class StreamBench {
    private static final int SMALL_BATCH = 200;
    private static final int WARM_UP_BATCHES = 2;
    private static final double NANOS = 1e9;
    private static final String[] USER_AGENTS = {
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.%d Safari/537.36",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_%d like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Safari/604.1",
    };

    private final Random random = new Random(42);
    private final MemoryStream<Row> kafka;
    private final StreamingQuery query;
    private long nextOffset;

    private StreamBench(MemoryStream<Row> kafka, StreamingQuery query) {
        this.kafka = kafka;
        this.query = query;
    }

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        TestLake lake = new TestLake(new HadoopCatalog(new Configuration(), folder.resolve("lake").toString()), "db", "web");
        lake.create();
        JobConfig config = new JobConfig("bench/web", null, null, null, lake.identifiers(), folder.resolve("checkpoint").toString(),
            Duration.ofMillis(10), Duration.ofMinutes(30), Duration.ofHours(24), Duration.ofHours(1), 1_000_000, 2);
        SparkConf conf = SparkSettings.addTo(new SparkConf().setMaster("local[2]"), config);
        SparkSession spark = SparkSession.builder().config(conf).getOrCreate();
        MemoryStream<Row> kafka = new MemoryStream<>(0, spark.sqlContext(), Option.empty(), Encoders.row(StreamQueryTest.KAFKA));
        LakeTables tables = LakeTables.open(new HadoopCatalog(new Configuration(), folder.resolve("lake").toString()), lake.identifiers());
        LakeSink sink = new LakeSink(tables, "topic", new JobStatus(Clock.systemUTC()));
        StreamingQuery query = StreamQuery.start(StreamQuery.steps(kafka.toDF(), config), sink, config);
        new StreamBench(kafka, query).measure(Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
        query.stop();
        spark.stop();
    }

    private void measure(int rows, int batches) {
        for (int batch = 0; batch < WARM_UP_BATCHES; batch++) {
            run(rows);
        }
        double processor = 0;
        double wall = 0;
        for (int batch = 0; batch < batches; batch++) {
            double[] seconds = run(rows);
            processor += seconds[0];
            wall += seconds[1];
        }
        print("stream_rows_per_core_second", rows * batches / processor, "rows/s");
        print("stream_rows_per_second_on_two_cores", rows * batches / wall, "rows/s");
        double small = 0;
        double smallProcessor = 0;
        for (int batch = 0; batch < batches; batch++) {
            double[] seconds = run(SMALL_BATCH);
            smallProcessor += seconds[0];
            small += seconds[1];
        }
        print("stream_small_batch_seconds", small / batches, "s for " + SMALL_BATCH + " rows");
        print("stream_small_batch_processor_seconds", smallProcessor / batches, "s");
    }

    private static void print(String name, double value, String unit) {
        System.out.printf(Locale.ROOT, "%s %.2f %s%n", name, value, unit);
    }

    /** Processor and wall-clock seconds of one batch. */
    private double[] run(int rows) {
        List<Row> records = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            records.add(record());
        }
        OperatingSystemMXBean system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        kafka.addData(CollectionConverters.asScala(records));
        long processor = system.getProcessCpuTime();
        long wall = System.nanoTime();
        query.processAllAvailable();
        return new double[] {(system.getProcessCpuTime() - processor) / NANOS, (System.nanoTime() - wall) / NANOS};
    }

    /** About 700 bytes of event, as a page view has. */
    private Row record() {
        long offset = nextOffset++;
        String userAgent = String.format(Locale.ROOT, USER_AGENTS[random.nextInt(USER_AGENTS.length)], random.nextInt(50));
        String event = "{\"event_id\":\"" + offset + "-5f0c3c0e6d0b5f5e9a360c1b6f4e7a10\",\"event_type\":\"page_view\",\"timestamp\":"
            + (1_700_000_000_000L + offset * 10) + ",\"anonymous_id\":\"visitor-" + random.nextInt(20_000)
            + "\",\"page_url\":\"https://shop.example.com/products/" + random.nextInt(1000)
            + "?utm_source=newsletter&utm_medium=email&utm_campaign=spring&q=shoes\",\"page_title\":\"Shoes for everybody\","
            + "\"referrer\":\"https://www.google.com/search?q=shoes\",\"language\":\"de-CH\",\"properties\":{\"price\":" + random.nextInt(500)
            + ",\"currency\":\"CHF\",\"viewport\":\"1280x720\",\"experiment\":\"b\",\"position\":" + random.nextInt(50) + "}}";
        List<Row> headers = List.of(
            header("record_id", "01890000-0000-7000-8000-" + offset),
            header("received_at", Long.toString(1_700_000_000_000L + offset)),
            header("source", "http"),
            header("content_type", "application/json"),
            header("ip", "198.51.100." + random.nextInt(255)),
            header("user_agent", userAgent));
        return RowFactory.create(
            event.getBytes(StandardCharsets.UTF_8), CollectionConverters.asScala(headers).toSeq(), (int) (offset % 3), offset, new Timestamp(0));
    }

    private static Row header(String name, String value) {
        return RowFactory.create(name, value.getBytes(StandardCharsets.UTF_8));
    }
}
