package collector

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
)

// process is a whole collector against a Kafka in this process.
type process struct {
	t                *testing.T
	public, internal string
	stop             context.CancelFunc
	stopped          chan error
}

func startProcess(t *testing.T, cluster *kfake.Cluster, environment map[string]string) *process {
	t.Helper()
	complete := map[string]string{
		"KAFKA_BOOTSTRAP_SERVERS": strings.Join(cluster.ListenAddrs(), ","), "KAFKA_TOPIC": "raw",
		"LISTEN_ADDRESS": "127.0.0.1:0", "INTERNAL_ADDRESS": "127.0.0.1:0", "DRAIN_DELAY_SECONDS": "0",
	}
	for name, value := range environment {
		complete[name] = value
	}
	config, err := ReadConfig(func(name string) string { return complete[name] })
	if err != nil {
		t.Fatal(err)
	}
	server, err := NewServer(config, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	listeners, err := server.Listen()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	p := &process{
		t: t, public: "http://" + listeners.Public.Addr().String(), internal: "http://" + listeners.Internal.Addr().String(),
		stop: stop, stopped: make(chan error, 1),
	}
	go func() { p.stopped <- server.Run(ctx, listeners) }()
	t.Cleanup(stop)
	p.await("/readyz", http.StatusOK)
	return p
}

// await asks the internal port until it answers with the status.
func (p *process) await(path string, status int) {
	p.t.Helper()
	p.awaitAnswer(path, func(code int, _ string) bool { return code == status })
}

func (p *process) awaitStatus(body string) {
	p.t.Helper()
	p.awaitAnswer("/status", func(_ int, answer string) bool { return answer == body })
}

func (p *process) awaitAnswer(path string, isWanted func(code int, body string) bool) {
	p.t.Helper()
	var last string
	for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		code, body, err := get(p.internal + path)
		if err == nil && isWanted(code, body) {
			return
		}
		last = fmt.Sprintf("%d %q", code, body)
	}
	p.t.Fatalf("%s did not become what was wanted; last answer %s", path, last)
}

func get(url string) (int, string, error) {
	answer, err := http.Get(url)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(body), err
}

