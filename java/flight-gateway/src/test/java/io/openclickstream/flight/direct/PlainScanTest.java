package io.openclickstream.flight.direct;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A plain scan")
class PlainScanTest {
    @Test
    @DisplayName("is columns of one table, and perhaps a limit")
    void scans() {
        assertEquals(Optional.of(new PlainScan(List.of("a", "b \"c"), List.of("lake", "d", "t"), 5L)),
            PlainScan.of("select A, \"b \"\"C\"\n FROM lake . d.\"T\" limit 5 "));
        assertEquals(Optional.of(new PlainScan(List.of(), List.of("t"), null)), PlainScan.of("SELECT * FROM t"));
    }

    @ParameterizedTest(name = "is not {0}")
    @ValueSource(strings = {"SELECT a b FROM t", "SELECT a FROM t u", "SELECT a FROM t WHERE x", "SELECT a FROM t, u", "SELECT a+1 FROM t", "SELECT a FROM t; SELECT 1",
        "SELECT DISTINCT a FROM t", "SELECT a FROM a.b.c.d", "SELECT a FROM t LIMIT ALL", "SELECT a FROM t -- x", "SELECT count(*) FROM t", "", "SELECT t.a FROM t",
        "SELECT a FROM t LIMIT 1 OFFSET 2", "SELECT a FROM (t)", "SELECT a FROM t FOR VERSION AS OF 1", "SELECT 'a' FROM t"})
    void others(String sql) {
        assertTrue(PlainScan.of(sql).isEmpty());
    }
}
