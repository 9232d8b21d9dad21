package io.openclickstream.flight.query;

import io.openclickstream.flight.trino.TrinoClient;
import io.openclickstream.flight.trino.TrinoFailure;
import io.openclickstream.flight.types.UnsupportedTypeException;
import io.openclickstream.service.Causes;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.ErrorFlightMetadata;
import org.apache.arrow.flight.FlightRuntimeException;
import org.apache.arrow.memory.OutOfMemoryException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a client is told of a failure: the fitting status of Flight, and a message that it can act on. */
public final class Faults {
    private static final Logger LOG = LoggerFactory.getLogger(Faults.class);
    private static final Set<String> ENDED_BY_TIME = Set.of(
        "EXCEEDED_TIME_LIMIT", "EXCEEDED_CPU_LIMIT", "ABANDONED_QUERY", "ABANDONED_TASK", "EXCEEDED_SCAN_LIMIT");

    private Faults() {
    }

    /** Something that may fail with any exception. */
    public interface Work<T> {
        T get() throws Exception;
    }

    /** Does the work; each failure comes out as one of Flight. */
    public static <T> T told(Work<T> work) {
        try {
            return work.get();
        } catch (Exception e) {
            throw toFlight(e);
        }
    }

    /** The failure as Flight tells it. */
    public static FlightRuntimeException toFlight(Throwable failure) {
        if (failure instanceof FlightRuntimeException told) {
            return told;
        }
        if ((failure instanceof ExecutionException || failure instanceof CompletionException) && failure.getCause() != null) {
            return toFlight(failure.getCause());
        }
        if (failure instanceof TrinoFailure refused) {
            return toFlight(refused);
        }
        if (failure instanceof UnsupportedTypeException) {
            return CallStatus.UNIMPLEMENTED.withDescription(failure.getMessage()).toRuntimeException();
        }
        if (failure instanceof TrinoClient.GoneException) {
            return CallStatus.NOT_FOUND
                .withDescription("the ticket was read already, or its query has ended; run the query again").toRuntimeException();
        }
        if (failure instanceof TrinoClient.UnreachableException) {
            return CallStatus.UNAVAILABLE.withDescription(failure.getMessage()).toRuntimeException();
        }
        if (failure instanceof OutOfMemoryException) {
            return CallStatus.RESOURCE_EXHAUSTED
                .withDescription("the gateway has no memory left for record batches; try again, or raise limits.memoryMebibytes").toRuntimeException();
        }
        if (failure instanceof InterruptedException) {
            Thread.currentThread().interrupt();
            return CallStatus.UNAVAILABLE.withDescription("the gateway is stopping").toRuntimeException();
        }
        LOG.error("A call failed in a way that was not foreseen", failure);
        return CallStatus.INTERNAL.withDescription(Causes.describe(failure)).toRuntimeException();
    }

    private static FlightRuntimeException toFlight(TrinoFailure failure) {
        TrinoFailure.Detail detail = failure.detail();
        ErrorFlightMetadata metadata = new ErrorFlightMetadata();
        metadata.insert("x-trino-error-name", detail.name());
        if (detail.line() > 0) {
            metadata.insert("x-trino-error-line", Integer.toString(detail.line()));
            metadata.insert("x-trino-error-column", Integer.toString(detail.column()));
        }
        if (detail.queryId() != null) {
            metadata.insert("x-trino-query-id", detail.queryId());
        }
        return statusOf(detail).withDescription(message(failure)).withMetadata(metadata).toRuntimeException();
    }

    /** Most messages of Trino begin with the place already. */
    private static String message(TrinoFailure failure) {
        TrinoFailure.Detail detail = failure.detail();
        boolean namesPlace = detail.line() == 0 || failure.getMessage().startsWith("line " + detail.line() + ":");
        return namesPlace ? failure.getMessage() : "line " + detail.line() + ":" + detail.column() + ": " + failure.getMessage();
    }

    private static CallStatus statusOf(TrinoFailure.Detail detail) {
        String name = detail.name();
        if (name.endsWith("_NOT_FOUND")) {
            return CallStatus.NOT_FOUND;
        }
        if (name.endsWith("_ALREADY_EXISTS")) {
            return CallStatus.ALREADY_EXISTS;
        }
        if (name.equals("PERMISSION_DENIED")) {
            return CallStatus.UNAUTHORIZED;
        }
        if (name.equals("NOT_SUPPORTED")) {
            return CallStatus.UNIMPLEMENTED;
        }
        if (name.equals("USER_CANCELED") || name.equals("ADMINISTRATIVELY_KILLED")) {
            return CallStatus.CANCELLED;
        }
        if (ENDED_BY_TIME.contains(name)) {
            return CallStatus.TIMED_OUT;
        }
        return switch (detail.type()) {
            case "USER_ERROR" -> CallStatus.INVALID_ARGUMENT;
            case "INSUFFICIENT_RESOURCES" -> CallStatus.RESOURCE_EXHAUSTED;
            case "EXTERNAL" -> CallStatus.UNAVAILABLE;
            default -> CallStatus.INTERNAL;
        };
    }
}
