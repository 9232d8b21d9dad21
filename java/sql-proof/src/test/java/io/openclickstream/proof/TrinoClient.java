package io.openclickstream.proof;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;

/** Asks Trino in its own protocol, in which no driver changes a value. */
final class TrinoClient {
    private final HttpClient client = HttpClient.newHttpClient();
    private final ObjectMapper json = new ObjectMapper();
    private final String address;
    private final String zone;

    /** What a query gave: the types of the columns as Trino writes them, and the rows. */
    record Result(List<String> types, List<JsonNode> rows) {
    }

    /** The address is host:port; the zone is that of the session. */
    TrinoClient(String address, String zone) {
        this.address = address;
        this.zone = zone;
    }

    /** Runs a query to its end; throws with Trino's message when it fails. */
    Result query(String sql) throws IOException, InterruptedException {
        List<String> types = new ArrayList<>();
        List<JsonNode> rows = new ArrayList<>();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + address + "/v1/statement"))
            .POST(HttpRequest.BodyPublishers.ofString(sql));
        while (true) {
            JsonNode page = page(request);
            if (page.has("error")) {
                throw new IllegalStateException(page.path("error").path("message").textValue() + "\n" + sql);
            }
            if (types.isEmpty()) {
                page.path("columns").forEach(column -> types.add(column.path("type").textValue()));
            }
            page.path("data").forEach(rows::add);
            if (!page.has("nextUri")) {
                return new Result(types, rows);
            }
            request = HttpRequest.newBuilder(URI.create(page.path("nextUri").textValue())).GET();
        }
    }

    private JsonNode page(HttpRequest.Builder request) throws IOException, InterruptedException {
        // Without this, Trino cuts timestamps to milliseconds on their way.
        request.header("X-Trino-Client-Capabilities", "PARAMETRIC_DATETIME");
        request.header("X-Trino-User", "proof").header("X-Trino-Time-Zone", zone);
        HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() != 200) {
            throw new IOException("Trino answers " + response.statusCode() + ": " + response.body());
        }
        return json.readTree(response.body());
    }
}
