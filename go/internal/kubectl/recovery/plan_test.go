package recovery

import (
	"reflect"
	"testing"

	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/accounting"
)

func TestNextOffsetsAreThoseOfTheTopic(t *testing.T) {
	properties := map[string]string{"openclickstream.topic-id": "t1", "openclickstream.next-offsets": `{"0":17,"2":4}`}
	for topic, want := range map[string]map[int32]int64{"t1": {0: 17, 2: 4}, "": {0: 17, 2: 4}, "t2": nil} {
		if got, err := NextOffsets(properties, topic); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %v, error %v", topic, got, err)
		}
	}
	for _, broken := range []string{"17", `{"a":1}`} {
		if got, err := NextOffsets(map[string]string{"openclickstream.next-offsets": broken}, ""); err == nil {
			t.Errorf("%s: %v", broken, got)
		}
	}
}

func TestAPlanReadsAgainWhereATableLostItsRows(t *testing.T) {
	next := map[int32]int64{0: 40, 1: 2}
	topic := accounting.Received{Partitions: []accounting.Partition{{Partition: 0, Start: 10, End: 50}, {Partition: 1, Start: 5, End: 5}}}
	whole := []Table{{Name: "e", KnownUUID: "1", UUID: "1", Next: next}, {Name: "f", UUID: "2"}, {Name: "d", KnownUUID: "3", UUID: "3"}}
	for name, c := range map[string]struct {
		change func([]Table)
		faults int
		want   []Partition
	}{
		"whole":    {func([]Table) {}, 0, []Partition{{0, 40, 10, 0}, {1, 5, 0, 3}}},
		"gone":     {func(tables []Table) { tables[0].UUID = "" }, 1, []Partition{{0, 10, 40, 10}, {1, 5, 0, 5}}},
		"replaced": {func(tables []Table) { tables[2].UUID = "4" }, 1, []Partition{{0, 10, 40, 10}, {1, 5, 0, 5}}},
	} {
		tables := append([]Table{}, whole...)
		c.change(tables)
		plan := PlanFor(Situation{Tables: tables, Topic: topic})
		if len(plan.Faults) != c.faults || plan.ReadsAgain != (c.faults > 0) || !reflect.DeepEqual(plan.Partitions, c.want) {
			t.Errorf("%s: %v %+v", name, plan.Faults, plan.Partitions)
		}
	}
}
