package io.openclickstream.lake;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.Schema;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericAppenderFactory;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.deletes.EqualityDeleteWriter;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.util.StructLikeMap;

/** Writes files that delete rows by the columns of a key, one file a partition. */
final class KeyDeletes implements Closeable {
    private final Table table;
    private final Schema keySchema;
    private final FileFormat format;
    private final GenericAppenderFactory appenders;
    private final OutputFileFactory files;
    private final InternalRecordWrapper partitioned;
    private final Map<StructLike, EqualityDeleteWriter<Record>> writers;
    private final List<DeleteFile> written = new ArrayList<>();

    KeyDeletes(Table table, List<String> key) {
        this.table = table;
        this.keySchema = table.schema().select(key);
        this.format = DataFileWriter.format(table);
        int[] ids = key.stream().mapToInt(column -> table.schema().findField(column).fieldId()).toArray();
        this.appenders = new GenericAppenderFactory(table, table.schema(), table.spec(), table.properties(), ids, keySchema, null);
        this.files = OutputFileFactory.builderFor(table, 0, 0).format(format).operationId("erased-" + UUID.randomUUID()).build();
        this.partitioned = new InternalRecordWrapper(table.schema().asStruct());
        this.writers = table.spec().isUnpartitioned() ? new HashMap<>() : StructLikeMap.create(table.spec().partitionType());
    }

    void delete(Record row) {
        GenericRecord key = GenericRecord.create(keySchema);
        keySchema.columns().forEach(column -> key.setField(column.name(), row.getField(column.name())));
        writers.computeIfAbsent(partition(row), this::writer).write(key);
    }

    private StructLike partition(Record row) {
        if (table.spec().isUnpartitioned()) {
            return null;
        }
        PartitionKey key = new PartitionKey(table.spec(), table.schema());
        key.partition(partitioned.wrap(row));
        return key;
    }

    private EqualityDeleteWriter<Record> writer(StructLike partition) {
        return appenders.newEqDeleteWriter(partition == null ? files.newOutputFile() : files.newOutputFile(table.spec(), partition), format, partition);
    }

    /** Closes the files and lists them. */
    List<DeleteFile> complete() throws IOException {
        close();
        return written;
    }

    @Override
    public void close() throws IOException {
        for (EqualityDeleteWriter<Record> writer : writers.values()) {
            writer.close();
            written.add(writer.toDeleteFile());
        }
        writers.clear();
    }
}
