package io.openclickstream.lake;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.openclickstream.model.EventColumns;
import io.openclickstream.model.OutputRow;
import io.openclickstream.model.OutputTable;
import io.openclickstream.testing.TestLake;
import java.io.IOException;
import java.nio.file.Path;
import java.time.OffsetDateTime;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.hadoop.HadoopCatalog;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A column that is filled from a property")
class PropertyColumnsTest {
    @TempDir
    private Path warehouse;

    private TestLake lake;

    @BeforeEach
    void create() {
        lake = new TestLake(new HadoopCatalog(new Configuration(), warehouse.toString()), "db", "web");
        lake.create();
    }

    /** The row that is read back of one event with this property, from a table with a column for it. */
    private Record stored(Type type, String text, String column) throws IOException {
        Table table = lake.table(OutputTable.EVENTS);
        table.updateSchema().addColumn("engines_own", Types.StringType.get()).addColumn(column, type).commit();
        PropertyColumns columns = new PropertyColumns(Map.of(column, "a property", "not_there_yet", "a property"));
        DataFileWriter writer = new DataFileWriter(
            OutputTable.EVENTS, lake.table(OutputTable.EVENTS), new OutputWriter.Attempt(0, 0, "test"), columns);
        writer.write(new OutputRow(OutputTable.EVENTS).set(EventColumns.EVENT_ID, "1").set(EventColumns.EVENT_TYPE, "view")
            .set(EventColumns.EVENT_TIME, 0L).set(EventColumns.RECEIVED_AT, 0L).set(EventColumns.PROCESSED_AT, 0L)
            .set(EventColumns.VISITOR_ID, "v").set(EventColumns.SOURCE, "json").set(EventColumns.SESSION_ID, "s")
            .set(EventColumns.SESSION_START, 0L).set(EventColumns.SESSION_EVENT_INDEX, 0)
            .set(EventColumns.KAFKA_PARTITION, 0).set(EventColumns.KAFKA_OFFSET, 0L)
            .set(EventColumns.PROPERTIES, text == null ? Map.of() : Map.of("a property", text)));
        Table written = lake.table(OutputTable.EVENTS);
        var append = written.newAppend();
        writer.complete().forEach(append::appendFile);
        append.commit();
        return lake.rows(OutputTable.EVENTS).get(0);
    }

    @ParameterizedTest(name = "{0} of \"{1}\": {2}")
    @CsvSource({
        "string, red, red", "string, '', ''", "boolean, TRUE, true", "boolean, 1,", "int, 42, 42", "int, 42.0, 42", "int, 3000000000,",
        "int, many,", "long, 3000000000, 3000000000", "long, 1e3, 1000", "long, 1e999999999,", "double, 0.5, 0.5", "double, NaN,",
        "double, 1e400,", "timestamptz, 2026-01-05T10:00:00+01:00, 2026-01-05T09:00Z", "timestamptz, yesterday,",
        "timestamptz, +999999999-01-01T00:00:00Z,", "date, 2026-01-05,",
    })
    @DisplayName("has the value where the text is one of its type, else none")
    void values(String type, String text, String expected) throws IOException {
        Object value = stored(Types.fromPrimitiveString(type), text, "further").getField("further");
        assertEquals(expected, value == null ? null : String.valueOf(value));
    }

    @Test
    @DisplayName("is empty without the property, and the column of somebody else beside it stays empty")
    void absent() throws IOException {
        Record row = stored(Types.StringType.get(), null, "further");
        assertNull(row.getField("further"));
        assertNull(row.getField("engines_own"));
    }

    @Test
    @DisplayName("keeps the text among the properties, and is compared as a time where it is one")
    void keepsTheText() throws IOException {
        Record row = stored(Types.TimestampType.withZone(), "2026-01-05T10:00:00Z", "further");
        assertEquals(OffsetDateTime.parse("2026-01-05T10:00:00Z"), row.getField("further"));
        assertEquals(Map.of("a property", "2026-01-05T10:00:00Z"), row.getField("properties"));
    }
}
