package io.openclickstream.proof;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Row;
import scala.jdk.javaapi.CollectionConverters;

/** Rows of the engines as texts that can be compared. */
final class Rows {
    /** Sums of doubles depend on the order of rows in the last digits. */
    private static final MathContext DIGITS = new MathContext(12);
    private static final DateTimeFormatter WITH_ZONE = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss[.SSSSSS] VV");

    private Rows() {
    }

    static List<String> of(List<Row> rows) {
        List<String> texts = new ArrayList<>();
        for (Row row : rows) {
            List<String> values = new ArrayList<>();
            for (int column = 0; column < row.length(); column++) {
                values.add(text(row.get(column)));
            }
            texts.add(String.join(" | ", values));
        }
        return sorted(texts);
    }

    static List<String> of(TrinoClient.Result result) {
        List<String> texts = new ArrayList<>();
        for (JsonNode row : result.rows()) {
            List<String> values = new ArrayList<>();
            for (int column = 0; column < row.size(); column++) {
                values.add(text(value(row.get(column), result.types().get(column))));
            }
            texts.add(String.join(" | ", values));
        }
        return sorted(texts);
    }

    static List<String> ofValues(List<List<Object>> rows) {
        return sorted(rows.stream().map(row -> row.stream().map(Rows::text).collect(Collectors.joining(" | "))).toList());
    }

    private static List<String> sorted(List<String> texts) {
        return texts.stream().sorted().toList();
    }

    /** The value as Spark has it. */
    private static Object value(JsonNode value, String type) {
        if (value.isNull()) {
            return null;
        }
        if (type.startsWith("timestamp")) {
            return type.endsWith("with time zone")
                ? ZonedDateTime.parse(value.textValue(), WITH_ZONE).toInstant()
                : LocalDateTime.parse(value.textValue().replace(' ', 'T'));
        }
        return type.equals("double") || type.equals("real") ? Double.valueOf(value.asText()) : plain(value);
    }

    private static Object plain(JsonNode value) {
        if (value.isArray()) {
            List<Object> list = new ArrayList<>();
            value.forEach(element -> list.add(plain(element)));
            return list;
        }
        if (value.isObject()) {
            Map<String, Object> map = new TreeMap<>();
            value.fields().forEachRemaining(entry -> map.put(entry.getKey(), plain(entry.getValue())));
            return map;
        }
        if (value.isNull()) {
            return null;
        }
        return value.isDouble() ? (Object) value.doubleValue() : value.asText();
    }

    private static String text(Object value) {
        if (value == null) {
            return "NULL";
        }
        if (value instanceof Double || value instanceof Float) {
            return number(((Number) value).doubleValue());
        }
        if (value instanceof BigDecimal decimal) {
            return decimal.toPlainString();
        }
        if (value instanceof Instant instant) {
            return LocalDateTime.ofInstant(instant, ZoneOffset.UTC) + "Z";
        }
        return nested(value);
    }

    private static String number(double value) {
        return Double.isFinite(value) ? "~" + new BigDecimal(value).round(DIGITS).stripTrailingZeros().toEngineeringString() : String.valueOf(value);
    }

    private static String nested(Object value) {
        if (value instanceof Row row) {
            return list(CollectionConverters.asJava(row.toSeq()));
        }
        if (value instanceof scala.collection.Seq<?> sequence) {
            return list(CollectionConverters.asJava(sequence));
        }
        if (value instanceof List<?> list) {
            return list(list);
        }
        if (value instanceof scala.collection.Map<?, ?> map) {
            return map(CollectionConverters.asJava(map));
        }
        return value instanceof Map<?, ?> map ? map(map) : value.toString();
    }

    private static String list(List<?> values) {
        return values.stream().map(Rows::text).collect(Collectors.joining(", ", "[", "]"));
    }

    private static String map(Map<?, ?> map) {
        Map<String, String> texts = new TreeMap<>();
        map.forEach((key, value) -> texts.put(text(key), text(value)));
        return texts.toString();
    }
}
