package io.openclickstream.flight.trino;

/** Trino refused a query or failed at it. The message is Trino's own, with the place in the statement where it has one. */
public final class TrinoFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Detail detail;

    /**
     * What Trino says of an error.
     *
     * @param name such as {@code TABLE_NOT_FOUND}
     * @param type such as {@code USER_ERROR}
     * @param line the line in the statement from 1 on; 0 where none is named
     * @param column the column in that line from 1 on; 0 where none is named
     * @param queryId the query; null where there is none
     */
    public record Detail(String name, String type, int line, int column, String queryId) {
    }

    public TrinoFailure(String message, Detail detail) {
        super(message);
        this.detail = detail;
    }

    public Detail detail() {
        return detail;
    }
}
