package generator

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
)

func options(events int64) Options {
	return Options{
		Events: events, Seed: 42, Malformed: 0.01, Duplicates: 0.02,
		Start: time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC), Span: 24 * time.Hour,
	}
}

func all(t *testing.T, options Options) ([][]byte, *Counts) {
	t.Helper()
	g := New(options)
	var lines [][]byte
	for {
		line, err := g.Next()
		if errors.Is(err, io.EOF) {
			return lines, g.Counts()
		}
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, bytes.Clone(line))
	}
}

func TestTheSameOptionsGiveTheSameBytes(t *testing.T) {
	first, _ := all(t, options(3000))
	second, _ := all(t, options(3000))
	if !bytes.Equal(bytes.Join(first, nil), bytes.Join(second, nil)) {
		t.Error("two runs differ")
	}
	other := options(3000)
	other.Seed++
	third, _ := all(t, other)
	if bytes.Equal(first[0], third[0]) {
		t.Error("another seed gives the same events")
	}
}

func TestExactlyTheWantedNumbersAreMade(t *testing.T) {
	cases := []struct {
		events                                  int64
		malformed, duplicates                   float64
		wantGood, wantMalformed, wantDuplicates int64
	}{
		{10_000, 0.01, 0.02, 9700, 100, 200}, {100, 0, 0, 100, 0, 0}, {10, 0.5, 0.4, 1, 5, 4}, {1, 0, 0, 1, 0, 0}, {0, 0.1, 0.1, 0, 0, 0},
	}
	for _, c := range cases {
		wanted := options(c.events)
		wanted.Malformed, wanted.Duplicates = c.malformed, c.duplicates
		lines, counts := all(t, wanted)
		if int64(len(lines)) != c.events || counts.Total() != c.events {
			t.Errorf("%d lines and a total of %d, want %d", len(lines), counts.Total(), c.events)
		}
		// A duplicate needs something to repeat, so the few first lines of a tiny run may come out good instead.
		if counts.MalformedTotal() != c.wantMalformed || counts.Duplicates > c.wantDuplicates || counts.Good < c.wantGood ||
			(c.events > 10 && counts.Duplicates != c.wantDuplicates) {
			t.Errorf("counts %+v, want %+v", counts, c)
		}
	}
}

func TestWhatIsMadeIsWhatIsCounted(t *testing.T) {
	lines, counts := all(t, options(10_000))
	seen, ids := map[string]bool{}, map[string]bool{}
	var duplicates, invalid int64
	for _, line := range lines {
		if seen[string(line)] {
			duplicates++
			continue
		}
		seen[string(line)] = true
		var made contract.Event
		if !json.Valid(line) {
			invalid++
			continue
		}
		if err := json.Unmarshal(line, &made); err == nil && ids[made.EventID] {
			t.Errorf("two different events have the id %s", made.EventID)
		}
		ids[made.EventID] = true
	}
	if duplicates != counts.Duplicates || invalid != counts.Malformed[contract.FailureInvalidJSON] {
		t.Errorf("%d lines are repeated and %d are not JSON, counted were %+v", duplicates, invalid, counts)
	}
	for _, breakage := range breakages {
		if counts.Malformed[breakage.reason] != 20 {
			t.Errorf("%d events with %s, want 20", counts.Malformed[breakage.reason], breakage.reason)
		}
	}
}

func TestVisitorsComeBackOnlyAfterTheirSessionHasEnded(t *testing.T) {
	wanted := options(20_000)
	wanted.Malformed, wanted.Duplicates = 0, 0
	lines, _ := all(t, wanted)
	lastSeen := map[string]time.Time{}
	sessions := map[string]int{}
	var before time.Time
	for _, line := range lines {
		var made contract.Event
		if err := json.Unmarshal(line, &made); err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(time.RFC3339, made.Timestamp)
		if err != nil {
			t.Fatal(err)
		}
		if at.Before(before.Truncate(time.Millisecond)) {
			t.Fatalf("time goes back from %v to %v", before, at)
		}
		before = at
		idle := at.Sub(lastSeen[made.AnonymousID])
		if idle > 20*time.Minute {
			sessions[made.AnonymousID]++
			if sessions[made.AnonymousID] > 1 && idle < restBetweenSessions {
				t.Errorf("%s comes back after %v, which leaves open whether it is a new session", made.AnonymousID, idle)
			}
		}
		lastSeen[made.AnonymousID] = at
	}
	returning, total := 0, 0
	for _, count := range sessions {
		total += count
		if count > 1 {
			returning++
		}
	}
	if mean := float64(len(lines)) / float64(total); mean < 4 || mean > 12 {
		t.Errorf("%.1f events a session", mean)
	}
	if returning < len(sessions)/20 {
		t.Errorf("only %d of %d visitors come back", returning, len(sessions))
	}
	if span := before.Sub(options(0).Start); span < 18*time.Hour || span > 30*time.Hour {
		t.Errorf("the events spread over %v", span)
	}
}

func TestWrongOptionsAreNamed(t *testing.T) {
	for _, wrong := range []Options{
		{Events: -1, Span: time.Hour}, {Malformed: -0.1, Span: time.Hour}, {Malformed: 0.5, Duplicates: 0.5, Span: time.Hour}, {Span: time.Second},
	} {
		if wrong.Validate() == nil {
			t.Errorf("%+v is taken", wrong)
		}
	}
}
