package io.openclickstream.offsets;

import java.time.Instant;

/**
 * What Kafka has of a topic.
 *
 * @param topicId the topic's identifier, which a new topic of its name does not share
 * @param earliest the first offset that Kafka still has
 * @param end the offset behind the last record
 * @param since when the earliest record was sent; the present, when Kafka has none
 */
public record KeptRecords(String topicId, NextOffsets earliest, NextOffsets end, Instant since) {
}
