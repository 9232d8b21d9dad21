package io.openclickstream.flight.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.openclickstream.flight.access.Sealed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flight.CallStatus;

/**
 * A prepared statement, which the client keeps: binding parameters gives it another handle.
 *
 * @param user whose it is
 * @param sql the statement
 * @param types of the parameters as Trino expects them
 * @param rows a list of literals for each execution; empty as long as nothing is bound
 */
public record PreparedHandle(String user, String sql, List<String> types, List<List<String>> rows) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PURPOSE = "statement";

    /** The handle as the client gets it. */
    public byte[] sealed(Sealed sealed) {
        ObjectNode json = JSON.createObjectNode().put("user", user).put("sql", sql);
        json.set("types", JSON.valueToTree(types));
        json.set("rows", JSON.valueToTree(rows));
        try {
            return sealed.seal(PURPOSE, JSON.writeValueAsBytes(json));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads a handle that a client brings. Throws when it is not ours, or somebody else's. */
    public static PreparedHandle open(Sealed sealed, byte[] bytes, String user) {
        byte[] content = sealed.open(PURPOSE, bytes)
            .orElseThrow(() -> CallStatus.INVALID_ARGUMENT.withDescription("this is no prepared statement of this gateway").toRuntimeException());
        JsonNode json;
        try {
            json = JSON.readTree(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!json.path("user").asText().equals(user)) {
            throw CallStatus.UNAUTHORIZED.withDescription("the prepared statement is another user's").toRuntimeException();
        }
        List<List<String>> rows = new ArrayList<>();
        json.path("rows").forEach(row -> rows.add(texts(row)));
        return new PreparedHandle(user, json.path("sql").asText(), texts(json.path("types")), List.copyOf(rows));
    }

    private static List<String> texts(JsonNode node) {
        List<String> texts = new ArrayList<>();
        node.forEach(text -> texts.add(text.asText()));
        return List.copyOf(texts);
    }

    /** The same statement with other parameters. */
    public PreparedHandle bind(List<List<String>> bound) {
        return new PreparedHandle(user, sql, types, bound);
    }

    /** What Trino is to run, once for each list of parameters. */
    public List<String> statements() {
        if (rows.isEmpty()) {
            if (!types.isEmpty()) {
                throw CallStatus.INVALID_ARGUMENT
                    .withDescription("the statement has " + types.size() + " parameters, and none is bound").toRuntimeException();
            }
            return List.of(sql);
        }
        return rows.stream().map(row -> "EXECUTE IMMEDIATE " + Literals.text(sql) + (row.isEmpty() ? "" : " USING " + String.join(", ", row))).toList();
    }
}
