// Generated from contracts/raw-record.yaml by `node scripts/generate.ts`; do not edit.
package io.openclickstream.model;

import java.util.Optional;

/** What is kept of a client's address. */
public enum Masking {
    /** All of the address. */
    NONE("None"),
    /** The first three bytes of an IPv4 address, the first 48 bits of an IPv6 address. */
    LAST_OCTET("LastOctet"),
    /** Nothing. */
    DROP("Drop");

    private final String text;

    Masking(String text) {
        this.text = text;
    }

    /** The value as it is written everywhere outside the job. */
    public String text() {
        return text;
    }

    /** The value with this text. */
    public static Optional<Masking> of(String text) {
        for (Masking value : values()) {
            if (value.text.equals(text)) {
                return Optional.of(value);
            }
        }
        return Optional.empty();
    }
}
