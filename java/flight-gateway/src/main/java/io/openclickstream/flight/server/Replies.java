package io.openclickstream.flight.server;

import io.openclickstream.flight.query.Metadata.TableRow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.flight.sql.FlightSqlProducer.Schemas;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.BitVector;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.IntVector;
import org.apache.arrow.vector.VarBinaryVector;
import org.apache.arrow.vector.VarCharVector;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.types.pojo.Schema;

/** Small answers of one batch: metadata. */
final class Replies {
    private final BufferAllocator allocator;

    Replies(BufferAllocator allocator) {
        this.allocator = allocator;
    }

    /** Sends rows of texts and whole numbers; columns that a row does not have are null. */
    void send(Schema schema, List<? extends List<?>> rows, ServerStreamListener listener) {
        try (VectorSchemaRoot root = VectorSchemaRoot.create(schema, allocator)) {
            for (int row = 0; row < rows.size(); row++) {
                for (int column = 0; column < rows.get(row).size(); column++) {
                    set(root.getVector(column), row, rows.get(row).get(column));
                }
            }
            root.setRowCount(rows.size());
            listener.start(root);
            listener.putNext();
            listener.completed();
        }
    }

    private static void set(FieldVector vector, int row, Object value) {
        if (value == null) {
            return;
        }
        if (vector instanceof VarCharVector texts) {
            texts.setSafe(row, value.toString().getBytes(StandardCharsets.UTF_8));
        } else if (vector instanceof VarBinaryVector binary) {
            binary.setSafe(row, (byte[]) value);
        } else if (vector instanceof IntVector numbers) {
            numbers.setSafe(row, (Integer) value);
        } else if (vector instanceof BitVector bits) {
            bits.setSafe(row, (Boolean) value ? 1 : 0);
        } else {
            throw new IllegalStateException("no way to fill " + vector.getField());
        }
    }

    /** The tables, with their schemas where they were asked for. */
    void sendTables(List<TableRow> tables, boolean hasSchemas, ServerStreamListener listener) throws IOException {
        List<List<Object>> rows = new ArrayList<>();
        for (TableRow table : tables) {
            List<Object> row = new ArrayList<>(List.of(table.catalog(), table.schema(), table.name(), table.type()));
            if (hasSchemas) {
                row.add(table.columns().serializeAsMessage());
            }
            rows.add(row);
        }
        send(hasSchemas ? Schemas.GET_TABLES_SCHEMA : Schemas.GET_TABLES_SCHEMA_NO_SCHEMA, rows, listener);
    }
}
