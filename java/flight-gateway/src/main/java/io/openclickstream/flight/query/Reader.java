package io.openclickstream.flight.query;

import org.apache.arrow.flight.BackpressureStrategy.CallbackBackpressureStrategy;
import org.apache.arrow.flight.CallStatus;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.vector.VectorSchemaRoot;

/** The client that reads a stream. Nothing is sent before it has taken what was sent before. */
public final class Reader {
    private final ServerStreamListener listener;
    private final long patienceMillis;
    private final Waiting waiting;

    /** Counts a client that does not read for so long as idle, and does something at once when it leaves. */
    public Reader(ServerStreamListener listener, long patienceMillis, Runnable onLeave) {
        this.listener = listener;
        this.patienceMillis = patienceMillis;
        this.waiting = new Waiting(onLeave);
        waiting.register(listener);
    }

    private static final class Waiting extends CallbackBackpressureStrategy {
        private final Runnable onLeave;

        Waiting(Runnable onLeave) {
            this.onLeave = onLeave;
        }

        @Override
        protected void cancelCallback() {
            onLeave.run();
        }
    }

    /** The client has left. */
    public static final class LeftException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** The client did not read for too long. */
    public static final class IdleException extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    /** Sends the schema. */
    public void start(VectorSchemaRoot root) {
        listener.start(root);
    }

    /** Sends what the root holds, once the client can take it. */
    public void send() {
        switch (waiting.waitForListener(patienceMillis)) {
            case READY -> listener.putNext();
            case TIMEOUT -> throw new IdleException();
            default -> throw new LeftException();
        }
    }

    /** Throws when the client has left. */
    public void check() {
        if (listener.isCancelled()) {
            throw new LeftException();
        }
    }

    /** Ends the stream after the last batch. */
    public void complete() {
        listener.completed();
    }

    /** Ends the stream with a failure; gives how the query ended. */
    public Figures.Outcome fail(Throwable failure) {
        if (failure instanceof LeftException || listener.isCancelled()) {
            return Figures.Outcome.CANCELLED;
        }
        if (failure instanceof IdleException) {
            listener.error(CallStatus.TIMED_OUT
                .withDescription("the query was ended, since nothing was read for " + patienceMillis / 1000 + " s").toRuntimeException());
            return Figures.Outcome.IDLE;
        }
        listener.error(Faults.toFlight(failure));
        return Figures.Outcome.FAILED;
    }
}
