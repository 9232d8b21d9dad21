package io.openclickstream.stream.parse;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.util.List;

/** A JSON value as it was sent: a number in its own digits, the members of an object in their order, also those that come twice. */
sealed interface JsonValue permits JsonValue.Text, JsonValue.Number, JsonValue.Word, JsonValue.Array, JsonObject {
    /** The type for a message, with its article. */
    String typeName();

    /** Writes the value as JSON without blanks. */
    void write(StringBuilder json);

    /** The value as JSON without blanks. */
    default String json() {
        StringBuilder json = new StringBuilder();
        write(json);
        return json.toString();
    }

    /** The same with the members of each object in it in the order of their names. */
    default JsonValue sorted() {
        return this;
    }

    default boolean isNull() {
        return this instanceof Word word && word.word().equals(Word.NULL);
    }

    /** Writes a text in quotes. */
    static void quote(String text, StringBuilder json) {
        json.append('"');
        JsonStringEncoder.getInstance().quoteAsString(text, json);
        json.append('"');
    }

    /** A text; see {@link io.openclickstream.model.Unicode} for one that is not valid. */
    record Text(String value) implements JsonValue {
        @Override
        public String typeName() {
            return "a string";
        }

        @Override
        public void write(StringBuilder json) {
            quote(value, json);
        }
    }

    /** A number in the digits that were sent. */
    record Number(String digits) implements JsonValue {
        @Override
        public String typeName() {
            return "a number";
        }

        @Override
        public void write(StringBuilder json) {
            json.append(digits);
        }
    }

    /** {@code true}, {@code false} or {@code null}. */
    record Word(String word) implements JsonValue {
        private static final String NULL = "null";

        @Override
        public String typeName() {
            return isNull() ? NULL : "a boolean";
        }

        @Override
        public void write(StringBuilder json) {
            json.append(word);
        }
    }

    /** Values in their order. */
    record Array(List<JsonValue> elements) implements JsonValue {
        @Override
        public JsonValue sorted() {
            return new Array(elements.stream().map(JsonValue::sorted).toList());
        }

        @Override
        public String typeName() {
            return "an array";
        }

        @Override
        public void write(StringBuilder json) {
            json.append('[');
            for (int index = 0; index < elements.size(); index++) {
                json.append(index == 0 ? "" : ",");
                elements.get(index).write(json);
            }
            json.append(']');
        }
    }
}
