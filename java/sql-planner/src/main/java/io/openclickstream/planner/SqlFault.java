package io.openclickstream.planner;

import org.apache.calcite.sql.parser.SqlParserPos;

/** What is wrong with a query, and where. A place that is not known is {@link SqlParserPos#ZERO}: the whole query. */
final class SqlFault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient SqlParserPos place;
    private final String suggestion;

    SqlFault(String message, SqlParserPos place) {
        this(message, place, null);
    }

    /** The suggestion may be null. */
    SqlFault(String message, SqlParserPos place, String suggestion) {
        super(message);
        this.place = place;
        this.suggestion = suggestion;
    }

    /** A fault of something that both engines are not proven to do alike. */
    static SqlFault notProven(String what, SqlParserPos place) {
        return notProven(what, place, null);
    }

    static SqlFault notProven(String what, SqlParserPos place, String suggestion) {
        return new SqlFault(what + " is not supported: it is not proven to give the same rows on Spark and on Trino", place, suggestion);
    }

    SqlParserPos place() {
        return place;
    }

    String suggestion() {
        return suggestion;
    }
}
