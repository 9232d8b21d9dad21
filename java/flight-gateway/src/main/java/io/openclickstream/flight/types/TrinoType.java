package io.openclickstream.flight.types;

import java.util.List;

/**
 * A type of Trino.
 *
 * @param kind what it is
 * @param text as Trino writes it
 * @param numbers its numbers: precision and scale of a decimal, precision of a time, length of a text; may be empty
 * @param elements the types in it: of an array one, of a map two, of a row one for each field
 * @param fieldNames names of a row's fields, empty texts where a field has none
 */
public record TrinoType(Kind kind, String text, List<Integer> numbers, List<TrinoType> elements, List<String> fieldNames) {
    /** What types there are. OTHER has no form in Arrow here. */
    public enum Kind {
        UNKNOWN, BOOLEAN, TINYINT, SMALLINT, INTEGER, BIGINT, REAL, DOUBLE, DECIMAL, VARCHAR, CHAR, VARBINARY, DATE, TIME, TIME_ZONED,
        TIMESTAMP, TIMESTAMP_ZONED, INTERVAL_YEAR_MONTH, INTERVAL_DAY_SECOND, UUID, JSON, IPADDRESS, ARRAY, MAP, ROW, OTHER
    }

    /** A type without others in it. */
    static TrinoType scalar(Kind kind, String text, List<Integer> numbers) {
        return new TrinoType(kind, text, numbers, List.of(), List.of());
    }

    /** Digits of the fraction of a second; Trino's default where the type says nothing. */
    public int precision() {
        return numbers.isEmpty() ? 3 : numbers.get(0);
    }

    /** The type of an array's elements, or of a row's field. */
    public TrinoType element(int position) {
        return elements.get(position);
    }
}
