package io.openclickstream.flight.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.openclickstream.flight.access.Sealed;
import io.openclickstream.flight.direct.DirectStream;
import io.openclickstream.flight.direct.DirectTables;
import io.openclickstream.flight.direct.DirectTicket;
import io.openclickstream.flight.query.Faults;
import io.openclickstream.flight.query.Leases;
import io.openclickstream.flight.query.Literals;
import io.openclickstream.flight.query.PreparedHandle;
import io.openclickstream.flight.query.StatementKind;
import io.openclickstream.flight.query.Statements;
import io.openclickstream.flight.query.TrinoStream;
import io.openclickstream.flight.query.TrinoTicket;
import io.openclickstream.flight.trino.Session;
import io.openclickstream.flight.types.ArrowTypes;
import io.openclickstream.flight.types.TrinoType;
import io.openclickstream.flight.types.TypeText;
import io.openclickstream.flight.types.ZonedTimestamps;
import io.openclickstream.flight.vectors.RowBatch;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.flight.FlightProducer.StreamListener;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.sql.impl.FlightSql;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.ipc.WriteChannel;
import org.apache.arrow.vector.ipc.message.MessageSerializer;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** Statements and prepared statements in the words of Flight SQL. */
final class Queries {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_ROWS_BOUND = 10_000;

    private final Statements statements;
    private final TrinoStream stream;
    private final Leases leases;
    private final Sealed sealed;
    private final Clock clock;
    private final BufferAllocator allocator;
    private final Direct direct;
    private final Duration ticketLife;

    /** What reads files; both are null where no catalog may be read so. */
    record Direct(DirectTables tables, DirectStream stream) {
    }

    Queries(Statements statements, TrinoStream stream, Direct direct, Leases leases, Sealed sealed, Clock clock, BufferAllocator allocator, Duration ticketLife) {
        this.statements = statements;
        this.stream = stream;
        this.direct = direct;
        this.ticketLife = ticketLife;
        this.leases = leases;
        this.sealed = sealed;
        this.clock = clock;
        this.allocator = allocator;
    }

    /** Starts a query, or finds the files that it reads. */
    FlightInfo start(String sql, Session session, FlightDescriptor descriptor) throws IOException, InterruptedException {
        String reason = "off";
        if (direct.tables() != null && session.zoned() == ZonedTimestamps.UTC) {
            Instant until = clock.instant().plus(ticketLife);
            DirectTables.Offer files = direct.tables().offer(sql, session, until);
            if (!files.tickets().isEmpty()) {
                List<FlightEndpoint> endpoints = files.tickets().stream().map(ticket -> endpoint(ticket.sealed(sealed), until)).toList();
                return FlightInfo.builder(RowBatch.schema(files.columns(), session.zoned()), descriptor, endpoints)
                    .setAppMetadata(about(Map.of("path", "direct", "reason", "plain scan", "snapshot", Long.toString(files.tickets().get(0).snapshot()))))
                    .build();
            }
            reason = files.reason();
        }
        Statements.Offer offer = statements.offer(sql, session);
        return FlightInfo.builder(offer.schema(), descriptor, List.of(endpoint(offer.ticket(), offer.until())))
            .setOrdered(true)
            .setAppMetadata(about(Map.of("path", "trino", "reason", reason, "queryId", offer.queryId())))
            .build();
    }

    private static FlightEndpoint endpoint(byte[] sealedTicket, Instant until) {
        FlightSql.TicketStatementQuery ticket =
            FlightSql.TicketStatementQuery.newBuilder().setStatementHandle(ByteString.copyFrom(sealedTicket)).build();
        return FlightEndpoint.builder(new Ticket(Any.pack(ticket).toByteArray())).setExpirationTime(until).build();
    }

