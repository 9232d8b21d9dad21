package io.openclickstream.stream.accesslog;

/** A line does not follow its access-log format. */
public final class LogLineException extends Exception {
    private static final long serialVersionUID = 1L;

    /** The column counts characters of the line from 1. */
    public LogLineException(int column, String message) {
        super("column " + column + ": " + message, null, false, false);
    }
}
