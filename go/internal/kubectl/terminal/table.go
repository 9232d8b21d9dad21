package terminal

import (
	"io"
	"strings"
	"unicode/utf8"
)

// Column is one column of a table.
type Column struct {
	Name string
	// IsRight aligns to the right, as numbers are.
	IsRight bool
}

// WriteTable writes rows of text under the names of their columns.
//
//	page | views
//	-----+------
//	/    |    12
func WriteTable(out io.Writer, columns []Column, rows [][]string) error {
	widths := make([]int, len(columns))
	names := make([]string, len(columns))
	for i, column := range columns {
		names[i] = column.Name
		widths[i] = utf8.RuneCountInString(column.Name)
		for _, row := range rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
	}
	var text strings.Builder
	writeRow(&text, tableRow{columns, widths, names})
	for i, width := range widths {
		if i > 0 {
			text.WriteString("-+-")
		}
		text.WriteString(strings.Repeat("-", width))
	}
	text.WriteByte('\n')
	for _, row := range rows {
		writeRow(&text, tableRow{columns, widths, row})
	}
	_, err := io.WriteString(out, text.String())
	return err
}

type tableRow struct {
	columns []Column
	widths  []int
	cells   []string
}

func writeRow(text *strings.Builder, row tableRow) {
	last := len(row.cells) - 1
	for i, cell := range row.cells {
		cell = singleLine(cell)
		padding := strings.Repeat(" ", row.widths[i]-utf8.RuneCountInString(cell))
		if i > 0 {
			text.WriteString(" | ")
		}
		switch {
		case row.columns[i].IsRight:
			text.WriteString(padding + cell)
		case i == last:
			text.WriteString(cell)
		default:
			text.WriteString(cell + padding)
		}
	}
	text.WriteByte('\n')
}

// singleLine keeps a value from breaking the table, or from steering the terminal; it changes no width.
func singleLine(cell string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '·'
		}
		return r
	}, cell)
}
