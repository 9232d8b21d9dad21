package io.openclickstream.flight.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.openclickstream.flight.access.Sealed;
import io.openclickstream.flight.query.Leases.Lease;
import io.openclickstream.flight.trino.Session;
import io.openclickstream.flight.trino.TrinoClient;
import io.openclickstream.flight.trino.TrinoPage;
import io.openclickstream.flight.types.TypeText;
import io.openclickstream.flight.vectors.RowBatch;
import io.openclickstream.flight.vectors.RowBatch.ResultColumn;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.vector.types.pojo.Schema;

/** Runs statements in Trino: for their rows, which a ticket gives later; to their end; or only to learn their types. */
public final class Statements {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** The name under which a statement goes along with a request about it. */
    private static final String NAME = "statement";
    /** Trino takes headers of 8 kB in all. */
    private static final int MOST_PREPARED = 6000;

    private final TrinoClient trino;
    private final Leases leases;
    private final Sealed sealed;
    private final Clock clock;
    private final Duration ticketLife;

    public Statements(TrinoClient trino, Leases leases, Sealed sealed, Clock clock, Duration ticketLife) {
        this.trino = trino;
        this.leases = leases;
        this.sealed = sealed;
        this.clock = clock;
        this.ticketLife = ticketLife;
    }

    /** A running query: what its rows look like, and the ticket for them. */
    public record Offer(Schema schema, byte[] ticket, String queryId, Instant until) {
    }

    /** Starts a statement whose rows a ticket gives. */
    public Offer offer(String sql, Session session) throws IOException, InterruptedException {
        refuseSessionStatements(sql);
        Lease lease = leases.take();
        boolean isOffered = false;
        try {
            TrinoClient.Started started = trino.start(sql, session, Map.of());
            try (TrinoPage page = started.page()) {
                List<ResultColumn> columns = page.columns() == null ? List.of() : page.columns();
                Schema schema = schemaOrCancel(columns, session, started.path());
                Instant until = clock.instant().plus(ticketLife);
                TrinoTicket ticket = new TrinoTicket(session.user(), started.path(), page.id(), until, session.zoned());
                leases.await(page.id(), started.path(), session.user(), until, lease);
                isOffered = true;
                return new Offer(schema, ticket.sealed(sealed), page.id(), until);
            }
        } finally {
            if (!isOffered) {
                lease.end();
            }
        }
    }

    private Schema schemaOrCancel(List<ResultColumn> columns, Session session, String path) {
        try {
            return RowBatch.schema(columns, session.zoned());
        } catch (RuntimeException e) {
            trino.cancel(path, session.user());
            throw e;
        }
    }

    private static void refuseSessionStatements(String sql) {
        if (StatementKind.isOfSession(sql)) {
            throw CallStatus.INVALID_ARGUMENT.withDescription("the statement " + StatementKind.firstWord(sql)
                + " would end with itself, since the gateway keeps no session in Trino; set the options catalog, schema and time_zone of the Flight session").toRuntimeException();
        }
    }

    /** Runs a statement to its end. Gives the number of changed rows, -1 where Trino does not say. */
    public long run(String sql, Session session, BooleanSupplier isCancelled) throws IOException, InterruptedException {
        refuseSessionStatements(sql);
        Lease lease = leases.take();
        try {
            TrinoPage page = trino.start(sql, session, Map.of()).page();
            while (true) {
                String next = page.next();
                while (page.nextRow()) {
                    page.parser().skipChildren();
                }
                page.close();
                page.throwFailure();
                if (next == null) {
                    return page.updateCount() == null ? -1 : page.updateCount();
                }
                String path = TrinoClient.pathOf(next);
                if (isCancelled.getAsBoolean()) {
                    trino.cancel(path, session.user());
                    throw CallStatus.CANCELLED.withDescription("the client has left").toRuntimeException();
                }
                page = trino.page(path, session.user());
            }
        } finally {
            lease.end();
        }
    }

    /** All rows of a small result, each value as JSON. Takes no place of a query. */
    public List<JsonNode> rows(String sql, Session session, Map<String, String> prepared) throws IOException, InterruptedException {
        List<JsonNode> rows = new ArrayList<>();
        TrinoPage page = trino.start(sql, session, prepared).page();
        while (true) {
            while (page.nextRow()) {
                rows.add(JSON.readTree(page.parser()));
            }
            page.close();
            page.throwFailure();
            if (page.next() == null) {
                return rows;
            }
            page = trino.page(TrinoClient.pathOf(page.next()), session.user());
        }
    }

    /** The columns of a statement that is not run. */
    public List<ResultColumn> columns(String sql, Session session) throws IOException, InterruptedException {
        List<ResultColumn> columns = new ArrayList<>();
        for (JsonNode row : rows("DESCRIBE OUTPUT " + NAME, session, prepared(sql))) {
            columns.add(new ResultColumn(row.get(0).asText(), TypeText.parse(row.get(4).asText())));
        }
        return columns;
    }

    /** The types of a statement's parameters, {@code unknown} where Trino cannot tell. */
    public List<String> parameterTypes(String sql, Session session) throws IOException, InterruptedException {
        List<String> types = new ArrayList<>();
        if (sql.indexOf('?') >= 0) {
            rows("DESCRIBE INPUT " + NAME, session, prepared(sql)).forEach(row -> types.add(row.get(1).asText()));
        }
        return types;
    }

    private static Map<String, String> prepared(String sql) {
        String text = TrinoClient.headerText(sql);
        if (text.length() > MOST_PREPARED) {
            throw CallStatus.INVALID_ARGUMENT.withDescription("a prepared statement must fit into a header of Trino, and has "
                + text.length() + " of " + MOST_PREPARED + " bytes; run it as a plain statement").toRuntimeException();
        }
        return Map.of(NAME, text);
    }

    /** Ends a query by its ticket, read or not. */
    public void cancel(byte[] bytes, String user) {
        TrinoTicket ticket = TrinoTicket.openAged(sealed, bytes, user);
        leases.drop(ticket.queryId());
        trino.cancel(ticket.path(), user).join();
    }
}
