// Package kafka writes raw events to their topic, watches whether that works, and reads how many there are.
package kafka

import (
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

// Connection says how to reach Kafka.
type Connection struct {
	BootstrapServers []string
	// TLS is nil where the connection is not encrypted.
	TLS *TLS
	// Mechanism is a key of Mechanisms; empty means no SASL.
	Mechanism string
	Username  string
	Password  string
}

// Producing says how records are written.
type Producing struct {
	Topic string
	// Linger is how long a record waits for others of its partition.
	Linger time.Duration
	// DeliveryTimeout is how long a record is tried before its outcome is given up on.
	DeliveryTimeout time.Duration
	// MaxBatchBytes is the largest batch, and so the largest record, before compression.
	MaxBatchBytes int32
}

// Mechanisms are the SASL mechanisms that a Connection may name.
var Mechanisms = map[string]func(username, password string) sasl.Mechanism{
	"PLAIN": func(username, password string) sasl.Mechanism {
		return plain.Auth{User: username, Pass: password}.AsMechanism()
	},
	"SCRAM-SHA-256": func(username, password string) sasl.Mechanism {
		return scram.Auth{User: username, Pass: password}.AsSha256Mechanism()
	},
	"SCRAM-SHA-512": func(username, password string) sasl.Mechanism {
		return scram.Auth{User: username, Pass: password}.AsSha512Mechanism()
	},
}

const (
	dialTimeout     = 3 * time.Second
	requestTimeout  = 5 * time.Second
	firstRetry      = 100 * time.Millisecond
	lastRetry       = time.Second
	metadataMaxAge  = time.Minute
	metadataMinAge  = 250 * time.Millisecond
	bufferedRecords = 1 << 20
)

// NewClient returns a client that connects when it is first used; Kafka does not have to be there yet.
func NewClient(connection Connection, producing Producing) (*kgo.Client, error) {
	options, err := connectionOptions(connection)
	if err != nil {
		return nil, err
	}
	return kgo.NewClient(append(options, producingOptions(producing)...)...)
}

func connectionOptions(connection Connection) ([]kgo.Opt, error) {
	options := []kgo.Opt{
		kgo.ClientID("openclickstream-collector"),
		kgo.SeedBrokers(connection.BootstrapServers...),
		kgo.RequestTimeoutOverhead(requestTimeout),
		kgo.RetryBackoffFn(retryBackoff),
		kgo.MetadataMaxAge(metadataMaxAge),
		kgo.MetadataMinAge(metadataMinAge),
	}
	if connection.TLS == nil {
		options = append(options, kgo.DialTimeout(dialTimeout))
	} else {
		dialer, err := newDialer(*connection.TLS)
		if err != nil {
			return nil, err
		}
		options = append(options, kgo.Dialer(dialer.dial))
	}
	if connection.Mechanism != "" {
		mechanism, known := Mechanisms[connection.Mechanism]
		if !known {
			return nil, fmt.Errorf("SASL mechanism %q must be PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512", connection.Mechanism)
		}
		options = append(options, kgo.SASL(mechanism(connection.Username, connection.Password)))
	}
	return options, nil
}

// producingOptions: acks=all and idempotence are the client's defaults and are not turned off. Cancelling is allowed
// for records in flight, because a client that waits is owed an answer in bounded time; what such a record's retry
// stores twice, the stream job finds by event id.
func producingOptions(producing Producing) []kgo.Opt {
	return []kgo.Opt{
		kgo.DefaultProduceTopic(producing.Topic),
		kgo.RequiredAcks(kgo.AllISRAcks()),
		kgo.RecordPartitioner(kgo.StickyKeyPartitioner(nil)),
		kgo.ProducerLinger(producing.Linger),
		kgo.ProducerBatchMaxBytes(producing.MaxBatchBytes),
		kgo.ProducerBatchCompression(kgo.SnappyCompression()),
		kgo.ProduceRequestTimeout(requestTimeout),
		kgo.RecordDeliveryTimeout(producing.DeliveryTimeout),
		kgo.AllowIdempotentProduceCancellation(),
		kgo.MaxBufferedRecords(bufferedRecords),
	}
}

func retryBackoff(failures int) time.Duration {
	return min(firstRetry<<min(failures, 10), lastRetry)
}
