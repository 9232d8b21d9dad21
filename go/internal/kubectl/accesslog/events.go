// Package accesslog turns the lines of an access log into events.
//
//	file.go: bytes -> text    format.go: text -> the log's format    events.go: lines -> events
//
// It looks at the fields of lines only to tell a format: parsing is the stream job's, so that a line that cannot be
// parsed is kept as a failed event like any other.
package accesslog

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/eventid"
)

// longestLine is where a line is cut. It is far beyond what the collector takes as one event, so a line of that length
// fails there and is kept in part.
const longestLine = 4 << 20

var byteOrderMark = []byte("\xef\xbb\xbf")

// Log says what is known about a log, apart from its lines.
type Log struct {
	// Source names the log; together with a line's number and text it makes the event's id.
	Source string
	// Format is one of contract.LogFormats.
	Format string
	// Site are the host names of the log's own site.
	Site []string
}

// Reader gives one event a line.
type Reader struct {
	lines *bufio.Reader
	log   Log
	// fields is what the last directive #Fields: named.
	fields     string
	directives int64
	number     int64
	line       []byte
	event      bytes.Buffer
}

// NewReader reads the lines of a log.
func NewReader(lines *bufio.Reader, log Log) *Reader { return &Reader{lines: lines, log: log} }

// Directives is how many lines so far said something about the log, as those that begin with "#" in W3C's formats do.
// They are no events.
func (r *Reader) Directives() int64 { return r.directives }

// EventID is the id of a line's event: the same for the same line of the same log, so that a second replay stores
// nothing new. Numbers count from 1.
func EventID(source string, number int64, line []byte) string {
	return eventid.Of(source + "\n" + strconv.FormatInt(number, 10) + "\n" + string(line))
}

// Next returns the next line's event; it is valid until the next call. Empty lines are events too: they are lines of
// the log, and every line is accounted for.
func (r *Reader) Next() ([]byte, error) {
	for isDirective := true; isDirective; {
		if err := r.readLine(); err != nil {
			return nil, err
		}
		r.number++
		isDirective = r.takeDirective()
	}
	event := map[string]string{
		contract.MemberEventID: EventID(r.log.Source, r.number, r.line), contract.MemberFormat: r.log.Format,
	}
	if r.fields != "" {
		event[contract.MemberFields] = r.fields
	}
	if len(r.log.Site) > 0 {
		event[contract.MemberSite] = strings.Join(r.log.Site, " ")
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

// takeDirective reports whether the line is a directive, and remembers the fields that it names.
func (r *Reader) takeDirective() bool {
	isW3C := r.log.Format == contract.LogFormatW3c || r.log.Format == contract.LogFormatCloudfront
	if !isW3C || !bytes.HasPrefix(r.line, []byte("#")) {
		return false
	}
	r.directives++
	if fields, names := fieldsOf(r.line); names {
		r.fields = fields
	}
	return true
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
	// The first line of a file may begin with a mark, and so each of several that were put together.
	r.line = bytes.TrimPrefix(r.line, byteOrderMark)
}
