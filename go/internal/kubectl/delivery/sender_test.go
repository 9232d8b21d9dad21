package delivery

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// scripted answers with one function after the other, and with the last one from then on.
func scripted(t *testing.T, answers ...http.HandlerFunc) (*Sender, *[]string) {
	t.Helper()
	var bodies []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		bodies = append(bodies, string(body))
		r.Body = io.NopCloser(bytes.NewReader(body))
		answers[min(len(bodies), len(answers))-1](w, r)
	}))
	t.Cleanup(server.Close)
	client := server.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Sender{URL: server.URL, Client: client, Patience: time.Minute, firstWait: time.Millisecond}, &bodies
}

func answer(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

func accepted(w http.ResponseWriter, _ *http.Request) {
	_, _ = w.Write([]byte(`{"accepted":1,"failed":0}`))
}

func hangUp(w http.ResponseWriter, _ *http.Request) {
	connection, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_ = connection.Close()
	}
}

func TestABatchIsSentUntilItIsTaken(t *testing.T) {
	cases := []struct {
		name  string
		first http.HandlerFunc
	}{
		{"the collector has no Kafka", answer(503, `{"accepted":0,"failed":0,"error":"x","kept":false}`)},
		{"a proxy is without a collector", answer(502, "<html>")},
		{"too many requests", answer(429, "")},
		{"the connection breaks", hangUp},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			sender, bodies := scripted(t, c.first, c.first, accepted)
			retries := 0
			sender.OnRetry = func(error, time.Duration) { retries++ }
			got, err := sender.Lines(context.Background(), []byte("{}\n"))
			if err != nil || got.Accepted != 1 || retries != 2 {
				t.Errorf("answer %+v, error %v, %d retries", got, err, retries)
			}
			if want := []string{"{}\n", "{}\n", "{}\n"}; fmt.Sprint(*bodies) != fmt.Sprint(want) {
				t.Errorf("sent %q", *bodies)
			}
		})
	}
}

func TestTheCollectorsRetryAfterIsRespected(t *testing.T) {
	sender, _ := scripted(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "1")
		answer(503, "")(w, r)
	}, accepted)
	var waited time.Duration
	sender.OnRetry = func(_ error, wait time.Duration) { waited = wait }
	if _, err := sender.Lines(context.Background(), []byte("{}\n")); err != nil {
		t.Fatal(err)
	}
	if waited != time.Second {
		t.Errorf("waited %v, the collector asked for 1 s", waited)
	}
}

func TestSomeAnswersEndTheTries(t *testing.T) {
	cases := []struct {
		name   string
		answer http.HandlerFunc
		want   string
	}{
		{"wrong path", answer(404, "not found"), "the collector answers 404: not found"},
		{"not kept", answer(400, `{"accepted":0,"failed":0,"error":"the body is empty","kept":false}`), "the collector answers 400: the body is empty"},
		{"no right", answer(403, "RBAC: access denied"), "the collector answers 403: RBAC: access denied"},
		{"no login", answer(401, ""), "the collector answers 401: "},
		{"a method that is wrong", answer(405, ""), "the collector answers 405: "},
		{"too large for a proxy", answer(413, "<html>"), "the collector answers 413: <html>"},
		{"something that is no collector", answer(501, "no POST"), "the collector answers 501: no POST"},
		{
			"another address",
			func(w http.ResponseWriter, r *http.Request) {
				http.Redirect(w, r, "https://c.example/v1/events", http.StatusMovedPermanently)
			},
			"the collector answers 301 and sends us to https://c.example/v1/events; give that address without its path",
		},
		{"something else answers", answer(200, "<html>hello"), `the collector's answer is not the one of a collector: "<html>hello"`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			sender, bodies := scripted(t, c.answer)
			if _, err := sender.Lines(context.Background(), []byte("{}\n")); err == nil || err.Error() != c.want {
				t.Errorf("error %v, want %s", err, c.want)
			}
			if len(*bodies) != 1 {
				t.Errorf("tried %d times", len(*bodies))
			}
		})
	}
}

func TestWhatNoOtherTryMendsIsToldAtOnce(t *testing.T) {
	secure := httptest.NewTLSServer(answer(200, ""))
	defer secure.Close()
	plain := httptest.NewServer(answer(200, ""))
	defer plain.Close()
	cases := []struct{ name, url, want string }{
		{"a certificate that is not believed", secure.URL, "certificate"},
		{"no TLS", strings.Replace(plain.URL, "http:", "https:", 1), "server gave HTTP response to HTTPS client"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			sender := &Sender{URL: c.url, Client: &http.Client{}, Patience: time.Minute}
			sender.OnRetry = func(err error, _ time.Duration) { t.Errorf("tried again after: %v", err) }
			ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
			defer cancel()
			if _, err := sender.Lines(ctx, []byte("{}\n")); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %s", err, c.want)
			}
		})
	}
}

func TestABadBatchThatIsKeptIsNoReasonToStop(t *testing.T) {
	sender, _ := scripted(t, answer(400, `{"accepted":0,"failed":2,"error":"x","kept":true}`))
	if got, err := sender.Lines(context.Background(), []byte("a\nb\n")); err != nil || got.Failed != 2 {
		t.Errorf("answer %+v, error %v", got, err)
	}
}

