package io.openclickstream.flight.server;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.openclickstream.flight.query.Faults;
import io.openclickstream.flight.query.Metadata;
import io.openclickstream.flight.trino.Session;
import io.openclickstream.flight.types.ZonedTimestamps;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.apache.arrow.flight.Action;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.CancelFlightInfoRequest;
import org.apache.arrow.flight.CancelStatus;
import org.apache.arrow.flight.CloseSessionRequest;
import org.apache.arrow.flight.CloseSessionResult;
import org.apache.arrow.flight.FlightDescriptor;
import org.apache.arrow.flight.FlightEndpoint;
import org.apache.arrow.flight.FlightInfo;
import org.apache.arrow.flight.FlightStream;
import org.apache.arrow.flight.GetSessionOptionsRequest;
import org.apache.arrow.flight.GetSessionOptionsResult;
import org.apache.arrow.flight.PutResult;
import org.apache.arrow.flight.Result;
import org.apache.arrow.flight.SchemaResult;
import org.apache.arrow.flight.SessionOptionValue;
import org.apache.arrow.flight.SessionOptionValueFactory;
import org.apache.arrow.flight.SetSessionOptionsRequest;
import org.apache.arrow.flight.SetSessionOptionsResult;
import org.apache.arrow.flight.Ticket;
import org.apache.arrow.flight.sql.CancelResult;
import org.apache.arrow.flight.sql.NoOpFlightSqlProducer;
import org.apache.arrow.flight.sql.SqlInfoBuilder;
import org.apache.arrow.flight.sql.impl.FlightSql;
import org.apache.arrow.vector.types.pojo.Schema;

/** Answers Flight SQL. Each call goes to the part that knows; a failure of any comes out as one of Flight. */
public final class GatewayProducer extends NoOpFlightSqlProducer {
    private final Queries queries;
    private final Metadata metadata;
    private final Replies replies;
    private final SqlInfoBuilder info;
    private final Defaults defaults;

    /** Catalog and schema of names without them, where the client's session names none; both may be null. */
    public record Defaults(String catalog, String schema) {
    }

    GatewayProducer(Queries queries, Metadata metadata, Replies replies, Defaults defaults) {
        this.queries = queries;
        this.metadata = metadata;
        this.replies = replies;
        this.defaults = defaults;
        this.info = SqlFacts.info();
    }

    private Session session(CallContext context) {
        SessionOptions options = context.getMiddleware(SessionOptions.KEY);
        String catalog = options.get(SessionOptions.CATALOG);
        String schema = options.get(SessionOptions.SCHEMA);
        String zone = options.get(SessionOptions.TIME_ZONE);
        String zoned = options.get(SessionOptions.ZONED_TIMESTAMPS);
        return new Session(context.peerIdentity(),
            catalog == null ? defaults.catalog() : catalog,
            schema == null && catalog == null ? defaults.schema() : schema,
            zone == null ? "UTC" : zone,
            zoned == null ? ZonedTimestamps.UTC : ZonedTimestamps.valueOf(zoned.toUpperCase(Locale.ROOT)));
    }

    // The five ways in; the methods of NoOpFlightSqlProducer's interface find out what is asked for.

    @Override
    public FlightInfo getFlightInfo(CallContext context, FlightDescriptor descriptor) {
        return Faults.told(() -> super.getFlightInfo(context, descriptor));
    }

    @Override
    public SchemaResult getSchema(CallContext context, FlightDescriptor descriptor) {
        return Faults.told(() -> super.getSchema(context, descriptor));
    }

    @Override
    public void getStream(CallContext context, Ticket ticket, ServerStreamListener listener) {
        try {
            super.getStream(context, ticket, listener);
        } catch (RuntimeException e) {
            listener.error(Faults.toFlight(e));
        }
    }

