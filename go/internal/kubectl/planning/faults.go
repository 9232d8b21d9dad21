package planning

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"

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

// HasUnknownTable reports whether a table is missing, which may be in the catalog all the same.
func HasUnknownTable(faults []contract.PlanErrorsError) bool {
	return slices.ContainsFunc(faults, func(fault contract.PlanErrorsError) bool { return unknownTable.MatchString(fault.Message) })
}

// mostShown is how much of a line is shown.
const mostShown = 120

func writePlace(text *strings.Builder, line string, fault contract.PlanErrorsError) {
	line = strings.TrimSuffix(line, "\r")
	start := positionOf(line, fault.Column)
	end := len(line)
	if fault.EndLine == fault.Line {
		end = min(end, positionOf(line, fault.EndColumn+1))
	}
	before, marked, after := []rune(line[:start]), []rune(line[start:max(start, end)]), []rune(line[max(start, end):])
	// Of a long line what stands around the place is shown.
	if cut := len(before) - mostShown/2; cut > 0 {
		before = append([]rune("…"), before[cut:]...)
	}
	if room := max(mostShown-len(before)-len(marked), mostShown/4); len(after) > room {
		after = append(after[:room:room], '…')
	}
	marks := strings.Repeat("^", min(max(1, len(marked)), mostShown))
	if len(marked) > mostShown {
		marked, after = append(marked[:mostShown:mostShown], '…'), nil
	}
	number := fmt.Sprint(fault.Line)
	fmt.Fprintf(text, "  %s | %s%s%s\n", number, string(before), string(marked), string(after))
	fmt.Fprintf(text, "  %s | %s%s\n", strings.Repeat(" ", len(number)), blank(before), marks)
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

// blank is as wide as a text, tabs included.
func blank(text []rune) string {
	return strings.Map(func(character rune) rune {
		if character == '\t' {
			return '\t'
		}
		return ' '
	}, string(text))
}
