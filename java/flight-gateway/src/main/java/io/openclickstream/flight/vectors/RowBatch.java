package io.openclickstream.flight.vectors;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.openclickstream.flight.types.ArrowTypes;
import io.openclickstream.flight.types.TrinoType;
import io.openclickstream.flight.types.ZonedTimestamps;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;

/** A record batch that is filled row by row from Trino's JSON, sent, and filled again. */
public final class RowBatch implements AutoCloseable {
    private static final int MOST_ROWS = 65_536;

    private final VectorSchemaRoot root;
    private final List<ValueWriter> writers;
    private final long fullAt;
    private int rows;
    private long bytes;

    /** A column of a result. */
    public record ResultColumn(String name, TrinoType type) {
    }

    /** A batch that counts as full at about so many bytes. Close it. */
    public RowBatch(BufferAllocator allocator, List<ResultColumn> columns, ZonedTimestamps zoned, long fullAt) {
        this.root = VectorSchemaRoot.create(schema(columns, zoned), allocator);
        this.fullAt = fullAt;
        List<ValueWriter> made = new ArrayList<>();
        for (int position = 0; position < columns.size(); position++) {
            made.add(NestedWriters.of(columns.get(position).type(), root.getVector(position), zoned));
        }
        this.writers = List.copyOf(made);
    }

    /** The schema of a result. Throws when a type has no form in Arrow. */
    public static Schema schema(List<ResultColumn> columns, ZonedTimestamps zoned) {
        ArrowTypes types = new ArrowTypes(zoned);
        List<Field> fields = columns.stream().map(column -> types.field(column.name(), column.type())).toList();
        return new Schema(fields);
    }

    public VectorSchemaRoot root() {
        return root;
    }

    public int rows() {
        return rows;
    }

    /** About how many bytes the rows take. */
    public long bytes() {
        return bytes;
    }

    public boolean isFull() {
        return bytes >= fullAt || rows >= MOST_ROWS;
    }

    /** Adds the row at whose opening bracket the parser stands; leaves the parser at the closing one. */
    public void add(JsonParser parser) throws IOException {
        for (ValueWriter writer : writers) {
            parser.nextToken();
            bytes += writer.write(parser, rows);
        }
        if (parser.nextToken() != JsonToken.END_ARRAY) {
            throw new IOException("Trino sent a row with more values than there are columns");
        }
        rows++;
    }

    /** Makes what was added readable, before the batch is sent. */
    public void finish() {
        root.setRowCount(rows);
    }

    /** Empties the batch for the next rows; the memory goes back. */
    public void clear() {
        root.getFieldVectors().forEach(FieldVector::clear);
        root.setRowCount(0);
        rows = 0;
        bytes = 0;
    }

    @Override
    public void close() {
        root.close();
    }
}
