package io.openclickstream.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.openclickstream.batch.UpkeepRun;
import io.openclickstream.lake.CheckpointException;
import io.openclickstream.lake.LakeSink;
import io.openclickstream.lake.LakeTables;
import io.openclickstream.lake.PropertyColumns;
import io.openclickstream.lake.Recovery;
import io.openclickstream.model.Masking;
import io.openclickstream.model.OutputTable;
import io.openclickstream.model.UpkeepDocument;
import io.openclickstream.model.UpkeepResult;
import io.openclickstream.offsets.KeptRecords;
import io.openclickstream.offsets.NextOffsets;
import io.openclickstream.service.Causes;
import io.openclickstream.stream.config.JobConfig;
import io.openclickstream.stream.enrich.Enrichments;
import io.openclickstream.stream.serve.JobStatus;
import io.openclickstream.stream.sink.BatchWriter;
import io.openclickstream.testing.TestLake;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.hadoop.HadoopCatalog;
import org.apache.iceberg.types.Types;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.streaming.MemoryStream;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;

@DisplayName("The query")
class StreamQueryTest {
    /** Rows of Spark's Kafka source. */
    static final StructType KAFKA = new StructType()
        .add("value", DataTypes.BinaryType)
        .add("headers", DataTypes.createArrayType(new StructType().add("key", DataTypes.StringType).add("value", DataTypes.BinaryType)))
        .add("partition", DataTypes.IntegerType, false)
        .add("offset", DataTypes.LongType, false)
        .add("timestamp", DataTypes.TimestampType);

    private static final String TOPIC_ID = "topic-1";

    private static SparkSession spark;
    private static int streams;

    @TempDir
    private Path folder;

    private final JobStatus status = new JobStatus(Clock.systemUTC());
    private JobConfig config;
    private TestLake lake;
    private HadoopCatalog catalog;
    private MemoryStream<Row> kafka;
    private StreamingQuery query;
    private long nextOffset;
    private long receivedAt = 1_747_500_000_000L;
    private long receivedStep;
    private final FakeTopic topic = new FakeTopic();
    private final List<List<Row>> sent = new ArrayList<>();

    @BeforeAll
    static void startSpark() {
        SparkConf conf = SparkSettings.addTo(new SparkConf().setMaster("local[2]"), config(Path.of("/tmp"), new TestLake(null, "db", "web")));
        spark = SparkSession.builder().config(conf).getOrCreate();
    }

    @AfterAll
    static void stopSpark() {
        spark.stop();
    }

    @BeforeEach
    void createTables() throws Exception {
        catalog = new HadoopCatalog(new Configuration(), folder.resolve("lake").toString());
        lake = new TestLake(catalog, "db", "web");
        lake.create();
        config = config(folder, lake);
        kafka = new MemoryStream<>(streams++, spark.sqlContext(), Option.empty(), Encoders.row(KAFKA));
        start();
    }

    @AfterEach
    void stopQuery() throws Exception {
        query.stop();
    }

    /** Starts on an empty checkpoint, as after a recovery; gives where it begins. The source has what {@link #resend} gave it. */
    private String recover(String id, boolean readAgain, String topicId) throws Exception {
        config = config(folder.resolve(id), lake);
        LakeTables tables = LakeTables.open(catalog, lake.identifiers());
        String begin = tables.begin(kept(topicId), new Recovery(id, readAgain)).toString();
        topic.id = topicId;
        query = StreamQuery.start(
            StreamQuery.steps(kafka.toDF(), config), new BatchWriter(new LakeSink(tables, topic, topicId), status, config.propertyColumns(), () -> { }), config);
        return begin;
    }

    /** Kafka has deleted nothing. */
    private KeptRecords kept(String topicId) {
        return new KeptRecords(topicId, NextOffsets.at(Map.of(0, 0L, 1, 0L)), NextOffsets.at(Map.of(0, nextOffset, 1, nextOffset)), Instant.EPOCH);
    }