    @Override
    public Runnable acceptPut(CallContext context, FlightStream stream, StreamListener<PutResult> results) {
        Runnable put = Faults.told(() -> super.acceptPut(context, stream, results));
        return () -> {
            try {
                put.run();
            } catch (RuntimeException e) {
                results.onError(Faults.toFlight(e));
            }
        };
    }

    @Override
    public void doAction(CallContext context, Action action, StreamListener<Result> listener) {
        try {
            super.doAction(context, action, listener);
        } catch (RuntimeException e) {
            listener.onError(Faults.toFlight(e));
        }
    }

    // Statements.

    @Override
    public FlightInfo getFlightInfoStatement(FlightSql.CommandStatementQuery command, CallContext context, FlightDescriptor descriptor) {
        return Faults.told(() -> queries.start(command.getQuery(), session(context), descriptor));
    }

    @Override
    public SchemaResult getSchemaStatement(FlightSql.CommandStatementQuery command, CallContext context, FlightDescriptor descriptor) {
        return Faults.told(() -> new SchemaResult(queries.schema(command.getQuery(), session(context))));
    }

    @Override
    public void getStreamStatement(FlightSql.TicketStatementQuery ticket, CallContext context, ServerStreamListener listener) {
        queries.stream(ticket.getStatementHandle().toByteArray(), context.peerIdentity(), listener);
    }

    @Override
    public Runnable acceptPutStatement(
        FlightSql.CommandStatementUpdate command, CallContext context, FlightStream stream, StreamListener<PutResult> results) {
        return () -> queries.counted(results, () -> queries.update(List.of(command.getQuery()), session(context), context::isCancelled));
    }

    // Prepared statements.

    @Override
    public void createPreparedStatement(
        FlightSql.ActionCreatePreparedStatementRequest request, CallContext context, StreamListener<Result> listener) {
        Message answer = Faults.told(() -> queries.prepare(request.getQuery(), session(context)));
        listener.onNext(new Result(Any.pack(answer).toByteArray()));
        listener.onCompleted();
    }

    @Override
    public void closePreparedStatement(
        FlightSql.ActionClosePreparedStatementRequest request, CallContext context, StreamListener<Result> listener) {
        listener.onCompleted();
    }

    @Override
    public FlightInfo getFlightInfoPreparedStatement(
        FlightSql.CommandPreparedStatementQuery command, CallContext context, FlightDescriptor descriptor) {
        return Faults.told(() -> queries.startPrepared(command.getPreparedStatementHandle().toByteArray(), session(context), descriptor));
    }

    @Override
    public SchemaResult getSchemaPreparedStatement(
        FlightSql.CommandPreparedStatementQuery command, CallContext context, FlightDescriptor descriptor) {
        return Faults.told(() -> new SchemaResult(queries.schemaPrepared(command.getPreparedStatementHandle().toByteArray(), session(context))));
    }

    @Override
    public Runnable acceptPutPreparedStatementQuery(
        FlightSql.CommandPreparedStatementQuery command, CallContext context, FlightStream stream, StreamListener<PutResult> results) {
        return () -> queries.bind(command.getPreparedStatementHandle().toByteArray(), context.peerIdentity(), stream, results);
    }

    @Override
    public Runnable acceptPutPreparedStatementUpdate(
        FlightSql.CommandPreparedStatementUpdate command, CallContext context, FlightStream stream, StreamListener<PutResult> results) {
        byte[] handle = command.getPreparedStatementHandle().toByteArray();
        return () -> queries.counted(results, () -> queries.updatePrepared(handle, stream, session(context), context::isCancelled));
    }

    // Cancellation.

    @Override
    public void cancelFlightInfo(CancelFlightInfoRequest request, CallContext context, StreamListener<CancelStatus> listener) {
        queries.cancel(request.getInfo(), context.peerIdentity());
        listener.onNext(CancelStatus.CANCELLED);
        listener.onCompleted();
    }

