// Package accesslog turns the lines of an access log into events. It looks at no field of a line: parsing is the stream
// job's, so that a line that cannot be parsed is kept as a failed event like any other.
package accesslog

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/eventid"
)

// longestLine is where a line is cut. It is far beyond what the collector takes as one event, so a line of that length
// fails there and is kept in part.
const longestLine = 4 << 20

// Reader gives one event a line.
type Reader struct {
	lines *bufio.Reader
	// source names the log; together with a line's number and text it makes the event's id.
	source string
	number int64
	line   []byte
	event  bytes.Buffer
}

// NewReader reads the log called source from lines.
func NewReader(lines io.Reader, source string) *Reader {
	return &Reader{lines: bufio.NewReaderSize(lines, 64<<10), source: source}
}

// EventID is the id of a line's event: the same for the same line of the same log, so that a second replay stores
// nothing new. Numbers count from 1.
func EventID(source string, number int64, line []byte) string {
	return eventid.Of(source + "\n" + strconv.FormatInt(number, 10) + "\n" + string(line))
}

// Line is the number of the line that the last event was made of.
func (r *Reader) Line() int64 { return r.number }

// Next returns the next line's event; it is valid until the next call. Empty lines are events too: they are lines of
// the log, and every line is accounted for.
func (r *Reader) Next() ([]byte, error) {
	if err := r.readLine(); err != nil {
		return nil, err
	}
	r.number++
	event := map[string]string{
		contract.MemberEventID: EventID(r.source, r.number, r.line), contract.MemberFormat: contract.LogFormatCombined,
	}
	if utf8.Valid(r.line) {
		event[contract.MemberLine] = string(r.line)
	} else {
		event[contract.MemberLineBase64] = base64.StdEncoding.EncodeToString(r.line)
	}
	r.event.Reset()
	encoder := json.NewEncoder(&r.event)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(event); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(r.event.Bytes(), []byte("\n")), nil
}

// readLine reads one line without its end into r.line. The last line may lack its end.
func (r *Reader) readLine() error {
	r.line = r.line[:0]
	for {
		part, err := r.lines.ReadSlice('\n')
		r.line = append(r.line, part[:min(len(part), longestLine+1-len(r.line))]...)
		switch {
		case err == nil:
			r.trimEnd()
			return nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF) && len(r.line) > 0:
			r.trimEnd()
			return nil
		default:
			return err
		}
	}
}

func (r *Reader) trimEnd() {
	r.line = bytes.TrimSuffix(r.line, []byte("\n"))
	r.line = bytes.TrimSuffix(r.line, []byte("\r"))
	r.line = r.line[:min(len(r.line), longestLine)]
}