    private static JobConfig config(Path folder, TestLake lake) {
        return new JobConfig("test/web", null, null, null, null, List.of(), lake.identifiers(), folder.resolve("checkpoint").toString(),
            Duration.ofMillis(50), Duration.ofMinutes(30), Duration.ofHours(24), Duration.ofHours(1), 1000, Masking.NONE, List.of("undefined"), List.of(), Enrichments.ALL, 2,
            new PropertyColumns(Map.of("colour", "colour")), null, null);
    }

    private void start() throws Exception {
        BatchWriter sink = new BatchWriter(new LakeSink(LakeTables.open(catalog, lake.identifiers()), topic, TOPIC_ID), status, config.propertyColumns(), () -> { });
        query = StreamQuery.start(StreamQuery.steps(kafka.toDF(), config), sink, config);
    }

    /** Puts values into the topic and waits until a batch has taken them, all together. */
    private void send(String... values) {
        List<Row> records = new ArrayList<>();
        for (String value : values) {
            Row header = RowFactory.create("received_at", Long.toString(receivedAt).getBytes(StandardCharsets.UTF_8));
            receivedAt += receivedStep;
            records.add(RowFactory.create(
                value.getBytes(StandardCharsets.UTF_8),
                CollectionConverters.asScala(List.of(header)).toSeq(),
                (int) (nextOffset % 2),
                nextOffset / 2,
                new Timestamp(0)));
            nextOffset++;
        }
        sent.add(records);
        kafka.addData(CollectionConverters.asScala(records));
        query.processAllAvailable();
    }

    /** The source forgets what it has handed out; after this it can be asked for all of it again, as Kafka can. */
    private void resend() {
        kafka = new MemoryStream<>(streams++, spark.sqlContext(), Option.empty(), Encoders.row(KAFKA));
        sent.forEach(records -> kafka.addData(CollectionConverters.asScala(records)));
    }

    private static String event(String id, String visitor, String time) {
        return "{\"event_id\":\"" + id + "\",\"event_type\":\"x\",\"anonymous_id\":\"" + visitor + "\",\"timestamp\":\"2025-05-17T" + time
            + "Z\"}";
    }

    private Map<String, Record> eventsById() {
        return lake.rows(OutputTable.EVENTS).stream().collect(Collectors.toMap(row -> (String) row.getField("event_id"), row -> row));
    }

    private void expectCounts(int stored, int failed, int duplicate) {
        assertEquals(
            Map.of(OutputTable.EVENTS, stored, OutputTable.FAILED_EVENTS, failed, OutputTable.DUPLICATE_EVENTS, duplicate), lake.counts());
        Set<String> places = new HashSet<>();
        for (OutputTable table : OutputTable.values()) {
            lake.rows(table).forEach(row -> assertTrue(
                places.add(row.getField("kafka_partition") + "-" + row.getField("kafka_offset")), "twice: " + row));
        }
        assertEquals(nextOffset, places.size(), "records without a row");
    }

    @Test
    @DisplayName("fills a further column of the events table from its property, as soon as the table has it")
    void propertyColumn() throws Exception {
        String coloured = event("0", "v", "10:00:00").replace("}", ",\"properties\":{\"colour\":\"red\"}}");
        send(coloured);
        lake.table(OutputTable.EVENTS).updateSchema().addColumn("colour", Types.StringType.get()).commit();
        send(coloured.replace("\"0\"", "\"1\""), event("2", "v", "10:00:02"));
        assertEquals(null, eventsById().get("0").getField("colour"));
        assertEquals("red", eventsById().get("1").getField("colour"));
        assertEquals(null, eventsById().get("2").getField("colour"));
        expectCounts(3, 0, 0);
    }

    private int snapshots() {
        int count = 0;
        for (OutputTable table : OutputTable.values()) {
            for (Snapshot ignored : lake.table(table).snapshots()) {
                count++;
            }
        }
        return count;
    }

