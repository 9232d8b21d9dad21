package io.openclickstream.planner;

import java.util.List;
import org.apache.calcite.rel.type.RelDataType;

/** How one engine writes what {@link ExpressionWriter} and {@link QueryWriter} say. Arguments are texts that stand alone, such as {@code (a + b)}. */
interface Dialect {
    /** The Iceberg name of a unit of time, as both engines write it in lower case. */
    enum Unit { YEAR, QUARTER, MONTH, WEEK, DAY, HOUR, MINUTE, SECOND }

    /**
     * Elements of a collection as rows.
     *
     * @param collection the expression
     * @param alias alias of the rows
     * @param columns names for what one element gives: one for a value, two for key and value, one a field for structs
     * @param ordinal name for the position from 1; null when nobody asks for it
     * @param isStruct whether the elements are structs, whose fields are the columns
     * @param keepsEmpty whether a row without elements stays
     */
    record Unnest(String collection, String alias, List<String> columns, String ordinal, boolean isStruct, boolean keepsEmpty) {
    }

    /** The product's time zone. */
    String zone();

    /** A name between the engine's quotes. */
    String identifier(String name);

    /** A text between quotes. */
    String text(String value);

    /** A type for CAST. */
    String type(RelDataType type);

    /** A text that is to be read as a number or date: blanks around it do not count. */
    String parsed(String text);

    /** A timestamp without a zone, from {@code 2024-01-31 12:00:00.123456}. */
    String naive(String literal);

    /** A date or a timestamp without a zone as a point in time: it is what the clocks of the product's zone show. */
    String instantOf(String value, ValueKind kind);

    /** What the clocks of the product's zone show at a point in time. */
    String naiveOf(String instant);

    /** The day that it is in the product's zone at a point in time. */
    String dateOf(String instant);

    /** The start of the unit that a value lies in, of the value's own kind. */
    String truncate(Unit unit, ValueKind kind, String value);

    /** A part of a date or time as a long; {@code dayofyear} beside the units. */
    String part(String part, ValueKind kind, String value);

    /** A value moved by months and days, which the zone's clocks count, and by milliseconds. */
    String moved(String value, ValueKind kind, Interval interval);

    /** An element by its position from 1 or by its key; null where there is none. */
    String element(String collection, String key);

    /** A quotient of whole numbers, cut towards zero. */
    String wholeQuotient(String dividend, String divisor, RelDataType type);

    /** A quotient of which one side is a double; division by zero is an error, as that of other numbers. */
    String floatingQuotient(String dividend, String divisor);

    /** A comparison of doubles, in which NaN equals NaN and is greater than all others. A side that is null cannot be NaN. */
    String compared(Side left, String operator, Side right);

    /**
     * MAX or MAX_BY of which the last argument is a double; NaN is the greatest of all.
     *
     * @param rows what follows the call and says which rows it is of: FILTER or OVER
     */
    String greatest(String name, List<String> arguments, String rows, RelDataType type);

    /** A key of an order with its direction and the place of nulls; NaN is the greatest of all. */
    String orderKey(String key, boolean isFloating, String direction);

    /** A double as a decimal: the digits that it is printed with, rounded half up. */
    String decimalOf(String value, RelDataType type, boolean isSafe);

    /** One side of a comparison; a literal is neither NaN nor null. */
    record Side(String text, boolean isFloating, boolean isLiteral) {
        boolean canBeNan() {
            return isFloating && !isLiteral;
        }
    }

    /** A number cut towards zero, and then as a whole number. */
    String truncated(String number, RelDataType type, boolean isSafe);

    /** A call of a function of {@link Functions} that has plain arguments. */
    String call(String function, List<String> arguments, RelDataType type);

    /** What stands before, between or behind separators, by its position from 1; null where there is none. */
    String splitPart(String value, String separator, long position);

    /** An approximate count of different values. */
    String approximateDistinct(String argument);

    /** What stands behind the left side of an unnesting. */
    String unnest(Unnest unnest);

    /** The expression for a column of an unnesting; a position of -1 is the ordinal. */
    String unnested(Unnest unnest, int position);

    /** Whether LIMIT stands before OFFSET. */
    boolean isLimitBeforeOffset();

    /** A length of time. */
    record Interval(long months, long days, long milliseconds) {
    }
}
