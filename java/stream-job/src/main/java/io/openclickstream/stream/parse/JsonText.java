package io.openclickstream.stream.parse;

import io.openclickstream.model.FailureReason;

/** Reads texts out of a JSON object, with the failure that names the field. */
final class JsonText {
    private JsonText() {
    }

    /** The field's text; null when it is absent, null or empty. */
    static String optional(JsonObject object, String field) throws EventException {
        JsonValue value = object.get(field);
        if (value == null) {
            return null;
        }
        if (value instanceof JsonValue.Text text) {
            return text.value().isEmpty() ? null : text.value();
        }
        throw invalid(field, "must be a string, not " + value.typeName());
    }

    /** As {@link #optional}, of at most so many characters. */
    static String optional(JsonObject object, String field, int maxLength) throws EventException {
        String text = optional(object, field);
        if (text != null && text.length() > maxLength) {
            throw invalid(field, "must have at most " + maxLength + " characters, not " + text.length());
        }
        return text;
    }

    /** As {@link #optional}, but absence is a failure. */
    static String required(JsonObject object, String field, int maxLength) throws EventException {
        String text = optional(object, field, maxLength);
        if (text == null) {
            throw new EventException(FailureReason.MISSING_FIELD, field, "\"" + field + "\" is missing or empty");
        }
        return text;
    }

    static EventException invalid(String field, String problem) {
        return new EventException(FailureReason.INVALID_FIELD, field, "\"" + field + "\" " + problem);
    }
}
