package io.openclickstream.stream;

import io.openclickstream.service.GracefulStop;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryProgress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stops a query where it costs nothing: between two batches, or when the running batch is done. */
final class QueryStop {
    private static final Logger LOG = LoggerFactory.getLogger(QueryStop.class);

    private QueryStop() {
    }

    /** Waits at most so long for the running batch, then stops the query; what is cut off is done again at the next start. */
    static void stop(StreamingQuery query, Duration patience) throws InterruptedException, TimeoutException {
        long before = lastBatch(query);
        boolean isDone = GracefulStop.awaitDone(
            patience, () -> !query.isActive() || !query.status().isTriggerActive() || lastBatch(query) != before);
        if (!isDone) {
            LOG.warn("Stopping in the middle of a batch, as it took longer than {} s", patience.toSeconds());
        }
        query.stop();
    }

    private static long lastBatch(StreamingQuery query) {
        StreamingQueryProgress progress = query.lastProgress();
        return progress == null ? -1 : progress.batchId();
    }
}
