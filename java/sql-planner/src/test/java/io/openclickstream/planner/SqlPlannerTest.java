package io.openclickstream.planner;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.openclickstream.model.ConfigException;
import io.openclickstream.model.PlanDocument;
import io.openclickstream.model.PlanErrors;
import io.openclickstream.testing.SqlCorpus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The planner")
class SqlPlannerTest {
    private static final SqlPlanner PLANNER = new SqlPlanner();
    private static final String SESSIONS_BY_DAY = """
        SELECT floor(event_time TO DAY) AS "day", count(DISTINCT user_id) AS sessions,
          count(*) FILTER (WHERE props['utm_source'] IS NOT NULL) AS campaigns
        FROM shop.events WHERE NOT is_bot AND geo.country <> 'XX' GROUP BY 1
        """;
    private static final String BY_DAY = ",\"catalog\":{\"spark\":\"lake\",\"trino\":\"iceberg\"},\"incremental\":{\"mode\":\"OverwritePartitions\","
        + "\"newDataBy\":\"event_time\",\"keys\":[\"day\"],\"partitionBy\":[{\"column\":\"day\",\"transform\":\"day\"}]}";

    private static PlanDocument plan(String sql, String extra) {
        SqlPlanner.Answer answer = PLANNER.plan(SqlCorpus.request(sql, "Europe/Berlin", extra));
        assertNull(answer.errors(), () -> answer.errors().toString());
        return answer.plan();
    }

    private static PlanErrors.Error error(String sql) {
        return PLANNER.plan(SqlCorpus.request(sql, "UTC", "")).errors().errors().get(0);
    }

