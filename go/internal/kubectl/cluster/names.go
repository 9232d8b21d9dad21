package cluster

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
)

// childName is what the operator calls a child of a resource. contracts/vectors/names.json holds cases that the operator
// runs as well.
func childName(parent string, child contract.Child) string {
	if child.IsWorkload {
		parent = strings.ReplaceAll(parent, ".", "-") // names of Services hold no dots
	}
	suffix := "-" + child.Suffix
	return bounded(parent, child.MaxLength-len(suffix)) + suffix
}

// bounded returns the name where it fits, or else its beginning, a dash and a hash of the whole.
func bounded(name string, maxLength int) string {
	if len(name) <= maxLength {
		return name
	}
	digest := sha256.Sum256([]byte(name))
	kept := strings.TrimRightFunc(name[:maxLength-contract.NameHashLength-1], func(r rune) bool { return !isLetterOrDigit(r) })
	return kept + "-" + hex.EncodeToString(digest[:])[:contract.NameHashLength]
}

func isLetterOrDigit(r rune) bool {
	return (r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z') || (r >= '0' && r <= '9')
}

// defaultTableName is what a pipeline's database, or the beginning of its tables' names, is called where it says nothing.
func defaultTableName(name string, rule contract.TableName) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(rule.Replaced, r) {
			return '_'
		}
		return r
	}, name) + rule.Appended
}
