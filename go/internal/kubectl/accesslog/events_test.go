package accesslog

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
)

func readAll(t *testing.T, text string, log Log) []map[string]string {
	t.Helper()
	events, _ := readLog(t, text, log)
	return events
}

func readLog(t *testing.T, text string, log Log) ([]map[string]string, int64) {
	t.Helper()
	reader := NewReader(bufio.NewReader(strings.NewReader(text)), log)
	var events []map[string]string
	for {
		line, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return events, reader.Directives()
		}
		if err != nil {
			t.Fatal(err)
		}
		var event map[string]string
		if err := json.Unmarshal(line, &event); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if strings.Contains(string(line), "\n") {
			t.Errorf("an event over several lines: %q", line)
		}
		events = append(events, event)
	}
}

func TestEachLineIsAnEvent(t *testing.T) {
	cases := []struct {
		name, log string
		want      []string
	}{
		{"nothing", "", nil},
		{"one line", "1.2.3.4 - - [x] \"GET /?a=1&b=<2>\"\n", []string{"1.2.3.4 - - [x] \"GET /?a=1&b=<2>\""}},
		{"a last line without its end", "a\nb", []string{"a", "b"}},
		{"line ends of Windows", "a\r\nb\r\n", []string{"a", "b"}},
		{"an empty line", "a\n\nb\n", []string{"a", "", "b"}},
		{"a byte-order mark", "\ufeffa\nb\n\ufeffc\n", []string{"a", "b", "c"}},
		{"a line of another kind that begins like a directive", "#a\n", []string{"#a"}},
		{"control characters", "a\x00\tb\x1b[0m\n", []string{"a\x00\tb\x1b[0m"}},
		{"longer than the buffer", strings.Repeat("x", 200_000) + "\ny\n", []string{strings.Repeat("x", 200_000), "y"}},
		{"longer than sense", strings.Repeat("x", longestLine+10) + "\ny\n", []string{strings.Repeat("x", longestLine), "y"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			events := readAll(t, c.log, Log{Source: "log", Format: "combined"})
			if len(events) != len(c.want) {
				t.Fatalf("%d events, want %d", len(events), len(c.want))
			}
			for i, event := range events {
				if event["line"] != c.want[i] || event["format"] != "combined" {
					t.Errorf("event %d is %.80v", i, event)
				}
				if want := EventID("log", int64(i+1), []byte(c.want[i])); event["event_id"] != want {
					t.Errorf("event %d has the id %s, want %s", i, event["event_id"], want)
				}
			}
		})
	}
}

func TestALineThatIsNotUTF8IsKeptByteByByte(t *testing.T) {
	event := readAll(t, "a\xff\n", Log{Source: "log", Format: "combined"})[0]
	if _, hasLine := event["line"]; hasLine || event["line_base64"] != "Yf8=" {
		t.Errorf("event %v", event)
	}
}

func TestDirectivesAreNoEventsAndNameTheFields(t *testing.T) {
	const text = "#Software: Microsoft Internet Information Services 10.0\n#Fields: date time c-ip\n2026-11-29 17:00:01 1.2.3.4\n" +
		"#Fields: date c-ip \n2026-11-29 1.2.3.4\n2026-11-30 1.2.3.4\n"
	for _, format := range []string{contract.LogFormatW3c, contract.LogFormatCloudfront} {
		events, directives := readLog(t, "\ufeff"+text, Log{Source: "log", Format: format})
		if len(events) != 3 || directives != 3 {
			t.Fatalf("%d events and %d directives", len(events), directives)
		}
		for i, want := range []struct {
			fields, line string
			number       int64
		}{{"date time c-ip", "2026-11-29 17:00:01 1.2.3.4", 3}, {"date c-ip", "2026-11-29 1.2.3.4", 5}, {"date c-ip", "2026-11-30 1.2.3.4", 6}} {
			if got := events[i]; got["fields"] != want.fields || got["line"] != want.line || got["format"] != format || got["event_id"] != EventID("log", want.number, []byte(want.line)) {
				t.Errorf("event %v, want %v", got, want)
			}
		}
	}
}

func TestEachEventNamesTheSite(t *testing.T) {
	event := readAll(t, "a\n", Log{Source: "log", Format: "common", Site: []string{"shop.example", "www.shop.example"}})[0]
	if event["site"] != "shop.example www.shop.example" || event["format"] != "common" {
		t.Errorf("event %v", event)
	}
	if _, hasSite := readAll(t, "a\n", Log{Source: "log"})[0]["site"]; hasSite {
		t.Error("an event names a site that nobody named")
	}
}

func TestAnIDIsMadeOfSourceNumberAndLine(t *testing.T) {
	id := EventID("access.log", 7, []byte("line"))
	if want := "b13feb34-41de-5c4a-a694-416fcea22424"; id != want {
		t.Errorf("the id is %s, want %s: ids of logs that were replayed before must not change", id, want)
	}
	seen := map[string]string{id: "the first"}
	for _, other := range []struct {
		source string
		number int64
		line   string
	}{{"other.log", 7, "line"}, {"access.log", 8, "line"}, {"access.log", 7, "lime"}, {"access.log\n7", 0, "line"}} {
		name := fmt.Sprint(other)
		if first, isSeen := seen[EventID(other.source, other.number, []byte(other.line))]; isSeen {
			t.Errorf("%s has the id of %s", name, first)
		}
		seen[EventID(other.source, other.number, []byte(other.line))] = name
	}
}
