package io.openclickstream.stream;

import io.openclickstream.kafka.KafkaConnection;
import io.openclickstream.kafka.LiveTopic;
import io.openclickstream.kafka.RawTopic;
import io.openclickstream.lake.LakeCatalog;
import io.openclickstream.lake.LakeSink;
import io.openclickstream.lake.LakeTables;
import io.openclickstream.lake.StoredEvents;
import io.openclickstream.lake.TrustedAuthorities;
import io.openclickstream.model.OutputTable;
import io.openclickstream.stream.config.JobConfig;
import io.openclickstream.stream.profile.ProfileStage;
import io.openclickstream.stream.serve.ClusterListener;
import io.openclickstream.stream.serve.JobStatus;
import io.openclickstream.stream.serve.ProfileProgress;
import io.openclickstream.stream.serve.ProgressListener;
import io.openclickstream.stream.sink.BatchWriter;
import io.openclickstream.stream.source.Checkpoint;
import io.openclickstream.stream.source.StartingOffsets;
import java.io.Closeable;
import java.io.IOException;
import java.time.Clock;
import java.util.concurrent.TimeoutException;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.DataStreamReader;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryException;

/** The running job: session, source, sink and query of one pipeline. */
final class Job implements AutoCloseable {
    private final SparkSession spark;
    private final StreamingQuery query;
    private final LiveTopic topic;

    /** Held here, as its S3 client would be closed when nothing refers to it any more. */
    private final Catalog catalog;

    /** Null where no profiles are kept. */
    private final ProfileStage profiles;

    private Job(SparkSession spark, StreamingQuery query, LiveTopic topic, Catalog catalog, ProfileStage profiles) {
        this.profiles = profiles;
        this.spark = spark;
        this.query = query;
        this.topic = topic;
        this.catalog = catalog;
    }

    /** Starts everything; what fails here is a matter of configuration or of systems that cannot be reached. */
    static Job start(JobConfig config, JobStatus status) throws IOException, InterruptedException, TimeoutException {
        TrustedAuthorities.add(config.authorityFiles());
        KafkaConnection kafka = new KafkaConnection(config.kafka());
        RawTopic topic = RawTopic.read(kafka, config.topic());
        SparkConf conf = SparkSettings.addTo(new SparkConf(), config);
        Configuration hadoop = SparkHadoopUtil.get().newConfiguration(conf);
        Catalog catalog = LakeCatalog.connect(config.catalog(), config.storage(), hadoop);
        LakeTables tables = LakeTables.open(catalog, config.tables());
        Checkpoint checkpoint = new Checkpoint(config.checkpoint(), hadoop);
        checkpoint.bindTo(topic, tables.uuids());
        String startingOffsets =
            checkpoint.isUsed() ? "earliest" : StartingOffsets.option(topic, tables.begin(topic.kept(), config.recovery()));
        status.goesOn(checkpoint.lastBatch(), tables.complete(topic.id()).byPartition(), topic.end());
        // Spark last, as it takes seconds to start: a wrong address, password or checkpoint shows at once.
        SparkSession spark = SparkSession.builder().config(conf).getOrCreate();
        ProfileStage profiles = profiles(config, catalog, status);
        try {
            status.batchesEvery(config.triggerInterval());
            spark.streams().addListener(new ProgressListener(status));
            spark.sparkContext().addSparkListener(new ClusterListener(status));
            Dataset<Row> records = records(spark, kafka, config).option("startingOffsets", startingOffsets).load();
            LiveTopic liveTopic = new LiveTopic(kafka, config.topic());
            BatchWriter sink = new BatchWriter(
                new LakeSink(tables, liveTopic, topic.id()), status, config.propertyColumns(), profiles == null ? () -> { } : profiles::committed);
            return new Job(spark, StreamQuery.start(StreamQuery.steps(records, config), sink, config), liveTopic, catalog, profiles);
        } catch (TimeoutException | RuntimeException e) {
            if (profiles != null) {
                profiles.close();
            }
            spark.stop();
            throw e;
        }
    }

    /** They follow what is committed, so they need not wait for the query, nor it for them. */
    private static ProfileStage profiles(JobConfig config, Catalog catalog, JobStatus status) {
        if (config.profiles() == null) {
            return null;
        }
        ProfileProgress progress = new ProfileProgress(Clock.systemUTC());
        status.keepsProfiles(progress);
        TableIdentifier events = config.tables().get(OutputTable.EVENTS);
        return ProfileStage.start(config.profiles(), () -> new StoredEvents(catalog.loadTable(events)), progress);
    }

    private static DataStreamReader records(SparkSession spark, KafkaConnection kafka, JobConfig config) {
        return spark.readStream()
            .format("kafka")
            .options(kafka.sourceOptions())
            .option("subscribe", config.topic())
            .option("includeHeaders", "true")
            .option("maxOffsetsPerTrigger", Long.toString(config.maxRowsPerTrigger()))
            // Records that Kafka deleted before they were read must not go unnoticed.
            .option("failOnDataLoss", "true");
    }

    StreamingQuery query() {
        return query;
    }

    /** Waits for the query's end; throws what it failed with. */
    void awaitEnd() throws StreamingQueryException {
        query.awaitTermination();
    }

    @Override
    public void close() throws IOException {
        if (profiles != null) {
            profiles.close();
        }
        spark.stop();
        topic.close();
        if (catalog instanceof Closeable closeable) {
            closeable.close();
        }
    }
}
