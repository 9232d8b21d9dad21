package kafka

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
)

const topic = "raw"

// deliveryTimeout is short, so that tests of what Kafka does not answer are.
const deliveryTimeout = time.Second

func newCluster(t *testing.T, options ...kfake.Opt) *kfake.Cluster {
	t.Helper()
	cluster, err := kfake.NewCluster(append([]kfake.Opt{kfake.NumBrokers(1), kfake.SeedTopics(5, topic)}, options...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return cluster
}

func newProducer(t *testing.T, connection Connection) *kgo.Client {
	t.Helper()
	client, err := NewClient(connection, Producing{Topic: topic, DeliveryTimeout: deliveryTimeout, MaxBatchBytes: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return client
}

func newSink(t *testing.T, cluster *kfake.Cluster) *Sink {
	t.Helper()
	return NewSink(newProducer(t, Connection{BootstrapServers: cluster.ListenAddrs()}), deliveryTimeout)
}

func records(keys ...string) []*kgo.Record {
	var all []*kgo.Record
	for i, key := range keys {
		all = append(all, &kgo.Record{Key: []byte(key), Value: fmt.Appendf(nil, "%d", i)})
	}
	return all
}

// released counts how often the records were given back.
type released struct{ times chan struct{} }

func newReleased() *released { return &released{times: make(chan struct{}, 10)} }

func (r *released) note() { r.times <- struct{}{} }

func TestStoreWritesInOrderToThePartitionOfTheKey(t *testing.T) {
	cluster := newCluster(t)
	back := newReleased()
	if err := newSink(t, cluster).Store(records("foobar", "21", "foobar"), back.note); err != nil {
		t.Fatal(err)
	}
	if len(back.times) != 1 {
		t.Errorf("the records were given back %d times", len(back.times))
	}
	consumer, err := kgo.NewClient(kgo.SeedBrokers(cluster.ListenAddrs()...), kgo.ConsumeTopics(topic))
	if err != nil {
		t.Fatal(err)
	}
	defer consumer.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	got := map[int32]string{}
	for count := 0; count < 3; {
		fetched := consumer.PollFetches(ctx)
		if err := fetched.Err(); err != nil {
			t.Fatalf("reading back: %v, after %v", err, got)
		}
		fetched.EachRecord(func(record *kgo.Record) {
			got[record.Partition] += string(record.Value)
			count++
		})
	}
	// Java's murmur2 of "foobar" is -790332482 and of "21" is -973932308; the partition is the positive part modulo 5.
	if got[1] != "02" || got[0] != "1" {
		t.Errorf("values by partition %v, want 02 in 1 and 1 in 0", got)
	}
}

func TestStoreOfNothingIsDone(t *testing.T) {
	back := newReleased()
	if err := newSink(t, newCluster(t)).Store(nil, back.note); err != nil || len(back.times) != 1 {
		t.Errorf("error %v, given back %d times", err, len(back.times))
	}
}

func TestStoreSaysInTimeThatKafkaDidNotTakeTheRecords(t *testing.T) {
	cluster := newCluster(t)
	fault := cluster.Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce}, Err: kerr.NotEnoughReplicas, Count: -1})
	sink := newSink(t, cluster)
	back := newReleased()
	start := time.Now()
	err := sink.Store(records("a"), back.note)
	if err == nil || errors.Is(err, ErrOutcomeUnknown) {
		t.Errorf("error %v", err)
	}
	if took := time.Since(start); took > deliveryTimeout+3*time.Second {
		t.Errorf("the answer took %v", took)
	}
	if len(back.times) != 1 {
		t.Errorf("the records were given back %d times", len(back.times))
	}
	fault.Remove()
	if err := sink.Store(records("a"), back.note); err != nil {
		t.Errorf("after Kafka recovered: %v", err)
	}
}

func TestStoreGivesUpOnAKafkaThatIsSilent(t *testing.T) {
	cluster := newCluster(t)
	wake := make(chan struct{})
	cluster.ControlKey(int16(kmsg.Produce), func(kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		cluster.SleepControl(func() { <-wake })
		return nil, nil, false
	})
	sink := newSink(t, cluster)
	back := newReleased()
	start := time.Now()
	if err := sink.Store(records("a", "b"), back.note); err == nil {
		t.Error("stored without an answer")
	}
	if took := time.Since(start); took > deliveryTimeout+3*time.Second {
		t.Errorf("giving up took %v", took)
	}
	close(wake)
	select {
	case <-back.times:
	case <-time.After(20 * time.Second):
		t.Fatal("the records were never given back")
	}
	deadline := time.Now().Add(20 * time.Second)
	for err := errors.New("not tried"); err != nil; {
		if err = sink.Store(records("a"), back.note); time.Now().After(deadline) {
			t.Fatalf("Kafka answers again, but: %v", err)
		}
	}
}

func TestStoreNamesTheRecordsThatAreTooLarge(t *testing.T) {
	all := records("a", "b", "c")
	all[1].Value = []byte(strings.Repeat("x", 2<<20))
	back := newReleased()
	err := newSink(t, newCluster(t)).Store(all, back.note)
	var tooLarge *TooLargeError
	if !errors.As(err, &tooLarge) || len(tooLarge.Records) != 1 || tooLarge.Records[0] != all[1] {
		t.Errorf("error %v", err)
	}
	if len(back.times) != 1 {
		t.Errorf("the records were given back %d times", len(back.times))
	}
}

func TestSASLAndItsRefusal(t *testing.T) {
	for mechanism := range Mechanisms {
		cluster := newCluster(t, kfake.EnableSASL(), kfake.Superuser(mechanism, "user", "right"))
		for password, isRight := range map[string]bool{"right": true, "wrong": false} {
			sink := NewSink(newProducer(t, Connection{
				BootstrapServers: cluster.ListenAddrs(), Mechanism: mechanism, Username: "user", Password: password,
			}), deliveryTimeout)
			err := sink.Store(records("a"), newReleased().note)
			if (err == nil) != isRight {
				t.Errorf("%s with the %s password: %v", mechanism, password, err)
			}
			if err != nil && strings.Contains(err.Error(), password) {
				t.Errorf("the error shows the password: %v", err)
			}
		}
	}
}

func TestAWrongConnectionIsRefusedAtTheStart(t *testing.T) {
	cases := []struct {
		connection Connection
		want       string
	}{
		{Connection{TLS: &TLS{CAFile: "does-not-exist"}}, "reading the certificates for Kafka: open does-not-exist: no such file or directory"},
		{Connection{TLS: &TLS{CAFile: "kafka_test.go"}}, `the file "kafka_test.go" holds no certificate in PEM form`},
		{Connection{TLS: &TLS{KeyFile: "tls.key"}}, "a certificate for Kafka and its private key must be given together"},
		{
			Connection{TLS: &TLS{CertificateFile: "kafka_test.go", KeyFile: "kafka_test.go"}},
			`the files "kafka_test.go" and "kafka_test.go": tls: failed to find any PEM data in certificate input`,
		},
		{Connection{Mechanism: "X"}, `SASL mechanism "X" must be PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512`},
	}
	for _, c := range cases {
		if _, err := NewClient(c.connection, Producing{}); err == nil || err.Error() != c.want {
			t.Errorf("error %v, want %s", err, c.want)
		}
	}
}

func TestAccountingCountsEveryRecordEverReceived(t *testing.T) {
	cluster := newCluster(t)
	client := newProducer(t, Connection{BootstrapServers: cluster.ListenAddrs()})
	if err := NewSink(client, deliveryTimeout).Store(records("foobar", "21", "foobar"), func() {}); err != nil {
		t.Fatal(err)
	}
	if err := cluster.DeleteRecords(topic, 1, 1); err != nil {
		t.Fatal(err)
	}
	got, err := ReadAccounting(context.Background(), client, topic)
	if err != nil {
		t.Fatal(err)
	}
	if got.Received != 3 || got.Topic != topic || len(got.Partitions) != 5 {
		t.Errorf("accounting %+v", got)
	}
	if want := (contract.AccountingPartition{Partition: 1, Start: 1, End: 2}); got.Partitions[1] != want {
		t.Errorf("partition 1 is %+v, want %+v", got.Partitions[1], want)
	}
	if _, err := ReadAccounting(context.Background(), client, "absent"); err == nil {
		t.Error("a topic that does not exist has an accounting")
	}
}

func newMonitor(client *kgo.Client) *Monitor {
	return NewMonitor(client, topic, slog.New(slog.NewTextHandler(io.Discard, nil)))
}

func TestTheMonitorNoticesATopicThatComesAndGoes(t *testing.T) {
	cluster := newCluster(t)
	client := newProducer(t, Connection{BootstrapServers: cluster.ListenAddrs()})
	monitor, sink := newMonitor(client), NewSink(client, deliveryTimeout)
	if monitor.Problem() == "" {
		t.Error("ready before Kafka was asked")
	}
	for round := range 3 {
		monitor.probe(t.Context())
		if problem := monitor.Problem(); problem != "" {
			t.Fatalf("round %d: %s", round, problem)
		}
		if err := sink.Store(records("a"), func() {}); err != nil {
			t.Fatalf("round %d: storing in the new topic: %v", round, err)
		}
		if err := cluster.DeleteTopic(topic); err != nil {
			t.Fatal(err)
		}
		monitor.probe(t.Context())
		if got, want := monitor.Problem(), `topic "raw" takes no events: the topic does not exist`; got != want {
			t.Fatalf("round %d: problem %q, want %q", round, got, want)
		}
		if err := cluster.CreateTopic(topic, 5, nil); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTheMonitorBelievesTheSecondFailure(t *testing.T) {
	cluster := newCluster(t)
	monitor := newMonitor(newProducer(t, Connection{BootstrapServers: cluster.ListenAddrs()}))
	monitor.probe(t.Context())
	cluster.Close()
	monitor.probe(t.Context())
	if problem := monitor.Problem(); problem != "" {
		t.Errorf("one failed probe made it %q", problem)
	}
	monitor.probe(t.Context())
	if got := monitor.Problem(); got != "Kafka cannot be reached" {
		t.Errorf("problem %q after two failed probes", got)
	}
}
