package io.openclickstream.stream.profile;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openclickstream.lake.StoredEvents;
import io.openclickstream.offsets.NextOffsets;
import java.io.IOException;

/**
 * How far the profiles are: all events of the lake before it are in them. Lies in the table of the profiles itself, so that a table that
 * was lost is filled from the first event on.
 *
 * @param topic the topic that {@code next} counts in; empty for the topics that were before the present one
 * @param since as {@code TOPIC_SINCE} of the events table: rows that were processed before belong to other topics
 * @param next by partition the offset to go on from
 */
record Cursor(String topic, long since, NextOffsets next) {
    static final Cursor START = new Cursor("", 0, NextOffsets.NONE);
    private static final ObjectMapper JSON = new ObjectMapper();

    static Cursor parse(byte[] json) {
        try {
            JsonNode cursor = JSON.readTree(json);
            return new Cursor(
                cursor.required("topic").asText(), cursor.required("since").asLong(), NextOffsets.parse(cursor.required("next").toString()));
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalStateException("the table of the profiles says in no way that this program knows how far it is", e);
        }
    }

    byte[] json() {
        try {
            return JSON.writeValueAsBytes(JSON.createObjectNode()
                .put("topic", topic).put("since", since).set("next", JSON.readTree(next.toString())));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers can be written as JSON", e);
        }
    }

    Cursor at(NextOffsets further) {
        return new Cursor(topic, since, further);
    }

    /** How many records of its present topic the lake has beyond; null while it has not come to that topic. */
    Long behind(StoredEvents.Extent extent) {
        if (!topic.equals(extent.topicId())) {
            return null;
        }
        return extent.end().byPartition().entrySet().stream().mapToLong(end -> Math.max(0, end.getValue() - next.of(end.getKey()))).sum();
    }
}
