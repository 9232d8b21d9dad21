package io.openclickstream.stream.sink;

import io.openclickstream.lake.LakeSink;
import io.openclickstream.lake.MicroBatch;
import io.openclickstream.lake.PropertyColumns;
import io.openclickstream.lake.TaskOutput;
import io.openclickstream.model.OutputTable;
import io.openclickstream.stream.serve.JobStatus;
import io.openclickstream.stream.state.StepRow;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.Table;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Writes each micro-batch into the lake: one Spark job writes all data files, then the driver commits them. */
public final class BatchWriter implements VoidFunction2<Dataset<Row>, Long> {
    private static final long serialVersionUID = 1L;
    /** Spark sets it on the thread of a query; the same as the query's id in the checkpoint. */
    private static final String QUERY_ID_PROPERTY = "sql.streaming.queryId";

    private final transient LakeSink sink;
    private final transient JobStatus status;
    private final PropertyColumns propertyColumns;
    private final transient Runnable committed;

    /**
     * The property columns are those of the events table.
     *
     * @param committed is told of each batch that all tables hold
     */
    public BatchWriter(LakeSink sink, JobStatus status, PropertyColumns propertyColumns, Runnable committed) {
        this.committed = committed;
        this.sink = sink;
        this.status = status;
        this.propertyColumns = propertyColumns;
    }

    @Override
    public void call(Dataset<Row> steps, Long epoch) throws InterruptedException {
        MicroBatch batch = sink.batch(steps.sparkSession().sparkContext().getLocalProperty(QUERY_ID_PROPERTY), epoch);
        Map<OutputTable, Table> targets = sink.targets(batch);
        // A start that does a batch again counts its tasks from 0 again; the names of its files must yet be new ones.
        String operationId = epoch + "-" + UUID.randomUUID();
        // Also when no table is left to write: the states of the steps before are stored by running them.
        TaskOutput output = steps.sortWithinPartitions(StepRow.RECEIVED_AT_NAME).toJavaRDD()
            .mapPartitions(new WriteTask(targets, sink.held(status::partDone), operationId, propertyColumns))
            .fold(TaskOutput.empty(), TaskOutput::plus);
        sink.commit(batch, targets, output);
        status.erased(sink.erased());
        status.addRows(output.rows(), output.conflicts(), output.oldestReceivedAt());
        committed.run();
    }
}
