package io.openclickstream.stream.engines;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.openclickstream.model.OutputTable;
import io.openclickstream.model.UpkeepResult;
import io.openclickstream.testing.TestFiles;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Upkeep on real engines")
class UpkeepIT {
    private static final int SMALL_FILES = 200;
    /** A partition of Kafka that the topic does not have. */
    private static final int NO_PARTITION = 9;
    private static final OffsetDateTime LAST_WEEK = OffsetDateTime.now(ZoneOffset.UTC).minusDays(7);

    @TempDir
    private Path folder;

    @Test
    @DisplayName("compacts small files beside the running job, and with all expired a driver that died in its commit writes nothing twice")
    void besideTheJob() throws Exception {
        Engines engines = Engines.load();
        Pipeline pipeline = Pipeline.create(engines, engines.kafka(), folder);
        Table table = pipeline.lake().table(OutputTable.EVENTS);
        TestFiles.append(table, IntStream.range(0, SMALL_FILES).mapToObj(number -> TestFiles.write(table, row(table, number))).toList());
        try (JobProcess job = pipeline.startJob()) {
            for (String prefix : List.of("a", "b", "c")) {
                pipeline.topic().send(prefix, Pipeline.events(prefix, 20), Map.of());
                UpkeepResult.Table result = Upkeep.run(engines.lake(), pipeline.lake().identifiers().get(OutputTable.EVENTS), Duration.ZERO);
                assertEquals(prefix.equals("a") ? SMALL_FILES : 0, result.compactedFiles(), result.toString());
            }
            job.await("the events are read", progress -> JobProcess.read(progress) == 60);
            pipeline.topic().send("d", Pipeline.events("d", 20), Map.of());
            job.await("the rows are committed", progress -> pipeline.lake().counts().get(OutputTable.EVENTS) == SMALL_FILES + 80);
            job.kill();
        }
        pipeline.forgetNewestCommit();
        UpkeepResult.Table result = Upkeep.run(engines.lake(), pipeline.lake().identifiers().get(OutputTable.EVENTS), Duration.ofDays(30));
        assertTrue(result.expiredSnapshots() > 0 && result.snapshots() == 1, result.toString());
        pipeline.topic().send("e", Pipeline.events("e", 5), Map.of());
        try (JobProcess job = pipeline.startJob()) {
            job.await("what is new is read", progress -> JobProcess.read(progress) == 85);
            assertTrue(job.log().contains("Passing over a table that already holds the batch"), job.logEnd());
            assertEquals(0, job.terminate(), job.logEnd());
        }
        List<Record> rows = pipeline.lake().rows(OutputTable.EVENTS);
        assertEquals(SMALL_FILES + 85, rows.size());
        assertEquals(rows.size(), rows.stream().map(row -> row.getField("kafka_partition") + "-" + row.getField("kafka_offset")).distinct().count());
    }

    private static List<Record> row(Table table, int number) {
        return TestFiles.rows(table, 1, (row, ignored) -> {
            table.schema().columns().stream().filter(Types.NestedField::isRequired).forEach(field -> row.setField(field.name(), any(field.type())));
            row.setField("received_at", LAST_WEEK);
            row.setField("kafka_partition", NO_PARTITION);
            row.setField("kafka_offset", (long) number);
        });
    }

    private static Object any(Type type) {
        return switch (type.typeId()) {
            case STRING -> "x";
            case INTEGER -> 0;
            case LONG -> 0L;
            case BOOLEAN -> false;
            case TIMESTAMP -> LAST_WEEK;
            case BINARY -> ByteBuffer.allocate(0);
            case MAP -> Map.of();
            default -> throw new IllegalArgumentException("no value of type " + type);
        };
    }
}
