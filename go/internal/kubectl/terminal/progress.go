package terminal

import (
	"fmt"
	"io"
	"strings"
	"time"
)

const (
	// How often a bar is drawn again, and how often a line is written.
	barInterval  = 100 * time.Millisecond
	lineInterval = 5 * time.Second
	barWidth     = 30
)

// Progress shows how far something is: a bar on a terminal, elsewhere a line from time to time.
type Progress struct {
	out        io.Writer
	isTerminal bool
	unit       string
	now        func() time.Time
	start      time.Time
	shown      time.Time
	isDrawn    bool
}

// NewProgress counts things called unit.
func NewProgress(out io.Writer, unit string) *Progress {
	now := time.Now()
	return &Progress{out: out, isTerminal: IsTerminal(out), unit: unit, now: time.Now, start: now, shown: now}
}

// Show tells how many are done, and which share of all that is; a negative share is not known.
func (p *Progress) Show(done int64, share float64) {
	now := p.now()
	interval := lineInterval
	if p.isTerminal {
		interval = barInterval
	}
	if now.Sub(p.shown) < interval {
		return
	}
	p.shown = now
	rate := float64(done) / now.Sub(p.start).Seconds()
	text := fmt.Sprintf("%d %s, %.0f a second", done, p.unit, rate)
	if share >= 0 {
		text = fmt.Sprintf("%3.0f%%  %s%s", 100*share, text, p.rest(share))
	}
	if p.isTerminal && share >= 0 {
		text = bar(share) + " " + text
	}
	p.print(text)
}

// rest estimates how long it still takes.
func (p *Progress) rest(share float64) string {
	if share <= 0 || share >= 1 {
		return ""
	}
	elapsed := p.shown.Sub(p.start)
	left := time.Duration(float64(elapsed) * (1 - share) / share).Round(time.Second)
	return fmt.Sprintf(", %v left", left)
}

func bar(share float64) string {
	full := int(share * barWidth)
	return "[" + strings.Repeat("=", full) + strings.Repeat(" ", max(0, barWidth-full)) + "]"
}

// Note writes a line that stays.
func (p *Progress) Note(format string, arguments ...any) {
	p.clear()
	_, _ = fmt.Fprintf(p.out, format+"\n", arguments...) // nobody to tell when the terminal is gone
}

// Done takes the bar away.
func (p *Progress) Done() { p.clear() }

func (p *Progress) print(text string) {
	if !p.isTerminal {
		_, _ = fmt.Fprintln(p.out, text) // as above
		return
	}
	_, _ = fmt.Fprint(p.out, "\r"+text+"\x1b[K") // as above
	p.isDrawn = true
}

func (p *Progress) clear() {
	if p.isDrawn {
		_, _ = fmt.Fprint(p.out, "\r\x1b[K") // as above
		p.isDrawn = false
	}
}
