package accounting

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
)

func TestErasedRecordsAreReadAsInTheVectors(t *testing.T) {
	text, err := os.ReadFile("../../../../contracts/vectors/erased-offsets.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors struct {
		Spans []struct {
			Text  string
			Spans []Span
		}
		Refused  []string
		Property string
	}
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	if vectors.Property != contract.TableMarkErased {
		t.Errorf("the property is %s, not %s", vectors.Property, contract.TableMarkErased)
	}
	for _, vector := range vectors.Spans {
		if got, err := ParseErased(vector.Text); err != nil || !slices.Equal(got, Erased(vector.Spans)) {
			t.Errorf("%q is %v, error %v; want %v", vector.Text, got, err, vector.Spans)
		}
	}
	for _, refused := range vectors.Refused {
		if got, err := ParseErased(refused); err == nil || !strings.Contains(err.Error(), contract.TableMarkErased) {
			t.Errorf("%q is %v, error %v", refused, got, err)
		}
	}
}

func TestASpanHasAtMostAsManyErasedRecordsAsOffsets(t *testing.T) {
	if got, err := ParseErased("0:4-6=7"); err != nil || !slices.Equal(got, Erased{{0, 4, 6, 3}}) {
		t.Errorf("it is %v, error %v", got, err)
	}
}

func TestErasedRecordsAreNotLost(t *testing.T) {
	cases := []struct {
		name      string
		partition Partition
		rows      []Rows
		erased    Erased
		want      []string
	}{
		{"all that is missing was erased", partition(0, 0, 10), []Rows{{0, 7, 7, 7, 9}}, Erased{{0, 2, 4, 3}}, nil},
		{"also at the end", partition(0, 0, 10), []Rows{{0, 7, 7, 7, 6}}, Erased{{0, 7, 9, 3}}, nil},
		{"also everything", partition(0, 0, 10), nil, Erased{{0, 0, 9, 10}}, nil},
		{"also before what Kafka still has", partition(0, 5, 10), []Rows{{0, 6, 6, 3, 9}}, Erased{{0, 0, 1, 2}, {0, 5, 6, 2}}, nil},
		{"also of a span that Kafka has a part of", partition(0, 5, 10), []Rows{{0, 6, 6, 4, 9}}, Erased{{0, 2, 7, 4}}, nil},
		{"other partitions do not matter", partition(0, 0, 10), []Rows{{0, 10, 10, 10, 9}}, Erased{{1, 2, 4, 3}}, nil},
		{"more is missing than was erased", partition(0, 0, 10), []Rows{{0, 5, 5, 5, 9}}, Erased{{0, 2, 4, 3}}, []string{
			"partition 0: 2 records before offset 9 are in no table, though later ones are",
		}},
		{"and expired", partition(0, 5, 10), []Rows{{0, 5, 5, 3, 9}}, Erased{{0, 0, 1, 2}, {0, 5, 6, 2}}, []string{
			"partition 0: 1 record is in no table and Kafka has deleted records up to offset 5; raise the retention of the stream",
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := Diagnose(Received{Topic: "raw", Partitions: []Partition{c.partition}}, c.rows, c.erased)
			if !slices.Equal(got, c.want) {
				t.Errorf("diagnosis %q\nwant      %q", got, c.want)
			}
		})
	}
}

func TestWhereOnlyTheNumberIsKnownTheSpanIsNamed(t *testing.T) {
	got := NameGaps(nil, Erased{{0, 4, 4, 1}, {1, 100, 900, 312}})
	if want := "they are missing where records were erased on purpose too: partition 1 offsets 100 to 900 (312 of them)"; len(got) != 1 || got[0] != want {
		t.Errorf("%q\nwant %q", got, want)
	}
}
