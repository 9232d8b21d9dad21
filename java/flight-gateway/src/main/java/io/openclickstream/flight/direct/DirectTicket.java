package io.openclickstream.flight.direct;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openclickstream.flight.access.Sealed;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.flight.CallStatus;

/**
 * A part of the files of a table's snapshot. Any gateway with the same key reads it, as often as it is asked.
 *
 * @param user who may read it
 * @param database of the table
 * @param table its name
 * @param snapshot which the files are of
 * @param schema the number of the table's schema that the query was read with
 * @param columns as Iceberg names them, in order
 * @param names of the columns as Trino names them
 * @param types of the columns as Trino writes them
 * @param part which part, from 0 on
 * @param parts how many there are
 * @param limit most rows; null for all
 * @param until the end of the ticket's life, in milliseconds
 */
public record DirectTicket(
    String user, String database, String table, long snapshot, int schema, List<String> columns, List<String> names, List<String> types,
    int part, int parts, Long limit, long until) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PURPOSE = "files";

    /** The ticket as the client gets it. */
    public byte[] sealed(Sealed sealed) {
        try {
            return sealed.seal(PURPOSE, JSON.writeValueAsBytes(this));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Empty when it is no ticket of this kind. Throws when it is too old or somebody else's. */
    public static Optional<DirectTicket> open(Sealed sealed, byte[] bytes, String user, Instant now) {
        Optional<byte[]> content = sealed.open(PURPOSE, bytes);
        if (content.isEmpty()) {
            return Optional.empty();
        }
        DirectTicket ticket;
        try {
            ticket = JSON.readValue(content.get(), new TypeReference<DirectTicket>() { });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (!ticket.user().equals(user)) {
            throw CallStatus.UNAUTHORIZED.withDescription("the ticket is another user's").toRuntimeException();
        }
        if (now.toEpochMilli() > ticket.until()) {
            throw CallStatus.NOT_FOUND.withDescription("the ticket is too old; run the query again").toRuntimeException();
        }
        return Optional.of(ticket);
    }

    /** The same for another part of the files. */
    DirectTicket ofPart(int other) {
        return new DirectTicket(user, database, table, snapshot, schema, columns, names, types, other, parts, limit, until);
    }

}
