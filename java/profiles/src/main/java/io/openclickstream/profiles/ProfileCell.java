package io.openclickstream.profiles;

/**
 * A cell of a row.
 *
 * @param family its column family, in ASCII
 * @param qualifier its column in the family, in ASCII
 * @param timestamp the cell's own time in milliseconds since the epoch: of events, not of the writing
 * @param value its bytes
 */
public record ProfileCell(String family, String qualifier, long timestamp, byte[] value) {
}