func TestPatienceEnds(t *testing.T) {
	sender, _ := scripted(t, answer(503, `{"error":"no Kafka"}`))
	sender.Patience = 50 * time.Millisecond
	_, err := sender.Lines(context.Background(), []byte("{}\n"))
	if err == nil || err.Error() != "the collector did not take a batch for 50ms: the collector answers 503: no Kafka" {
		t.Errorf("error %v", err)
	}
}

// numbers gives the numbers from 1 as events.
type numbers struct{ last, until int }

func (n *numbers) Next() ([]byte, error) {
	if n.last == n.until {
		return nil, io.EOF
	}
	n.last++
	return fmt.Appendf(nil, "%d", n.last), nil
}

func countLines(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body) // out of memory
	_, _ = fmt.Fprintf(w, `{"accepted":%d,"failed":0}`, bytes.Count(body, []byte("\n")))
}

func TestAStreamKeepsOrderAndLosesNothing(t *testing.T) {
	sender, bodies := scripted(t, countLines, answer(503, ""), countLines)
	var shown []int64
	totals, err := sender.Stream(context.Background(), &numbers{until: 5}, Pace{BatchSize: 2}, func(t Totals) { shown = append(shown, t.Sent) })
	if err != nil || totals.Sent != 5 || totals.Accepted != 5 {
		t.Errorf("totals %+v, error %v", totals, err)
	}
	if want := []string{"1\n2\n", "3\n4\n", "3\n4\n", "5\n"}; strings.Join(*bodies, "|") != strings.Join(want, "|") {
		t.Errorf("sent %q, want %q", *bodies, want)
	}
	if fmt.Sprint(shown) != "[2 4 5]" {
		t.Errorf("progress %v", shown)
	}
}

func TestAStreamEndsAtItsLimit(t *testing.T) {
	sender, bodies := scripted(t, countLines)
	totals, err := sender.Stream(context.Background(), &numbers{until: 100}, Pace{BatchSize: 2, Limit: 3}, func(Totals) {})
	if err != nil || totals.Sent != 3 || strings.Join(*bodies, "|") != "1\n2\n|3\n" {
		t.Errorf("totals %+v, error %v, sent %q", totals, err, *bodies)
	}
}

func TestAStreamIsNotFasterThanItsRate(t *testing.T) {
	sender, _ := scripted(t, countLines)
	start := time.Now()
	if _, err := sender.Stream(context.Background(), &numbers{until: 50}, Pace{BatchSize: 500, Rate: 200}, func(Totals) {}); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took < 240*time.Millisecond {
		t.Errorf("50 events at 200 a second took %v", took)
	}
}

func TestLargeEventsMakeSmallBatches(t *testing.T) {
	b := batcher{source: &repeated{text: strings.Repeat("x", batchBytes/2), times: 5}, pace: Pace{BatchSize: 100}}
	var counts []int
	for {
		_, count, err := b.next()
		if err != nil && !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		if count == 0 {
			break
		}
		counts = append(counts, count)
	}
	if fmt.Sprint(counts) != "[1 1 1 1 1]" {
		t.Errorf("batches of %v events", counts)
	}
}

type repeated struct {
	text  string
	times int
}

func (r *repeated) Next() ([]byte, error) {
	if r.times--; r.times < 0 {
		return nil, io.EOF
	}
	return []byte(r.text), nil
}

func TestAFailingSourceEndsTheStream(t *testing.T) {
	sender, _ := scripted(t, countLines)
	broken := errors.New("disk")
	if _, err := sender.Stream(context.Background(), failing{broken}, Pace{BatchSize: 1}, func(Totals) {}); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
}

func TestWhatASourceGaveBeforeItFailedIsSent(t *testing.T) {
	sender, bodies := scripted(t, countLines)
	broken := errors.New("cut off")
	totals, err := sender.Stream(context.Background(), &breaking{numbers{until: 3}, broken}, Pace{BatchSize: 2}, func(Totals) {})
	if !errors.Is(err, broken) || totals.Sent != 3 || strings.Join(*bodies, "|") != "1\n2\n|3\n" {
		t.Errorf("totals %+v, error %v, sent %q", totals, err, *bodies)
	}
}

// breaking gives its numbers and then fails.
type breaking struct {
	numbers
	err error
}

func (b *breaking) Next() ([]byte, error) {
	event, err := b.numbers.Next()
	if err != nil {
		err = b.err
	}
	return event, err
}

func TestABatchOfWhichThePartIsMissingEndsTheStream(t *testing.T) {
	cases := []struct {
		name   string
		answer http.HandlerFunc
		want   string
	}{
		{
			"only the beginning is kept", answer(413, `{"accepted":0,"failed":1,"error":"the body holds more than 1 events","kept":true}`),
			"the collector answers for 1 of 2 events: the body holds more than 1 events; make batches smaller, or raise the collector's limits",
		},
		{
			"some are not counted", answer(200, `{"accepted":1,"failed":0}`),
			"the collector answers for 1 of 2 events; make batches smaller, or raise the collector's limits",
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			sender, _ := scripted(t, c.answer)
			totals, err := sender.Stream(context.Background(), &numbers{until: 4}, Pace{BatchSize: 2}, func(Totals) {})
			if err == nil || err.Error() != c.want || totals.Sent != 0 {
				t.Errorf("totals %+v, error %v\nwant %s", totals, err, c.want)
			}
		})
	}
}

type failing struct{ err error }

func (f failing) Next() ([]byte, error) { return nil, f.err }
