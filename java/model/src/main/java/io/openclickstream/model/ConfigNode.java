package io.openclickstream.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** An object in a document such as job.json that knows its path, so that each error names the field. */
public final class ConfigNode {
    private final String document;
    private final JsonNode node;
    private final String path;

    private ConfigNode(String document, JsonNode node, String path) {
        this.document = document;
        this.node = node;
        this.path = path;
    }

    /** Parses a document whose outermost value is an object; errors call it by the name given. */
    public static ConfigNode parse(String document, String json) {
        try {
            JsonNode root = new ObjectMapper().readTree(json);
            if (!root.isObject()) {
                throw new ConfigException(document + " must be an object");
            }
            return new ConfigNode(document, root, "");
        } catch (JsonProcessingException e) {
            throw new ConfigException(document + " must be JSON: " + e.getOriginalMessage());
        }
    }

    private ConfigNode below(JsonNode value, String name) {
        return new ConfigNode(document, value, path + name + ".");
    }

    /** A field that must be an object. */
    public ConfigNode object(String field) {
        JsonNode value = node.path(field);
        if (!value.isObject()) {
            throw wrong(field, "must be an object");
        }
        return below(value, field);
    }

    /** As {@link #object}; without any field when it is absent. */
    public ConfigNode optionalObject(String field) {
        return node.hasNonNull(field) ? object(field) : below(MissingNode.getInstance(), field);
    }

    /** The elements of a list, none when it is absent. */
    public <T> List<T> optionalList(String field, Function<ConfigNode, T> read) {
        return node.hasNonNull(field) ? list(field, read) : List.of();
    }

    /** The elements of a list that must be there. */
    public <T> List<T> list(String field, Function<ConfigNode, T> read) {
        JsonNode value = node.path(field);
        if (!value.isArray()) {
            throw wrong(field, "must be a list");
        }
        List<T> elements = new ArrayList<>();
        for (int position = 0; position < value.size(); position++) {
            elements.add(read.apply(below(value.get(position), field + "[" + position + "]")));
        }
        return List.copyOf(elements);
    }

    /** A text that must be there. */
    public String text(String field) {
        String text = optionalText(field);
        if (text == null) {
            throw wrong(field, "must be a text that is not empty");
        }
        return text;
    }

    /** A text that must be there, with the blanks at its ends: places in it are counted. */
    public String verbatim(String field) {
        if (!node.path(field).isTextual() || node.path(field).textValue().isBlank()) {
            throw wrong(field, "must be a text that is not empty");
        }
        return node.path(field).textValue();
    }

    /** Null when the field is absent or empty. */
    public String optionalText(String field) {
        if (!node.hasNonNull(field)) {
            return null;
        }
        if (!node.path(field).isTextual()) {
            throw wrong(field, "must be a text");
        }
        String text = node.path(field).textValue().strip();
        return text.isEmpty() ? null : text;
    }

    /** The texts of a list; none when the field is absent. */
    public List<String> texts(String field) {
        if (!node.hasNonNull(field)) {
            return List.of();
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode text : node.path(field)) {
            if (!text.isTextual()) {
                throw wrong(field, "must be a list of texts");
            }
            texts.add(text.textValue());
        }
        if (!node.path(field).isArray()) {
            throw wrong(field, "must be a list of texts");
        }
        return List.copyOf(texts);
    }

    /** The fallback when the field is absent. */
    public boolean flag(String field, boolean fallback) {
        if (!node.hasNonNull(field)) {
            return fallback;
        }
        if (!node.path(field).isBoolean()) {
            throw wrong(field, "must be true or false");
        }
        return node.path(field).booleanValue();
    }

    /** A whole number from 1 to the largest int. */
    public long positive(String field) {
        JsonNode value = node.path(field);
        if (!value.canConvertToExactIntegral() || !value.canConvertToInt() || value.longValue() < 1) {
            throw wrong(field, "must be a whole number from 1 to " + Integer.MAX_VALUE);
        }
        return value.longValue();
    }

    /** A whole number from a minimum on; null when the field is absent. */
    public Long optionalWhole(String field, long minimum) {
        if (!node.hasNonNull(field)) {
            return null;
        }
        JsonNode value = node.path(field);
        if (!value.canConvertToExactIntegral() || !value.canConvertToLong() || value.longValue() < minimum) {
            throw wrong(field, "must be a whole number from " + minimum);
        }
        return value.longValue();
    }

    /** A whole number of seconds, at least 1. */
    public Duration seconds(String field) {
        return Duration.ofSeconds(positive(field));
    }

    /** As {@link #choice}; null when the field is absent. */
    public <T> T optionalChoice(String field, T[] values, Function<T, String> textOf) {
        return node.hasNonNull(field) ? choice(field, values, textOf) : null;
    }

    /** One of some values, by the text that each of them has. */
    public <T> T choice(String field, T[] values, Function<T, String> textOf) {
        String text = text(field);
        for (T value : values) {
            if (textOf.apply(value).equals(text)) {
                return value;
            }
        }
        String known = Arrays.stream(values).map(textOf).collect(Collectors.joining(", "));
        throw wrong(field, "must be one of " + known + ", not \"" + text + "\"");
    }

    /** What to throw for a field with this problem. */
    public ConfigException wrong(String field, String problem) {
        return new ConfigException(document + ": \"" + path + field + "\" " + problem);
    }
}
