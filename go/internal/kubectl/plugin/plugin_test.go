package plugin

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"k8s.io/cli-runtime/pkg/genericiooptions"
)

// outcome is what a command printed and how it ended.
type outcome struct {
	out, errOut string
	err         error
}

func run(t *testing.T, input string, args ...string) outcome {
	t.Helper()
	var out, errOut bytes.Buffer
	command := NewCommand(genericiooptions.IOStreams{In: strings.NewReader(input), Out: &out, ErrOut: &errOut})
	command.SetArgs(args)
	err := command.ExecuteContext(context.Background())
	return outcome{out.String(), errOut.String(), err}
}

// fakeCollector counts the lines that it is sent; those that are not JSON and those with the text "bad" are broken.
type fakeCollector struct {
	*httptest.Server
	bodies       []string
	contentTypes []string
	accounting   string
}

func newFakeCollector(t *testing.T) *fakeCollector {
	t.Helper()
	c := &fakeCollector{accounting: `{"topic":"raw","received":0,"partitions":[]}`}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/accounting" {
			_, _ = io.WriteString(w, c.accounting)
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		c.bodies = append(c.bodies, string(body))
		c.contentTypes = append(c.contentTypes, r.Header.Get("Content-Type"))
		events := strings.Split(strings.TrimSpace(string(body)), "\n")
		failed := 0
		for _, event := range events {
			if strings.HasSuffix(r.Header.Get("Content-Type"), "ndjson") && (!json.Valid([]byte(event)) || strings.Contains(event, `"bad"`)) {
				failed++
			}
		}
		_, _ = fmt.Fprintf(w, `{"accepted":%d,"failed":%d}`, len(events)-failed, failed)
	}))
	t.Cleanup(c.Close)
	return c
}

func TestSendTakesEventsInEachForm(t *testing.T) {
	file := filepath.Join(t.TempDir(), "events.ndjson")
	if err := os.WriteFile(file, []byte("bad\n{\"b\":2}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name, input      string
		args             []string
		body, type_, out string
		err              error
	}{
		{"JSON", "", []string{`{"event_type":"a"}`}, `{"event_type":"a"}`, "application/json", "accepted 1, failed 0\n", nil},
		{
			"flags", "", []string{"--event-type", "signup", "--property", "plan=free", "--page-url", "https://x/", "--event-id", "e1"},
			`{"event_id":"e1","event_type":"signup","page_url":"https://x/","properties":{"plan":"free"}}`, "application/json", "accepted 1, failed 0\n", nil,
		},
		{"standard input", "{\"a\":1}\n{\"b\":2}\n", []string{"-f", "-"}, "{\"a\":1}\n{\"b\":2}\n", "application/x-ndjson", "accepted 2, failed 0\n", nil},
		{"a file of lines", "", []string{"-f", file}, "bad\n{\"b\":2}\n", "application/x-ndjson", "accepted 1, failed 1\n", ErrNegative},
		{"one value over several lines", "{\n\"a\":\n1}", []string{"-f", "-"}, "{\n\"a\":\n1}", "application/json", "accepted 3, failed 0\n", nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			collector := newFakeCollector(t)
			got := run(t, c.input, append([]string{"send", "web", "--collector-url", collector.URL}, c.args...)...)
			if !errors.Is(got.err, c.err) || got.out != c.out {
				t.Errorf("printed %q %q, error %v", got.out, got.errOut, got.err)
			}
			if len(collector.bodies) != 1 || collector.bodies[0] != c.body || collector.contentTypes[0] != c.type_ {
				t.Errorf("sent %q as %q", collector.bodies, collector.contentTypes)
			}
		})
	}
}

// A try whose answer is lost may have stored the event, and only its id says that the next try is the same one.
func TestARetriedEventIsTheSameEvent(t *testing.T) {
	var bodies []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		bodies = append(bodies, string(body))
		if len(bodies)%2 == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		_, _ = io.WriteString(w, `{"accepted":1,"failed":0}`)
	}))
	defer server.Close()
	const warning = "events without an event_id may be stored more than once\n"
	flags := run(t, "", "send", "web", "--collector-url", server.URL, "--event-type", "signup")
	if flags.err != nil || strings.Contains(flags.errOut, warning) || len(bodies) != 2 || bodies[0] != bodies[1] ||
		!regexp.MustCompile(`^\{"event_id":"[0-9a-f-]{14}7[0-9a-f-]{21}","event_type":"signup"\}$`).MatchString(bodies[0]) {
		t.Errorf("sent %q, printed %q, error %v", bodies, flags.errOut, flags.err)
	}
	asJSON := run(t, "", "send", "web", "--collector-url", server.URL, `{"event_type":"signup"}`)
	if asJSON.err != nil || !strings.Contains(asJSON.errOut, warning) || bodies[3] != `{"event_type":"signup"}` {
		t.Errorf("sent %q, printed %q, error %v", bodies, asJSON.errOut, asJSON.err)
	}
}

