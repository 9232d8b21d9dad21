package plugin

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"

	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/terminal"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/trino"
)

// outputForms are what an answer can be written as.
var outputForms = []string{"table", "json", "csv", "arrow", "parquet"}

// rowWriter writes an answer as text: its columns, its rows in as many parts as they come in, and what ends it.
type rowWriter interface {
	columns([]trino.Column) error
	rows([][]any) error
	close() error
}

func newRowWriter(form string, out io.Writer) rowWriter {
	switch form {
	case "json":
		return &jsonWriter{out: out}
	case "csv":
		return &csvWriter{csv.NewWriter(out)}
	default:
		return &tableWriter{out: out}
	}
}

// tableWriter holds all rows: how wide a column is, the last row may say.
type tableWriter struct {
	out   io.Writer
	names []terminal.Column
	cells [][]string
}

func (w *tableWriter) columns(columns []trino.Column) error {
	w.names = make([]terminal.Column, len(columns))
	for i, column := range columns {
		w.names[i] = terminal.Column{Name: column.Name, IsRight: column.IsNumeric()}
	}
	return nil
}

func (w *tableWriter) rows(rows [][]any) error {
	w.cells = append(w.cells, textRows(rows, "NULL")...)
	return nil
}

func (w *tableWriter) close() error {
	if err := terminal.WriteTable(w.out, w.names, w.cells); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w.out, "(%s)\n", terminal.Count(len(w.cells), "row", "rows"))
	return err
}

func textRows(rows [][]any, null string) [][]string {
	texts := make([][]string, len(rows))
	for i, row := range rows {
		for _, value := range row {
			texts[i] = append(texts[i], trino.Text(value, null))
		}
	}
	return texts
}

// jsonWriter writes a list of objects.
type jsonWriter struct {
	out     io.Writer
	names   []trino.Column
	isBegun bool
}

func (w *jsonWriter) columns(columns []trino.Column) error {
	names := map[string]bool{}
	for _, column := range columns {
		if names[column.Name] {
			return fmt.Errorf("two columns are called %q, which a JSON object cannot hold; give one another name with AS, or use --output csv", column.Name)
		}
		names[column.Name] = true
	}
	w.names = columns
	return nil
}

func (w *jsonWriter) rows(rows [][]any) error {
	for _, row := range rows {
		var text bytes.Buffer
		text.WriteString(map[bool]string{false: "[\n  ", true: ",\n  "}[w.isBegun])
		w.isBegun = true
		object, err := trino.Object{Columns: w.names, Row: row}.MarshalJSON()
		if err != nil {
			return err
		}
		if err := json.Indent(&text, object, "  ", "  "); err != nil {
			return err
		}
		if _, err := w.out.Write(text.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

func (w *jsonWriter) close() error {
	end := "[]\n"
	if w.isBegun {
		end = "\n]\n"
	}
	_, err := io.WriteString(w.out, end)
	return err
}

type csvWriter struct{ out *csv.Writer }

func (w *csvWriter) columns(columns []trino.Column) error {
	var names []string
	for _, column := range columns {
		names = append(names, column.Name)
	}
	return w.out.Write(names)
}

func (w *csvWriter) rows(rows [][]any) error { return w.out.WriteAll(textRows(rows, "")) }

func (w *csvWriter) close() error {
	w.out.Flush()
	return w.out.Error()
}
