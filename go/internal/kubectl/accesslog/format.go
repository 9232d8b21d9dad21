package accesslog

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
)

// AutoFormat asks for the format to be told by the log's first lines.
const AutoFormat = "auto"

// mostLooked is how many lines a format is told by.
const mostLooked = 100

// Finding is what the first lines of a log look like.
type Finding struct {
	// Format is the one that most of the lines have; empty when fewer than half of them have one.
	Format string
	// Matching of the Looked lines have it.
	Matching, Looked int
	// first is the first line.
	first string
	// isText is false when the lines hold bytes that no text does.
	isText bool
}

// String says what was found, as in "combined, as 99 of its first 100 lines are".
func (f Finding) String() string {
	if f.Matching == f.Looked {
		return fmt.Sprintf("%s, by its first lines", f.Format)
	}
	return fmt.Sprintf("%s, as %d of its first %d lines are", f.Format, f.Matching, f.Looked)
}

// Look looks at the first lines, which stay to be read. Of a pipe it looks at those that are there.
func Look(lines *bufio.Reader) Finding {
	var found Finding
	for seen := 0; ; {
		text, err := lines.Peek(seen + 1)
		text, _ = lines.Peek(max(len(text), lines.Buffered())) // what is buffered is no error
		isAll := err != nil || len(text) >= linesBuffer
		if end := bytes.LastIndexByte(text, '\n'); end >= seen || isAll {
			if !isAll {
				text = text[:end+1]
			}
			found = lookAt(text)
		}
		if isAll || found.Format != "" {
			return found
		}
		seen = len(text)
	}
}

func lookAt(text []byte) Finding {
	found := Finding{isText: bytes.IndexByte(text, 0) < 0}
	counts := map[string]int{}
	isHead := true
	for line := range bytes.Lines(text) {
		line = bytes.TrimRight(bytes.TrimPrefix(line, byteOrderMark), "\r\n")
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		if found.first == "" {
			found.first = string(line)
		}
		if fields, names := fieldsOf(line); names {
			// Nothing in the lines below it says as surely what they are.
			found.Format, found.Matching, found.Looked = formatOfFields(fields), 1, 1
			return found
		}
		if isHead = isHead && line[0] == '#'; isHead {
			continue
		}
		if format := formatOf(string(line)); format != "" {
			counts[format]++
		}
		if found.Looked++; found.Looked == mostLooked {
			break
		}
	}
	for _, format := range contract.LogFormats {
		if counts[format] > found.Matching && 2*counts[format] >= found.Looked {
			found.Format, found.Matching = format, counts[format]
		}
	}
	return found
}

// fieldsOf returns what the directive #Fields: of W3C's formats names, when the line is one.
func fieldsOf(line []byte) (fields string, names bool) {
	const directive = "#Fields:"
	if len(line) < len(directive) || !strings.EqualFold(string(line[:len(directive)]), directive) {
		return "", false
	}
	return strings.TrimSpace(strings.ToValidUTF8(string(line[len(directive):]), "\uFFFD")), true
}

// formatOfFields tells the logs of requests from those of firewalls and others that name their fields too.
func formatOfFields(fields string) string {
	format := ""
	for name := range strings.FieldsSeq(strings.ToLower(fields)) {
		switch {
		case strings.HasPrefix(name, "x-edge-"):
			return contract.LogFormatCloudfront
		case strings.HasPrefix(name, "cs-uri"):
			format = contract.LogFormatW3c
		}
	}
	return format
}

var (
	// requestLine is what the formats that Apache named have in common: what stands before the time, and what after the size.
	requestLine = regexp.MustCompile(`^(.+?) \[\d{1,2}/[A-Za-z]{3}/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4}\] "(?:[^"\\]|\\.)*" (?:\d{3}|-) (?:\d+|-)(.*)$`)
	// referrerAndAgent are the two further fields of the combined format.
	referrerAndAgent = regexp.MustCompile(`^ "(?:[^"\\]|\\.)*" "`)
	balancerLine     = regexp.MustCompile(`^(?:https?|h2|grpcs?|wss?) \d{4}-\d{2}-\d{2}T\S+ \S+ \S+ \S+ -?[\d.]+ `)
)

// formatOf returns the format that the line has; empty when it has none, or one that a line alone does not tell.
func formatOf(line string) string {
	if strings.HasPrefix(strings.TrimLeft(line, " "), "{") {
		if isRequestObject(line) {
			return contract.LogFormatJSON
		}
		return ""
	}
	if balancerLine.MatchString(line) {
		return contract.LogFormatAlb
	}
	parts := requestLine.FindStringSubmatch(line)
	switch {
	case parts == nil:
		return ""
	case referrerAndAgent.MatchString(parts[2]) && isBehindSite(strings.Fields(parts[1])):
		return contract.LogFormatVhost
	case referrerAndAgent.MatchString(parts[2]):
		return contract.LogFormatCombined
	case strings.TrimSpace(parts[2]) == "":
		return contract.LogFormatCommon
	default:
		return ""
	}
}

// isBehindSite reports whether the words before the time begin with a site: a name, and the client's address behind it.
func isBehindSite(words []string) bool {
	return len(words) > 3 && !isAddress(words[0]) && (isAddress(words[1]) || strings.Contains(words[0], ":"))
}

func isAddress(word string) bool {
	word = strings.Trim(word, ",\"")
	if _, err := netip.ParseAddr(strings.Trim(word, "[]")); err == nil {
		return true
	}
	_, err := netip.ParseAddrPort(word)
	return err == nil
}

// isRequestObject reports whether the line has what nginx's variables or Caddy call a request.
func isRequestObject(line string) bool {
	var log map[string]json.RawMessage
	if json.Unmarshal([]byte(line), &log) != nil {
		return false
	}
	has := func(names ...string) bool {
		for _, name := range names {
			if _, isThere := log[name]; isThere {
				return true
			}
		}
		return false
	}
	return has("request") || has("request_method", "method") && has("request_uri", "uri")
}

// FormatOf returns the format to read a log in: the one that was asked for, or, for AutoFormat, the one that its first
// lines have. It fails with an UnreadableError when they have none, or clearly another one than was asked for.
func FormatOf(asked string, found Finding) (string, error) {
	switch {
	case asked == AutoFormat && found.Format != "":
		return found.Format, nil
	case asked == AutoFormat && found.first == "":
		return contract.LogFormatCombined, nil // there is nothing to read
	case asked == AutoFormat:
		return "", &UnreadableError{fmt.Sprintf("the log is none of those that can be read (%s): it begins %.80q; name its --format if it is one all the same",
			strings.Join(contract.LogFormats, ", "), found.first)}
	case !found.isText && found.Format == "":
		return "", &UnreadableError{fmt.Sprintf("the log is no text: it begins %.80q", found.first)}
	case found.Format != "" && found.Format != asked && !isKindOf(asked, found.Format):
		return "", &UnreadableError{fmt.Sprintf("--format is %s, but the log is %s; give --format %s", asked, found, found.Format)}
	default:
		return asked, nil
	}
}

// isKindOf reports whether a log that looks like found can be meant when asked is said: a line does not always tell
// whether it begins with a site.
func isKindOf(asked, found string) bool {
	both := []string{contract.LogFormatCombined, contract.LogFormatVhost}
	return slices.Contains(both, asked) && slices.Contains(both, found)
}
