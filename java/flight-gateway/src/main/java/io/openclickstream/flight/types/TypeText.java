package io.openclickstream.flight.types;

import io.openclickstream.flight.types.TrinoType.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads a type as Trino writes it, such as {@code row("a" bigint, "b" array(timestamp(6) with time zone))}. */
public final class TypeText {
    private static final Map<String, Kind> KINDS = Map.ofEntries(
        Map.entry("unknown", Kind.UNKNOWN), Map.entry("boolean", Kind.BOOLEAN), Map.entry("tinyint", Kind.TINYINT),
        Map.entry("smallint", Kind.SMALLINT), Map.entry("integer", Kind.INTEGER), Map.entry("bigint", Kind.BIGINT),
        Map.entry("real", Kind.REAL), Map.entry("double", Kind.DOUBLE), Map.entry("decimal", Kind.DECIMAL),
        Map.entry("varchar", Kind.VARCHAR), Map.entry("char", Kind.CHAR), Map.entry("varbinary", Kind.VARBINARY),
        Map.entry("date", Kind.DATE), Map.entry("time", Kind.TIME), Map.entry("timestamp", Kind.TIMESTAMP),
        Map.entry("uuid", Kind.UUID), Map.entry("json", Kind.JSON), Map.entry("ipaddress", Kind.IPADDRESS),
        Map.entry("array", Kind.ARRAY), Map.entry("map", Kind.MAP), Map.entry("row", Kind.ROW));
    private static final String ZONED = " with time zone";
    private static final String DAY_TO_SECOND = "interval day to second";
    private static final String YEAR_TO_MONTH = "interval year to month";
    private static final int DEEPEST = 200;

    private final String text;
    private int position;
    private int depth;

    private TypeText(String text) {
        this.text = text;
    }

    /** The type that the text says. A text that is none is of the kind OTHER. */
    public static TrinoType parse(String text) {
        TypeText reader = new TypeText(text.strip());
        try {
            TrinoType type = reader.type();
            return reader.position == reader.text.length() ? type : other(text);
        } catch (NotATypeException e) {
            return other(text);
        }
    }

    private static final class NotATypeException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static TrinoType other(String text) {
        return TrinoType.scalar(Kind.OTHER, text, List.of());
    }

    private TrinoType type() {
        int start = position;
        for (String interval : List.of(DAY_TO_SECOND, YEAR_TO_MONTH)) {
            if (text.regionMatches(true, position, interval, 0, interval.length())) {
                position += interval.length();
                Kind kind = interval.equals(DAY_TO_SECOND) ? Kind.INTERVAL_DAY_SECOND : Kind.INTERVAL_YEAR_MONTH;
                return TrinoType.scalar(kind, interval, List.of());
            }
        }
        String name = word();
        Kind kind = KINDS.getOrDefault(name.toLowerCase(Locale.ROOT), Kind.OTHER);
        return switch (kind) {
            case ARRAY, MAP, ROW -> nested(kind, start);
            case OTHER -> foreign(start);
            default -> scalar(kind, start);
        };
    }

    private TrinoType scalar(Kind kind, int start) {
        List<Integer> numbers = next() == '(' ? numbers() : List.of();
        boolean isZoned = (kind == Kind.TIME || kind == Kind.TIMESTAMP) && text.regionMatches(true, position, ZONED, 0, ZONED.length());
        if (isZoned) {
            position += ZONED.length();
        }
        Kind whole = !isZoned ? kind : kind == Kind.TIME ? Kind.TIME_ZONED : Kind.TIMESTAMP_ZONED;
        return TrinoType.scalar(whole, text.substring(start, position), numbers);
    }

    /** A type of another name with its brackets, whatever is in them. */
    private TrinoType foreign(int start) {
        int open = 0;
        while (position < text.length() && (open > 0 || next() == '(')) {
            open += next() == '(' ? 1 : next() == ')' ? -1 : 0;
            position++;
        }
        return other(text.substring(start, position));
    }

    private TrinoType nested(Kind kind, int start) {
        if (++depth > DEEPEST) {
            throw new NotATypeException();
        }
        List<TrinoType> elements = new ArrayList<>();
        List<String> names = new ArrayList<>();
        expect('(');
        do {
            skipBlanks();
            names.add(kind == Kind.ROW ? fieldName() : "");
            elements.add(type());
            skipBlanks();
        } while (take(','));
        expect(')');
        depth--;
        int wanted = kind == Kind.ARRAY ? 1 : kind == Kind.MAP ? 2 : elements.size();
        if (elements.size() != wanted) {
            throw new NotATypeException();
        }
        return new TrinoType(kind, text.substring(start, position), List.of(), List.copyOf(elements), List.copyOf(names));
    }

    /** A field's name and the blank behind it; an empty text where the type follows at once. */
    private String fieldName() {
        if (next() == '"') {
            String name = quoted();
            expect(' ');
            return name;
        }
        int start = position;
        try {
            type();
            skipBlanks();
            if (next() == ',' || next() == ')') {
                position = start;
                return "";
            }
        } catch (NotATypeException e) {
            // Then the first word is a name.
        }
        position = start;
        String name = word();
        expect(' ');
        return name;
    }

    private String quoted() {
        StringBuilder name = new StringBuilder();
        expect('"');
        while (true) {
            char character = next();
            position++;
            if (character == 0) {
                throw new NotATypeException();
            }
            if (character == '"' && !take('"')) {
                return name.toString();
            }
            name.append(character);
        }
    }

    private List<Integer> numbers() {
        List<Integer> numbers = new ArrayList<>();
        expect('(');
        do {
            skipBlanks();
            int start = position;
            while (Character.isDigit(next())) {
                position++;
            }
            if (start == position || position - start > 10) {
                throw new NotATypeException();
            }
            numbers.add((int) Math.min(Integer.MAX_VALUE, Long.parseLong(text.substring(start, position))));
            skipBlanks();
        } while (take(','));
        expect(')');
        return List.copyOf(numbers);
    }

    private String word() {
        int start = position;
        while (Character.isLetterOrDigit(next()) || next() == '_' || next() == '$' || next() == '@') {
            position++;
        }
        if (start == position) {
            throw new NotATypeException();
        }
        return text.substring(start, position);
    }

    private char next() {
        return position < text.length() ? text.charAt(position) : 0;
    }

    private boolean take(char character) {
        boolean isNext = next() == character;
        position += isNext ? 1 : 0;
        return isNext;
    }

    private void expect(char character) {
        if (!take(character)) {
            throw new NotATypeException();
        }
    }

    private void skipBlanks() {
        while (next() == ' ') {
            position++;
        }
    }
}
