package io.openclickstream.stream.serve;

import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;

/** Takes the end of each Spark task for a sign of life. */
public final class TaskListener extends SparkListener {
    private final JobStatus status;

    public TaskListener(JobStatus status) {
        this.status = status;
    }

    @Override
    public void onTaskEnd(SparkListenerTaskEnd taskEnd) {
        status.taskEnded();
    }
}
