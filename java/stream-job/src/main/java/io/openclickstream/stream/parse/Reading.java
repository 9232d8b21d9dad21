package io.openclickstream.stream.parse;

/** What a record holds, and the fingerprint of its content, which is the same for a retry. */
public record Reading(EventInput input, long fingerprint) {
}
