package io.openclickstream.stream.serve;

import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** Takes the end of each Spark task for a sign of life, and counts executors that die. */
public final class ClusterListener extends SparkListener {
    private final JobStatus status;

    public ClusterListener(JobStatus status) {
        this.status = status;
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd taskEnd) {
        status.partDone();
    }

    /** Also called while the job itself stops; then nobody reads the status any more. */
    @Override
    public void onExecutorRemoved(SparkListenerExecutorRemoved removed) {
        status.executorLost(removed.executorId(), removed.reason());
    }
}
