package io.openclickstream.profiles;

/** An event and the record of Kafka that it came in, by which it is known again when it is delivered twice. */
public record PlacedEvent(int partition, long offset, EventFacts facts) {
}