func (p *process) post(body string) (int, error) {
	answer, err := http.Post(p.public+eventsPath, "application/json", strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, answer.Body.Close()
}

func newCluster(t *testing.T) *kfake.Cluster {
	t.Helper()
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.SeedTopics(3, "raw"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return cluster
}

func TestTheCollectorCountsWhatItReceived(t *testing.T) {
	p := startProcess(t, newCluster(t), nil)
	for body, want := range map[string]int{`[{"a":1},{"b":2}]`: 200, `{"a":`: 400, `[]`: 200} {
		if got, err := p.post(body); err != nil || got != want {
			t.Errorf("%s is answered %d %v, want %d", body, got, err, want)
		}
	}
	_, body, err := get(p.internal + "/accounting")
	if err != nil {
		t.Fatal(err)
	}
	var accounting contract.Accounting
	if err := json.Unmarshal([]byte(body), &accounting); err != nil || accounting.Received != 3 || len(accounting.Partitions) != 3 {
		t.Errorf("accounting %s, want 3 received in 3 partitions", body)
	}
	_, metrics, err := get(p.internal + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`openclickstream_collector_events_total{outcome="accepted"} 2`, `openclickstream_collector_events_total{outcome="failed"} 1`,
		`openclickstream_collector_requests_total{code="200",route="events"} 2`, `openclickstream_collector_requests_total{code="400",route="events"} 1`,
		`openclickstream_collector_ready 1`, `openclickstream_collector_in_flight_bytes 0`, `openclickstream_collector_produce_seconds_count 2`,
	} {
		if !strings.Contains(metrics, want+"\n") {
			t.Errorf("the metrics lack %s", want)
		}
	}
}

func TestAStoppingCollectorAnswersWhatItHasBegun(t *testing.T) {
	cluster := newCluster(t)
	p := startProcess(t, cluster, map[string]string{"DRAIN_DELAY_SECONDS": "1"})
	arrived, wake := make(chan struct{}), make(chan struct{})
	cluster.ControlKey(int16(kmsg.Produce), func(kmsg.Request) (kmsg.Response, error, bool) {
		close(arrived)
		cluster.SleepControl(func() { <-wake })
		return nil, nil, false
	})
	statuses := make(chan int, 1)
	go func() {
		status, err := p.post(`{"a":1}`)
		if err != nil {
			t.Error(err)
		}
		statuses <- status
	}()
	<-arrived
	p.stop()
	p.await("/readyz", http.StatusServiceUnavailable)
	if code, body, err := get(p.public + "/readyz"); err != nil || code != 503 || body != "the collector is stopping\n" {
		t.Errorf("readyz while draining: %d %q %v", code, body, err)
	}
	close(wake)
	if status := <-statuses; status != 200 {
		t.Errorf("the request under way was answered %d", status)
	}
	select {
	case err := <-p.stopped:
		if err != nil {
			t.Errorf("stopped with %v", err)
		}
	case <-time.After(15 * time.Second):
		t.Fatal("the collector did not stop")
	}
}

// A body that takes longer than the delivery timeout must not look to Kafka's client as if it had been waiting there.
func TestASlowBodyDoesNotUseUpTheTimeForDelivery(t *testing.T) {
	p := startProcess(t, newCluster(t), map[string]string{"DELIVERY_TIMEOUT_SECONDS": "1"})
	body, sender := io.Pipe()
	go func() {
		_, _ = sender.Write([]byte(`{"a":`))  // a collector that hangs up makes the request fail
		<-time.After(1200 * time.Millisecond) // the slow body is what is tested
		_, _ = sender.Write([]byte(`1}`))
		_ = sender.Close()
	}()
	answer, err := http.Post(p.public+eventsPath, "application/json", body)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != 200 || answer.Body.Close() != nil {
		t.Errorf("answer %d %s, error %v", answer.StatusCode, text, err)
	}
}

func TestTheCollectorWaitsForItsTopic(t *testing.T) {
	cluster := newCluster(t)
	p := startProcess(t, cluster, nil)
	if err := cluster.DeleteTopic("raw"); err != nil {
		t.Fatal(err)
	}
	p.awaitStatus(`{"takesEvents":false,"problem":"topic \"raw\" takes no events: the topic does not exist"}` + "\n")
	if status, err := p.post("{}"); err != nil || status != 503 {
		t.Errorf("without a topic the answer is %d %v", status, err)
	}
	if status, body, err := get(p.public + "/readyz"); err != nil || status != 200 {
		t.Errorf("a collector that has worked is not ready, so that no sender could be told to come again: %d %q %v", status, body, err)
	}
	if status, _, err := get(p.internal + "/accounting"); err != nil || status != 503 {
		t.Errorf("without a topic the accounting is answered %d %v", status, err)
	}
	if err := cluster.CreateTopic("raw", 3, nil); err != nil {
		t.Fatal(err)
	}
	p.awaitStatus(`{"takesEvents":true}` + "\n")
	if status, err := p.post("{}"); err != nil || status != 200 {
		t.Errorf("with the topic back the answer is %d %v", status, err)
	}
}

// Clients who keep connections open between requests must not keep others out.
func TestRestingConnectionsMakeRoom(t *testing.T) {
	p := startProcess(t, newCluster(t), map[string]string{"MAX_CONNECTIONS": "3"})
	for range 10 {
		client := &http.Client{Transport: &http.Transport{}, Timeout: 10 * time.Second} // each with a connection of its own
		answer, err := client.Post(p.public+eventsPath, "application/json", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.Body.Close() != nil || answer.StatusCode != 200 {
			t.Fatalf("answer %d, error %v", answer.StatusCode, err)
		}
	}
}

func TestAPortInUseIsNamed(t *testing.T) {
	p := startProcess(t, newCluster(t), nil)
	config := Config{ListenAddress: strings.TrimPrefix(p.public, "http://"), InternalAddress: "127.0.0.1:0"}
	if _, err := (&Server{config: config}).Listen(); err == nil || !strings.HasPrefix(err.Error(), "opening LISTEN_ADDRESS: ") {
		t.Errorf("error %v", err)
	}
}
