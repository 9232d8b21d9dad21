package io.openclickstream.stream.parse;

import com.fasterxml.jackson.databind.JsonNode;
import io.openclickstream.model.FailureReason;
import java.util.Locale;

/** Reads texts out of a JSON object, with the failure that names the field. */
final class JsonText {
    private JsonText() {
    }

    /** The field's text; null when it is absent, null or empty. */
    static String optional(JsonNode object, String field) throws EventException {
        JsonNode value = object.get(field);
        if (value == null || value.isNull()) {
            return null;
        }
        if (!value.isTextual()) {
            throw invalid(field, "must be a string, not " + typeName(value));
        }
        return value.textValue().isEmpty() ? null : value.textValue();
    }

    /** As {@link #optional}, of at most so many characters. */
    static String optional(JsonNode object, String field, int maxLength) throws EventException {
        String text = optional(object, field);
        if (text != null && text.length() > maxLength) {
            throw invalid(field, "must have at most " + maxLength + " characters, not " + text.length());
        }
        return text;
    }

    /** As {@link #optional}, but absence is a failure. */
    static String required(JsonNode object, String field, int maxLength) throws EventException {
        String text = optional(object, field, maxLength);
        if (text == null) {
            throw new EventException(FailureReason.MISSING_FIELD, field, "\"" + field + "\" is missing or empty");
        }
        return text;
    }

    static EventException invalid(String field, String problem) {
        return new EventException(FailureReason.INVALID_FIELD, field, "\"" + field + "\" " + problem);
    }

    /** The JSON type for a message, with its article. */
    static String typeName(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> "an array";
            case OBJECT -> "an object";
            case NULL -> "null";
            default -> "a " + value.getNodeType().name().toLowerCase(Locale.ROOT);
        };
    }
}
