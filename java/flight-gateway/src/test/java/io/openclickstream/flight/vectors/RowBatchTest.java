package io.openclickstream.flight.vectors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openclickstream.flight.types.TypeText;
import io.openclickstream.flight.types.UnsupportedTypeException;
import io.openclickstream.flight.types.ZonedTimestamps;
import io.openclickstream.flight.vectors.RowBatch.ResultColumn;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.FieldVector;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A batch of rows")
class RowBatchTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What a column holds after values of this type, with a null between and behind them, were written twice. */
    private static String held(String type, String value, ZonedTimestamps zoned) throws IOException {
        try (BufferAllocator allocator = new RootAllocator();
             RowBatch batch = new RowBatch(allocator, List.of(new ResultColumn("c", TypeText.parse(type))), zoned, 1000)) {
            String first = fill(batch, value);
            batch.clear();
            assertEquals(0, allocator.getAllocatedMemory(), "what an empty batch holds");
            assertEquals(first, fill(batch, value));
            return first;
        }
    }

    private static String fill(RowBatch batch, String value) throws IOException {
        try (JsonParser parser = JSON.createParser("[[" + value + "],[null],[" + value + "],[null]]")) {
            parser.nextToken();
            while (parser.nextToken() == JsonToken.START_ARRAY) {
                batch.add(parser);
            }
        }
        batch.finish();
        FieldVector vector = batch.root().getVector(0);
        assertEquals(4, vector.getValueCount());
        assertEquals(shown(vector.getObject(0)), shown(vector.getObject(2)));
        assertTrue(vector.isNull(1) && vector.isNull(3), "the nulls");
        assertEquals(2, vector.getNullCount());
        return shown(vector.getObject(0));
    }

    private static String shown(Object value) {
        return value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : String.valueOf(value);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "boolean | true | true", "tinyint | -128 | -128", "smallint | 32767 | 32767", "integer | -2147483648 | -2147483648",
        "bigint | 9223372036854775807 | 9223372036854775807", "real | 3.4028235E38 | 3.4028235E38", "real | \"NaN\" | NaN",
        "double | 4.9E-324 | 4.9E-324", "double | \"-Infinity\" | -Infinity", "double | -0.0 | -0.0",
        "decimal(5,2) | \"-0.05\" | -0.05", "decimal(18,0) | \"-999999999999999999\" | -999999999999999999",
        "decimal(38,2) | \"123456789012345678901234567890123456.78\" | 123456789012345678901234567890123456.78",
        "varchar | \"é😀'\\u0000x\" | `é😀'\u0000x`", "varchar | \"\" | ``", "char(3) | \"a  \" | `a  `", "varbinary | \"AP8=\" | 00ff", "varbinary | \"\" | ``",
        "json | \"{\\\"a\\\":1}\" | {\"a\":1}", "uuid | \"12151fd2-7586-11e9-8f9e-2a86e4085a59\" | 12151fd2758611e98f9e2a86e4085a59",
        "date | \"2026-12-01\" | 20788", "date | \"-0044-03-15\" | -735525", "date | \"+12026-01-01\" | 3672879",
        "time(6) | \"23:59:59.999999\" | 86399999999", "time(0) | \"00:00:01\" | 1000000", "time(9) | \"00:00:00.000000001\" | 1",
        "time(3) with time zone | \"01:02:03.123+02:00\" | 01:02:03.123+02:00",
        "timestamp(6) | \"1969-12-31 23:59:59.999999\" | 1969-12-31T23:59:59.999999", "timestamp(0) | \"2026-12-01 01:02:03\" | 2026-12-01T01:02:03",
        "timestamp(9) | \"2026-12-01 01:02:03.000000001\" | 2026-12-01T01:02:03.000000001",
        "timestamp(6) with time zone | \"2026-12-01 01:02:03.000001 UTC\" | 1796086923000001",
        "interval year to month | \"-1-2\" | P-14M PT0S", "interval day to second | \"-1 02:03:04.567\" | PT-26H-3M-4.567S",
        "array(bigint) | [1,null,3] | [1,null,3]", "array(array(varchar)) | [[\"x\"],null,[]] | [[\"x\"],null,[]]",
        "map(varchar,bigint) | {\"k\":1,\"l\":null} | [{\"key\":\"k\",\"value\":1},{\"key\":\"l\"}]", "map(bigint,boolean) | {\"-5\":true} | [{\"key\":-5,\"value\":true}]",
        "map(varchar,bigint) | {} | []", "row(a bigint, b row(c array(varchar))) | [1,[[\"x\",null]]] | {\"a\":1,\"b\":{\"c\":[\"x\",null]}}",
        "row(a bigint, b row(c array(varchar))) | [null,null] | {}", "array(row(a bigint)) | [[1],null,[null]] | [{\"a\":1},null,{}]"
    })
    void values(String type, String value, String held) throws IOException {
        assertEquals(held, held(type, value, ZonedTimestamps.UTC));
    }

    @Test
    @DisplayName("keeps instant and zone apart, and refuses what it would have to guess")
    void zones() throws IOException {
        String type = "timestamp(6) with time zone";
        assertEquals("{\"instant\":1796083323000001,\"zone\":\"Europe/Berlin\"}",
            held(type, "\"2026-12-01 01:02:03.000001 Europe/Berlin\"", ZonedTimestamps.STRUCT));
        assertEquals("1796083323000001", held(type, "\"2026-12-01 01:02:03.000001 +01:00\"", ZonedTimestamps.INSTANT));
        for (String value : List.of("2026-10-25 02:30:00.000000 Europe/Berlin", "2026-12-01 01:02:03 Nowhere/City")) {
            String message = assertThrows(UnsupportedTypeException.class, () -> held(type, "\"" + value + "\"", ZonedTimestamps.INSTANT)).getMessage();
            assertTrue(message.contains(value) && message.contains("AT TIME ZONE 'UTC'"), message);
        }
        String refused = assertThrows(UnsupportedTypeException.class,
            () -> held(type, "\"2026-12-01 01:02:03 Europe/Berlin\"", ZonedTimestamps.UTC)).getMessage();
        assertTrue(refused.contains("zoned_timestamps"), refused);
        String far = assertThrows(UnsupportedTypeException.class,
            () -> held("timestamp(9)", "\"1500-12-01 01:02:03.000000001\"", ZonedTimestamps.UTC)).getMessage();
        assertTrue(far.contains("1500-12-01"), far);
    }

    @Test
    @DisplayName("counts as full by its bytes")
    void full() throws IOException {
        try (BufferAllocator allocator = new RootAllocator();
             RowBatch batch = new RowBatch(allocator, List.of(new ResultColumn("c", TypeText.parse("varchar"))), ZonedTimestamps.UTC, 1000)) {
            fill(batch, "\"x\"");
            assertTrue(!batch.isFull(), "after four small rows");
            batch.clear();
            fill(batch, "\"" + "x".repeat(500) + "\"");
            assertTrue(batch.isFull(), "after a thousand bytes");
        }
    }
}
