package io.openclickstream.stream;

import io.openclickstream.stream.config.JobConfig;
import io.openclickstream.stream.source.RecordMapper;
import io.openclickstream.stream.state.Dedup;
import io.openclickstream.stream.state.Sessionize;
import io.openclickstream.stream.state.StepRow;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoder;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.streaming.OutputMode;
import org.apache.spark.sql.streaming.StatefulProcessor;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.TimeMode;
import org.apache.spark.sql.streaming.Trigger;

/** The query: records, one by one read and enriched, then without duplicates, then in sessions, then into the sink. */
final class StreamQuery {
    private static final Encoder<Row> STEP = Encoders.row(StepRow.SCHEMA);

    private StreamQuery() {
    }

    /** From rows with Kafka's columns to {@link StepRow} rows. */
    static Dataset<Row> steps(Dataset<Row> kafka, JobConfig config) {
        return steps(kafka, config, new Dedup(config.dedupWindow()));
    }

    static Dataset<Row> steps(Dataset<Row> kafka, JobConfig config, StatefulProcessor<String, Row, Row> dedup) {
        Duration sessionTimeToLive = longer(config.dedupWindow(), config.sessionTimeout().plus(config.watermark()));
        return kafka.selectExpr(RecordMapper.INPUT)
            .mapPartitions(new RecordMapper(config.rowRules(), config.enrichments()), STEP)
            .groupByKey((MapFunction<Row, String>) StepRow::eventId, Encoders.STRING())
            .transformWithState(dedup, TimeMode.ProcessingTime(), OutputMode.Append(), STEP)
            .groupByKey((MapFunction<Row, String>) Sessionize::key, Encoders.STRING())
            .transformWithState(
                new Sessionize(config.sessionTimeout(), config.watermark(), sessionTimeToLive),
                TimeMode.ProcessingTime(),
                OutputMode.Append(),
                STEP);
    }

    /** Starts the query on its checkpoint. */
    static StreamingQuery start(Dataset<Row> steps, VoidFunction2<Dataset<Row>, Long> sink, JobConfig config)
        throws TimeoutException {
        return steps.writeStream()
            .queryName(config.pipeline())
            .outputMode(OutputMode.Append())
            .option("checkpointLocation", config.checkpoint())
            .trigger(Trigger.ProcessingTime(config.triggerInterval().toMillis()))
            .foreachBatch(sink)
            .start();
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
