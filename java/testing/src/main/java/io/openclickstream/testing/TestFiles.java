package io.openclickstream.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericAppenderFactory;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.encryption.EncryptedOutputFile;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.io.OutputFileFactory;

/** Data files that Iceberg's own writer makes, without Spark. */
public final class TestFiles {
    private TestFiles() {
    }

    /** Rows that differ in what is filled into each by its number, from 0 on. */
    public static List<Record> rows(Table table, int count, RowFilling filling) {
        return IntStream.range(0, count).mapToObj(number -> {
            Record row = GenericRecord.create(table.schema());
            filling.fill(row, number);
            return row;
        }).toList();
    }

    /** Sets the fields of a row. */
    public interface RowFilling {
        void fill(Record row, int number);
    }

    /** Writes rows of one partition into one file, which is in no snapshot yet. */
    public static DataFile write(Table table, List<Record> rows) {
        PartitionKey partition = new PartitionKey(table.spec(), table.schema());
        partition.partition(new InternalRecordWrapper(table.schema().asStruct()).wrap(rows.get(0)));
        OutputFileFactory files = OutputFileFactory.builderFor(table, 0, 0).format(FileFormat.PARQUET)
            .operationId(UUID.randomUUID().toString()).build();
        EncryptedOutputFile file = table.spec().isUnpartitioned() ? files.newOutputFile() : files.newOutputFile(table.spec(), partition);
        DataWriter<Record> writer =
            new GenericAppenderFactory(table.schema(), table.spec()).newDataWriter(file, FileFormat.PARQUET, partition);
        try (writer) {
            rows.forEach(writer::write);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return writer.toDataFile();
    }

    /** Appends files by one commit. */
    public static void append(Table table, List<DataFile> files) {
        AppendFiles append = table.newAppend();
        files.forEach(append::appendFile);
        append.commit();
    }
}
