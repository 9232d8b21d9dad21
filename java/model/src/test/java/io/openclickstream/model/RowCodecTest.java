package io.openclickstream.model;

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
                OutputRow row = new OutputRow(
                    table, table.columns().stream().map(column -> random.nextInt(3) == 0 ? null : value(column, random)).toArray());
                OutputRow decoded = RowCodec.decode(table, codec.encode(row));
                for (Column<?> column : table.columns()) {
                    assertSame(column, row.get(column), decoded.get(column));
                }
            }
        }
    }

    @Test
    @DisplayName("makes text that is no valid Unicode into text that is")
    void loneSurrogate() {
        OutputRow row = new OutputRow(OutputTable.EVENTS).set(EventColumns.PAGE_TITLE, "a\ud800b").set(EventColumns.PROPERTIES, Map.of("\udc00", "\ud83d"));
        OutputRow decoded = RowCodec.decode(OutputTable.EVENTS, new RowCodec().encode(row));
        assertEquals("a\uFFFDb", decoded.get(EventColumns.PAGE_TITLE));
        assertEquals(Map.of("\uFFFD", "\uFFFD"), decoded.get(EventColumns.PROPERTIES));
    }

    private static void assertSame(Column<?> column, Object expected, Object actual) {
        if (column.type() == ColumnType.BINARY) {
            assertArrayEquals((byte[]) expected, (byte[]) actual);
        } else {
            assertEquals(expected, actual, column.name());
        }
    }

    private static Object value(Column<?> column, Random random) {
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
