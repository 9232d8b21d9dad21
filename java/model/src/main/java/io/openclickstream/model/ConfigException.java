package io.openclickstream.model;

/** The job's configuration is wrong; the message says where, what must be there, and never holds a secret. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConfigException(String message) {
        super(message);
    }
}
