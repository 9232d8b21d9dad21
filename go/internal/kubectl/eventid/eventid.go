// Package eventid makes the ids of events that may be sent again: the same content always has the same id.
package eventid

import "github.com/google/uuid"

// namespace is UUIDv5(DNS, openclickstream.io), which docs/kubectl-clickstream.md promises.
var namespace = uuid.NewSHA1(uuid.NameSpaceDNS, []byte("openclickstream.io"))

// Of returns the UUIDv5 of the content as text.
func Of(content string) string { return uuid.NewSHA1(namespace, []byte(content)).String() }
