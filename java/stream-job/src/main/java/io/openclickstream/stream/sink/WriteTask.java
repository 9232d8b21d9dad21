package io.openclickstream.stream.sink;

import io.openclickstream.lake.HeldRecords;
import io.openclickstream.lake.OutputWriter;
import io.openclickstream.lake.PropertyColumns;
import io.openclickstream.lake.Supersession;
import io.openclickstream.lake.TaskOutput;
import io.openclickstream.model.EventColumns;
import io.openclickstream.model.OutputRow;
import io.openclickstream.model.OutputTable;
import io.openclickstream.model.RowCodec;
import io.openclickstream.stream.state.StepRow;
import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Table;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;

/** Writes one Spark task's rows into data files, in one pass. */
final class WriteTask implements FlatMapFunction<Iterator<Row>, TaskOutput> {
    private static final long serialVersionUID = 1L;

    private final Map<OutputTable, Table> targets;
    private final String operationId;
    private final PropertyColumns propertyColumns;
    private final HeldRecords held;

    WriteTask(Map<OutputTable, Table> targets, HeldRecords held, String operationId, PropertyColumns propertyColumns) {
        this.targets = targets;
        this.held = held;
        this.operationId = operationId;
        this.propertyColumns = propertyColumns;
    }

    @Override
    public Iterator<TaskOutput> call(Iterator<Row> steps) throws IOException {
        TaskContext task = TaskContext.get();
        OutputWriter writer = new OutputWriter(
            targets, new OutputWriter.Attempt(task.partitionId(), task.taskAttemptId(), operationId), propertyColumns);
        try {
            while (steps.hasNext()) {
                write(steps.next(), writer);
            }
            return List.of(writer.complete()).iterator();
        } catch (IOException | RuntimeException e) {
            writer.abort(e);
            throw e;
        }
    }

    private void write(Row step, OutputWriter writer) throws IOException {
        OutputTable table = StepRow.table(step);
        // Also of a record that is held: the failed event may be new in a table that lost its rows.
        Supersession supersession = StepRow.supersession(step);
        if (supersession != null) {
            writer.supersede(supersession);
        }
        if (held.contains(StepRow.partition(step), StepRow.offset(step))) {
            writer.pass(table, StepRow.partition(step), StepRow.offset(step));
            return;
        }
        writer.count(table, StepRow.partition(step), StepRow.offset(step), StepRow.receivedAt(step));
        if (StepRow.isConflict(step)) {
            writer.countConflict();
        }
        if (writer.isTarget(table)) {
            writer.write(finished(table, step));
        }
    }

    private static OutputRow finished(OutputTable table, Row step) {
        OutputRow row = RowCodec.decode(table, StepRow.body(step));
        if (table == OutputTable.EVENTS) {
            row.set(EventColumns.SESSION_ID, StepRow.sessionId(step))
                .set(EventColumns.SESSION_START, StepRow.sessionStart(step))
                .set(EventColumns.SESSION_EVENT_INDEX, StepRow.sessionEventIndex(step));
        }
        return row;
    }
}