    /** As older clients ask. */
    @Override
    @Deprecated
    @SuppressWarnings("deprecation")
    public void cancelQuery(FlightInfo flightInfo, CallContext context, StreamListener<CancelResult> listener) {
        queries.cancel(flightInfo, context.peerIdentity());
        listener.onNext(CancelResult.CANCELLED);
        listener.onCompleted();
    }

    @Override
    public void close() {
        // What it uses is closed by who made it.
    }

    // Sessions.

    @Override
    public void setSessionOptions(SetSessionOptionsRequest request, CallContext context, StreamListener<SetSessionOptionsResult> listener) {
        SessionOptions options = context.getMiddleware(SessionOptions.KEY);
        Map<String, SetSessionOptionsResult.Error> errors = new TreeMap<>();
        request.getSessionOptions().forEach((name, value) -> {
            if (!SessionOptions.isKnown(name)) {
                errors.put(name, new SetSessionOptionsResult.Error(SetSessionOptionsResult.ErrorValue.INVALID_NAME));
            } else if (!options.set(name, SqlFacts.text(value))) {
                errors.put(name, new SetSessionOptionsResult.Error(SetSessionOptionsResult.ErrorValue.INVALID_VALUE));
            }
        });
        listener.onNext(new SetSessionOptionsResult(errors));
        listener.onCompleted();
    }

    @Override
    public void getSessionOptions(GetSessionOptionsRequest request, CallContext context, StreamListener<GetSessionOptionsResult> listener) {
        Map<String, SessionOptionValue> values = new TreeMap<>();
        context.getMiddleware(SessionOptions.KEY).all()
            .forEach((name, value) -> values.put(name, SessionOptionValueFactory.makeSessionOptionValue(value)));
        listener.onNext(new GetSessionOptionsResult(values));
        listener.onCompleted();
    }

    @Override
    public void closeSession(CloseSessionRequest request, CallContext context, StreamListener<CloseSessionResult> listener) {
        context.getMiddleware(SessionOptions.KEY).end();
        listener.onNext(new CloseSessionResult(CloseSessionResult.Status.CLOSED));
        listener.onCompleted();
    }

    // Metadata. The ticket is the command itself: asking again gives the same.

    private static FlightInfo offered(Message command, Schema schema, FlightDescriptor descriptor) {
        FlightEndpoint endpoint = new FlightEndpoint(new Ticket(Any.pack(command).toByteArray()));
        return new FlightInfo(schema, descriptor, List.of(endpoint), -1, -1);
    }

    @Override
    public FlightInfo getFlightInfoSqlInfo(FlightSql.CommandGetSqlInfo command, CallContext context, FlightDescriptor descriptor) {
        return offered(command, Schemas.GET_SQL_INFO_SCHEMA, descriptor);
    }

    @Override
    public void getStreamSqlInfo(FlightSql.CommandGetSqlInfo command, CallContext context, ServerStreamListener listener) {
        info.send(command.getInfoList(), listener);
    }

    @Override
    public FlightInfo getFlightInfoTypeInfo(FlightSql.CommandGetXdbcTypeInfo command, CallContext context, FlightDescriptor descriptor) {
        return offered(command, Schemas.GET_TYPE_INFO_SCHEMA, descriptor);
    }

    @Override
    public void getStreamTypeInfo(FlightSql.CommandGetXdbcTypeInfo command, CallContext context, ServerStreamListener listener) {
        OptionalInt number = command.hasDataType() ? OptionalInt.of(command.getDataType()) : OptionalInt.empty();
        replies.send(Schemas.GET_TYPE_INFO_SCHEMA, XdbcTypes.rows(number), listener);
    }

    @Override
    public FlightInfo getFlightInfoCatalogs(FlightSql.CommandGetCatalogs command, CallContext context, FlightDescriptor descriptor) {
        return offered(command, Schemas.GET_CATALOGS_SCHEMA, descriptor);
    }

    @Override
    public void getStreamCatalogs(CallContext context, ServerStreamListener listener) {
        List<String> names = Faults.told(() -> metadata.catalogs(session(context)));
        replies.send(Schemas.GET_CATALOGS_SCHEMA, names.stream().map(List::of).toList(), listener);
    }