func TestReplaySendsEveryLineOnce(t *testing.T) {
	collector := newFakeCollector(t)
	log := filepath.Join(t.TempDir(), "access.log")
	if err := os.WriteFile(log, []byte("a\nb\n\nc"), 0o600); err != nil {
		t.Fatal(err)
	}
	first := run(t, "", "replay", "web", "--format", "combined", "--collector-url", collector.URL, "--batch-size", "3", log)
	if first.err != nil || !strings.HasPrefix(first.out, "sent 4 events in ") {
		t.Errorf("printed %q, error %v", first.out, first.err)
	}
	if len(collector.bodies) != 2 || strings.Count(collector.bodies[0], "\n") != 3 {
		t.Errorf("sent %q", collector.bodies)
	}
	again := run(t, "", "replay", "web", "--format", "combined", "--collector-url", collector.URL, "--batch-size", "3", log)
	if again.err != nil || collector.bodies[2] != collector.bodies[0] || collector.bodies[3] != collector.bodies[1] {
		t.Errorf("a second replay sent %q, error %v", collector.bodies[2:], again.err)
	}
	named := run(t, "a\nb\n\nc", "replay", "web", "--format", "combined", "--collector-url", collector.URL, "--source", "access.log", "--limit", "3", "-")
	if named.err != nil || collector.bodies[4] != collector.bodies[0] {
		t.Errorf("the standard input under the same name sent %q, error %v", collector.bodies[4], named.err)
	}
}

func TestReplayTellsTheFormatAndNamesTheSite(t *testing.T) {
	const fields = "#Fields: date time cs-uri-stem c-ip\n"
	collector := newFakeCollector(t)
	got := run(t, "#Version: 1.0\n"+fields+"2026-11-29 17:00:01 / 203.0.113.1\n", "replay", "web", "--collector-url", collector.URL, "--source", "x",
		"--site", "shop.example", "--site", "WWW.shop.example", "-")
	if got.err != nil || got.errOut != "the log's format is w3c, by its first lines\n" ||
		!strings.HasPrefix(got.out, "2 lines were about the log and no events\nsent 1 event in ") {
		t.Errorf("printed %q and %q, error %v", got.out, got.errOut, got.err)
	}
	want := `"fields":"date time cs-uri-stem c-ip","format":"w3c","line":"2026-11-29 17:00:01 / 203.0.113.1","site":"shop.example www.shop.example"}`
	if len(collector.bodies) != 1 || !strings.HasSuffix(collector.bodies[0], want+"\n") {
		t.Errorf("sent %q", collector.bodies)
	}
}

func TestReplaySendsNothingOfAFileThatIsNoLog(t *testing.T) {
	for name, text := range map[string]string{"words": "to be\nor not\n", "packed": "\xfd7zXZ\x00", "no text": "\x7fELF\x00"} {
		collector := newFakeCollector(t)
		for _, format := range []string{"auto", "w3c"} {
			got := run(t, text, "replay", "web", "--format", format, "--collector-url", collector.URL, "--source", "x", "-")
			if isBelieved := name == "words" && format == "w3c"; !isBelieved && (ExitCode(got.err) != 2 || len(collector.bodies) > 0) {
				t.Errorf("%s as %s: sent %q, error %v", name, format, collector.bodies, got.err)
			}
		}
	}
	if code := ExitCode(errors.New("another")); code != 1 || ExitCode(nil) != 0 {
		t.Errorf("another error ends with %d", code)
	}
}

func TestReplayReadsACompressedLog(t *testing.T) {
	collector := newFakeCollector(t)
	var file bytes.Buffer
	writer := gzip.NewWriter(&file)
	if _, err := writer.Write([]byte("a\nb\n")); err != nil || writer.Close() != nil {
		t.Fatal(err)
	}
	packed := file.String()
	got := run(t, packed, "replay", "web", "--format", "combined", "--collector-url", collector.URL, "--source", "x", "-")
	if len(collector.bodies) != 1 || strings.Count(collector.bodies[0], `"line":`) != 2 {
		t.Errorf("sent %q, error %v", collector.bodies, got.err)
	}
}

func TestReplaySendsWhatIsLeftOfACutOffLog(t *testing.T) {
	var file bytes.Buffer
	writer := gzip.NewWriter(&file)
	if _, err := writer.Write([]byte("a\nb\nunfinis")); err != nil || writer.Flush() != nil {
		t.Fatal(err)
	}
	collector := newFakeCollector(t)
	got := run(t, file.String(), "replay", "web", "--format", "combined", "--collector-url", collector.URL, "--source", "x", "-")
	if len(collector.bodies) != 1 || strings.Count(collector.bodies[0], `"line":`) != 2 {
		t.Errorf("sent %q", collector.bodies)
	}
	if got.err == nil || !strings.HasPrefix(got.err.Error(), "after 2 events: unexpected EOF") {
		t.Errorf("error %v", got.err)
	}
}