    private static byte[] about(Map<String, String> facts) {
        try {
            return JSON.writeValueAsBytes(facts);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The columns of a query that is not run. */
    Schema schema(String sql, Session session) throws IOException, InterruptedException {
        return StatementKind.isReading(sql)
            ? RowBatch.schema(statements.columns(sql, session), session.zoned())
            : new Schema(List.of());
    }

    /** Sends the rows of a ticket. */
    void stream(byte[] bytes, String user, ServerStreamListener listener) {
        Optional<DirectTicket> files = DirectTicket.open(sealed, bytes, user, clock.instant());
        if (files.isPresent() && direct.stream() != null) {
            Leases.Lease lease = leases.take();
            try {
                direct.stream().send(files.get(), listener);
            } finally {
                lease.end();
            }
            return;
        }
        TrinoTicket ticket = TrinoTicket.open(sealed, bytes, user, clock.instant());
        Leases.Lease lease = leases.takeOver(ticket.queryId());
        try {
            stream.send(ticket, listener);
        } finally {
            lease.end();
        }
    }

    /** Ends the query of a flight. */
    void cancel(FlightInfo info, String user) {
        for (FlightEndpoint endpoint : info.getEndpoints()) {
            try {
                FlightSql.TicketStatementQuery ticket =
                    Any.parseFrom(endpoint.getTicket().getBytes()).unpack(FlightSql.TicketStatementQuery.class);
                byte[] bytes = ticket.getStatementHandle().toByteArray();
                // Reading files starts with the stream and ends with it: there is nothing else to end.
                if (DirectTicket.open(sealed, bytes, user, Instant.EPOCH).isEmpty()) {
                    statements.cancel(bytes, user);
                }
            } catch (InvalidProtocolBufferException e) {
                throw CallStatus.INVALID_ARGUMENT.withDescription("only queries can be cancelled").toRuntimeException();
            }
        }
    }

    /** Runs statements that change something, one after the other; gives the number of changed rows, -1 where Trino does not say. */
    long update(List<String> sqls, Session session, BooleanSupplier isCancelled) throws IOException, InterruptedException {
        long changed = -1;
        for (String sql : sqls) {
            long one = statements.run(sql, session, isCancelled);
            changed = one < 0 ? changed : Math.max(changed, 0) + one;
        }
        return changed;
    }

    /** Answers a put with the number of changed rows. */
    void counted(StreamListener<PutResult> results, Faults.Work<Long> work) {
        FlightSql.DoPutUpdateResult result = FlightSql.DoPutUpdateResult.newBuilder().setRecordCount(Faults.told(work)).build();
        answer(results, result.toByteArray());
    }

    private void answer(StreamListener<PutResult> results, byte[] bytes) {
        try (ArrowBuf buffer = allocator.buffer(bytes.length)) {
            buffer.writeBytes(bytes);
            results.onNext(PutResult.metadata(buffer));
        }
        results.onCompleted();
    }

    /** Prepares a statement: its columns, its parameters, and the handle that says both. */
    FlightSql.ActionCreatePreparedStatementResult prepare(String sql, Session session) throws IOException, InterruptedException {
        Schema columns = schema(sql, session);
        List<String> types = statements.parameterTypes(sql, session);
        PreparedHandle handle = new PreparedHandle(session.user(), sql, types, List.of());
        return FlightSql.ActionCreatePreparedStatementResult.newBuilder()
            .setPreparedStatementHandle(ByteString.copyFrom(handle.sealed(sealed)))
            .setDatasetSchema(serialized(columns))
            .setParameterSchema(serialized(parameters(types, session)))
            .build();
    }

    /** A parameter of which Trino does not know the type is shown as a text; any other is taken too. */
    private static Schema parameters(List<String> types, Session session) {
        List<Field> fields = new ArrayList<>();
        for (String text : types) {
            TrinoType type = TypeText.parse(text);
            TrinoType shown = type.kind() == TrinoType.Kind.UNKNOWN ? TypeText.parse("varchar") : type;
            fields.add(new ArrowTypes(session.zoned()).field("parameter_" + (fields.size() + 1), shown));
        }
        return new Schema(fields);
    }

    private static ByteString serialized(Schema schema) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        MessageSerializer.serialize(new WriteChannel(Channels.newChannel(out)), schema);
        return ByteString.copyFrom(out.toByteArray());
    }

    /** Starts a prepared query with what is bound. */
    FlightInfo startPrepared(byte[] bytes, Session session, FlightDescriptor descriptor) throws IOException, InterruptedException {
        List<String> sqls = PreparedHandle.open(sealed, bytes, session.user()).statements();
        if (sqls.size() != 1) {
            throw CallStatus.INVALID_ARGUMENT
                .withDescription("a query takes one row of parameters, and " + sqls.size() + " are bound").toRuntimeException();
        }
        return start(sqls.get(0), session, descriptor);
    }

    /** The columns of a prepared query. */
    Schema schemaPrepared(byte[] bytes, Session session) throws IOException, InterruptedException {
        return schema(PreparedHandle.open(sealed, bytes, session.user()).sql(), session);
    }

    /** Binds parameters; the answer is the handle to use from then on. */
    void bind(byte[] bytes, String user, FlightStream parameters, StreamListener<PutResult> results) {
        PreparedHandle handle = PreparedHandle.open(sealed, bytes, user);
        PreparedHandle bound = handle.bind(literals(handle, parameters));
        answer(results, FlightSql.DoPutPreparedStatementResult.newBuilder()
            .setPreparedStatementHandle(ByteString.copyFrom(bound.sealed(sealed))).build().toByteArray());
    }

    /** Runs a prepared statement that changes something, once for each row of parameters. */
    long updatePrepared(byte[] bytes, FlightStream parameters, Session session, BooleanSupplier isCancelled)
        throws IOException, InterruptedException {
        PreparedHandle handle = PreparedHandle.open(sealed, bytes, session.user());
        List<List<String>> rows = literals(handle, parameters);
        return update((rows.isEmpty() ? handle : handle.bind(rows)).statements(), session, isCancelled);
    }

    private static List<List<String>> literals(PreparedHandle handle, FlightStream parameters) {
        List<TrinoType> types = handle.types().stream().map(TypeText::parse).toList();
        List<List<String>> rows = new ArrayList<>();
        while (parameters.next()) {
            int given = parameters.getRoot().getFieldVectors().size();
            if (given != types.size() && parameters.getRoot().getRowCount() > 0) {
                throw CallStatus.INVALID_ARGUMENT
                    .withDescription("the statement has " + types.size() + " parameters, and " + given + " are bound").toRuntimeException();
            }
            for (int row = 0; row < parameters.getRoot().getRowCount(); row++) {
                List<String> literals = new ArrayList<>();
                for (int column = 0; column < given; column++) {
                    literals.add(Literals.of(parameters.getRoot().getVector(column), row, types.get(column)));
                }
                rows.add(literals);
            }
            if (rows.size() > MOST_ROWS_BOUND) {
                throw CallStatus.INVALID_ARGUMENT
                    .withDescription("at most " + MOST_ROWS_BOUND + " rows of parameters can be bound; each is a statement of Trino").toRuntimeException();
            }
        }
        return rows;
    }
}
