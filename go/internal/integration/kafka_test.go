//go:build integration

package integration

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// server is the one broker that all tests share, each with a topic of its own: a broker takes seconds to start.
var server broker

func TestMain(m *testing.M) {
	code, err := runTests(m)
	if err != nil {
		fmt.Fprintf(os.Stderr, "integration: %v\n", err)
		code = 1
	}
	os.Exit(code)
}

func runTests(m *testing.M) (code int, err error) {
	if err = server.prepare(os.Getenv("KAFKA_CLASSPATH")); err != nil {
		return 1, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(server.directory)) }()
	defer server.kill()
	if err = buildCollector(server.directory); err != nil {
		return 1, err
	}
	if err = server.start(); err != nil {
		return 1, err
	}
	return m.Run(), nil
}

// broker is a Kafka of one node whose data outlives its process.
type broker struct {
	directory, classPath, address string
	command                       *exec.Cmd
	output                        bytes.Buffer
}

const configuration = `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@%[2]s
listeners=PLAINTEXT://%[1]s,CONTROLLER://%[2]s
advertised.listeners=PLAINTEXT://%[1]s
controller.listener.names=CONTROLLER
log.dirs=%[3]s/data
offsets.topic.replication.factor=1
auto.create.topics.enable=false
`

const logging = `Configuration:
  Appenders: {Console: {name: C, PatternLayout: {pattern: "%d %p %m%n"}}}
  Loggers: {Root: {level: warn, AppenderRef: {ref: C}}}
`

func (b *broker) prepare(classPath string) error {
	if classPath == "" {
		return errors.New("set KAFKA_CLASSPATH to the jars of Kafka 4, for example '/opt/kafka/libs/*'")
	}
	directory, err := os.MkdirTemp("", "kafka-")
	if err != nil {
		return err
	}
	b.directory, b.classPath, b.address = directory, classPath, freeAddress()
	files := map[string]string{
		"server.properties": fmt.Sprintf(configuration, b.address, freeAddress(), directory), "log4j2.yaml": logging,
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(directory, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	format := b.java("kafka.tools.StorageTool", "format", "-t", "b3BlbmNsaWNrc3RyZWFtMQ", "-c", "server.properties")
	if output, err := format.CombinedOutput(); err != nil {
		return fmt.Errorf("formatting Kafka's storage: %w\n%s", err, output)
	}
	return nil
}

func freeAddress() string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	defer func() { _ = listener.Close() }() // only its number was wanted
	return listener.Addr().String()
}

func (b *broker) java(arguments ...string) *exec.Cmd {
	command := exec.Command("java", append([]string{
		"-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dlog4j2.configurationFile=log4j2.yaml", "-cp", b.classPath,
	}, arguments...)...)
	command.Dir = b.directory
	return command
}

// start runs the broker and waits until it answers.
func (b *broker) start() error {
	b.command = b.java("kafka.Kafka", "server.properties")
	b.command.Stdout, b.command.Stderr = &b.output, &b.output
	if err := b.command.Start(); err != nil {
		return err
	}
	client, err := b.admin()
	if err != nil {
		return err
	}
	defer client.Close()
	err = retry(func() error {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_, err := client.ListTopics(ctx)
		return err
	})
	if err != nil {
		b.kill()
		return fmt.Errorf("starting Kafka: %w\n%s", err, b.output.String())
	}
	return nil
}

func (b *broker) admin() (*kadm.Client, error) {
	client, err := kgo.NewClient(kgo.SeedBrokers(b.address))
	if err != nil {
		return nil, err
	}
	return kadm.NewClient(client), nil
}

// kill ends the broker as a power cut would.
func (b *broker) kill() {
	if b.command == nil || b.command.ProcessState != nil {
		return
	}
	_ = b.command.Process.Signal(syscall.SIGCONT) // a stopped process dies only once it goes on
	_ = b.command.Process.Kill()
	_ = b.command.Wait() // it was killed
}

// stream is one test's topic.
type stream struct {
	*broker
	t     *testing.T
	topic string
}

func newStream(t *testing.T) *stream {
	t.Helper()
	return &stream{broker: &server, t: t, topic: t.Name()}
}

func (s *stream) restart() {
	s.t.Helper()
	if err := s.start(); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stream) signal(signal os.Signal) {
	s.t.Helper()
	if err := s.command.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stream) createTopic() {
	s.t.Helper()
	admin, err := s.admin()
	if err != nil {
		s.t.Fatal(err)
	}
	defer admin.Close()
	await(s.t, "the topic to be made", func() error {
		_, err := admin.CreateTopic(context.Background(), 3, 1, nil, s.topic)
		return err
	})
}

func (s *stream) deleteTopic() {
	s.t.Helper()
	admin, err := s.admin()
	if err != nil {
		s.t.Fatal(err)
	}
	defer admin.Close()
	if _, err := admin.DeleteTopic(context.Background(), s.topic); err != nil {
		s.t.Fatal(err)
	}
}

// storedIDs reads the whole topic and returns how often each event id is in it.
func (s *stream) storedIDs() map[string]int {
	s.t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(s.address), kgo.ConsumeTopics(s.topic))
	if err != nil {
		s.t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	ends, err := kadm.NewClient(client).ListEndOffsets(ctx, s.topic)
	if err != nil {
		s.t.Fatal(err)
	}
	var wanted, read int64
	ends.Each(func(offset kadm.ListedOffset) { wanted += offset.Offset })
	ids := map[string]int{}
	for read < wanted {
		fetched := client.PollFetches(ctx)
		if err := fetched.Err(); err != nil {
			s.t.Fatalf("reading record %d of %d: %v", read, wanted, err)
		}
		fetched.EachRecord(func(record *kgo.Record) {
			ids[idOf(record.Value)]++
			read++
		})
	}
	return ids
}

func idOf(event []byte) string {
	return strings.TrimSuffix(strings.TrimPrefix(string(event), `{"event_id":"`), `"}`)
}

// await tries until it works, and says what did not when a minute has passed.
func await(t *testing.T, what string, try func() error) {
	t.Helper()
	if err := retry(try); err != nil {
		t.Fatalf("waiting for %s: %v", what, err)
	}
}

func retry(try func() error) error {
	var err error
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		if err = try(); err == nil {
			return nil
		}
	}
	return err
}
