package io.openclickstream.lake;

/**
 * What names a micro-batch for all time.
 *
 * @param queryId the streaming query's identifier, from the checkpoint
 * @param epoch the batch's number in the query
 * @param topicId identifier of the raw topic
 */
public record MicroBatch(String queryId, long epoch, String topicId) {
}
