package io.openclickstream.profileapi.read;

/**
 * What is asked of profiles.
 *
 * @param kind what the identifiers are of
 * @param asOf the time as of which they are wanted, in milliseconds since the epoch; null for now
 * @param versions how many versions, the newest first; 1 is the profile alone
 */
public record Question(Kind kind, Long asOf, int versions) {
    /** The profile of a visitor as it is. */
    public static final Question NOW = new Question(Kind.VISITOR, null, 1);

    /** What an identifier is of. */
    public enum Kind {
        /** {@code visitor_id} of the events. */
        VISITOR,
        /** {@code user_id} of the events. */
        USER
    }

    /** Whether it must be known from when on the history is kept. */
    boolean isOfPast() {
        return asOf != null || versions > 1;
    }
}
