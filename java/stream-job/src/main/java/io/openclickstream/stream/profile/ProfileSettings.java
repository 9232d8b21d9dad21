package io.openclickstream.stream.profile;

import io.openclickstream.profiles.IdentityRules;

/**
 * Where profiles are kept, and of what.
 *
 * @param pipeline the pipeline, {@code namespace/name}
 * @param bootstrapServers HBase's servers that are asked first, {@code host:port}s with commas between them
 * @param table the table in HBase, {@code namespace:name}
 * @param history how many of a visitor's newest events are kept one by one
 * @param maxRecords most records whose events are taken at once
 * @param identity which visitors are taken for one user
 */
public record ProfileSettings(String pipeline, String bootstrapServers, String table, int history, long maxRecords, IdentityRules identity) {
}
