package io.openclickstream.lake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.openclickstream.model.DuplicateEventColumns;
import io.openclickstream.model.OutputRow;
import io.openclickstream.model.OutputTable;
import io.openclickstream.testing.TestLake;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.iceberg.Schema;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Types;
import org.apache.iceberg.types.Types.NestedField;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A table's layout")
class RecordLayoutTest {
    private static final OutputTable TABLE = OutputTable.DUPLICATE_EVENTS;

    private static List<NestedField> fields() {
        return new ArrayList<>(TestLake.schema(TABLE).columns());
    }

    private static String refusal(List<NestedField> fields) {
        return assertThrows(IllegalStateException.class, () -> new RecordLayout(TABLE, "db.t", new Schema(fields))).getMessage();
    }

    @Test
    @DisplayName("finds columns by name, whatever their order, and leaves columns of others empty")
    void byName() {
        List<NestedField> fields = fields();
        Collections.reverse(fields);
        fields.add(0, NestedField.optional(900, "of_others", Types.StringType.get()));
        Record record = new RecordLayout(TABLE, "db.t", new Schema(fields)).record(new OutputRow(TABLE)
            .set(DuplicateEventColumns.EVENT_ID, "e").set(DuplicateEventColumns.RECEIVED_AT, 1_000_001L).set(DuplicateEventColumns.KAFKA_PARTITION, 2).set(DuplicateEventColumns.KAFKA_OFFSET, 3L));
        assertEquals("e", record.getField("event_id"));
        assertEquals(OffsetDateTime.of(1970, 1, 1, 0, 0, 1, 1000, ZoneOffset.UTC), record.getField("received_at"));
        assertEquals(2, record.getField("kafka_partition"));
        assertNull(record.getField("of_others"));
        assertNull(record.getField("first_received_at"));
    }

    @Test
    @DisplayName("follows an int column that was widened to long")
    void widened() {
        List<NestedField> fields = fields();
        fields.replaceAll(field -> field.name().equals("kafka_partition")
            ? NestedField.required(field.fieldId(), field.name(), Types.LongType.get()) : field);
        Record record = new RecordLayout(TABLE, "db.t", new Schema(fields)).record(new OutputRow(TABLE).set(DuplicateEventColumns.KAFKA_PARTITION, 2));
        assertEquals(2L, record.getField("kafka_partition"));
    }

    @Test
    @DisplayName("that cannot take every row is refused with all its problems")
    void problems() {
        List<NestedField> fields = fields();
        fields.removeIf(field -> field.name().equals("kafka_offset"));
        fields.replaceAll(field -> field.name().equals("event_id")
            ? NestedField.required(field.fieldId(), field.name(), Types.IntegerType.get()) : field);
        fields.replaceAll(field -> field.name().equals("first_received_at")
            ? NestedField.required(field.fieldId(), field.name(), field.type()) : field);
        fields.add(NestedField.required(900, "of_others", Types.StringType.get()));
        assertEquals(
            "table db.t cannot take the job's rows: column \"event_id\" must be string, not int; column \"first_received_at\" is"
                + " required, but not every row has a value; column \"kafka_offset\" is missing; column \"of_others\" is required, but"
                + " the job does not know it",
            refusal(fields));
    }
}