    /** Ends the query as a crash between the tables' commits and the checkpoint's would. */
    private void crashAfterCommit() throws Exception {
        long batch = query.lastProgress().batchId();
        query.stop();
        Files.delete(Path.of(config.checkpoint(), "commits", Long.toString(batch)));
        Files.deleteIfExists(Path.of(config.checkpoint(), "commits", "." + batch + ".crc"));
    }

    @Test
    @DisplayName("puts each record into exactly one table, and a replay into the duplicates only")
    void accounting() {
        String[] records = {
            event("a", "v1", "10:00:00"), event("b", "v2", "10:00:00"), "{broken", event("a", "v1", "10:00:00"), "{\"event_id\":\"f\"}",
            "{broken", "",
        };
        send(records);
        expectCounts(2, 3, 2);
        send(records);
        expectCounts(2, 3, 9);
        assertEquals(Map.of(OutputTable.EVENTS, 2L, OutputTable.FAILED_EVENTS, 3L, OutputTable.DUPLICATE_EVENTS, 9L), status.read().rows());
    }

    @Test
    @DisplayName("keeps the first of two records with one identifier, in Kafka's order")
    void firstWins() {
        send(event("a", "first", "10:00:00"), event("b", "other", "10:00:00"), event("a", "later", "09:00:00"));
        assertEquals("first", eventsById().get("a").getField("visitor_id"));
        Record duplicate = lake.rows(OutputTable.DUPLICATE_EVENTS).get(0);
        assertEquals(1L, duplicate.getField("kafka_offset"));
        assertEquals("2025-05-17T16:40Z", duplicate.getField("first_received_at").toString());
    }

    @Test
    @DisplayName("tells a retry from another event with the same identifier, keeps the bytes of the latter and counts it")
    void conflicts() {
        String view = "{\"event_id\":\"a\",\"event_type\":\"view\"}";
        String purchase = "{\"event_id\":\"a\",\"event_type\":\"purchase\",\"total\":9.90}";
        send(view, " {\"event_type\":\"view\", \"event_id\":\"a\"}", purchase);
        send(view, purchase, "{\"event_id\":\"a\"}");
        expectCounts(1, 0, 5);
        List<Record> duplicates = lake.rows(OutputTable.DUPLICATE_EVENTS);
        assertEquals(3, duplicates.stream().filter(row -> (boolean) row.getField("is_conflict")).count());
        assertEquals(List.of(purchase, purchase, "{\"event_id\":\"a\"}"), duplicates.stream()
            .filter(row -> row.getField("payload") != null)
            .map(row -> StandardCharsets.UTF_8.decode((ByteBuffer) row.getField("payload")).toString())
            .sorted()
            .toList());
        assertEquals(3, duplicates.stream().map(row -> row.getField("fingerprint")).distinct().count());
        assertTrue(duplicates.stream().allMatch(row -> ((String) row.getField("fingerprint")).matches("[0-9a-f]{16}")));
        assertEquals(3, status.progress().rows().conflict());
    }

    @Test
    @DisplayName("stores an event that was mended and sent again, and its failed row names the record that did so")
    void mended() throws Exception {
        String failed = "{\"event_id\":\"a\",\"user_id\":\"u\"}";
        send(failed, "{\"event_id\":\"b\"}", "{\"event_id\":\"c\"}");
        send(event("a", "v", "10:00:00"), failed, "{\"event_id\":\"b\"}");
        crashAfterCommit();
        start();
        send("{\"event_id\":\"d\"}", event("d", "v", "10:10:00"), event("a", "v", "10:00:00"), "{\"event_id\":\"b\",\"x\":1}");
        expectCounts(2, 4, 4);
        Map<String, Record> rows = lake.rows(OutputTable.FAILED_EVENTS).stream()
            .collect(Collectors.toMap(row -> (String) row.getField("event_id"), row -> row));
        assertEquals(failed, StandardCharsets.UTF_8.decode((ByteBuffer) rows.get("a").getField("payload")).toString());
        for (String id : List.of("a", "d")) {
            Record stored = eventsById().get(id);
            assertEquals(stored.getField("kafka_partition"), rows.get(id).getField("superseded_by_partition"));
            assertEquals(stored.getField("kafka_offset"), rows.get(id).getField("superseded_by_offset"));
        }
        assertNull(rows.get("b").getField("superseded_by_offset"));
        assertNull(rows.get("c").getField("superseded_by_offset"));
    }

