package accounting

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
)

// Span is a range of offsets, both included, of which so many records were erased from the tables on purpose.
type Span struct {
	Partition            int32
	First, Last, Records int64
}

// isWhole reports whether all of its records were erased; of others only their number is known.
func (s Span) isWhole() bool { return s.Records == s.Last-s.First+1 }

// Erased is what the product's own means took out of the tables, which the deleting commits wrote into their properties.
type Erased []Span

var spanText = regexp.MustCompile(`^(\d+):(\d+)(?:-(\d+))?(?:=(\d+))?$`)

// ParseErased reads the property of a table, such as `0:4,0:7-19,1:100-900=312`; contracts/vectors/erased-offsets.json has cases.
func ParseErased(text string) (Erased, error) {
	if text == "" {
		return nil, nil
	}
	var erased Erased
	for part := range strings.SplitSeq(text, ",") {
		span, err := parseSpan(part)
		if err != nil {
			return nil, fmt.Errorf("the table property %s is not spans of offsets, such as 0:4,0:7-19,1:100-900=312: %q", contract.TableMarkErased, text)
		}
		erased = append(erased, span)
	}
	return erased, nil
}

func parseSpan(text string) (Span, error) {
	found := spanText.FindStringSubmatch(text)
	if found == nil {
		return Span{}, strconv.ErrSyntax
	}
	partition, err := strconv.ParseInt(found[1], 10, 32)
	if err != nil {
		return Span{}, err
	}
	span := Span{Partition: int32(partition)}
	if span.First, err = strconv.ParseInt(found[2], 10, 64); err != nil {
		return Span{}, err
	}
	span.Last = span.First
	if found[3] != "" {
		if span.Last, err = strconv.ParseInt(found[3], 10, 64); err != nil {
			return Span{}, err
		}
	}
	width := span.Last - span.First + 1
	span.Records = width
	if found[4] != "" {
		if span.Records, err = strconv.ParseInt(found[4], 10, 64); err != nil {
			return Span{}, err
		}
	}
	span.Records = min(span.Records, width)
	if span.Records < 1 {
		return Span{}, strconv.ErrRange
	}
	return span, nil
}

// Records is how many were erased.
func (e Erased) Records() int64 {
	var records int64
	for _, span := range e {
		records += span.Records
	}
	return records
}

// of adds up a partition: all its erased records, the highest of their offsets (-1 without any), and how many of them at least
// and at most lie before an offset. A span of which not all were erased may lie on both sides of it.
func (e Erased) of(partition int32, before int64) (records, last, least, most int64) {
	last = -1
	for _, span := range e {
		if span.Partition != partition {
			continue
		}
		records += span.Records
		last = max(last, span.Last)
		inside := min(max(before-span.First, 0), span.Last-span.First+1)
		behind := span.Last - span.First + 1 - inside
		least += max(span.Records-behind, 0)
		most += min(span.Records, inside)
	}
	return records, last, least, most
}

// erasedSQL is the property of a table, which is given as the SQL name of its properties.
func erasedSQL(properties string) string {
	return "(SELECT max(value) FROM " + properties + " WHERE key = '" + contract.TableMarkErased + "')"
}
