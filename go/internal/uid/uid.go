// Package uid makes the time-ordered ids of what arrives. Those of what may be sent again are made by the plugin, of the
// content.
package uid

import (
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"time"
)

// Length is the length of every id in its text form.
const Length = 36

// AppendV7 appends a UUIDv7 (RFC 9562) of the given time: milliseconds first, then 74 random bits.
func AppendV7(into []byte, now time.Time) []byte {
	var id [16]byte
	binary.BigEndian.PutUint64(id[:8], uint64(now.UnixMilli())<<16|rand.Uint64()&0xffff)
	binary.BigEndian.PutUint64(id[8:], rand.Uint64())
	return appendText(into, id)
}

// V7 returns a UUIDv7 of the given time as text.
func V7(now time.Time) string { return string(AppendV7(nil, now)) }

// appendText appends an id with its version, 7, and variant as text.
func appendText(into []byte, id [16]byte) []byte {
	id[6] = id[6]&0x0f | 7<<4
	id[8] = id[8]&0x3f | 0x80
	for _, part := range [...][2]int{{0, 4}, {4, 6}, {6, 8}, {8, 10}, {10, 16}} {
		if part[0] > 0 {
			into = append(into, '-')
		}
		into = hex.AppendEncode(into, id[part[0]:part[1]])
	}
	return into
}