    @Test
    @DisplayName("knows the identifiers of a checkpoint that a job before fingerprints made")
    void earlierState() throws Exception {
        query.stop();
        BatchWriter sink = new BatchWriter(new LakeSink(LakeTables.open(catalog, lake.identifiers()), topic, TOPIC_ID), status, config.propertyColumns(), () -> { });
        query = StreamQuery.start(StreamQuery.steps(kafka.toDF(), config, new EarlierDedup(config.dedupWindow())), sink, config);
        send(event("a", "v", "10:00:00"), event("b", "v", "10:01:00"));
        query.stop();
        start();
        send(event("a", "v", "10:00:00"), event("b", "w", "10:09:00"), event("c", "v", "10:10:00"));
        expectCounts(3, 0, 2);
        assertEquals(eventsById().get("a").getField("session_id"), eventsById().get("c").getField("session_id"));
        assertTrue(lake.rows(OutputTable.DUPLICATE_EVENTS).stream().noneMatch(row -> (boolean) row.getField("is_conflict")));
        send(event("c", "w", "10:11:00"));
        assertEquals(1, lake.rows(OutputTable.DUPLICATE_EVENTS).stream().filter(row -> (boolean) row.getField("is_conflict")).count());
    }

    @Test
    @DisplayName("counts sessions over batches by event time, with events that come late")
    void sessions() {
        send(event("a", "v", "10:00:00"), event("c", "v", "10:30:00"), event("other", "w", "10:10:00"));
        send(event("d", "v", "11:00:01"));
        send(event("b", "v", "10:15:00"), event("e", "v", "11:30:01"));
        Map<String, Record> events = eventsById();
        String first = (String) events.get("a").getField("session_id");
        String second = (String) events.get("d").getField("session_id");
        assertEquals(List.of(first, first, first, second, second),
            List.of("a", "b", "c", "d", "e").stream().map(id -> events.get(id).getField("session_id")).toList());
        assertEquals(3, Set.of(first, second, events.get("other").getField("session_id")).size());
        assertEquals(List.of(1, 3, 2, 1, 2),
            List.of("a", "b", "c", "d", "e").stream().map(id -> events.get(id).getField("session_event_index")).toList());
        assertEquals("2025-05-17T10:00Z", events.get("b").getField("session_start").toString());
    }

    /** Upkeep of all tables, as if it was so many days later. */
    private List<UpkeepResult.Table> upkeep(int daysLater) {
        List<UpkeepDocument.Table> settings = lake.identifiers().values().stream()
            .map(table -> new UpkeepDocument.Table(table.namespace().toString(), table.name(), catalog.loadTable(table).uuid().toString(),
                128L << 20, 3600, 1, 86_400L, new UpkeepDocument.Table.Retention(null, null)))
            .toList();
        Clock later = Clock.offset(Clock.systemUTC(), Duration.ofDays(daysLater));
        return new UpkeepRun(spark, catalog, settings, later).run();
    }

    @Test
    @DisplayName("adds nothing twice when a batch is done again after its snapshot has expired and its files were compacted")
    void upkeepBeforeReplay() throws Exception {
        for (int round = 0; round < 6; round++) {
            send(event("a" + round, "v", "10:0" + round + ":00"), "{broken", event("a" + round, "v", "10:00:00"), "{\"event_id\":\"m" + round + "\"}");
        }
        crashAfterCommit();
        assertTrue(upkeep(30).stream().allMatch(result -> result.state() == UpkeepResult.Table.State.Done && result.snapshots() == 1));
        for (OutputTable table : OutputTable.values()) {
            assertEquals(1, lake.table(table).history().size());
        }
        start();
        send(event("m0", "v", "10:10:00"), event("a0", "v", "10:00:00"), event("b", "v", "10:11:00"));
        expectCounts(8, 7, 12);
    }

