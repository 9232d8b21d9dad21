package io.openclickstream.flight.types;

/** What becomes of timestamps with time zone, in which Trino keeps a zone for each value and Arrow one for each column. */
public enum ZonedTimestamps {
    /** Timestamps in UTC; a value of another zone is an error. */
    UTC,
    /** Timestamps in UTC; the zone of a value is dropped, its instant stays. */
    INSTANT,
    /** A struct of the instant, as a timestamp in UTC, and the zone's name. */
    STRUCT
}
