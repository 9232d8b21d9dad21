package rawevent

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"os"
	"testing"
	"time"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/jsonscan"
)

// visitor is a case of contracts/vectors/visitor-id.json: what an event and its request say of a visitor, and what both
// languages make of it. Event is JSON as it was sent; IP is empty for a sender whose address is not kept.
type visitor struct {
	Name, Event, CookieID, IP, UserAgent, Key, VisitorID string
}

// The stream job's visitor ids follow the same order, and it runs the same cases.
func TestRecordsHaveTheKeysThatTheVectorsSay(t *testing.T) {
	visitors := readVisitors(t)
	for _, vector := range visitors {
		t.Run(vector.Name, func(t *testing.T) {
			address, _ := netip.ParseAddr(vector.IP)
			var b Builder
			b.Describe(http.Header{"User-Agent": {vector.UserAgent}}, Provenance{
				Source: contract.SourceHTTP, At: time.UnixMilli(17), Address: address, CookieID: vector.CookieID,
			})
			b.AddEvents([]jsonscan.Element{jsonscan.One([]byte(vector.Event), KeyFields)}, 10_000)
			if got := string(b.Records()[0].Key); got != vector.Key || b.Failed() != 0 {
				t.Errorf("key %q instead of %q, %d failed", got, vector.Key, b.Failed())
			}
		})
	}
}

// Events of one visitor in two partitions would be out of order.
func TestAVisitorOfTheVectorsHasOneKey(t *testing.T) {
	keys := map[string]string{}
	for _, vector := range readVisitors(t) {
		if key, isKnown := keys[vector.VisitorID]; isKnown && key != vector.Key {
			t.Errorf("%s: visitor %s has the keys %q and %q", vector.Name, vector.VisitorID, key, vector.Key)
		}
		keys[vector.VisitorID] = vector.Key
	}
}

func readVisitors(t *testing.T) []visitor {
	t.Helper()
	var vectors struct{ Visitors []visitor }
	text, err := os.ReadFile("../../../contracts/vectors/visitor-id.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &vectors); err != nil || len(vectors.Visitors) == 0 {
		t.Fatalf("%d vectors, error %v", len(vectors.Visitors), err)
	}
	return vectors.Visitors
}
