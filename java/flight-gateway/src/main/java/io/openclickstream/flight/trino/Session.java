package io.openclickstream.flight.trino;

import io.openclickstream.flight.types.ZonedTimestamps;

/**
 * For whom and how a query runs.
 *
 * @param user the client's name, which Trino checks rights for
 * @param catalog of names without one; may be null
 * @param schema of names without one; may be null
 * @param timeZone of the session
 * @param zoned what becomes of timestamps with time zone
 */
public record Session(String user, String catalog, String schema, String timeZone, ZonedTimestamps zoned) {
}
