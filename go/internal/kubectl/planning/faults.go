package planning

import (
	"cmp"
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf16"

	"golang.org/x/text/width"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
)

// WriteFaults writes what is wrong with a query: each place with its line and a mark below it.
//
//	line 1, column 8: Column 'visitr' not found in any table
//	  1 | SELECT visitr FROM shop.events
//	    |        ^^^^^^
//	  did you mean "visitor"?
func WriteFaults(out io.Writer, sql string, faults []contract.PlanErrorsError) {
	lines := strings.Split(sql, "\n")
	var text strings.Builder
	for _, fault := range faults {
		fmt.Fprintf(&text, "line %d, column %d: %s\n", fault.Line, fault.Column, fault.Message)
		if fault.Line >= 1 && fault.Line <= int64(len(lines)) {
			writePlace(&text, lines[fault.Line-1], fault)
		}
		if fault.Suggestion != "" {
			fmt.Fprintf(&text, "  did you mean %q?\n", fault.Suggestion)
		}
	}
	_, _ = io.WriteString(out, text.String()) // nobody to tell when the output is closed
}

// unknownTable is how the planner says that a table is not among those that it was told of.
var unknownTable = regexp.MustCompile(`^(?:Table|Object) '[^']*' not found`)

// UnknownTables are those that the planner was not told of, as the query writes them. They may be in the catalog all the same.
func UnknownTables(sql string, faults []contract.PlanErrorsError) []string {
	lines := strings.Split(sql, "\n")
	var tables []string
	for _, fault := range faults {
		if unknownTable.MatchString(fault.Message) && fault.Line >= 1 && fault.Line <= int64(len(lines)) {
			_, marked, _ := split(lines[fault.Line-1], fault)
			tables = append(tables, marked)
		}
	}
	return tables
}

// split cuts a line into what is at fault, and what is before and behind it.
func split(line string, fault contract.PlanErrorsError) (before, marked, after string) {
	start, end := positionOf(line, fault.Column), len(line)
	if fault.EndLine == fault.Line {
		end = max(start, positionOf(line, fault.EndColumn+1))
	}
	return line[:start], line[start:end], line[end:]
}

// mostShown is how much of a line is shown.
const mostShown = 120

func writePlace(text *strings.Builder, line string, fault contract.PlanErrorsError) {
	start, middle, end := split(strings.TrimSuffix(line, "\r"), fault)
	before, marked, after := []rune(start), []rune(middle), []rune(end)
	// Of a long line what stands around the place is shown.
	if cut := len(before) - mostShown/2; cut > 0 {
		before = append([]rune("…"), before[cut:]...)
	}
	if len(marked) > mostShown {
		marked, after = append(marked[:mostShown:mostShown], '…'), nil
	}
	if room := max(mostShown-len(before)-len(marked), mostShown/4); len(after) > room {
		after = append(after[:room:room], '…')
	}
	number := fmt.Sprint(fault.Line)
	fmt.Fprintf(text, "  %s | %s%s%s\n", number, string(before), string(marked), string(after))
	fmt.Fprintf(text, "  %s | %s%s\n", strings.Repeat(" ", len(number)), below(before, " "), cmp.Or(below(marked, "^"), "^"))
}

// positionOf is the byte at which a column begins. The planner counts as Java does: a character beyond U+FFFF is two columns.
func positionOf(line string, column int64) int {
	at := int64(1)
	for position, character := range line {
		if at >= column {
			return position
		}
		at += int64(max(1, utf16.RuneLen(character)))
	}
	return len(line)
}

// below is as wide as a text: tabs as they are, and else the mark, twice for a character that takes two cells.
func below(text []rune, mark string) string {
	var line strings.Builder
	for _, character := range text {
		switch width.LookupRune(character).Kind() {
		case width.EastAsianWide, width.EastAsianFullwidth:
			line.WriteString(mark + mark)
		default:
			line.WriteString(map[bool]string{true: "\t", false: mark}[character == '\t'])
		}
	}
	return line.String()
}
