package io.openclickstream.offsets;

/** What the sink asks about the topic that the records come from, as Kafka has it now. */
public interface SourceTopic {
    /** Its identifier, which a new topic of the same name does not share. */
    String id() throws InterruptedException;

    /** Whether Kafka has a record in a partition from one offset on and before another. */
    boolean hasRecords(int partition, long from, long to);
}
