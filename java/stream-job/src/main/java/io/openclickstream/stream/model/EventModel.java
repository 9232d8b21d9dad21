package io.openclickstream.stream.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Reads event-model.json, which is made from the project's model/events.yaml. */
public final class EventModel {
    private static final JsonNode MODEL = load();

    private EventModel() {
    }

    static List<Column> columns(String table) {
        List<Column> columns = new ArrayList<>();
        for (JsonNode column : MODEL.required("tables").required(table).required("columns")) {
            columns.add(new Column(
                column.required("name").textValue(),
                ColumnType.of(column.required("type").textValue()),
                column.required("required").booleanValue()));
        }
        return List.copyOf(columns);
    }

    /** The closed list of reasons why an event could not be read. */
    public static List<String> failureReasons() {
        List<String> reasons = new ArrayList<>();
        MODEL.required("failureReasons").forEach(reason -> reasons.add(reason.required("reason").textValue()));
        return List.copyOf(reasons);
    }

    private static JsonNode load() {
        try (InputStream file = EventModel.class.getResourceAsStream("/event-model.json")) {
            return new ObjectMapper().readTree(file);
        } catch (IOException e) {
            throw new UncheckedIOException("event-model.json cannot be read", e);
        }
    }
}