    @Override
    public FlightInfo getFlightInfoSchemas(FlightSql.CommandGetDbSchemas command, CallContext context, FlightDescriptor descriptor) {
        return offered(command, Schemas.GET_SCHEMAS_SCHEMA, descriptor);
    }

    @Override
    public void getStreamSchemas(FlightSql.CommandGetDbSchemas command, CallContext context, ServerStreamListener listener) {
        replies.send(Schemas.GET_SCHEMAS_SCHEMA, Faults.told(() -> metadata.schemas(command, session(context))), listener);
    }

    @Override
    public FlightInfo getFlightInfoTables(FlightSql.CommandGetTables command, CallContext context, FlightDescriptor descriptor) {
        return offered(command, command.getIncludeSchema() ? Schemas.GET_TABLES_SCHEMA : Schemas.GET_TABLES_SCHEMA_NO_SCHEMA, descriptor);
    }

    @Override
    public void getStreamTables(FlightSql.CommandGetTables command, CallContext context, ServerStreamListener listener) {
        Faults.told(() -> {
            replies.sendTables(metadata.tables(command, session(context)), command.getIncludeSchema(), listener);
            return null;
        });
    }

    @Override
    public FlightInfo getFlightInfoTableTypes(FlightSql.CommandGetTableTypes command, CallContext context, FlightDescriptor descriptor) {
        return offered(command, Schemas.GET_TABLE_TYPES_SCHEMA, descriptor);
    }

    @Override
    public void getStreamTableTypes(CallContext context, ServerStreamListener listener) {
        replies.send(Schemas.GET_TABLE_TYPES_SCHEMA, List.of(List.of("TABLE"), List.of("VIEW")), listener);
    }

    @Override
    public FlightInfo getFlightInfoPrimaryKeys(FlightSql.CommandGetPrimaryKeys command, CallContext context, FlightDescriptor descriptor) {
        return offered(command, Schemas.GET_PRIMARY_KEYS_SCHEMA, descriptor);
    }

    @Override
    public void getStreamPrimaryKeys(FlightSql.CommandGetPrimaryKeys command, CallContext context, ServerStreamListener listener) {
        replies.send(Schemas.GET_PRIMARY_KEYS_SCHEMA, List.of(), listener);
    }

    @Override
    public FlightInfo getFlightInfoExportedKeys(FlightSql.CommandGetExportedKeys command, CallContext context, FlightDescriptor descriptor) {
        return offered(command, Schemas.GET_EXPORTED_KEYS_SCHEMA, descriptor);
    }

    @Override
    public void getStreamExportedKeys(FlightSql.CommandGetExportedKeys command, CallContext context, ServerStreamListener listener) {
        replies.send(Schemas.GET_EXPORTED_KEYS_SCHEMA, List.of(), listener);
    }

    @Override
    public FlightInfo getFlightInfoImportedKeys(FlightSql.CommandGetImportedKeys command, CallContext context, FlightDescriptor descriptor) {
        return offered(command, Schemas.GET_IMPORTED_KEYS_SCHEMA, descriptor);
    }

    @Override
    public void getStreamImportedKeys(FlightSql.CommandGetImportedKeys command, CallContext context, ServerStreamListener listener) {
        replies.send(Schemas.GET_IMPORTED_KEYS_SCHEMA, List.of(), listener);
    }

    @Override
    public FlightInfo getFlightInfoCrossReference(FlightSql.CommandGetCrossReference command, CallContext context, FlightDescriptor descriptor) {
        return offered(command, Schemas.GET_CROSS_REFERENCE_SCHEMA, descriptor);
    }

    @Override
    public void getStreamCrossReference(FlightSql.CommandGetCrossReference command, CallContext context, ServerStreamListener listener) {
        replies.send(Schemas.GET_CROSS_REFERENCE_SCHEMA, List.of(), listener);
    }
}
