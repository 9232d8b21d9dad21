package io.openclickstream.stream;

import io.openclickstream.offsets.SourceTopic;

/** A topic that answers what the test says. */
final class FakeTopic implements SourceTopic {
    String id = "topic-1";
    boolean hasRecords;

    @Override
    public String id() {
        return id;
    }

    @Override
    public boolean hasRecords(int partition, long from, long to) {
        return hasRecords;
    }
}
