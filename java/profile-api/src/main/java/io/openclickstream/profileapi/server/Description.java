package io.openclickstream.profileapi.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.openclickstream.model.ProfileApiDocument.Limits;
import io.openclickstream.profileapi.answer.JsonProfiles;
import java.io.IOException;
import java.io.InputStream;

/** The OpenAPI document, with this server's own limit of the history in it. That of batches is no part of it: more is answered 413, not 400. */
final class Description {
    private static final String HISTORY = "/paths/~1v1~1profiles~1{id}/get/parameters/3/schema";

    private Description() {
    }

    /** As it is served. */
    static byte[] of(Limits limits) throws IOException {
        try (InputStream document = Description.class.getResourceAsStream("/openapi.json")) {
            JsonNode root = new ObjectMapper().readTree(document);
            ((ObjectNode) root.at(HISTORY)).put("maximum", limits.history());
            return JsonProfiles.bytes(root);
        }
    }
}
