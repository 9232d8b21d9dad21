package io.openclickstream.stream.sink;

import io.openclickstream.stream.model.OutputTable;
import io.openclickstream.stream.serve.JobStatus;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Catalog;
import org.apache.iceberg.catalog.TableIdentifier;
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

    private final transient Map<OutputTable, LakeTable> tables = new EnumMap<>(OutputTable.class);
    private final String topicId;
    private final transient JobStatus status;

    /** Loads the tables; fails when one is missing or cannot take the job's rows. */
    public LakeSink(Catalog catalog, Map<OutputTable, TableIdentifier> identifiers, String topicId, JobStatus status) {
        this.topicId = topicId;
        this.status = status;
        identifiers.forEach((output, identifier) -> tables.put(output, new LakeTable(output, catalog.loadTable(identifier))));
    }

    @Override
    public void call(Dataset<Row> steps, Long epoch) {
        String queryId = steps.sparkSession().sparkContext().getLocalProperty(QUERY_ID_PROPERTY);
        MicroBatch batch = new MicroBatch(queryId, epoch, topicId);
        Map<OutputTable, Table> targets = targets(batch);
        // Also when no table is left to write: the states of the steps before are stored by running them.
        TaskOutput output = steps.toJavaRDD()
            .mapPartitions(new WriteTask(targets, queryId + "-" + epoch))
            .fold(TaskOutput.empty(), TaskOutput::plus);
        for (OutputTable table : targets.keySet()) {
            List<DataFile> files = output.files().getOrDefault(table, List.of());
            if (!files.isEmpty()) {
                tables.get(table).commit(batch, files, output.offsets().get(table));
            }
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
                refuseSecondCheckpoint(table, batch);
                targets.put(output, table.forTasks());
            }
        });
        return targets;
    }

    private static void refuseSecondCheckpoint(LakeTable table, MicroBatch batch) {
        if (table.holdsRecordsOfAnotherQuery(batch)) {
            throw new IllegalStateException("table " + table.name() + " already holds records of this topic that were written under"
                + " another checkpoint; this one would store them again. Restore the checkpoint, or start with empty tables, or with a"
                + " new topic, or remove the table's property \"" + LakeTable.QUERY_ID + "\" to accept doubled rows");
        }
    }
}
