package io.openclickstream.stream.serve;

import org.apache.spark.sql.streaming.StreamingQueryListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries Spark's events of the query into the job's status, and logs each batch that moved rows. */
public final class ProgressListener extends StreamingQueryListener {
    private static final Logger LOG = LoggerFactory.getLogger(ProgressListener.class);

    private final JobStatus status;

    public ProgressListener(JobStatus status) {
        this.status = status;
    }

    @Override
    public void onQueryStarted(QueryStartedEvent event) {
        LOG.info("Started query id={} runId={}", event.id(), event.runId());
    }

    @Override
    public void onQueryProgress(QueryProgressEvent event) {
        BatchProgress progress = BatchProgress.of(event.progress());
        status.batchDone(progress);
        if (event.progress().numInputRows() > 0) {
            LOG.info(
                "Committed batch batchId={} rows={} seconds={} rowsPerSecond={} lag={}",
                progress.batchId(),
                event.progress().numInputRows(),
                progress.durationMillis() / 1000.0,
                Math.round(progress.processedRowsPerSecond()),
                progress.lag());
        }
    }

    @Override
    public void onQueryIdle(QueryIdleEvent event) {
        status.idle();
    }

    @Override
    public void onQueryTerminated(QueryTerminatedEvent event) {
        // The main thread waits for the end itself and knows the cause.
    }
}
