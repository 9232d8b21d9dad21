package collector

import (
	"encoding/json"
	"net/netip"
	"os"
	"testing"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
)

// The stream job masks addresses that events bring by the same rule, and runs the same cases.
func TestAddressesAreMaskedAsTheVectorsSay(t *testing.T) {
	var vectors struct {
		Addresses []struct {
			Name, Address, Kept string
			Masking             contract.Masking
		}
	}
	text, err := os.ReadFile("../../../contracts/vectors/masking.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &vectors); err != nil || len(vectors.Addresses) == 0 {
		t.Fatalf("%d vectors, error %v", len(vectors.Addresses), err)
	}
	for _, vector := range vectors.Addresses {
		t.Run(vector.Name, func(t *testing.T) {
			address := netip.MustParseAddr(vector.Address).Unmap()
			if got := mask(address, vector.Masking).String(); got != vector.Kept {
				t.Errorf("%s of %s: %s instead of %s", vector.Masking, vector.Address, got, vector.Kept)
			}
		})
	}
}