func TestEventsThatTheCollectorCannotReadAreNoSuccess(t *testing.T) {
	replayed := run(t, "good\nbad\n", "replay", "web", "--format", "combined", "--collector-url", newFakeCollector(t).URL, "--source", "x", "-")
	if !errors.Is(replayed.err, ErrNegative) || !strings.Contains(replayed.out, "could not read 1 of them") {
		t.Errorf("replay printed %q, error %v", replayed.out, replayed.err)
	}
	readsAll := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		_, _ = fmt.Fprintf(w, `{"accepted":%d,"failed":0}`, bytes.Count(body, []byte("\n")))
	}))
	defer readsAll.Close()
	generated := run(t, "", "generate", "--events", "200", "--malformed", "5%", "--send", "web", "--collector-url", readsAll.URL)
	if !errors.Is(generated.err, ErrNegative) || generated.errOut != "2 events were meant to be unreadable, the collector says 0\n" {
		t.Errorf("generate printed %q, error %v", generated.errOut, generated.err)
	}
}

func TestGenerateSaysWhatItMade(t *testing.T) {
	const made = "generated 200 events: 186 good, 4 duplicates, 10 malformed (2 invalid_field, 2 invalid_json, 2 malformed_log_line, 2 missing_field, 2 not_an_object)\n"
	flags := []string{"generate", "--events", "200", "--malformed", "5%", "--duplicates", "0.02"}
	printed := run(t, "", flags...)
	if printed.err != nil || printed.errOut != made || strings.Count(printed.out, "\n") != 200 {
		t.Errorf("printed %d lines and %q, error %v", strings.Count(printed.out, "\n"), printed.errOut, printed.err)
	}
	collector := newFakeCollector(t)
	sent := run(t, "", append(flags, "--send", "web", "--collector-url", collector.URL)...)
	if sent.err != nil || !strings.HasPrefix(sent.out, made) || !strings.Contains(sent.out, "\nsent 200 events in ") {
		t.Errorf("printed %q, error %v", sent.out, sent.err)
	}
	if strings.Join(collector.bodies, "") != printed.out {
		t.Error("what is sent is not what is printed")
	}
}

func TestWrongUseIsExplained(t *testing.T) {
	cases := []struct {
		args []string
		want string
	}{
		{[]string{"send", "web"}, "give the events in one way: as JSON after the pipeline, with --filename, or with --event-type"},
		{[]string{"send", "web", "{}", "--event-type", "x"}, "give the events in one way: as JSON after the pipeline, with --filename, or with --event-type"},
		{[]string{"send", "web", " "}, "there are no events to send"},
		{[]string{"send", "web", "-f", "does-not-exist"}, "reading the events: open does-not-exist: no such file or directory"},
		{[]string{"replay", "web", "-"}, "the standard input has no name; give it one with --source, which event ids are made of"},
		{[]string{"replay", "web", "x", "--format", "xml"}, `--format must be auto or combined, common, vhost, json, w3c, alb, cloudfront, not "xml"`},
		{[]string{"replay", "web", "x", "--site", "https://a.example/"}, `--site must be a host name such as www.example.com, not "https://a.example/"`},
		{[]string{"replay", "web", "x", "--batch-size", "0"}, "--batch-size must be from 1 to 5000, not 0"},
		{[]string{"replay", "web", "x", "--rate", "-1"}, "--rate must not be negative, it is -1"},
		{[]string{"replay", "web", "does-not-exist"}, "opening the log: open does-not-exist: no such file or directory"},
		{[]string{"send", "web", "{}", "--collector-url", "localhost:8080"}, `--collector-url must be an address such as https://collector.example.com, not "localhost:8080"`},
		{[]string{"query", "SELECT 1", "--trino-url", "http://"}, `--trino-url must be an address such as https://collector.example.com, not "http://"`},
		{[]string{"generate", "--malformed", "lots"}, `--malformed must be a share such as 1% or 0.01, not "lots"`},
		{[]string{"generate", "--start", "today"}, `--start must be a time such as 2026-01-05T00:00:00Z, not "today"`},
		{[]string{"account", "web", "--output", "yaml"}, `--output must be text or json, not "yaml"`},
		{[]string{"query", "SELECT 1"}, "say whom to ask: a pipeline before the SQL, --query-cluster, --flight-url or --trino-url"},
		{[]string{"query", "web", " ; "}, "the SQL is empty"},
		{[]string{"query", "web", "SELECT 1", "-o", "xml"}, `--output must be table, json, csv, arrow or parquet, not "xml"`},
		{[]string{"query", "SELECT 1", "-o", "parquet", "--trino-url", "http://trino"}, "--output parquet needs a Flight SQL gateway, not --trino-url"},
		{[]string{"query", "SELECT 1", "--flight-url", "trino:80"}, `--flight-url must be an address such as grpc+tls://sql.example.com:32010, not "trino:80"`},
		{[]string{"query", "SELECT 1", "--flight-url", "grpc://a:1", "--flight-user", "ada"}, `the password of "ada" is missing; give --flight-password-file or the variable FLIGHT_PASSWORD`},
	}
	for _, c := range cases {
		if got := run(t, "", c.args...); got.err == nil || got.err.Error() != c.want {
			t.Errorf("%q: error %v\nwant %s", c.args, got.err, c.want)
		}
	}
}
