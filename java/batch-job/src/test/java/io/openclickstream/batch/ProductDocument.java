package io.openclickstream.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A batch.json that a test puts together. */
final class ProductDocument {
    private final Map<String, Object> document = new LinkedHashMap<>();
    private final List<Map<String, Object>> checks = new ArrayList<>();

    ProductDocument(String database, String table, String mode, String sql) {
        document.put("product", Map.of("namespace", "shop", "name", table));
        document.put("catalog", Map.of("name", LocalLake.CATALOG, "uri", "http://nobody"));
        document.put("storage", Map.of("region", "us-east-1"));
        document.put("target", Map.of("database", database, "table", table));
        document.put("sql", sql);
        document.put("mode", mode);
        document.put("planHash", "p1");
        document.put("checks", checks);
    }

    ProductDocument with(String field, Object value) {
        document.put(field, value);
        return this;
    }

    ProductDocument check(String name, String severity, String sql) {
        checks.add(Map.of("name", name, "severity", severity, "sql", sql));
        return this;
    }

    String json() {
        try {
            return new ObjectMapper().writeValueAsString(document);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
