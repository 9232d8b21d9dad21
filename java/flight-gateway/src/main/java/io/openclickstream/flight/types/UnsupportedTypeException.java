package io.openclickstream.flight.types;

/** A column has a type, or a value, that cannot be sent whole; the message names it and says what to write. */
public final class UnsupportedTypeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UnsupportedTypeException(String message) {
        super(message);
    }
}
