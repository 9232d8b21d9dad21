// Generated from contracts/raw-record.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

import java.util.Optional;

/** Formats of access logs. */
public enum LogFormat {
    /** The combined format, which nginx and Apache write by default. */
    COMBINED("combined"),
    /** The common format, which lacks referrer and user agent. */
    COMMON("common"),
    /**
     * The combined format behind the virtual host's name, with or without its port, such as Apache's vhost_combined.
     */
    VHOST("vhost"),
    /** An object a line, with the names that nginx's variables or Caddy's access log have. */
    JSON("json"),
    /** W3C extended, as IIS writes it; the event says the log's {@code fields}. */
    W3C("w3c"),
    /** Access log of an AWS application load balancer. */
    ALB("alb"),
    /** Standard log of CloudFront, separated by tabs; the event says the log's {@code fields}. */
    CLOUDFRONT("cloudfront");

    private final String text;

    LogFormat(String text) {
        this.text = text;
    }

    /** The value as it is written everywhere outside the job. */
    public String text() {
        return text;
    }

    /** The value with this text. */
    public static Optional<LogFormat> of(String text) {
        for (LogFormat value : values()) {
            if (value.text.equals(text)) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
