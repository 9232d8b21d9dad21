package plugin

import (
	"fmt"
	"io"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/ipc"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"

	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/flight"
)

// batchWriter writes an answer of record batches.
type batchWriter interface {
	flight.Sink
	// close ends the answer; one that failed needs no end.
	close(isWhole bool) error
}

func (o *queryOptions) newSink(out io.Writer) batchWriter {
	switch o.output {
	case "arrow":
		return &arrowWriter{out: out}
	case "parquet":
		return &parquetWriter{out: onlyWriter{out}}
	default:
		return &textWriter{newRowWriter(o.output, out)}
	}
}

// countedSink tells how many rows went by.
type countedSink struct {
	flight.Sink
	rows int64
	show func(int64)
}

func (s *countedSink) Batch(batch arrow.RecordBatch) error {
	s.rows += batch.NumRows()
	s.show(s.rows)
	return s.Sink.Batch(batch)
}

// arrowWriter writes Arrow's IPC stream.
type arrowWriter struct {
	out    io.Writer
	writer *ipc.Writer
}

func (w *arrowWriter) Schema(schema *arrow.Schema) error {
	w.writer = ipc.NewWriter(w.out, ipc.WithSchema(schema))
	return nil
}

func (w *arrowWriter) Batch(batch arrow.RecordBatch) error { return w.writer.Write(batch) }

func (w *arrowWriter) close(isWhole bool) error {
	if !isWhole || w.writer == nil {
		return nil
	}
	return w.writer.Close()
}

// rowGroup is how many rows are held in memory before they are written.
const rowGroup = 128 << 10

// parquetWriter writes a Parquet file with Arrow's schema in it.
type parquetWriter struct {
	out    io.Writer
	writer *pqarrow.FileWriter
}

func (w *parquetWriter) Schema(schema *arrow.Schema) error {
	for _, field := range schema.Fields() {
		if !isOfParquet(field.Type) {
			return fmt.Errorf("the column %q has the type %s, which Parquet does not have; cast it, for example to varchar, or use --output arrow", field.Name, field.Type)
		}
	}
	properties := parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Zstd), parquet.WithMaxRowGroupLength(rowGroup))
	writer, err := pqarrow.NewFileWriter(schema, w.out, properties, pqarrow.NewArrowWriterProperties(pqarrow.WithStoreSchema()))
	if err != nil {
		return fmt.Errorf("writing Parquet: %w", err)
	}
	w.writer = writer
	return nil
}

func (w *parquetWriter) Batch(batch arrow.RecordBatch) error { return w.writer.WriteBuffered(batch) }

func (w *parquetWriter) close(isWhole bool) error {
	if !isWhole || w.writer == nil {
		return nil
	}
	return w.writer.Close()
}

// isOfParquet tells intervals, also within others, from what Parquet can hold.
func isOfParquet(kind arrow.DataType) bool {
	switch kind.ID() {
	case arrow.DURATION, arrow.INTERVAL_MONTHS, arrow.INTERVAL_DAY_TIME, arrow.INTERVAL_MONTH_DAY_NANO:
		return false
	}
	nested, isNested := kind.(arrow.NestedType)
	if !isNested {
		return true
	}
	for _, field := range nested.Fields() {
		if !isOfParquet(field.Type) {
			return false
		}
	}
	return true
}

// textWriter writes batches as rows of text.
type textWriter struct{ writer rowWriter }

func (w *textWriter) Schema(schema *arrow.Schema) error {
	return w.writer.columns(flight.Columns(schema))
}

func (w *textWriter) Batch(batch arrow.RecordBatch) error {
	rows, err := flight.Rows(batch)
	if err != nil {
		return err
	}
	return w.writer.rows(rows)
}

func (w *textWriter) close(isWhole bool) error {
	if !isWhole {
		return nil
	}
	return w.writer.close()
}