    @Test
    @DisplayName("answers columns, lineage, modes and the texts for both engines")
    void golden() throws IOException {
        ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).setSerializationInclusion(JsonInclude.Include.NON_NULL);
        PlanDocument plan = plan(SESSIONS_BY_DAY, BY_DAY);
        String texts = "\n-- spark\n" + plan.spark() + "\n-- trino\n" + plan.trino() + "\n-- window\n" + plan.sparkWindow() + "\n-- rows of the window\n"
            + plan.sparkWindowRows() + "\n-- rows later than the window\n" + plan.sparkWindowLater() + "\n";
        String actual = json.writeValueAsString(plan) + texts;
        Path golden = Path.of("src/test/resources/golden/sessions-by-day.golden.txt");
        if (Boolean.getBoolean("golden.write")) {
            Files.writeString(golden, actual);
        }
        assertEquals(Files.readString(golden), actual);
    }

    @Test
    @DisplayName("gives the same hash for the same plan, and another one for another zone's text or type")
    void hash() {
        String sql = "SELECT date_trunc('day', local_time) AS d FROM shop.events";
        assertEquals(plan(sql, "").planHash(), plan(sql + " ", "").planHash());
        assertNotEquals(plan(sql, "").planHash(), plan(sql.replace("'day'", "'month'"), "").planHash());
    }

    @Test
    @DisplayName("names the place of an error, the words around it and the nearest name")
    void errors() {
        PlanErrors.Error error = error("\nSELECT count(*) AS n\nFROM shop.events\nWHERE usr_id > 5");
        assertEquals("Column 'usr_id' not found in any table", error.message());
        assertEquals("4:7-4:12", error.line() + ":" + error.column() + "-" + error.endLine() + ":" + error.endColumn());
        assertEquals("WHERE usr_id > 5", error.near());
        assertEquals("user_id", error.suggestion());
    }

    @Test
    @DisplayName("counts places in the text as it was sent, also behind date_trunc")
    void places() {
        PlanErrors.Error error = error("SELECT date_trunc('day', event_time) AS d, xx FROM shop.events");
        assertEquals(44, error.column());
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("says which modes are safe for a query")
    @CsvSource(delimiter = '|', value = {
        "SELECT event_id, upper(name) AS n, event_time FROM shop.events WHERE is_bot|Full Append",
        "SELECT e.event_id, t.tag FROM shop.events e CROSS JOIN UNNEST(e.tags) AS t(tag)|Full Append",
        "SELECT e.event_id, u.name FROM shop.events e JOIN shop.users u ON u.user_id = e.user_id|Full",
        "SELECT floor(event_time TO DAY) AS \"day\", count(*) AS n FROM shop.events GROUP BY 1|Full OverwritePartitions Merge",
        "SELECT date_trunc('day', event_time) AS \"day\", name, count(*) AS n FROM shop.events GROUP BY 1, 2|Full OverwritePartitions",
        "SELECT name, count(*) AS n FROM shop.events GROUP BY name|Full",
        "SELECT event_time AS \"day\", lag(name) OVER (PARTITION BY user_id ORDER BY event_id) AS n FROM shop.events|Full",
        "SELECT event_time AS \"day\", name FROM shop.events LIMIT 5|Full",
        "SELECT floor(e.event_time TO DAY) AS \"day\", u.country, count(*) AS n FROM shop.events e LEFT JOIN shop.users u ON u.user_id = e.user_id GROUP BY 1, 2|Full OverwritePartitions",
        "SELECT floor(e.event_time TO DAY) AS \"day\", count(u.name) AS n FROM shop.events e RIGHT JOIN shop.users u ON u.user_id = e.user_id GROUP BY 1|Full",
        "SELECT floor(event_time TO WEEK) AS \"day\", count(*) AS n FROM shop.events GROUP BY 1|Full OverwritePartitions Merge",
        "SELECT name FROM shop.users|Full"})
    void modes(String sql, String safe) {
        PlanDocument plan = plan(sql, BY_DAY);
        assertEquals(safe, plan.modes().stream().filter(PlanDocument.Mode::safe).map(PlanDocument.Mode::mode).collect(Collectors.joining(" ")));
        assertTrue(plan.modes().stream().allMatch(mode -> mode.safe() == (mode.reason() == null)), plan.modes()::toString);
        boolean isAging = sql.contains("LEFT JOIN shop.users");
        assertTrue(plan.modes().stream().allMatch(mode -> (mode.caution() != null) == (isAging && mode.mode().equals("OverwritePartitions"))), plan.modes()::toString);
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("does not append by a day or a time without a zone: runs that adjoin would both append its rows")
    @CsvSource({"day,false", "local_time,false", "event_time,true"})
    void appendBy(String column, boolean isSafe) {
        PlanDocument plan = plan("SELECT event_id, " + column + " FROM shop.events", ",\"incremental\":{\"mode\":\"Append\",\"newDataBy\":\"" + column + "\"}");
        PlanDocument.Mode append = plan.modes().stream().filter(mode -> mode.mode().equals("Append")).findFirst().orElseThrow();
        assertEquals(isSafe, append.safe(), append::toString);
        assertTrue(isSafe || append.reason().contains("is no point in time (timestamptz)"), append::toString);
    }

    @Test
    @DisplayName("limits the inputs with new data to whole stretches where rows are made of stretches, else to the window as it is")
    void window() {
        String byDay = plan("SELECT floor(event_time TO DAY) AS \"day\", count(*) AS n FROM shop.events GROUP BY 1", BY_DAY).sparkWindow();
        assertTrue(byDay.contains("WHERE `event_time` >= date_trunc('DAY', :from) AND `event_time` < (date_trunc('DAY', (:to - INTERVAL"), byDay);
        String rows = plan("SELECT event_id FROM shop.events", ",\"incremental\":{\"mode\":\"Append\",\"newDataBy\":\"event_time\"}").sparkWindow();
        assertTrue(rows.contains("WHERE `event_time` >= :from AND `event_time` < :to)"), rows);
        assertNull(plan("SELECT event_id FROM shop.events", "").sparkWindow());
    }

    @ParameterizedTest(name = "{0} {1}")
    @DisplayName("tells which rows of the target a window gives anew, by the output column that tells the time of new data most exactly")
    @CsvSource(delimiter = '|', value = {
        "OverwritePartitions|floor(event_time TO DAY) AS \"day\", count(*) AS n|`day` >= date_trunc('DAY', :from) AND `day` < (date_trunc('DAY', (:to - INTERVAL '0.000001' SECOND)) + INTERVAL '1' DAY)",
        "Merge|CAST(event_time AS DATE) AS \"day\", count(*) AS n|`day` >= CAST(date_trunc('DAY', :from) AS DATE) AND `day` < CAST((date_trunc('DAY', (:to - INTERVAL '0.000001' SECOND)) + INTERVAL '1' DAY) AS DATE)",
        "Merge|floor(event_time TO DAY) AS \"day\", floor(event_time TO HOUR) AS h|`h` >= date_trunc('DAY', :from) AND `h` < (date_trunc('DAY', (:to - INTERVAL '0.000001' SECOND)) + INTERVAL '1' DAY)",
        "Merge|floor(CAST(event_time AS TIMESTAMP) TO HOUR) AS \"day\"|`day` >= CAST(date_trunc('DAY', :from) AS TIMESTAMP_NTZ) AND `day` < CAST((date_trunc('DAY', (:to - INTERVAL '0.000001' SECOND)) + INTERVAL '1' DAY) AS TIMESTAMP_NTZ)",
        "Merge|floor(event_time TO WEEK) AS \"day\"|`day` >= date_trunc('WEEK', :from) AND `day` < (date_trunc('WEEK', (:to - INTERVAL '0.000001' SECOND)) + INTERVAL '7' DAY)",
        "Merge|name AS \"day\", count(*) AS n|",
        "Append|floor(event_time TO DAY) AS \"day\"|"})
    void windowRows(String mode, String columns, String condition) {
        String grouped = "SELECT " + columns + " FROM shop.events GROUP BY 1" + (columns.contains(" AS h") ? ", 2" : "");
        PlanDocument plan = plan(grouped, BY_DAY.replace("OverwritePartitions", mode));
        assertEquals(condition, plan.sparkWindowRows());
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("merges rows of single input rows only where the target tells which of two is the newer one")
    @CsvSource(delimiter = '|', value = {
        "event_id AS \"day\", name|no output column is event_time, so that a backfill would put an older row in place of a newer one: add event_time to the SELECT|",
        "event_id AS \"day\", event_time||`event_time` >= :to",
        "event_id, CAST(event_time AS DATE) AS \"day\"||`day` >= CAST((date_trunc('DAY', (:to - INTERVAL '0.000001' SECOND)) + INTERVAL '1' DAY) AS DATE)"})
    void mergeOfRows(String columns, String reason, String later) {
        PlanDocument plan = plan("SELECT " + columns + " FROM shop.events", BY_DAY.replace("OverwritePartitions", "Merge"));
        assertEquals(reason, plan.modes().stream().filter(mode -> mode.mode().equals("Merge")).findFirst().orElseThrow().reason());
        assertEquals(later, plan.sparkWindowLater());
        assertEquals(columns.contains("CAST") ? "DAY" : null, plan.windowUnit());
    }

    @Test
    @DisplayName("reads whole days when a row is known again by its day alone, and the window as it is when it is by its time")
    void windowOfRows() {
        String merge = BY_DAY.replace("OverwritePartitions", "Merge");
        PlanDocument byTime = plan("SELECT event_id AS \"day\", event_time FROM shop.events", merge);
        assertEquals("`event_time` >= :from AND `event_time` < :to", byTime.sparkWindowRows());
        assertTrue(byTime.sparkWindow().contains("WHERE `event_time` >= :from AND `event_time` < :to)"), byTime.sparkWindow());
        PlanDocument byDay = plan("SELECT event_id, CAST(event_time AS DATE) AS \"day\" FROM shop.events", merge);
        assertTrue(byDay.sparkWindow().contains("WHERE `event_time` >= date_trunc('DAY', :from)"), byDay.sparkWindow());
        assertTrue(byDay.sparkWindowRows().startsWith("`day` >= CAST(date_trunc('DAY', :from) AS DATE)"), byDay.sparkWindowRows());
    }

    @Test
    @DisplayName("tells a query whose rows are not always the same")
    void determinism() {
        assertFalse(plan("SELECT event_id FROM shop.events LIMIT 5", "").deterministic());
        assertFalse(plan("SELECT row_number() OVER () AS r FROM shop.events", "").deterministic());
        assertTrue(plan("SELECT event_id FROM shop.events ORDER BY event_id LIMIT 5", "").deterministic());
    }

    @ParameterizedTest(name = "{0}")
    @DisplayName("asks no engine which of two points in time a clock shows that is set back")
    @CsvSource(delimiter = '|', value = {
        "CAST(local_time AS TIMESTAMPTZ)|false",
        "CAST(TIMESTAMP '2024-10-27 02:30:00' AS TIMESTAMPTZ)|false",
        "CAST(TIMESTAMP '2024-03-31 02:30:00' AS TIMESTAMPTZ)|false",
        "CAST(TIMESTAMP '2024-10-27 03:00:00' AS TIMESTAMPTZ)|true",
        "event_time + INTERVAL '1' DAY|false",
        "event_time + INTERVAL '23' HOUR|true"})
    void clocks(String expression, boolean isPlanned) {
        String sql = "SELECT " + expression + " AS t FROM shop.events";
        assertEquals(isPlanned, PLANNER.plan(SqlCorpus.request(sql, "Europe/Berlin", "")).plan() != null);
        assertTrue(PLANNER.plan(SqlCorpus.request(sql, "UTC", "")).plan() != null);
    }

    @Test
    @DisplayName("lets no engine read a variable or an escape out of a text")
    void texts() {
        PlanDocument plan = plan("SELECT '${env:HOME}' AS a, 'it''s \\n' AS b FROM shop.users", "");
        assertTrue(plan.spark().contains("'\\u0024{env:HOME}'"), plan.spark());
        assertTrue(plan.spark().contains("'it\\'s \\\\n'"), plan.spark());
        assertTrue(plan.trino().contains("'it''s \\n'"), plan.trino());
    }

    @Test
    @DisplayName("refuses a request that makes no sense, with the field")
    void requests() {
        Map<String, String> wrong = Map.of(
            "\"timeZone\" must be a zone such as UTC or Europe/Berlin, not \"Berlin\"", "SELECT 1 AS a");
        wrong.forEach((message, sql) -> assertEquals(message,
            assertThrows(ConfigException.class, () -> PLANNER.plan(SqlCorpus.request(sql, "Berlin", ""))).getMessage()));
    }
}
