package io.openclickstream.flight.query;

import io.openclickstream.flight.trino.TrinoClient;
import io.openclickstream.flight.trino.TrinoPage;
import io.openclickstream.flight.vectors.RowBatch;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.memory.BufferAllocator;

/** Sends the rows of a query of Trino as record batches, while the next answer of Trino is on its way. */
public final class TrinoStream {
    private final TrinoClient trino;
    private final BufferAllocator allocator;
    private final Figures figures;
    private final ExecutorService ahead;
    private final Limits limits;

    /** Size at which a batch is sent, and how long a client may not read. */
    public record Limits(long batchBytes, long idleMillis) {
    }

    /** Answers are fetched ahead in threads of {@code ahead}. */
    public TrinoStream(TrinoClient trino, BufferAllocator allocator, Figures figures, ExecutorService ahead, Limits limits) {
        this.trino = trino;
        this.allocator = allocator;
        this.figures = figures;
        this.ahead = ahead;
        this.limits = limits;
    }

    /** Sends all rows and ends the stream, or ends it and the query when anything fails or the client leaves. */
    public void send(TrinoTicket ticket, ServerStreamListener listener) {
        AtomicReference<String> place = new AtomicReference<>(ticket.path());
        Reader reader = new Reader(listener, limits.idleMillis(), () -> trino.cancel(place.get(), ticket.user()));
        Figures.Outcome outcome = Figures.Outcome.FAILED;
        figures.opened();
        try {
            pages(ticket, reader, place);
            reader.complete();
            outcome = Figures.Outcome.READ;
        } catch (IOException | InterruptedException | ExecutionException | RuntimeException e) {
            // Who has no answer of the query may be a second reader of the ticket, and the first one still reads.
            if (!(e instanceof TrinoClient.GoneException)) {
                trino.cancel(place.get(), ticket.user());
            }
            outcome = reader.fail(e);
        } finally {
            figures.closed();
            figures.ended(Figures.Source.TRINO, outcome);
        }
    }

    private void pages(TrinoTicket ticket, Reader reader, AtomicReference<String> place)
        throws IOException, InterruptedException, ExecutionException {
        byte[] body = trino.bytes(ticket.path(), ticket.user());
        RowBatch batch = null;
        try (BufferAllocator own = allocator.newChildAllocator(ticket.queryId(), 0, Long.MAX_VALUE)) {
            try {
                while (true) {
                    Future<byte[]> next;
                    try (TrinoPage page = TrinoPage.open(body)) {
                        if (batch == null) {
                            batch = new RowBatch(own, page.columns() == null ? List.of() : page.columns(), ticket.zoned(), limits.batchBytes());
                            reader.start(batch.root());
                        }
                        next = fetch(page.next(), ticket, place);
                        rows(page, batch, reader);
                        page.throwFailure();
                    }
                    if (next == null) {
                        sendRest(batch, reader);
                        return;
                    }
                    body = next.get();
                    reader.check();
                }
            } finally {
                if (batch != null) {
                    batch.close();
                }
            }
        }
    }

    private Future<byte[]> fetch(String next, TrinoTicket ticket, AtomicReference<String> place) {
        if (next == null) {
            return null;
        }
        String path = TrinoClient.pathOf(next);
        place.set(path);
        return ahead.submit(() -> trino.bytes(path, ticket.user()));
    }

    private void rows(TrinoPage page, RowBatch batch, Reader reader) throws IOException {
        while (page.nextRow()) {
            batch.add(page.parser());
            if (batch.isFull()) {
                sendRest(batch, reader);
            }
        }
    }

    private void sendRest(RowBatch batch, Reader reader) {
        if (batch.rows() == 0) {
            return;
        }
        batch.finish();
        reader.send();
        figures.sent(batch.rows(), batch.bytes());
        batch.clear();
    }
}
