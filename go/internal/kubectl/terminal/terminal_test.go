package terminal

import (
	"bytes"
	"testing"
	"time"
)

func TestATableIsAligned(t *testing.T) {
	var out bytes.Buffer
	columns := []Column{{Name: "page_path"}, {Name: "views", IsRight: true}, {Name: "größe"}}
	rows := [][]string{{"/", "12", "é"}, {"/products/\x1b[31m\n", "7", ""}}
	if err := WriteTable(&out, columns, rows); err != nil {
		t.Fatal(err)
	}
	const want = "" +
		"page_path        | views | größe\n" +
		"-----------------+-------+------\n" +
		"/                |    12 | é\n" +
		"/products/·[31m· |     7 | \n"
	if out.String() != want {
		t.Errorf("table\n%s\nwant\n%s", out.String(), want)
	}
}

func TestATableWithoutRowsStillHasItsHead(t *testing.T) {
	var out bytes.Buffer
	if err := WriteTable(&out, []Column{{Name: "a"}, {Name: "b"}}, nil); err != nil {
		t.Fatal(err)
	}
	if out.String() != "a | b\n--+--\n" {
		t.Errorf("table %q", out.String())
	}
}

// clockedProgress returns a progress whose time is moved by hand.
func clockedProgress(out *bytes.Buffer, isTerminal bool) (p *Progress, forward func(time.Duration)) {
	now := time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	p = NewProgress(out, "events")
	p.isTerminal, p.start, p.shown, p.now = isTerminal, now, now, func() time.Time { return now }
	return p, func(by time.Duration) { now = now.Add(by) }
}

func TestProgressWritesALineNowAndThen(t *testing.T) {
	var out bytes.Buffer
	p, forward := clockedProgress(&out, false)
	for range 12 {
		forward(time.Second)
		p.Show(1000, 0.5)
	}
	p.Note("a note of %d", 1)
	p.Done()
	want := " 50%  1000 events, 200 a second, 5s left\n 50%  1000 events, 100 a second, 10s left\na note of 1\n"
	if out.String() != want {
		t.Errorf("wrote %q, want %q", out.String(), want)
	}
}

func TestProgressDrawsABarOnATerminalAndTakesItAway(t *testing.T) {
	var out bytes.Buffer
	p, forward := clockedProgress(&out, true)
	forward(time.Second)
	p.Show(10, 0.1)
	p.Show(11, 0.2) // too soon to be drawn
	p.Done()
	if want := "\r[===                           ]  10%  10 events, 10 a second, 9s left\x1b[K\r\x1b[K"; out.String() != want {
		t.Errorf("wrote %q, want %q", out.String(), want)
	}
}

func TestProgressWithoutAnEndCountsOnly(t *testing.T) {
	var out bytes.Buffer
	p, forward := clockedProgress(&out, true)
	forward(time.Second)
	p.Show(10, -1)
	if want := "\r10 events, 10 a second\x1b[K"; out.String() != want {
		t.Errorf("wrote %q, want %q", out.String(), want)
	}
}

func TestOnlyATerminalIsColoured(t *testing.T) {
	if got := NewPainter(&bytes.Buffer{}).Paint(Red, "x"); got != "x" {
		t.Errorf("painted %q", got)
	}
	if got := (Painter{isColoured: true}).Paint(Red, "x"); got != "\x1b[31mx\x1b[0m" {
		t.Errorf("painted %q", got)
	}
}
