package io.openclickstream.lake;

import io.openclickstream.model.OutputTable;
import io.openclickstream.model.EventColumns;
import io.openclickstream.model.OutputRow;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.data.GenericAppenderFactory;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.OutputFileFactory;
import org.apache.iceberg.io.PartitionedFanoutWriter;
import org.apache.iceberg.io.TaskWriter;
import org.apache.iceberg.io.UnpartitionedWriter;
import org.apache.iceberg.util.PropertyUtil;

/** Writes rows of one output table into data files of its Iceberg table, one file a partition that occurs. */
final class DataFileWriter {
    private final RecordLayout layout;
    private final PropertyColumns.Filler properties;
    private final TaskWriter<Record> writer;

    /** The property columns are those of the events table; other tables have none. */
    DataFileWriter(OutputTable output, Table table, OutputWriter.Attempt attempt, PropertyColumns propertyColumns) {
        layout = new RecordLayout(output, table.name(), table.schema());
        properties = output == OutputTable.EVENTS ? propertyColumns.fillerFor(table.schema()) : null;
        Schema schema = table.schema();
        PartitionSpec spec = table.spec();
        FileFormat format = format(table);
        long targetSize = PropertyUtil.propertyAsLong(
            table.properties(),
            TableProperties.WRITE_TARGET_FILE_SIZE_BYTES,
            TableProperties.WRITE_TARGET_FILE_SIZE_BYTES_DEFAULT);
        FileIO io = TaskFileIo.of(table);
        GenericAppenderFactory appenders = new GenericAppenderFactory(table, schema, spec, table.properties(), null, null, null);
        OutputFileFactory files = OutputFileFactory.builderFor(table, attempt.partitionId(), attempt.attemptId())
            .format(format)
            .operationId(attempt.operationId())
            .ioSupplier(() -> io)
            .build();
        writer = spec.isUnpartitioned()
            ? new UnpartitionedWriter<>(spec, format, appenders, files, io, targetSize)
            : new ByPartition(spec, schema, format, appenders, files, io, targetSize);
    }

    /** The format of a table's files. */
    static FileFormat format(Table table) {
        return FileFormat.fromString(table.properties()
            .getOrDefault(TableProperties.DEFAULT_FILE_FORMAT, TableProperties.DEFAULT_FILE_FORMAT_DEFAULT)
            .toUpperCase(Locale.ROOT));
    }

    void write(OutputRow row) throws IOException {
        Record record = layout.record(row);
        if (properties != null) {
            properties.fill(record, row.get(EventColumns.PROPERTIES));
        }
        writer.write(record);
    }

    /** Closes the files and lists them. */
    List<DataFile> complete() throws IOException {
        return List.of(writer.dataFiles());
    }

    /** Deletes what was written, because of this failure; a failure to do so is only added to it. */
    void abort(Exception cause) {
        try {
            writer.abort();
        } catch (IOException | RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    private static final class ByPartition extends PartitionedFanoutWriter<Record> {
        private final PartitionKey key;
        private final InternalRecordWrapper wrapper;

        ByPartition(
            PartitionSpec spec,
            Schema schema,
            FileFormat format,
            GenericAppenderFactory appenders,
            OutputFileFactory files,
            FileIO io,
            long targetSize) {
            super(spec, format, appenders, files, io, targetSize);
            key = new PartitionKey(spec, schema);
            wrapper = new InternalRecordWrapper(schema.asStruct());
        }

        @Override
        protected PartitionKey partition(Record record) {
            key.partition(wrapper.wrap(record));
            return key;
        }
    }
}
