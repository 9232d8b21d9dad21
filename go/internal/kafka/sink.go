package kafka

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// ErrOutcomeUnknown says that the time for an answer ran out while Kafka still had the records: they may be stored or not.
var ErrOutcomeUnknown = errors.New("Kafka did not answer in time")

// TooLargeError names the records that Kafka refuses for their size; sending them again as they are is useless.
type TooLargeError struct{ Records []*kgo.Record }

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("Kafka refused %d records as too large", len(e.Records))
}

// Sink writes groups of records.
type Sink struct {
	client *kgo.Client
	// patience is how long Store waits: the delivery timeout and a little, since the client looks at its clock rarely.
	patience time.Duration
	pool     sync.Pool
}

// graceAfterDelivery is how much later than the delivery timeout Store gives up by itself.
const graceAfterDelivery = 500 * time.Millisecond

// NewSink returns a sink that writes with client.
func NewSink(client *kgo.Client, deliveryTimeout time.Duration) *Sink {
	sink := &Sink{client: client, patience: deliveryTimeout + graceAfterDelivery}
	sink.pool.New = func() any { return newDelivery() }
	return sink
}

// Store writes the records and returns nil once every in-sync replica has every one of them. It calls released once
// when nothing reads the records any longer: before it returns, except with ErrOutcomeUnknown, where it may be later.
func (s *Sink) Store(records []*kgo.Record, released func()) error {
	if len(records) == 0 {
		released()
		return nil
	}
	d := s.pool.Get().(*delivery)
	d.begin(len(records), released)
	for _, record := range records {
		s.client.TryProduce(context.Background(), record, d.promise)
	}
	err, finished := d.wait(s.patience)
	if finished {
		s.pool.Put(d)
	}
	return err
}

// The states of a delivery: open -> finished when the last record has its outcome, or open -> abandoned when the
// waiting side gives up first.
const (
	open int32 = iota
	finished
	abandoned
)

// delivery is the common fate of the records of one Store call.
type delivery struct {
	remaining atomic.Int64
	state     atomic.Int32
	done      chan struct{}
	timer     *time.Timer
	released  func()
	promise   func(*kgo.Record, error)

	mutex    sync.Mutex
	failure  error
	tooLarge []*kgo.Record
}

func newDelivery() *delivery {
	d := &delivery{done: make(chan struct{}, 1), timer: time.NewTimer(time.Hour)}
	d.promise = d.settle
	return d
}

func (d *delivery) begin(records int, released func()) {
	d.remaining.Store(int64(records))
	d.state.Store(open)
	d.released = released
	d.failure = nil
	d.tooLarge = nil
}

func (d *delivery) settle(record *kgo.Record, err error) {
	if err != nil {
		d.note(record, err)
	}
	if d.remaining.Add(-1) > 0 {
		return
	}
	if d.state.CompareAndSwap(open, finished) {
		d.done <- struct{}{}
		return
	}
	d.released()
}

func (d *delivery) note(record *kgo.Record, err error) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if errors.Is(err, kerr.MessageTooLarge) {
		d.tooLarge = append(d.tooLarge, record)
		return
	}
	if d.failure == nil {
		d.failure = err
	}
}

func (d *delivery) wait(patience time.Duration) (err error, isFinished bool) {
	d.timer.Reset(patience)
	select {
	case <-d.done:
		d.timer.Stop()
	case <-d.timer.C:
		if d.state.CompareAndSwap(open, abandoned) {
			return ErrOutcomeUnknown, false
		}
		<-d.done
	}
	d.released()
	return d.outcome(), true
}

func (d *delivery) outcome() error {
	switch {
	case d.failure != nil:
		return fmt.Errorf("writing to Kafka: %w", d.failure)
	case len(d.tooLarge) > 0:
		return &TooLargeError{Records: d.tooLarge}
	default:
		return nil
	}
}
