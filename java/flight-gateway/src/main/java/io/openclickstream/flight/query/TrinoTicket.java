package io.openclickstream.flight.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openclickstream.flight.access.Sealed;
import io.openclickstream.flight.types.ZonedTimestamps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import org.apache.arrow.flight.CallStatus;

/**
 * Where the rows of a query of Trino are. Any gateway with the same key reads it.
 *
 * @param user who may read it
 * @param path of the answer that names the columns; null where the statement has ended without any
 * @param queryId in Trino
 * @param until the end of its life
 * @param zoned what becomes of timestamps with time zone
 */
public record TrinoTicket(String user, String path, String queryId, Instant until, ZonedTimestamps zoned) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PURPOSE = "ticket";

    /** The ticket as the client gets it. */
    public byte[] sealed(Sealed sealed) {
        try {
            return sealed.seal(PURPOSE, JSON.writeValueAsBytes(JSON.createObjectNode()
                .put("user", user).put("path", path).put("query", queryId).put("until", until.toEpochMilli()).put("zoned", zoned.name())));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads a ticket that a client brings. Throws when it is not ours, too old, or somebody else's. */
    public static TrinoTicket open(Sealed sealed, byte[] bytes, String user, Instant now) {
        TrinoTicket ticket = openAged(sealed, bytes, user);
        if (now.isAfter(ticket.until())) {
            throw CallStatus.NOT_FOUND.withDescription("the ticket is too old; run the query again").toRuntimeException();
        }
        return ticket;
    }

    /** As {@link #open}, however old. */
    static TrinoTicket openAged(Sealed sealed, byte[] bytes, String user) {
        byte[] content = sealed.open(PURPOSE, bytes)
            .orElseThrow(() -> CallStatus.INVALID_ARGUMENT.withDescription("this is no ticket of this gateway").toRuntimeException());
        JsonNode json;
        try {
            json = JSON.readTree(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!json.path("user").asText().equals(user)) {
            throw CallStatus.UNAUTHORIZED.withDescription("the ticket is another user's").toRuntimeException();
        }
        return new TrinoTicket(user, json.path("path").textValue(), json.path("query").textValue(),
            Instant.ofEpochMilli(json.path("until").asLong()), ZonedTimestamps.valueOf(json.path("zoned").asText()));
    }
}
