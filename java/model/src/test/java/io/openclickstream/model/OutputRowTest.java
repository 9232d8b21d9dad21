package io.openclickstream.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A row")
class OutputRowTest {
    @Test
    @DisplayName("gives back what was set, and null for what was not")
    void values() {
        OutputRow row = new OutputRow(OutputTable.EVENTS).set(EventColumns.PAGE_URL, "https://example.com/").set(EventColumns.KAFKA_OFFSET, 7L);
        assertEquals("https://example.com/", row.get(EventColumns.PAGE_URL));
        assertEquals(7L, row.get(EventColumns.KAFKA_OFFSET));
        assertNull(row.get(EventColumns.PAGE_TITLE));
    }

    @Test
    @DisplayName("refuses the column of another table, also one of the same name and place")
    void columnOfAnotherTable() {
        OutputRow row = new OutputRow(OutputTable.DUPLICATE_EVENTS);
        assertThrows(IllegalArgumentException.class, () -> row.set(EventColumns.EVENT_ID, "x"));
        assertThrows(IllegalArgumentException.class, () -> row.get(EventColumns.PAGE_URL));
    }
}
