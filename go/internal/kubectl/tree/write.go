package tree

import (
	"io"
	"strings"

	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/terminal"
)

var marks = map[State]string{Well: "✔", UnderWay: "…", Unknown: "?", NotWell: "✖"}

var colours = map[State]terminal.Colour{
	Well: terminal.Green, UnderWay: terminal.Yellow, Unknown: terminal.Yellow, NotWell: terminal.Red,
}

// Write writes the tree.
func Write(out io.Writer, root *Node, painter terminal.Painter) {
	var text strings.Builder
	w := writer{text: &text, painter: painter}
	w.node(root, indentation{})
	_, _ = io.WriteString(out, text.String()) // nobody to tell when the output is closed
}

type writer struct {
	text    *strings.Builder
	painter terminal.Painter
}

// indentation is what stands before the first line of a node and before its others.
type indentation struct{ first, rest string }

func (w *writer) node(node *Node, in indentation) {
	w.line(in.first, Line{node.State, node.Title}, node.Detail)
	below := in.rest + "    "
	if len(node.Children) > 0 {
		below = in.rest + "│   "
	}
	for _, line := range node.Lines {
		w.line(below, line, "")
	}
	for i, child := range node.Children {
		branch := indentation{in.rest + "├── ", in.rest + "│   "}
		if i == len(node.Children)-1 {
			branch = indentation{in.rest + "└── ", in.rest + "    "}
		}
		w.node(child, branch)
	}
}

func (w *writer) line(before string, line Line, detail string) {
	w.text.WriteString(before + w.painter.Paint(colours[line.State], marks[line.State]) + " " + line.Text)
	if detail != "" {
		w.text.WriteString("  " + w.painter.Paint(terminal.Faint, detail))
	}
	w.text.WriteByte('\n')
}
