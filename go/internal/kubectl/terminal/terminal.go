// Package terminal prints for people: progress, tables and colours where there is a terminal, plain lines where not.
package terminal

import (
	"io"
	"os"

	"golang.org/x/term"
)

// IsTerminal reports whether what is written to out is seen by a person at once.
func IsTerminal(out io.Writer) bool {
	file, isFile := out.(*os.File)
	return isFile && term.IsTerminal(int(file.Fd()))
}

// Colour is an ANSI colour.
type Colour string

const (
	Green  Colour = "\x1b[32m"
	Yellow Colour = "\x1b[33m"
	Red    Colour = "\x1b[31m"
	Faint  Colour = "\x1b[2m"
	reset         = "\x1b[0m"
)

// Painter colours text, or leaves it as it is.
type Painter struct{ isColoured bool }

// NewPainter colours what goes to a terminal, unless NO_COLOR is set.
func NewPainter(out io.Writer) Painter {
	return Painter{isColoured: IsTerminal(out) && os.Getenv("NO_COLOR") == ""}
}

// Paint returns the text in the colour.
func (p Painter) Paint(colour Colour, text string) string {
	if !p.isColoured {
		return text
	}
	return string(colour) + text + reset
}
