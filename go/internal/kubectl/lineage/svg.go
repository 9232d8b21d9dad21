package lineage

import (
	"fmt"
	"html"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// Sizes in pixels of the drawing.
const (
	rowHeight  = 22
	boxPadding = 10
	boxGap     = 24
	margin     = 20
	// betweenSides is the room for the lines.
	betweenSides = 220
	// characterWidth is that of the 13 pixels high monospaced letters.
	characterWidth = 8
)

// box is a table with its columns, one a row below the title.
type box struct {
	title string
	rows  []string
	x, y  int
	width int
}

func (b *box) height() int { return (len(b.rows)+1)*rowHeight + boxPadding }

func (b *box) rowY(name string) int {
	return b.y + (slices.Index(b.rows, name)+1)*rowHeight + rowHeight/2 + boxPadding/2
}

// WriteSVG draws the input tables to the left, the product's table to the right, and a line for each origin: whole where the value itself
// comes from there, dashed where it only decides about rows.
func (l *Lineage) WriteSVG(out io.Writer) {
	inputs, target := l.boxes()
	var text strings.Builder
	height := max(bottomOf(inputs), target.y+target.height()) + margin
	width := target.x + target.width + margin
	fmt.Fprintf(&text, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="monospace" font-size="13">`+"\n", width, height)
	for _, column := range l.Columns {
		for _, origin := range column.Inputs {
			writeLine(&text, inputs, target, column.Name, origin)
		}
	}
	for _, b := range append(inputs, target) {
		writeBox(&text, b)
	}
	text.WriteString("</svg>\n")
	_, _ = io.WriteString(out, text.String()) // nobody to tell when the output is closed
}

// boxes places the tables: inputs below each other in the order of their first use.
func (l *Lineage) boxes() (inputs []*box, target *box) {
	byTable := map[string]*box{}
	target = &box{title: l.Target}
	for _, column := range l.Columns {
		target.rows = append(target.rows, column.Name)
		for _, origin := range column.Inputs {
			b, isKnown := byTable[origin.Table]
			if !isKnown {
				b = &box{title: origin.Table}
				byTable[origin.Table] = b
				inputs = append(inputs, b)
			}
			if !slices.Contains(b.rows, origin.Path) {
				b.rows = append(b.rows, origin.Path)
			}
		}
	}
	left, y := 0, margin
	for _, b := range inputs {
		b.x, b.y, b.width = margin, y, widthOf(b)
		y += b.height() + boxGap
		left = max(left, b.width)
	}
	target.x, target.y, target.width = margin+left+betweenSides, margin, widthOf(target)
	return inputs, target
}

func widthOf(b *box) int {
	longest := utf8.RuneCountInString(b.title)
	for _, row := range b.rows {
		longest = max(longest, utf8.RuneCountInString(row))
	}
	return longest*characterWidth + 2*boxPadding
}

func bottomOf(boxes []*box) int {
	bottom := 0
	for _, b := range boxes {
		bottom = max(bottom, b.y+b.height())
	}
	return bottom
}

func writeLine(text *strings.Builder, inputs []*box, target *box, column string, origin Origin) {
	at := slices.IndexFunc(inputs, func(b *box) bool { return b.title == origin.Table })
	from, isDirect := inputs[at], slices.Contains(origin.Uses, "direct")
	style := ` stroke="#999" stroke-dasharray="4 3"`
	if isDirect {
		style = ` stroke="#06c"`
	}
	x1, y1, x2, y2 := from.x+from.width, from.rowY(origin.Path), target.x, target.rowY(column)
	middle := (x1 + x2) / 2
	fmt.Fprintf(text, `<path d="M%d %d C%d %d %d %d %d %d" fill="none"%s><title>%s</title></path>`+"\n",
		x1, y1, middle, y1, middle, y2, x2, y2, style, html.EscapeString(strings.Join(origin.Uses, ", ")))
}

func writeBox(text *strings.Builder, b *box) {
	fmt.Fprintf(text, `<rect x="%d" y="%d" width="%d" height="%d" rx="4" fill="#fff" stroke="#333"/>`+"\n", b.x, b.y, b.width, b.height())
	fmt.Fprintf(text, `<text x="%d" y="%d" font-weight="bold">%s</text>`+"\n", b.x+boxPadding, b.y+rowHeight-boxPadding/2, html.EscapeString(b.title))
	for _, row := range b.rows {
		fmt.Fprintf(text, `<text x="%d" y="%d">%s</text>`+"\n", b.x+boxPadding, b.rowY(row)+boxPadding/2, html.EscapeString(row))
	}
}
