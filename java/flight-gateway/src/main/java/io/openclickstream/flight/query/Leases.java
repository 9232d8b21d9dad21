package io.openclickstream.flight.query;

import io.openclickstream.flight.trino.TrinoClient;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.apache.arrow.flight.CallStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many queries there are at a time: those that are read, and those of this process whose ticket waits. */
public final class Leases {
    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

    private final int most;
    private final Semaphore free;
    private final Clock clock;
    private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();

    /** A query of Trino whose ticket was given out and not read here. */
    private record Waiting(String path, String user, Instant until, Lease lease) {
    }

    /** One query's place. End it when the query has ended; a second time does nothing. */
    public final class Lease {
        private boolean isOpen = true;

        public synchronized void end() {
            if (isOpen) {
                isOpen = false;
                free.release();
            }
        }
    }

    public Leases(int most, Clock clock) {
        this.most = most;
        this.free = new Semaphore(most);
        this.clock = clock;
    }

    /** A place for a query. Throws when there is none. */
    public Lease take() {
        if (!free.tryAcquire()) {
            throw CallStatus.RESOURCE_EXHAUSTED
                .withDescription("the gateway has " + most + " queries at a time, and no place is free; try again when one has ended").toRuntimeException();
        }
        return new Lease();
    }

    /** Keeps a query's place until its ticket is read, at most until its time. */
    void await(String queryId, String path, String user, Instant until, Lease lease) {
        waiting.put(queryId, new Waiting(path, user, until, lease));
    }

    /** The place of a query whose ticket is read now; one of its own where the ticket is from another process, or is read again. */
    public Lease takeOver(String queryId) {
        Waiting one = waiting.remove(queryId);
        return one == null ? take() : one.lease();
    }

    /** Frees the place of a query that its client ended. */
    void drop(String queryId) {
        Waiting one = waiting.remove(queryId);
        if (one != null) {
            one.lease().end();
        }
    }

    /** Queries whose ticket waits. */
    public int waiting() {
        return waiting.size();
    }

    /** Ends the queries whose ticket nobody read in time. */
    public void endUnread(TrinoClient trino, Figures figures) {
        waiting.forEach((queryId, one) -> {
            if (clock.instant().isAfter(one.until()) && waiting.remove(queryId, one)) {
                one.lease().end();
                if (isUnread(trino, one)) {
                    figures.ended(Figures.Source.TRINO, Figures.Outcome.UNREAD);
                    LOG.info("Ending the query {}, whose ticket nobody read", queryId);
                    trino.cancel(one.path(), one.user());
                }
            }
        });
    }

    /** Whoever reads a ticket asks for the answer behind the first at once, and then Trino has the first no more. */
    private static boolean isUnread(TrinoClient trino, Waiting one) {
        try {
            trino.bytes(one.path(), one.user());
            return true;
        } catch (IOException | TrinoClient.GoneException | TrinoClient.UnreachableException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
