package io.openclickstream.flight.direct;

import io.openclickstream.flight.query.Figures;
import io.openclickstream.flight.query.Reader;
import io.openclickstream.flight.types.TypeText;
import io.openclickstream.flight.types.ZonedTimestamps;
import io.openclickstream.flight.vectors.RowBatch;
import io.openclickstream.flight.vectors.RowBatch.ResultColumn;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.arrow.flight.FlightProducer.ServerStreamListener;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.VectorLoader;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.VectorUnloader;
import org.apache.arrow.vector.ipc.message.ArrowRecordBatch;
import org.apache.arrow.vector.types.pojo.Field;
import org.apache.arrow.vector.types.pojo.Schema;
import org.apache.iceberg.BaseCombinedScanTask;
import org.apache.iceberg.arrow.ArrowAllocation;
import org.apache.iceberg.arrow.vectorized.ArrowReader;
import org.apache.iceberg.arrow.vectorized.ColumnVector;
import org.apache.iceberg.arrow.vectorized.ColumnarBatch;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.CloseableIterator;

/** Sends the rows of files as they are in them, column by column. */
public final class DirectStream {
    private static final int BATCH_ROWS = 8192;

    private final DirectTables tables;
    private final Figures figures;
    private final long batchBytes;
    private final long idleMillis;

    public DirectStream(DirectTables tables, Figures figures, long batchBytes, long idleMillis) {
        this.tables = tables;
        this.figures = figures;
        this.batchBytes = batchBytes;
        this.idleMillis = idleMillis;
    }

    /** Memory that Iceberg's reader holds, of which it has an allocator of its own. */
    public static long allocatedBytes() {
        return ArrowAllocation.rootAllocator().getAllocatedMemory();
    }

    /** Sends the rows of a ticket and ends the stream. */
    public void send(DirectTicket ticket, ServerStreamListener listener) {
        Reader reader = new Reader(listener, idleMillis, () -> { });
        Figures.Outcome outcome = Figures.Outcome.FAILED;
        figures.opened();
        try {
            files(ticket, reader);
            reader.complete();
            outcome = Figures.Outcome.READ;
        } catch (IOException | RuntimeException e) {
            outcome = reader.fail(e);
        } finally {
            figures.closed();
            figures.ended(Figures.Source.DIRECT, outcome);
        }
    }

    private void files(DirectTicket ticket, Reader reader) throws IOException {
        Schema schema = schema(ticket);
        DirectTables.Part part = tables.part(ticket);
        long left = ticket.limit() == null ? Long.MAX_VALUE : ticket.limit();
        // A child of Iceberg's allocator: buffers pass from the one to the other without being copied.
        try (BufferAllocator own = ArrowAllocation.rootAllocator().newChildAllocator("direct", 0, Long.MAX_VALUE);
             VectorSchemaRoot root = VectorSchemaRoot.create(schema, own)) {
            reader.start(root);
            if (part.files().isEmpty() || left == 0) {
                return;
            }
            try (ArrowReader arrow = new ArrowReader(part.scan(), BATCH_ROWS, false);
                 CloseableIterator<ColumnarBatch> batches =
                     arrow.open(CloseableIterable.withNoopClose(List.of(new BaseCombinedScanTask(part.files()))))) {
                while (left > 0 && batches.hasNext()) {
                    ColumnarBatch batch = batches.next();
                    reader.check();
                    int rows = (int) Math.min(left, batch.numRows());
                    send(batch, rows, root, reader);
                    left -= rows;
                }
            }
        }
    }

    private static Schema schema(DirectTicket ticket) {
        List<ResultColumn> columns = new ArrayList<>();
        for (int column = 0; column < ticket.names().size(); column++) {
            columns.add(new ResultColumn(ticket.names().get(column), TypeText.parse(ticket.types().get(column))));
        }
        return RowBatch.schema(columns, ZonedTimestamps.UTC);
    }

    private void send(ColumnarBatch batch, int rows, VectorSchemaRoot root, Reader reader) {
        List<FieldVector> decoded = new ArrayList<>();
        try {
            List<FieldVector> vectors = new ArrayList<>();
            for (int column = 0; column < batch.numCols(); column++) {
                vectors.add(vector(batch.column(column), root.getVector(column).getField(), decoded));
            }
            VectorSchemaRoot read = new VectorSchemaRoot(
                vectors.stream().map(FieldVector::getField).toList(), vectors, batch.numRows());
            long bytes = vectors.stream().mapToLong(FieldVector::getBufferSize).sum();
            int step = (int) Math.max(1, Math.min(rows, batchBytes * batch.numRows() / Math.max(bytes, 1)));
            for (int from = 0; from < rows; from += step) {
                slice(read, from, Math.min(step, rows - from), root, reader);
            }
        } finally {
            decoded.forEach(FieldVector::close);
        }
    }

    /** The column's values in the form of the result. Values that the file has by their place in a dictionary are written out, to be closed. */
    private static FieldVector vector(ColumnVector column, Field wanted, List<FieldVector> decoded) {
        FieldVector vector = column.getArrowVector();
        if (vector != column.getFieldVector()) {
            decoded.add(vector);
        }
        if (!vector.getField().getType().equals(wanted.getType())) {
            throw new IllegalStateException("the files hold the column \"" + wanted.getName() + "\" as " + vector.getField().getType() + ", not as "
                + wanted.getType() + "; the catalog cannot be read directly");
        }
        return vector;
    }

    private void slice(VectorSchemaRoot read, int from, int rows, VectorSchemaRoot root, Reader reader) {
        boolean isWhole = from == 0 && rows == read.getRowCount();
        VectorSchemaRoot part = isWhole ? read : read.slice(from, rows);
        try (ArrowRecordBatch buffers = new VectorUnloader(part).getRecordBatch()) {
            new VectorLoader(root).load(buffers);
            long bytes = buffers.computeBodyLength();
            reader.send();
            figures.sent(rows, bytes);
        } finally {
            root.clear();
            if (!isWhole) {
                part.close();
            }
        }
    }
}
