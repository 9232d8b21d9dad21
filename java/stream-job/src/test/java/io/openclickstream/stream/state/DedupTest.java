package io.openclickstream.stream.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.openclickstream.lake.Supersession;
import io.openclickstream.model.DuplicateEventColumns;
import io.openclickstream.model.FailedEventColumns;
import io.openclickstream.model.Masking;
import io.openclickstream.model.OutputRow;
import io.openclickstream.model.OutputTable;
import io.openclickstream.model.RowCodec;
import io.openclickstream.stream.parse.EventReader;
import io.openclickstream.stream.parse.RawRecord;
import io.openclickstream.stream.rows.ReadEvent;
import io.openclickstream.stream.rows.RowFiller;
import io.openclickstream.stream.rows.RowRules;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.encoders.ExpressionEncoder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Records with one identifier")
class DedupTest {
    private static final String VIEW = "{\"event_id\":\"a\",\"event_type\":\"view\"}";
    private static final String RETRY = " {\"event_type\":\"view\", \"event_id\":\"a\", \"sent_at\": 1795973574}";
    private static final String PURCHASE = "{\"event_id\":\"a\",\"event_type\":\"purchase\",\"total\":9.90}";
    private static final String FAILED = "{\"event_id\":\"a\"}";

    private static Row row(long offset, String value) {
        RawRecord record = new RawRecord(value.getBytes(StandardCharsets.UTF_8), Map.of("received_at", "17000000000" + offset), 1, offset, 0);
        ReadEvent event = new RowFiller(new RowRules(Masking.NONE, List.of(), List.of(), Duration.ofHours(1)), List.of())
            .fill(EventReader.read(record), record, 0);
        return StepRow.of(record, event, new RowCodec().encode(event.row()));
    }

    private static Dedup.Outcome outcome(First known, Row... rows) {
        return Dedup.outcome(known, new ArrayList<>(List.of(rows)), 5);
    }

    private static OutputRow body(Row step) {
        return RowCodec.decode(StepRow.table(step), StepRow.body(step));
    }

    @Test
    @DisplayName("are duplicates behind the first, in Kafka's order")
    void duplicates() {
        Dedup.Outcome outcome = outcome(null, row(2, RETRY), row(1, VIEW));
        assertEquals(List.of(OutputTable.EVENTS, OutputTable.DUPLICATE_EVENTS), outcome.rows().stream().map(StepRow::table).toList());
        assertEquals(1, StepRow.offset(outcome.rows().get(0)));
        OutputRow duplicate = body(outcome.rows().get(1));
        assertEquals(false, duplicate.get(DuplicateEventColumns.IS_CONFLICT));
        assertNull(duplicate.get(DuplicateEventColumns.PAYLOAD));
        assertFalse(StepRow.isConflict(outcome.rows().get(1)));
        assertEquals(170_000_000_001_000L, duplicate.get(DuplicateEventColumns.FIRST_RECEIVED_AT));
    }

    @Test
    @DisplayName("and another content are conflicts, whose bytes are kept, in the same batch and later, failed or not")
    void conflicts() {
        First first = First.of(First.of(row(1, VIEW)).toBytes());
        Dedup.Outcome outcome = outcome(first, row(2, PURCHASE), row(3, FAILED), row(4, RETRY));
        assertSame(first, outcome.first());
        List<OutputRow> rows = outcome.rows().stream().map(DedupTest::body).toList();
        assertEquals(List.of(true, true, false), rows.stream().map(row -> row.get(DuplicateEventColumns.IS_CONFLICT)).toList());
        assertArrayEquals(PURCHASE.getBytes(StandardCharsets.UTF_8), rows.get(0).get(DuplicateEventColumns.PAYLOAD));
        assertArrayEquals(FAILED.getBytes(StandardCharsets.UTF_8), rows.get(1).get(DuplicateEventColumns.PAYLOAD));
        assertTrue(StepRow.isConflict(outcome.rows().get(1)));
        assertEquals(3, rows.stream().map(row -> row.get(DuplicateEventColumns.FINGERPRINT)).distinct().count());
    }

    @Test
    @DisplayName("of which the first failed in an earlier batch leave it to one that can be read, which supersedes it")
    void mendedLater() {
        First failed = First.of(First.of(row(1, FAILED)).toBytes());
        Dedup.Outcome outcome = outcome(failed, row(7, FAILED), row(8, VIEW), row(9, PURCHASE));
        assertEquals(List.of(OutputTable.DUPLICATE_EVENTS, OutputTable.EVENTS, OutputTable.DUPLICATE_EVENTS),
            outcome.rows().stream().map(StepRow::table).toList());
        assertEquals(
            new Supersession("a", new Supersession.Place(1, 1), failed.receivedAt(), new Supersession.Place(1, 8)),
            StepRow.supersession(outcome.rows().get(1)));
        assertFalse(outcome.first().isFailed());
        assertEquals(First.of(row(8, VIEW)).fingerprint(), outcome.first().fingerprint());
    }

    @Test
    @DisplayName("of which the first failed in the same batch say so in its row")
    void mendedAtOnce() {
        Dedup.Outcome outcome = outcome(null, row(1, FAILED), row(2, VIEW));
        OutputRow failed = body(outcome.rows().get(0));
        assertEquals(1, failed.get(FailedEventColumns.SUPERSEDED_BY_PARTITION));
        assertEquals(2L, failed.get(FailedEventColumns.SUPERSEDED_BY_OFFSET));
        assertNull(StepRow.supersession(outcome.rows().get(1)));
        assertEquals(OutputTable.EVENTS, StepRow.table(outcome.rows().get(1)));
    }

    @Test
    @DisplayName("pass Spark's encoding as they are, whatever became of them")
    void encoding() {
        ExpressionEncoder<Row> encoder = ExpressionEncoder.apply(StepRow.SCHEMA);
        ExpressionEncoder.Serializer<Row> serializer = encoder.createSerializer();
        ExpressionEncoder.Deserializer<Row> deserializer = encoder.resolveAndBind(
            encoder.resolveAndBind$default$1(), encoder.resolveAndBind$default$2()).createDeserializer();
        List<Row> rows = new ArrayList<>(outcome(null, row(1, FAILED), row(2, VIEW), row(3, PURCHASE), row(4, RETRY)).rows());
        rows.addAll(outcome(First.of(row(1, FAILED)), row(8, VIEW)).rows());
        rows.add(row(9, VIEW));
        rows.add(StepRow.inSession(rows.get(4), "s", new Session(1, 1, 2, 3)));
        for (Row row : rows) {
            Row decoded = deserializer.apply(serializer.apply(row));
            assertEquals(StepRow.supersession(row), StepRow.supersession(decoded));
            assertEquals(StepRow.fingerprint(row), StepRow.fingerprint(decoded));
            assertEquals(StepRow.isConflict(row), StepRow.isConflict(decoded));
            assertArrayEquals(StepRow.body(row), StepRow.body(decoded));
            assertArrayEquals(StepRow.payload(row), StepRow.payload(decoded));
        }
    }

    @Test
    @DisplayName("are remembered in 17 bytes, and in 29 when the first failed")
    void bytes() {
        assertEquals(17, First.of(row(1, VIEW)).toBytes().length);
        First failed = First.of(row(1, FAILED));
        assertEquals(29, failed.toBytes().length);
        assertEquals(failed, First.of(failed.toBytes()));
    }
}
