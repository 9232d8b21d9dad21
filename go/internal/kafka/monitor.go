package kafka

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

const (
	probeInterval = 2 * time.Second
	probeTimeout  = 2 * time.Second
	// A single failed probe may be the probe's own bad luck; two in a row are Kafka's.
	failuresUntilDown = 2
)

// Monitor asks Kafka regularly for the topic. So the collector refuses events at once while Kafka cannot take them, and
// accepts them again without a restart when Kafka can.
type Monitor struct {
	client *kgo.Client
	topic  string
	logger *slog.Logger
	// problem is why events cannot be written; nil when they can.
	problem  atomic.Pointer[string]
	failures int
	topicID  [16]byte
}

// NewMonitor returns a monitor that says "not asked yet" until Run has had a first answer.
func NewMonitor(client *kgo.Client, topic string, logger *slog.Logger) *Monitor {
	monitor := &Monitor{client: client, topic: topic, logger: logger}
	monitor.setProblem("Kafka has not answered yet")
	return monitor
}

// Problem says why events cannot be written; empty when they can.
func (m *Monitor) Problem() string {
	if problem := m.problem.Load(); problem != nil {
		return *problem
	}
	return ""
}

func (m *Monitor) setProblem(problem string) {
	if problem == "" {
		m.problem.Store(nil)
		return
	}
	m.problem.Store(&problem)
}

// Run probes until the context ends.
func (m *Monitor) Run(ctx context.Context) {
	ticker := time.NewTicker(probeInterval)
	defer ticker.Stop()
	for {
		m.probe(ctx)
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

var (
	errTopicMissing = errors.New("the topic does not exist")
	errNoLeader     = errors.New("no partition of the topic has a leader")
	errUnreachable  = errors.New("Kafka cannot be reached")
)

func (m *Monitor) probe(ctx context.Context) {
	probeContext, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	topic, err := m.readTopic(probeContext)
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		m.noteFailure(err)
		return
	}
	m.failures = 0
	m.forgetReplacedTopic(topic.TopicID)
	if m.Problem() != "" {
		m.logger.Info("Kafka takes events", "topic", m.topic, "partitions", len(topic.Partitions))
	}
	m.setProblem("")
}

// readTopic asks a broker itself: the admin client would answer from its cache.
func (m *Monitor) readTopic(ctx context.Context) (kmsg.MetadataResponseTopic, error) {
	request := kmsg.NewPtrMetadataRequest()
	wanted := kmsg.NewMetadataRequestTopic()
	wanted.Topic = &m.topic
	request.Topics = append(request.Topics, wanted)
	response, err := request.RequestWith(ctx, m.client)
	if err != nil {
		return kmsg.MetadataResponseTopic{}, err
	}
	if len(response.Topics) != 1 {
		return kmsg.MetadataResponseTopic{}, errTopicMissing
	}
	topic := response.Topics[0]
	err = kerr.ErrorForCode(topic.ErrorCode)
	switch {
	case errors.Is(err, kerr.UnknownTopicOrPartition):
		return topic, errTopicMissing
	case err != nil:
		return topic, err
	}
	for _, partition := range topic.Partitions {
		if partition.Leader >= 0 {
			return topic, nil
		}
	}
	return topic, errNoLeader
}

func (m *Monitor) noteFailure(err error) {
	m.failures++
	// Kafka's own word that the topic is missing needs no second opinion.
	isCertain := errors.Is(err, errTopicMissing)
	if !isCertain && m.failures < failuresUntilDown {
		return
	}
	// What the public port shows has no addresses in it; those are in the log.
	problem := errUnreachable.Error()
	if isCertain || errors.Is(err, errNoLeader) {
		problem = fmt.Sprintf("topic %q takes no events: %v", m.topic, err)
	}
	if problem != m.Problem() {
		m.logger.Warn("Kafka takes no events", "topic", m.topic, "error", err.Error())
	}
	m.setProblem(problem)
}

// forgetReplacedTopic: a topic that was deleted and made again keeps its name and gets a new id, and its sequence
// numbers start again; what the client knows of the old one must go.
func (m *Monitor) forgetReplacedTopic(id [16]byte) {
	var none [16]byte
	if m.topicID != none && id != m.topicID {
		m.logger.Warn("The topic was replaced", "topic", m.topic, "topicId", fmt.Sprintf("%x", id))
		m.client.PurgeTopicsFromProducing(m.topic)
	}
	m.topicID = id
}
