package io.openclickstream.stream.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The row codec")
class RowCodecTest {
    @Test
    @DisplayName("gives back what it was given, for every table and type")
    void roundTrip() {
        Random random = new Random(3);
        RowCodec codec = new RowCodec();
        for (int round = 0; round < 5_000; round++) {
            for (OutputTable table : OutputTable.values()) {
                Row row = new Row(table);
                table.columns().forEach(column -> row.set(column.name(), random.nextInt(3) == 0 ? null : value(column, random)));
                Row decoded = RowCodec.decode(table, codec.encode(row));
                for (Column column : table.columns()) {
                    assertSame(column, row.get(column.name()), decoded.get(column.name()));
                }
            }
        }
    }

    @Test
    @DisplayName("makes text that is no valid Unicode into text that is")
    void loneSurrogate() {
        Row row = new Row(OutputTable.EVENTS).set("page_title", "a\ud800b").set("properties", Map.of("\udc00", "\ud83d"));
        Row decoded = RowCodec.decode(OutputTable.EVENTS, new RowCodec().encode(row));
        assertEquals("a?b", decoded.get("page_title"));
        assertEquals(Map.of("?", "?"), decoded.get("properties"));
    }

    @Test
    @DisplayName("works with columns that exist only")
    void unknownColumn() {
        assertThrows(IllegalArgumentException.class, () -> new Row(OutputTable.EVENTS).set("no_such_column", "x"));
    }

    private static void assertSame(Column column, Object expected, Object actual) {
        if (column.type() == ColumnType.BINARY) {
            assertArrayEquals((byte[]) expected, (byte[]) actual);
        } else {
            assertEquals(expected, actual, column.name());
        }
    }

    private static Object value(Column column, Random random) {
        return switch (column.type()) {
            case STRING -> text(random);
            case INT -> random.nextInt();
            case LONG, TIMESTAMPTZ -> random.nextLong();
            case BOOLEAN -> random.nextBoolean();
            case BINARY -> text(random).getBytes(java.nio.charset.StandardCharsets.UTF_16);
            case STRING_MAP -> new TreeMap<>(Map.of("a" + text(random), text(random), "b" + text(random), text(random)));
        };
    }

    private static String text(Random random) {
        return "ü\ud83d\ude00".repeat(random.nextInt(random.nextInt(50) == 0 ? 5000 : 10)) + random.nextInt();
    }
}
