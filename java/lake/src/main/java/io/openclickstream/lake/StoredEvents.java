package io.openclickstream.lake;

import io.openclickstream.model.EventColumns;
import io.openclickstream.offsets.NextOffsets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.util.DateTimeUtil;

/**
 * The rows of an events table by the places of their records in Kafka, for whoever follows the stream job at his own pace. Neither
 * compaction nor the expiry of snapshots takes from it what was not read yet. Not thread-safe.
 */
public final class StoredEvents {
    private final Table table;

    /** Of a table that nobody else uses: it is read again by {@link #extent}. */
    public StoredEvents(Table table) {
        this.table = table;
    }

    /**
     * What the table holds.
     *
     * @param topicId the topic that its newest records came from; null before the first batch
     * @param since rows that were processed before this time, in microseconds since the epoch, may have come from other topics
     * @param end up to where it holds all events of that topic
     */
    public record Extent(String topicId, long since, NextOffsets end) {
    }

    /**
     * Rows to read.
     *
     * @param since only those processed from this time on, in microseconds since the epoch
     * @param before and before this time
     * @param from by partition the first offset; partitions that {@code to} lacks have no rows
     * @param to by partition the offset behind the last one
     */
    public record Span(long since, long before, NextOffsets from, NextOffsets to) {
    }

    /** Reads the table's metadata again. */
    public Extent extent() {
        table.refresh();
        Map<String, String> properties = table.properties();
        return new Extent(
            properties.get(LakeTable.TOPIC_ID),
            Long.parseLong(properties.getOrDefault(LakeTable.TOPIC_SINCE, "0")),
            NextOffsets.parse(properties.get(LakeTable.NEXT_OFFSETS)));
    }

    /** Gives each row of the span, with these columns alone, in no order. The rows stay valid. */
    public void read(Span span, List<String> columns, Consumer<Record> each) {
        if (table.currentSnapshot() == null || span.to().isEmpty()) {
            return;
        }
        scan(Expressions.and(isProcessed(span.since(), span.before()), lies(span)), columns, record -> each.accept(record.copy()));
    }

    /** Where the rows end that were processed in a time: by partition the offset behind the last one. */
    public NextOffsets endOf(long since, long before) {
        TreeMap<Integer, Long> end = new TreeMap<>();
        if (table.currentSnapshot() != null) {
            String partition = EventColumns.KAFKA_PARTITION.name();
            String offset = EventColumns.KAFKA_OFFSET.name();
            scan(isProcessed(since, before), List.of(partition, offset, EventColumns.PROCESSED_AT.name()), row ->
                end.merge(((Number) row.getField(partition)).intValue(), ((Number) row.getField(offset)).longValue() + 1, Math::max));
        }
        return NextOffsets.at(end);
    }

    private void scan(Expression filter, List<String> columns, Consumer<Record> each) {
        try (CloseableIterable<Record> rows = IcebergGenerics.read(table).where(filter).select(columns.toArray(String[]::new)).build()) {
            rows.forEach(each);
        } catch (IOException e) {
            throw new UncheckedIOException("rows of table " + table.name() + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static Expression isProcessed(long since, long before) {
        Expression isLate = since <= 0 ? Expressions.alwaysTrue()
            : Expressions.greaterThanOrEqual(EventColumns.PROCESSED_AT.name(), DateTimeUtil.microsToIsoTimestamptz(since));
        return before == Long.MAX_VALUE ? isLate
            : Expressions.and(isLate, Expressions.lessThan(EventColumns.PROCESSED_AT.name(), DateTimeUtil.microsToIsoTimestamptz(before)));
    }

    /** Says it of each partition, so that files are passed over by their statistics. */
    private static Expression lies(Span span) {
        String partition = EventColumns.KAFKA_PARTITION.name();
        String offset = EventColumns.KAFKA_OFFSET.name();
        Expression lies = Expressions.alwaysFalse();
        for (Map.Entry<Integer, Long> to : new TreeMap<>(span.to().byPartition()).entrySet()) {
            int number = to.getKey();
            lies = Expressions.or(lies, Expressions.and(
                Expressions.equal(partition, number),
                Expressions.greaterThanOrEqual(offset, span.from().of(number)),
                Expressions.lessThan(offset, to.getValue())));
        }
        return lies;
    }
}