    @Test
    @DisplayName("goes on while its tables are looked after, and its commits meet no conflict")
    void upkeepBesideStream() throws Exception {
        for (int round = 0; round < 6; round++) {
            send(event("a" + round, "v", "10:00:00"), "{\"event_id\":\"m" + round + "\"}");
        }
        assertTrue(upkeep(0).stream().noneMatch(result -> result.state() == UpkeepResult.Table.State.Failed));
        send(event("m3", "v", "10:00:00"), event("a0", "v", "10:00:00"));
        assertTrue(query.exception().isEmpty());
        expectCounts(7, 6, 1);
        assertEquals(1, lake.rows(OutputTable.FAILED_EVENTS).stream().filter(row -> row.getField("superseded_by_offset") != null).count());
    }

    @Test
    @DisplayName("adds nothing twice when a batch is done again after a crash behind its commits")
    void crashBehindCommits() throws Exception {
        send(event("a", "v", "10:00:00"), "{broken", event("a", "v", "10:00:00"));
        Map<String, Record> before = eventsById();
        int snapshots = snapshots();
        crashAfterCommit();
        start();
        send(event("b", "v", "10:10:00"), event("a", "v", "10:00:00"));
        expectCounts(2, 1, 2);
        assertEquals(before.get("a"), eventsById().get("a"));
        assertEquals(before.get("a").getField("session_id"), eventsById().get("b").getField("session_id"));
        assertEquals(snapshots + 2, snapshots(), "one for each table that got a row");
    }

    @Test
    @DisplayName("loses nothing when it fails between the tables' commits, and says which table is at fault")
    void crashBetweenCommits() throws Exception {
        send(event("a", "v", "10:00:00"));
        org.apache.iceberg.Table duplicates = lake.table(OutputTable.DUPLICATE_EVENTS);
        duplicates.updateSchema().deleteColumn("first_received_at").commit();
        assertThrows(StreamingQueryException.class, () -> {
            send(event("b", "v", "10:10:00"), event("a", "v", "10:00:00"));
            query.awaitTermination();
        });
        StreamingQueryException failure = query.exception().get();
        assertEquals(
            "table " + duplicates.name() + " cannot take the job's rows: column \"first_received_at\" is missing", Causes.describe(failure));
        duplicates.updateSchema().addColumn("first_received_at", org.apache.iceberg.types.Types.TimestampType.withZone()).commit();
        start();
        query.processAllAvailable();
        expectCounts(2, 0, 1);
    }

    @Test
    @DisplayName("writes no snapshot for a table that got no rows, nor for a batch without records")
    void noEmptySnapshots() {
        send(event("a", "v", "10:00:00"));
        assertEquals(1, snapshots());
        query.processAllAvailable();
        assertEquals(1, snapshots());
    }

    @Test
    @DisplayName("refuses records that the tables hold already, whatever its checkpoint says")
    void foreignCheckpoint() throws Exception {
        send(event("a", "v", "10:00:00"));
        query.stop();
        config = config(folder.resolve("new"), lake);
        start();
        StreamingQueryException failure = assertThrows(StreamingQueryException.class, () -> query.processAllAvailable());
        assertTrue(Causes.describe(failure).startsWith("CheckpointForeign: the tables already hold records of Kafka offsets 0:0-0"), Causes.describe(failure));
        expectCounts(1, 0, 0);
    }

