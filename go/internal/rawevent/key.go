package rawevent

import (
	"bytes"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/jsonscan"
)

// KeyFields are the members of an event that may become its record's key.
var KeyFields = jsonscan.Find(contract.MemberAnonymousID, contract.MemberLine, contract.MemberIP, contract.MemberLineBase64)

// Where KeyFields are among the members that a scan found.
const (
	anonymousID = iota
	line
	ip
	lineBase64
)

// key returns what keeps the events of one visitor in one partition, and so in order. It follows the stream job's
// order of visitor ids; nil, when nothing is known of the visitor, spreads the events.
func (b *Builder) key(event []byte, members *jsonscan.Members) []byte {
	if isLogLine(event, members) {
		// Whoever sends a log is not who is in it, so that neither his cookie nor his address counts before the line.
		if client := lineKey(event, members); len(client) > 0 {
			return clipKey(client)
		}
		return b.senderKey()
	}
	visitor := jsonscan.Unescape(members[anonymousID])
	switch {
	case isIdentifier(visitor):
		return clipKey(visitor)
	case b.cookieID != "":
		return b.senderKey()
	case len(members[ip]) > 0:
		return clipKey(jsonscan.Unescape(members[ip]))
	default:
		return b.senderKey()
	}
}

// typeField is the member that an event has unless it is a line of a log.
var typeField = jsonscan.Find(contract.MemberEventType)

// isLogLine reports whether the event is a line of a log, as the stream job does.
func isLogLine(event []byte, members *jsonscan.Members) bool {
	if len(members[line]) == 0 && members[lineBase64] == nil {
		return false
	}
	var found jsonscan.Members
	// The event was scanned before, so that it cannot fail.
	_, _, _ = jsonscan.Value(event, 0, typeField, &found)
	return found[0] == nil
}

func (b *Builder) senderKey() []byte {
	if b.cookieID != "" {
		return clipKey([]byte(b.cookieID))
	}
	return b.address
}

// isIdentifier reports whether an identifier is one, and not what programs write for want of one: with that as their
// key the events of all visitors whom nobody knows would be in one partition.
func isIdentifier(text []byte) bool {
	text = bytes.TrimSpace(text)
	for _, absent := range contract.AbsentIDs {
		if len(text) == len(absent) && bytes.EqualFold(text, []byte(absent)) {
			return false
		}
	}
	return len(text) > 0
}

func clipKey(key []byte) []byte { return key[:min(len(key), contract.KeyBytes)] }
