package delivery

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// Source gives events one after the other, each without a line end, and io.EOF after the last one. The bytes may be
// overwritten by the next call.
type Source interface {
	Next() ([]byte, error)
}

// Pace says how fast to send, and in what portions.
type Pace struct {
	// BatchSize is the most events of one request.
	BatchSize int
	// Rate is events a second; 0 means as fast as the collector takes them.
	Rate float64
	// Limit is the most events to send; 0 means all.
	Limit int64
}

// batchBytes ends a batch early, well before the collector's limit of a request.
const batchBytes = 1 << 20

// Totals count what the collector has answered to.
type Totals struct {
	Sent, Accepted, Failed int64
}

// Stream sends all events of a source in their order, one request at a time. It calls progress after each batch.
// When it fails, Totals say how much the collector certainly has; what the source gave before it failed is sent.
func (s *Sender) Stream(ctx context.Context, source Source, pace Pace, progress func(Totals)) (Totals, error) {
	var totals Totals
	start := time.Now()
	batches := batcher{source: source, pace: pace}
	for {
		batch, count, sourceErr := batches.next()
		if errors.Is(sourceErr, io.EOF) {
			sourceErr = nil
		}
		if count == 0 {
			return totals, sourceErr
		}
		answer, err := s.Lines(ctx, batch)
		if err != nil {
			return totals, err
		}
		if answer.Accepted+answer.Failed != count {
			return totals, incomplete(answer, count)
		}
		totals.Sent += int64(count)
		totals.Accepted += int64(answer.Accepted)
		totals.Failed += int64(answer.Failed)
		progress(totals)
		if sourceErr != nil {
			return totals, sourceErr
		}
		if err := pace.wait(ctx, start, totals.Sent); err != nil {
			return totals, err
		}
	}
}

// incomplete: of a batch beyond its limits the collector keeps the beginning only, as one failed event.
func incomplete(answer Answer, count int) error {
	reason := ""
	if answer.Error != "" {
		reason = ": " + answer.Error
	}
	return fmt.Errorf("the collector answers for %d of %d events%s; make batches smaller, or raise the collector's limits",
		answer.Accepted+answer.Failed, count, reason)
}

// wait sleeps until the given number of events is due.
func (p *Pace) wait(ctx context.Context, start time.Time, sent int64) error {
	if p.Rate <= 0 {
		return ctx.Err()
	}
	due := start.Add(time.Duration(float64(sent) / p.Rate * float64(time.Second)))
	select {
	case <-time.After(time.Until(due)):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// batcher gathers events into bodies of one event a line.
type batcher struct {
	source Source
	pace   Pace
	taken  int64
	// kept is an event that did not fit into the last batch.
	kept []byte
	body []byte
}

func (b *batcher) next() (body []byte, count int, err error) {
	b.body = b.body[:0]
	if len(b.kept) > 0 {
		b.add(b.kept)
		count, b.kept = 1, b.kept[:0]
	}
	for count < b.size() && (b.pace.Limit == 0 || b.taken < b.pace.Limit) {
		event, err := b.source.Next()
		if err != nil {
			return b.body, count, err
		}
		b.taken++
		if count > 0 && len(b.body)+len(event) > batchBytes {
			b.kept = append(b.kept, event...)
			return b.body, count, nil
		}
		b.add(event)
		count++
	}
	return b.body, count, nil
}

func (b *batcher) add(event []byte) { b.body = append(append(b.body, event...), '\n') }

// size makes batches of a paced stream small enough that they leave at least twice a second.
func (b *batcher) size() int {
	if b.pace.Rate <= 0 {
		return b.pace.BatchSize
	}
	return max(1, min(b.pace.BatchSize, int(b.pace.Rate/2)))
}