    private void sendAllKinds() {
        send(event("a", "v", "10:00:00"), "{broken", event("b", "v", "10:00:00"), event("a", "v", "10:00:00"));
        send("{\"event_id\":\"c\"}", event("d", "v", "10:01:00"), event("c", "v", "10:02:00"), "{broken", event("b", "v", "10:00:00"));
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(OutputTable.class)
    @DisplayName("gives a table that lost its rows all of them again, and writes none of the others twice")
    void lostTable(OutputTable lost) throws Exception {
        sendAllKinds();
        Map<OutputTable, Integer> before = lake.counts();
        query.stop();
        lake.replace(lost);
        resend();
        assertEquals("{\"0\":0,\"1\":0}", recover("r1", true, TOPIC_ID));
        query.processAllAvailable();
        assertEquals(before, lake.counts());
        send(event("e", "v", "10:03:00"), "{broken", event("a", "v", "10:00:00"));
        expectCounts(before.get(OutputTable.EVENTS) + 1, before.get(OutputTable.FAILED_EVENTS), before.get(OutputTable.DUPLICATE_EVENTS) + 2);
        Record mended = lake.rows(OutputTable.FAILED_EVENTS).stream().filter(row -> "c".equals(row.getField("event_id"))).findFirst().orElseThrow();
        assertEquals(eventsById().get("c").getField("kafka_offset"), mended.getField("superseded_by_offset"));
    }

    @Test
    @DisplayName("goes on with reading again after a restart, and after another recovery in the middle of it")
    void interruptedReadingAgain() throws Exception {
        sendAllKinds();
        Map<OutputTable, Integer> before = lake.counts();
        query.stop();
        lake.replace(OutputTable.EVENTS);
        kafka = new MemoryStream<>(streams++, spark.sqlContext(), Option.empty(), Encoders.row(KAFKA));
        recover("r1", true, TOPIC_ID);
        kafka.addData(CollectionConverters.asScala(sent.get(0)));
        query.processAllAvailable();
        crashAfterCommit();
        start();
        query.processAllAvailable();
        query.stop();
        kafka = new MemoryStream<>(streams++, spark.sqlContext(), Option.empty(), Encoders.row(KAFKA));
        assertEquals("{\"0\":2,\"1\":2}", recover("r2", false, TOPIC_ID));
        kafka.addData(CollectionConverters.asScala(sent.get(1)));
        query.processAllAvailable();
        assertEquals(before.get(OutputTable.FAILED_EVENTS), lake.counts().get(OutputTable.FAILED_EVENTS));
        expectCounts(before.get(OutputTable.EVENTS), before.get(OutputTable.FAILED_EVENTS), before.get(OutputTable.DUPLICATE_EVENTS));
    }

    @Test
    @DisplayName("takes no row of a topic before for a record of the new one")
    void rowsOfAnotherTopic() throws Exception {
        send("{broken", event("a", "v", "10:00:00"));
        query.stop();
        sent.clear();
        resend();
        assertEquals("{}", recover("r1", false, "topic-2"));
        nextOffset = 0;
        send(event("b", "v", "10:00:00"), "{broken");
        query.stop();
        lake.replace(OutputTable.EVENTS);
        resend();
        recover("r2", true, "topic-2");
        query.processAllAvailable();
        assertEquals(Map.of(OutputTable.EVENTS, 1, OutputTable.FAILED_EVENTS, 2, OutputTable.DUPLICATE_EVENTS, 0), lake.counts());
        assertEquals(Set.of("b"), eventsById().keySet());
    }

    @Test
    @DisplayName("begins without its checkpoint only with a recovery, once, and writes no row of an unfinished batch twice")
    void lostCheckpoint() throws Exception {
        send(event("a", "v", "10:00:00"), event("b", "v", "10:00:00"));
        send("{broken");
        query.stop();
        // The same state as if the driver had died before the events table's commit, which comes last.
        lake.table(OutputTable.EVENTS).updateProperties().set("openclickstream.next-offsets", "{\"0\":1,\"1\":1}").commit();
        LakeTables tables = LakeTables.open(catalog, lake.identifiers());
        String message = assertThrows(CheckpointException.class, () -> tables.begin(kept(TOPIC_ID), null)).getMessage();
        assertTrue(message.startsWith("CheckpointLost: the checkpoint is empty, but a job has committed with one"), message);
        sent.remove(0);
        resend();
        assertEquals("{\"0\":1,\"1\":1}", recover("r1", false, TOPIC_ID));
        query.processAllAvailable();
        expectCounts(2, 1, 0);
        LakeTables again = LakeTables.open(catalog, lake.identifiers());
        assertThrows(CheckpointException.class, () -> again.begin(kept(TOPIC_ID), new Recovery("r1", false)));
        assertEquals("{\"0\":2,\"1\":1}", again.begin(kept(TOPIC_ID), new Recovery("r2", false)).toString());
        assertEquals("{\"0\":2,\"1\":1}", LakeTables.open(catalog, lake.identifiers()).begin(kept(TOPIC_ID), new Recovery("r2", false)).toString());
    }

    @Test
    @DisplayName("passes over no record that the tables lack, when its checkpoint is older than they are")
    void olderCheckpoint() throws Exception {
        send(event("a", "v", "10:00:00"));
        query.stop();
        Path older = folder.resolve("older");
        FileUtils.copyDirectory(Path.of(config.checkpoint()).toFile(), older.resolve("checkpoint").toFile());
        start();
        send(event("b", "v", "10:00:00"));
        send(event("c", "v", "10:00:00"));
        query.stop();
        config = config(older, lake);
        resend();
        start();
        StreamingQueryException failure = assertThrows(StreamingQueryException.class, () -> send(event("d", "v", "10:00:00")));
        String message = Causes.describe(failure);
        assertTrue(message.contains("the checkpoint is older than the tables"), message);
        assertEquals("{\"0\":2,\"1\":1}", LakeTables.open(catalog, lake.identifiers()).complete(TOPIC_ID).toString());
    }

    @Test
    @DisplayName("does not write again what one table got from a batch that was not finished, under another query id")
    void unfinishedBatchOfAnotherQuery() throws Exception {
        send("{broken");
        query.stop();
        // The same state as if the driver had died before the events table's commit, which comes last.
        lake.table(OutputTable.EVENTS).updateProperties().set("openclickstream.next-offsets", "{}").commit();
        config = config(folder.resolve("new"), lake);
        resend();
        start();
        StreamingQueryException failure = assertThrows(StreamingQueryException.class, () -> query.processAllAvailable());
        assertTrue(Causes.describe(failure).contains("which the other tables lack"), Causes.describe(failure));
        expectCounts(0, 1, 0);
    }

    @Test
    @DisplayName("goes on over offsets that Kafka has no records at, and stops where a record would be left out")
    void gap() {
        send(event("a", "v", "10:00:00"), event("b", "v", "10:00:00"));
        nextOffset += 2;
        send(event("c", "v", "10:00:00"));
        assertEquals(3, lake.rows(OutputTable.EVENTS).size());
        nextOffset += 2;
        topic.hasRecords = true;
        StreamingQueryException failure = assertThrows(StreamingQueryException.class, () -> send(event("d", "v", "10:00:00")));
        String expected = "CheckpointForeign: the batch begins at offset 3 of partition 1, but the tables end at 1, and Kafka has records between";
        assertTrue(Causes.describe(failure).startsWith(expected), Causes.describe(failure));
        assertEquals(3, lake.rows(OutputTable.EVENTS).size());
    }

    @Test
    @DisplayName("stops, and stores nothing, when its topic was deleted and created again while it ran")
    void newTopic() {
        send(event("a", "v", "10:00:00"));
        topic.id = "topic-2";
        StreamingQueryException failure = assertThrows(StreamingQueryException.class, () -> send(event("b", "v", "10:00:00")));
        String message = Causes.describe(failure);
        assertTrue(message.startsWith("CheckpointForeign: the topic was deleted and created again under the running job"), message);
        assertEquals(1, lake.rows(OutputTable.EVENTS).size());
    }

    @Test
    @DisplayName("writes files that are sorted as their table says")
    void sorted() {
        receivedStep = -1000;
        send(IntStream.range(0, 20).mapToObj(number -> event("e" + number, "v", "10:00:00")).toArray(String[]::new));
        List<String> received = lake.rows(OutputTable.EVENTS).stream().map(row -> row.getField("received_at").toString()).toList();
        assertEquals(received.stream().sorted().toList(), received);
    }
}
