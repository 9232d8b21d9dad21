package io.openclickstream.flight.query;

import java.util.Locale;
import java.util.Set;

/** Tells statements that give rows from those that change something, by their first word. */
public final class StatementKind {
    private static final Set<String> READING = Set.of("SELECT", "WITH", "VALUES", "TABLE", "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "EXECUTE");
    private static final Set<String> OF_A_SESSION = Set.of("USE", "SET", "RESET", "PREPARE", "DEALLOCATE", "START", "COMMIT", "ROLLBACK");

    private StatementKind() {
    }

    /** Whether the statement gives rows. */
    public static boolean isReading(String sql) {
        return READING.contains(firstWord(sql));
    }

    /** Whether the statement changes nothing but Trino's idea of the session, which ends with the statement. */
    public static boolean isOfSession(String sql) {
        return OF_A_SESSION.contains(firstWord(sql));
    }

    static String firstWord(String sql) {
        int start = 0;
        while (start < sql.length()) {
            char character = sql.charAt(start);
            if (sql.startsWith("--", start)) {
                int end = sql.indexOf('\n', start);
                start = end < 0 ? sql.length() : end + 1;
            } else if (sql.startsWith("/*", start)) {
                int end = sql.indexOf("*/", start + 2);
                start = end < 0 ? sql.length() : end + 2;
            } else if (Character.isWhitespace(character) || character == '(' || character == '\uFEFF') {
                start++;
            } else {
                break;
            }
        }
        int end = start;
        while (end < sql.length() && Character.isLetter(sql.charAt(end))) {
            end++;
        }
        return sql.substring(start, end).toUpperCase(Locale.ROOT);
    }
}
