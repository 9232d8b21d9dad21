// Package generator makes events of a web shop that looks lived in: visitors who come back, sessions, pages, campaigns.
// The same options always give the same bytes, so that sending them a second time stores nothing new.
package generator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"time"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/eventid"
)

// Options say what to make.
type Options struct {
	// Events is how many lines there are in all, malformed and duplicate ones included.
	Events int64
	Seed   uint64
	// Malformed and Duplicates are shares of Events, from 0 to 1.
	Malformed, Duplicates float64
	// Start is the time of the first event; the events spread over Span from there.
	Start time.Time
	Span  time.Duration
}

// Validate says what is wrong with the options.
func (o *Options) Validate() error {
	switch {
	case o.Events < 0:
		return fmt.Errorf("the number of events must not be negative, it is %d", o.Events)
	case o.Malformed < 0 || o.Duplicates < 0 || o.Malformed+o.Duplicates > 0.9:
		return errors.New("the shares of malformed and duplicate events must be positive and leave at least 10% for good ones")
	case o.Span < time.Minute:
		return fmt.Errorf("the events must spread over at least a minute, not %v", o.Span)
	}
	return nil
}

// Counts are what was made.
type Counts struct {
	Good, Duplicates int64
	// Malformed counts the broken events by the reason that they must fail with.
	Malformed map[contract.FailureReason]int64
}

// Total is the number of all lines.
func (c *Counts) Total() int64 { return c.Good + c.Duplicates + c.MalformedTotal() }

// MalformedTotal is the number of broken events.
func (c *Counts) MalformedTotal() int64 {
	var total int64
	for _, count := range c.Malformed {
		total += count
	}
	return total
}

// remembered is how far back a duplicate may reach.
const remembered = 500

// Generator gives one event after the other.
type Generator struct {
	options Options
	random  *rand.Rand
	site    *site
	counts  Counts

	number          int64
	malformedToMake int64
	duplicateToMake int64
	recent          [][]byte
	recentNext      int
}

// New returns a generator.
func New(options Options) *Generator {
	random := rand.New(rand.NewPCG(options.Seed, 0x6f70656e636c6963))
	malformed := int64(math.Round(float64(options.Events) * options.Malformed))
	duplicates := int64(math.Round(float64(options.Events) * options.Duplicates))
	return &Generator{
		options: options, random: random,
		site:            newSite(random, options.Start, options.Span, options.Events-malformed-duplicates),
		counts:          Counts{Malformed: map[contract.FailureReason]int64{}},
		malformedToMake: malformed, duplicateToMake: duplicates,
	}
}

// Counts are what Next has made so far.
func (g *Generator) Counts() *Counts { return &g.counts }

// Next returns the next line, or io.EOF when all are made. The line stays valid.
func (g *Generator) Next() ([]byte, error) {
	remaining := g.options.Events - g.number
	if remaining <= 0 {
		return nil, io.EOF
	}
	g.number++
	// Drawing from what is left to make gives exactly the wanted numbers, spread evenly by chance.
	draw := g.random.Int64N(remaining)
	switch {
	case draw < g.malformedToMake:
		g.malformedToMake--
		return g.makeMalformed()
	case draw < g.malformedToMake+g.duplicateToMake && len(g.recent) > 0:
		g.duplicateToMake--
		g.counts.Duplicates++
		return g.recent[g.random.IntN(len(g.recent))], nil
	default:
		line, err := json.Marshal(g.site.next(g.newID()))
		g.counts.Good++
		g.remember(line)
		return line, err
	}
}

func (g *Generator) newID() string {
	return eventid.Of(fmt.Sprintf("generated\n%d\n%d", g.options.Seed, g.number))
}

func (g *Generator) remember(line []byte) {
	if len(g.recent) < remembered {
		g.recent = append(g.recent, line)
		return
	}
	g.recent[g.recentNext] = line
	g.recentNext = (g.recentNext + 1) % remembered
}

// breakages make a broken event of a good one; each holds the id, so that no two are alike.
var breakages = []struct {
	reason contract.FailureReason
	make   func(event *contract.Event) ([]byte, error)
}{
	{contract.FailureInvalidJSON, func(e *contract.Event) ([]byte, error) {
		line, err := json.Marshal(e)
		return line[:bytes.Index(line, []byte(`"`+contract.MemberPageURL+`"`))], err
	}},
	{contract.FailureMissingField, func(e *contract.Event) ([]byte, error) { e.EventType = ""; return json.Marshal(e) }},
	{contract.FailureInvalidField, func(e *contract.Event) ([]byte, error) { e.Timestamp = "half past nine"; return json.Marshal(e) }},
	{contract.FailureNotAnObject, func(e *contract.Event) ([]byte, error) { return fmt.Appendf(nil, `["page_view",%q]`, e.EventID), nil }},
	{contract.FailureMalformedLogLine, func(e *contract.Event) ([]byte, error) {
		return json.Marshal(map[string]string{
			contract.MemberEventID: e.EventID, contract.MemberFormat: contract.LogFormatCombined,
			contract.MemberLine: fmt.Sprintf(`%s - - [%s] "GET /`, e.IP, e.Timestamp),
		})
	}},
}

func (g *Generator) makeMalformed() ([]byte, error) {
	breakage := breakages[int(g.counts.MalformedTotal())%len(breakages)]
	g.counts.Malformed[breakage.reason]++
	sample := g.site.strayEvent(g.newID())
	return breakage.make(sample)
}
