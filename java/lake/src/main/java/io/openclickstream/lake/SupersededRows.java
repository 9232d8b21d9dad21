package io.openclickstream.lake;

import io.openclickstream.model.FailedEventColumns;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.data.GenericAppenderFactory;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.IcebergGenerics;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.BaseTaskWriter;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.io.WriteResult;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.util.DateTimeUtil;
import org.apache.iceberg.util.PropertyUtil;

/**
 * Failed events whose rows say from now on by which record they were superseded: each is deleted by its place in Kafka and written
 * again, in the files of {@link #complete}. Memory is needed for their places, not for their payloads.
 */
final class SupersededRows extends BaseTaskWriter<Record> {
    private static final List<String> KEY = List.of(
        FailedEventColumns.EVENT_ID.name(), FailedEventColumns.KAFKA_PARTITION.name(), FailedEventColumns.KAFKA_OFFSET.name());

    private final Schema schema;
    private final Schema keySchema;
    private final InternalRecordWrapper partitioned;
    private final Map<StructLike, Rewriter> rewriters = new HashMap<>();

    private SupersededRows(Table table, FileFormat format, Schema keySchema) {
        super(table.spec(), format, appenders(table, keySchema), files(table, format), table.io(),
            PropertyUtil.propertyAsLong(table.properties(), TableProperties.WRITE_TARGET_FILE_SIZE_BYTES,
                TableProperties.WRITE_TARGET_FILE_SIZE_BYTES_DEFAULT));
        this.schema = table.schema();
        this.keySchema = keySchema;
        this.partitioned = new InternalRecordWrapper(schema.asStruct());
    }

    /** The rows that a supersession can be about. */
    static Expression filter(List<Supersession> supersessions) {
        long first = supersessions.stream().mapToLong(Supersession::failedReceivedAt).min().orElseThrow();
        long last = supersessions.stream().mapToLong(Supersession::failedReceivedAt).max().orElseThrow();
        String column = FailedEventColumns.RECEIVED_AT.name();
        return Expressions.and(
            Expressions.greaterThanOrEqual(column, DateTimeUtil.microsToIsoTimestamptz(first)),
            Expressions.lessThanOrEqual(column, DateTimeUtil.microsToIsoTimestamptz(last)));
    }

    /** Writes the files for the rows that the table has; one that was erased stays so. */
    static WriteResult write(Table table, List<Supersession> supersessions) {
        Map<Supersession.Place, Supersession> byPlace = new HashMap<>();
        supersessions.forEach(supersession -> byPlace.put(supersession.failed(), supersession));
        try (SupersededRows writer = new SupersededRows(table, DataFileWriter.format(table), table.schema().select(KEY));
            CloseableIterable<Record> rows = IcebergGenerics.read(table).where(filter(supersessions)).build()) {
            for (Record row : rows) {
                Supersession supersession = byPlace.get(place(row));
                if (supersession != null && supersession.eventId().equals(row.getField(FailedEventColumns.EVENT_ID.name()))) {
                    set(row, FailedEventColumns.SUPERSEDED_BY_PARTITION.name(), supersession.by().partition());
                    set(row, FailedEventColumns.SUPERSEDED_BY_OFFSET.name(), supersession.by().offset());
                    writer.write(row);
                }
            }
            return writer.complete();
        } catch (IOException e) {
            throw new UncheckedIOException("rows of superseded failed events cannot be written: " + e.getMessage(), e);
        }
    }

    /** A column that was widened by hand holds a long. */
    private static void set(Record row, String column, Number value) {
        boolean isLong = row.struct().field(column).type().typeId() == Type.TypeID.LONG;
        row.setField(column, isLong ? (Object) value.longValue() : (Object) value.intValue());
    }

    private static Supersession.Place place(Record row) {
        Number partition = (Number) row.getField(FailedEventColumns.KAFKA_PARTITION.name());
        Number offset = (Number) row.getField(FailedEventColumns.KAFKA_OFFSET.name());
        return new Supersession.Place(partition.intValue(), offset.longValue());
    }

    @Override
    public void write(Record row) throws IOException {
        Rewriter rewriter = rewriters.computeIfAbsent(partition(row), Rewriter::new);
        GenericRecord rowKey = GenericRecord.create(keySchema);
        KEY.forEach(column -> rowKey.setField(column, row.getField(column)));
        rewriter.deleteKey(rowKey);
        rewriter.write(row);
    }

    private StructLike partition(Record row) {
        if (spec().isUnpartitioned()) {
            return null;
        }
        PartitionKey key = new PartitionKey(spec(), schema);
        key.partition(partitioned.wrap(row));
        return key;
    }

    @Override
    public void close() throws IOException {
        for (Closeable rewriter : rewriters.values()) {
            rewriter.close();
        }
        rewriters.clear();
    }

    private static GenericAppenderFactory appenders(Table table, Schema keySchema) {
        int[] ids = KEY.stream().mapToInt(column -> table.schema().findField(column).fieldId()).toArray();
        return new GenericAppenderFactory(table, table.schema(), table.spec(), table.properties(), ids, keySchema, null);
    }

    private static OutputFileFactory files(Table table, FileFormat format) {
        return OutputFileFactory.builderFor(table, 0, 0).format(format).operationId("superseded-" + UUID.randomUUID()).build();
    }

    /** Deletes and writes rows of one partition. */
    private final class Rewriter extends BaseEqualityDeltaWriter {
        private final InternalRecordWrapper rows = new InternalRecordWrapper(schema.asStruct());
        private final InternalRecordWrapper keys = new InternalRecordWrapper(keySchema.asStruct());

        Rewriter(StructLike partition) {
            super(partition, schema, keySchema);
        }

        @Override
        protected StructLike asStructLike(Record row) {
            return rows.wrap(row);
        }

        @Override
        protected StructLike asStructLikeKey(Record key) {
            return keys.wrap(key);
        }
    }
}
