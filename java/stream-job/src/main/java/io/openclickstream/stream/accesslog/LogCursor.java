package io.openclickstream.stream.accesslog;

import java.util.function.IntPredicate;

/** A position in an access-log line, moving from left to right. */
final class LogCursor {
    private static final String NONE = "-";
    private static final int STATUS_DIGITS = 3;
    /** So many always fit a long. */
    private static final int MOST_DIGITS = 18;

    private final String line;
    private int position;

    LogCursor(String line) {
        this.line = line;
    }

    boolean atEnd() {
        return position >= line.length();
    }

    /** The characters that are left, all of them. */
    String rest() {
        return line.substring(position);
    }

    /** Up to the next space, which is not taken; fails when there is nothing. */
    String token(String what) throws LogLineException {
        int end = line.indexOf(' ', position);
        if (end < 0) {
            end = line.length();
        }
        if (end == position) {
            throw expected(what);
        }
        String token = line.substring(position, end);
        position = end;
        return token;
    }

    /** Up to the first place where the text stands, which is taken too. */
    String upTo(String text, String what) throws LogLineException {
        int end = line.indexOf(text, position);
        if (end < 0) {
            throw new LogLineException(line.length() + 1, "the line ends before " + what);
        }
        String taken = line.substring(position, end);
        position = end + text.length();
        return taken;
    }

    /** Up to an index of the line; the cursor goes on at another one behind it. */
    String upTo(int end, int next) {
        String taken = line.substring(position, end);
        position = next;
        return taken;
    }

    /** A status of three digits; null for a hyphen. */
    Integer status() throws LogLineException {
        LogLineException unreadable = expected("a status of three digits");
        String token = token("the status");
        if (token.equals(NONE)) {
            return null;
        }
        if (token.length() != STATUS_DIGITS || !isNumber(token)) {
            throw unreadable;
        }
        return Integer.valueOf(token);
    }

    /** A number of bytes; null for a hyphen. */
    Long size(String what) throws LogLineException {
        LogLineException unreadable = expected(what + " in bytes");
        String token = token(what);
        if (token.equals(NONE)) {
            return null;
        }
        if (token.length() > MOST_DIGITS || !isNumber(token)) {
            throw unreadable;
        }
        return Long.valueOf(token);
    }

    void take(char wanted, String what) throws LogLineException {
        if (atEnd() || line.charAt(position) != wanted) {
            throw expected(what);
        }
        position++;
    }

    boolean isAt(char character) {
        return !atEnd() && line.charAt(position) == character;
    }

    /**
     * A quoted field without its quotes, escapes untouched. A quote inside that the server did not escape (old servers
     * do not) ends the field only where the next field can begin.
     */
    String quoted(String what) throws LogLineException {
        return quotedUntil(what, this::endsField);
    }

    /** The quoted request line, whose closing quote is the one that a status follows. */
    String quotedRequest() throws LogLineException {
        int start = position;
        try {
            return quotedUntil("the request", this::precedesStatus);
        } catch (LogLineException noStatusFollows) {
            position = start;
            return quoted("the request");
        }
    }

    private String quotedUntil(String what, IntPredicate isClosing) throws LogLineException {
        take('"', "a quote before " + what);
        int start = position;
        for (int index = start; index < line.length(); index++) {
            char character = line.charAt(index);
            if (character == '\\') {
                index++;
            } else if (character == '"' && isClosing.test(index)) {
                position = index + 1;
                return line.substring(start, index);
            }
        }
        throw new LogLineException(line.length() + 1, "the line ends inside " + what + ", whose closing quote is missing");
    }

    LogLineException expected(String what) {
        return new LogLineException(position + 1, atEnd() ? "the line ends before " + what : "expected " + what);
    }

    private static boolean isNumber(String token) {
        return token.chars().allMatch(character -> character >= '0' && character <= '9');
    }

    private boolean endsField(int quote) {
        return isSpaceOrEnd(quote + 1);
    }

    private boolean precedesStatus(int quote) {
        int status = quote + 2;
        if (quote + 1 >= line.length() || line.charAt(quote + 1) != ' ' || status >= line.length()) {
            return false;
        }
        if (line.charAt(status) == '-') {
            return isSpaceOrEnd(status + 1);
        }
        return isDigit(status) && isDigit(status + 1) && isDigit(status + 2) && isSpaceOrEnd(status + 3);
    }

    private boolean isSpaceOrEnd(int index) {
        return index >= line.length() || line.charAt(index) == ' ';
    }

    private boolean isDigit(int index) {
        return index < line.length() && line.charAt(index) >= '0' && line.charAt(index) <= '9';
    }
}
