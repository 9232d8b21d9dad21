package io.openclickstream.stream.parse;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.openclickstream.model.EventMembers;
import io.openclickstream.model.FailureReason;
import io.openclickstream.model.Unicode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads an event's bytes as JSON. What breaks a limit of its own is read all the same, so that the event's identifier is known, and
 * told beside it.
 */
final class JsonReader {
    /** Longest name of a member, in characters. */
    static final int MAX_NAME_LENGTH = 50_000;
    /** Longest number, in characters. */
    static final int MAX_NUMBER_LENGTH = 1000;
    private static final int MAX_SHOWN_NAME_LENGTH = 100;
    /** Names stay out of the table of all names of the process: they are the clients'. An event's size is the collector's matter. */
    private static final JsonFactory JSON = JsonFactory.builder()
        .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
        .streamReadConstraints(StreamReadConstraints.builder()
            .maxNameLength(Integer.MAX_VALUE)
            .maxNumberLength(Integer.MAX_VALUE)
            .maxStringLength(Integer.MAX_VALUE)
            .build())
        .build();

    private final JsonParser parser;
    private EventException beyondLimit;

    private JsonReader(JsonParser parser) {
        this.parser = parser;
    }

    /** An object, and the limit that it breaks, which may be null. */
    record Read(JsonObject object, EventException beyondLimit) {
    }

    /** The object that the bytes are. */
    static Read object(byte[] bytes) throws EventException {
        try (JsonParser parser = JSON.createParser(Unicode.decode(bytes))) {
            if (parser.nextToken() == null) {
                throw new EventException(FailureReason.INVALID_JSON, null, "the event is blank");
            }
            JsonReader reader = new JsonReader(parser);
            JsonValue value = reader.value(null);
            if (parser.nextToken() != null) {
                throw new EventException(FailureReason.INVALID_JSON, null,
                    "something follows after the event's end" + place(parser.currentTokenLocation()));
            }
            if (value instanceof JsonObject object) {
                return new Read(object, reader.beyondLimit);
            }
            throw new EventException(FailureReason.NOT_AN_OBJECT, null, "the event must be a JSON object, not " + value.typeName());
        } catch (JsonProcessingException e) {
            throw new EventException(FailureReason.INVALID_JSON, null, e.getOriginalMessage() + place(e.getLocation()));
        } catch (IOException e) {
            throw new EventException(FailureReason.INVALID_JSON, null, e.getMessage());
        }
    }

    /** The value at the current token; the field is what a failure names. */
    private JsonValue value(String field) throws IOException {
        JsonToken token = parser.currentToken();
        return switch (token) {
            case START_OBJECT -> new JsonObject(members(field));
            case START_ARRAY -> new JsonValue.Array(elements(field));
            case VALUE_STRING -> new JsonValue.Text(parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> number(field);
            default -> new JsonValue.Word(parser.getText());
        };
    }

    private List<JsonObject.Member> members(String field) throws IOException {
        List<JsonObject.Member> members = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            String shown = shown(field, name);
            if (name.length() > MAX_NAME_LENGTH) {
                breaks(shown, "must have a name of at most " + MAX_NAME_LENGTH + " characters, not " + name.length());
            }
            parser.nextToken();
            members.add(new JsonObject.Member(name, value(shown)));
        }
        return members;
    }

    private List<JsonValue> elements(String field) throws IOException {
        List<JsonValue> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.add(value(field));
        }
        return elements;
    }

    private JsonValue number(String field) throws IOException {
        String digits = parser.getText();
        if (digits.length() > MAX_NUMBER_LENGTH) {
            breaks(field, "must have numbers of at most " + MAX_NUMBER_LENGTH + " characters, not " + digits.length());
        }
        return new JsonValue.Number(digits);
    }

    /** The outermost member, or a property's name behind that of the properties; inside of these all is one. */
    private static String shown(String field, String name) {
        if (field != null && !field.equals(EventMembers.PROPERTIES)) {
            return field;
        }
        String clipped = name.length() > MAX_SHOWN_NAME_LENGTH ? name.substring(0, MAX_SHOWN_NAME_LENGTH) + "\u2026" : name;
        return field == null ? clipped : field + "." + clipped;
    }

    private void breaks(String field, String problem) {
        if (beyondLimit == null) {
            beyondLimit = JsonText.invalid(field, problem);
        }
    }

    private static String place(JsonLocation location) {
        return location == null ? "" : " (line " + location.getLineNr() + ", column " + location.getColumnNr() + ")";
    }
}
