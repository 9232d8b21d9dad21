package io.openclickstream.planner;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.zone.ZoneRules;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.util.DateString;
import org.apache.calcite.util.TimestampString;

/** Where clocks are set back, one time of theirs is two points in time. Spark takes the first of them, Trino the second: neither is asked. */
final class Clocks {
    private final ZoneRules rules;
    private final String zone;

    Clocks(String zone) {
        this.zone = zone;
        this.rules = ZoneId.of(zone).getRules();
    }

    /** Refuses to read a date or a timestamp without a zone as a point in time, unless there is no doubt which one it is. */
    void requireOneInstant(RexNode value, SqlParserPos place) {
        if (rules.isFixedOffset() || value instanceof RexLiteral literal && (literal.isNull() || rules.getValidOffsets(local(literal)).size() == 1)) {
            return;
        }
        throw SqlFault.notProven("A " + ExpressionWriter.words(value.getType()) + " as a point in time in " + zone + ", whose clocks are set back once a year,",
            place, "cast the point in time to TIMESTAMP or DATE instead");
    }

    /** Refuses to move a point in time by days or months of clocks that change. */
    void requireSteady(SqlParserPos place) {
        if (!rules.isFixedOffset()) {
            throw SqlFault.notProven("A point in time moved by a day or more in " + zone + ", whose clocks change,", place,
                "cast the point in time to TIMESTAMP first");
        }
    }

    private static LocalDateTime local(RexLiteral literal) {
        return ValueKind.of(literal.getType()) == ValueKind.DATE
            ? LocalDate.parse(literal.getValueAs(DateString.class).toString()).atStartOfDay()
            : LocalDateTime.parse(literal.getValueAs(TimestampString.class).toString().replace(' ', 'T'));
    }
}
