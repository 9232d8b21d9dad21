package io.openclickstream.stream.sink;

import io.openclickstream.stream.model.OutputTable;
import io.openclickstream.stream.model.RowCodec;
import io.openclickstream.stream.state.Step;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Table;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;

/**
 * Writes one task's rows into data files of up to three tables in one pass. Rows of a table that is not among the targets,
 * because it already holds this micro-batch, are counted and not written.
 */
final class WriteTask implements FlatMapFunction<Iterator<Row>, TaskOutput> {
    private static final long serialVersionUID = 1L;

    private final Map<OutputTable, Table> targets;
    private final String operationId;

    WriteTask(Map<OutputTable, Table> targets, String operationId) {
        this.targets = targets;
        this.operationId = operationId;
    }

    @Override
    public Iterator<TaskOutput> call(Iterator<Row> steps) throws IOException {
        Map<OutputTable, DataFileWriter> writers = new EnumMap<>(OutputTable.class);
        try {
            TaskOutput output = write(steps, writers);
            for (Map.Entry<OutputTable, DataFileWriter> entry : writers.entrySet()) {
                output.files().put(entry.getKey(), entry.getValue().complete());
            }
            return List.of(output).iterator();
        } catch (IOException | RuntimeException e) {
            writers.values().forEach(writer -> writer.abort(e));
            throw e;
        }
    }

    private TaskOutput write(Iterator<Row> steps, Map<OutputTable, DataFileWriter> writers) throws IOException {
        TaskOutput output = TaskOutput.empty();
        long oldest = Long.MAX_VALUE;
        while (steps.hasNext()) {
            Row step = steps.next();
            OutputTable table = Step.table(step);
            output.rows().merge(table, 1L, Long::sum);
            output.offsets().computeIfAbsent(table, key -> new OffsetRanges()).add(Step.partition(step), Step.offset(step));
            oldest = Math.min(oldest, Step.receivedAt(step));
            if (targets.containsKey(table)) {
                writers.computeIfAbsent(table, this::newWriter).write(finished(table, step));
            }
        }
        return new TaskOutput(output.files(), output.rows(), output.offsets(), oldest);
    }

    private DataFileWriter newWriter(OutputTable table) {
        TaskContext task = TaskContext.get();
        return new DataFileWriter(table, targets.get(table), task.partitionId(), task.taskAttemptId(), operationId);
    }

    private static io.openclickstream.stream.model.Row finished(OutputTable table, Row step) {
        io.openclickstream.stream.model.Row row = RowCodec.decode(table, Step.body(step));
        if (table == OutputTable.EVENTS) {
            row.set("session_id", Step.sessionId(step))
                .set("session_start", Step.sessionStart(step))
                .set("session_event_index", Step.sessionEventIndex(step));
        }
        return row;
    }
}
