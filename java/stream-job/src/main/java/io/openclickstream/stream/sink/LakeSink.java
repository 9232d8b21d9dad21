package io.openclickstream.stream.sink;

import io.openclickstream.stream.model.OutputTable;
import io.openclickstream.stream.serve.JobStatus;
import io.openclickstream.stream.state.Step;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes each micro-batch into three tables: one Spark job writes all data files, then the driver commits table by table. A
 * crash anywhere leaves some tables with the batch and some without; when Spark does the batch again, which gives the same
 * rows, those that have it are passed over.
 */
public final class LakeSink implements VoidFunction2<Dataset<Row>, Long> {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(LakeSink.class);
    /** Spark sets it on the thread of a query; the same as the query's id in the checkpoint. */
    private static final String QUERY_ID_PROPERTY = "sql.streaming.queryId";

    private final transient LakeTables tables;
    private final transient SourceTopic topic;
    private final String topicId;
    private final transient JobStatus status;

    /** The topic's identifier is the one that the query was started with. */
    public LakeSink(LakeTables tables, SourceTopic topic, String topicId, JobStatus status) {
        this.tables = tables;
        this.topic = topic;
        this.topicId = topicId;
        this.status = status;
    }

    @Override
    public void call(Dataset<Row> steps, Long epoch) throws InterruptedException {
        String queryId = steps.sparkSession().sparkContext().getLocalProperty(QUERY_ID_PROPERTY);
        MicroBatch batch = new MicroBatch(queryId, epoch, topicId);
        Map<OutputTable, Table> targets = targets(batch);
        // A start that does a batch again counts its tasks from 0 again; the names of its files must yet be new ones.
        String operationId = epoch + "-" + UUID.randomUUID();
        // Also when no table is left to write: the states of the steps before are stored by running them.
        TaskOutput output = steps.sortWithinPartitions(Step.RECEIVED_AT_NAME).toJavaRDD()
            .mapPartitions(new WriteTask(targets, operationId))
            .fold(TaskOutput.empty(), TaskOutput::plus);
        requireContinuation(batch, targets, output);
        // The events table is the last to be committed: with it the batch is done.
        if (targets.containsKey(OutputTable.EVENTS)) {
            commit(batch, targets, output);
        }
        status.addRows(output.rows(), output.oldestReceivedAt());
    }

    private Map<OutputTable, Table> targets(MicroBatch batch) {
        Map<OutputTable, Table> targets = new EnumMap<>(OutputTable.class);
        tables.forEach((output, table) -> {
            table.refresh();
            if (table.holds(batch)) {
                LOG.info("Passing over a table that already holds the batch table={} batchId={}", table.name(), batch.epoch());
            } else {
                targets.put(output, table.forTasks());
            }
        });
        return targets;
    }

    private void requireContinuation(MicroBatch batch, Map<OutputTable, Table> targets, TaskOutput output) throws InterruptedException {
        try {
            requireSameTopic();
            tables.requireContinuation(batch, targets.keySet(), output.allOffsets());
            requireNoGap(output.allOffsets());
        } catch (IllegalStateException e) {
            output.files().forEach((table, files) -> tables.get(table).delete(files));
            throw e;
        }
    }

    private void requireSameTopic() throws InterruptedException {
        String now = topic.id();
        if (!now.equals(topicId)) {
            throw new IllegalStateException("the topic was deleted and created again under the running job (topic id " + now + ", was "
                + topicId + "); records of the old one that were not read are lost. To go on with the new topic, delete the checkpoint");
        }
    }

    /** Records that no batch took would be missed by nobody: Spark never asks for them again. */
    private void requireNoGap(OffsetRanges offsets) {
        NextOffsets complete = tables.complete(topicId);
        offsets.firstOffsets().forEach((partition, first) -> {
            long next = complete.of(partition);
            if (first > next && topic.hasRecords(partition, next, first)) {
                throw new IllegalStateException("the batch begins at offset " + first + " of partition " + partition + ", but the tables end at "
                    + next + ", and Kafka has records between: the checkpoint is not of these tables, or two drivers wrote it;"
                    + " delete the checkpoint to read them");
            }
        });
    }

    private void commit(MicroBatch batch, Map<OutputTable, Table> targets, TaskOutput output) {
        NextOffsets complete = tables.complete(topicId);
        Advance advance = new Advance(complete, complete.after(output.allOffsets()));
        for (OutputTable table : LakeTables.COMMIT_ORDER) {
            List<DataFile> files = output.files().getOrDefault(table, List.of());
            boolean isDue = targets.containsKey(table) && (!files.isEmpty() || table == OutputTable.EVENTS);
            if (isDue) {
                tables.get(table).commit(batch, files, output.offsets().getOrDefault(table, new OffsetRanges()), advance);
            }
        }
    }
}
