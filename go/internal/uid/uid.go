// Package uid makes the two kinds of ids that events get: time-ordered ones for what arrives, and ones computed from
// the content for what may be sent again.
package uid

import (
	"crypto/sha1"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"
	"time"
)

// Length is the length of every id in its text form.
const Length = 36

// Namespace is the UUID that ids made from content live under: UUIDv5 of the DNS name openclickstream.io.
var Namespace = V5Bytes([16]byte{
	0x6b, 0xa7, 0xb8, 0x10, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8,
}, "openclickstream.io")

// AppendV7 appends a UUIDv7 (RFC 9562) of the given time: milliseconds first, then 74 random bits.
func AppendV7(into []byte, now time.Time) []byte {
	var id [16]byte
	binary.BigEndian.PutUint64(id[:8], uint64(now.UnixMilli())<<16|rand.Uint64()&0xffff)
	binary.BigEndian.PutUint64(id[8:], rand.Uint64())
	return appendText(into, id, 7)
}

// V7 returns a UUIDv7 of the given time as text.
func V7(now time.Time) string { return string(AppendV7(nil, now)) }

// V5 returns the UUIDv5 (RFC 9562) of a name in a namespace as text: the same name always gives the same id.
func V5(namespace [16]byte, name string) string {
	return string(appendText(nil, V5Bytes(namespace, name), 5))
}

// V5Bytes is V5 in binary form.
func V5Bytes(namespace [16]byte, name string) [16]byte {
	hash := sha1.New()
	hash.Write(namespace[:])
	hash.Write([]byte(name))
	var id [16]byte
	copy(id[:], hash.Sum(nil))
	return withVersion(id, 5)
}

func withVersion(id [16]byte, version byte) [16]byte {
	id[6] = id[6]&0x0f | version<<4
	id[8] = id[8]&0x3f | 0x80
	return id
}

func appendText(into []byte, id [16]byte, version byte) []byte {
	id = withVersion(id, version)
	for _, part := range [...][2]int{{0, 4}, {4, 6}, {6, 8}, {8, 10}, {10, 16}} {
		if part[0] > 0 {
			into = append(into, '-')
		}
		into = hex.AppendEncode(into, id[part[0]:part[1]])
	}
	return into
}
