package io.openclickstream.stream.parse;

/** What one raw record holds, read once: an event, or why there is none. */
public sealed interface EventInput permits Event, UnreadableEvent {
}
