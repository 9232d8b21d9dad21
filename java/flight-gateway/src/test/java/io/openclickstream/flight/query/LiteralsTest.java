package io.openclickstream.flight.query;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.openclickstream.flight.types.TrinoType;
import io.openclickstream.flight.types.TypeText;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.BigIntVector;
import org.apache.arrow.vector.DecimalVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.Float8Vector;
import org.apache.arrow.vector.TimeStampMicroTZVector;
import org.apache.arrow.vector.TimeStampMicroVector;
import org.apache.arrow.vector.UInt4Vector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.types.TimeUnit;
import org.apache.arrow.vector.types.pojo.ArrowType;
import org.apache.arrow.vector.types.pojo.FieldType;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Literals of parameters")
class LiteralsTest {
    private final BufferAllocator allocator = new RootAllocator();

    private static String literal(FieldVector vector, String wanted) {
        try (vector) {
            vector.setValueCount(2);
            assertEquals("NULL", Literals.of(vector, 1, null));
            TrinoType type = wanted == null ? null : TypeText.parse(wanted);
            return Literals.of(vector, 0, type);
        }
    }

    private FieldVector text(String text) {
        VarCharVector vector = new VarCharVector("p", allocator);
        vector.setSafe(0, text.getBytes(StandardCharsets.UTF_8));
        return vector;
    }

    @Test
    @DisplayName("end where they should, whatever a text holds")
    void texts() {
        assertEquals("'o''x'' OR 1=1 --'", literal(text("o'x' OR 1=1 --"), null));
        assertEquals("'\\''\u0000\n'", literal(text("\\'\u0000\n"), null));
        assertEquals("CAST('2026-12-01' AS date)", literal(text("2026-12-01"), "date"));
        assertEquals("'1.239'", literal(text("1.239"), "decimal(3,2)"));
    }

    @Test
    @DisplayName("have the types of the values")
    void numbers() {
        BigIntVector whole = new BigIntVector("p", allocator);
        whole.setSafe(0, Long.MIN_VALUE);
        assertEquals("CAST(BIGINT '-9223372036854775808' AS integer)", literal(whole, "integer"));
        UInt4Vector unsigned = new UInt4Vector("p", allocator);
        unsigned.setSafe(0, -1);
        assertEquals("BIGINT '4294967295'", literal(unsigned, null));
        Float8Vector floating = new Float8Vector("p", allocator);
        floating.setSafe(0, Double.NEGATIVE_INFINITY);
        assertEquals("DOUBLE '-Infinity'", literal(floating, "real"));
        DecimalVector decimal = new DecimalVector("p", allocator, 38, 20);
        decimal.setSafe(0, new BigDecimal("0.00000000000000000001"));
        assertEquals("DECIMAL '0.00000000000000000001'", literal(decimal, null));
        VarBinaryVector binary = new VarBinaryVector("p", allocator);
        binary.setSafe(0, new byte[] {0, -1});
        assertEquals("X'00ff'", literal(binary, null));
    }

    @Test
    @DisplayName("keep microseconds and instants")
    void times() {
        TimeStampMicroVector local = new TimeStampMicroVector("p", allocator);
        local.setSafe(0, -1);
        assertEquals("TIMESTAMP '1969-12-31 23:59:59.999999'", literal(local, null));
        TimeStampMicroTZVector zoned = new TimeStampMicroTZVector("p",
            FieldType.nullable(new ArrowType.Timestamp(TimeUnit.MICROSECOND, "Europe/Berlin")), allocator);
        zoned.setSafe(0, 0);
        assertEquals("(TIMESTAMP '1970-01-01 00:00:00.000000 UTC' AT TIME ZONE 'Europe/Berlin')", literal(zoned, null));
    }

    @ParameterizedTest(name = "{1} begins {0}")
    @CsvSource(delimiter = '|', value = {
        "SELECT | select 1", "WITH | /* x */ -- y\\n (with a as (select 1) select 1)", "INSERT | -- select\\ninsert into t select 1", "'' | 1", "'' | --"})
    void firstWords(String word, String sql) {
        assertEquals(word, StatementKind.firstWord(sql.replace("\\n", "\n")));
    }

    @Test
    @DisplayName("go into a statement that quotes the client's own")
    void handles() {
        PreparedHandle handle = new PreparedHandle("ann", "SELECT 'it''s', ?", List.of("bigint"), List.of(List.of("BIGINT '1'")));
        assertEquals(List.of("EXECUTE IMMEDIATE 'SELECT ''it''''s'', ?' USING BIGINT '1'"), handle.statements());
    }
}
