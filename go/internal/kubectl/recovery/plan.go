// Package recovery says what is wrong with a pipeline's tables and checkpoint, and what a recovery does about it.
package recovery

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/accounting"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/terminal"
)

// Table is one of a pipeline's tables.
type Table struct {
	// Name is "database.table".
	Name string
	// KnownUUID is the one that the stream job writes, and UUID the one that the catalog has now; empty for none.
	KnownUUID, UUID string
	// Next are the offsets by partition up to which the table's last batch of the topic went.
	Next map[int32]int64
}

// isLost reports whether the rows of the table that the job wrote are gone.
func (t *Table) isLost() bool { return t.UUID == "" || (t.KnownUUID != "" && t.UUID != t.KnownUUID) }

// fault says how, or "".
func (t *Table) fault() string {
	switch {
	case t.UUID == "":
		return fmt.Sprintf("table %s is gone from the catalog", t.Name)
	case t.isLost():
		return fmt.Sprintf("table %s is another one now (uuid %s, was %s), without the rows of before", t.Name, t.UUID, t.KnownUUID)
	default:
		return ""
	}
}

// Situation is what was found.
type Situation struct {
	Pipeline, Namespace string
	// Tables are those of events, failed events and duplicate events.
	Tables []Table
	// Refusal is what the stream job says of its checkpoint, or "".
	Refusal string
	Topic   accounting.Received
}

// Plan is what a recovery does about a situation.
type Plan struct {
	Situation
	// Faults say what is wrong; without any there is nothing to recover.
	Faults []string
	// ReadsAgain: a table lost its rows, so that everything is read that Kafka still has.
	ReadsAgain bool
	Partitions []Partition
}

// Partition is where the job begins to read.
type Partition struct {
	Number int32
	// From is the first offset, and Records are how many there are from it on.
	From, Records int64
	// Gone are how many before it the tables lack and Kafka has deleted; of a table that lost its rows at most so many.
	Gone int64
}

// PlanFor works the plan out as the operator and the job do.
func PlanFor(s Situation) Plan {
	plan := Plan{Situation: s}
	for i := range s.Tables {
		if fault := s.Tables[i].fault(); fault != "" {
			plan.Faults = append(plan.Faults, fault)
			plan.ReadsAgain = true
		}
	}
	if s.Refusal != "" {
		plan.Faults = append(plan.Faults, "the stream job says: "+s.Refusal)
	}
	// The events table is the last that a batch gets into: up to where it goes all tables are complete.
	next := s.Tables[0].Next
	if plan.ReadsAgain {
		next = nil
	}
	for _, p := range s.Topic.Partitions {
		from := max(next[p.Partition], p.Start)
		plan.Partitions = append(plan.Partitions, Partition{
			Number: p.Partition, From: from, Records: max(0, p.End-from), Gone: max(0, p.Start-next[p.Partition]),
		})
	}
	return plan
}

// Describe prints what is wrong, and what the recovery with this id does.
func (p *Plan) Describe(id string) string {
	var text strings.Builder
	line := func(format string, arguments ...any) { fmt.Fprintf(&text, format+"\n", arguments...) }
	line("Pipeline %s of namespace %s", p.Pipeline, p.Namespace)
	for _, fault := range p.Faults {
		line("  ✖ %s", fault)
	}
	line("Recovery %s", id)
	var kept []string
	for i := range p.Tables {
		switch table := &p.Tables[i]; {
		case table.UUID == "":
			line("  - makes table %s anew, empty", table.Name)
		case table.isLost():
			line("  - goes on with table %s as it is now", table.Name)
		default:
			kept = append(kept, table.Name)
		}
	}
	if len(kept) > 0 {
		line("  - leaves every row of %s where it is; what they hold is not stored twice", strings.Join(kept, ", "))
	}
	line("  - starts the stream job on a new checkpoint, checkpoints/%s/%s/recovery-%s; the old one stays", p.Namespace, p.Pipeline, id)
	line("  - reads topic %s%s", p.Topic.Topic, map[bool]string{true: " again, all that Kafka still has", false: " on from where the tables end"}[p.ReadsAgain])
	for _, partition := range p.Partitions {
		line("      partition %d from offset %d on: %s", partition.Number, partition.From, terminal.Count(partition.Records, "record", "records"))
		if partition.Gone > 0 {
			line("        ✖ offsets %d to %d are no longer in Kafka: what %s of them cannot be had again",
				partition.From-partition.Gone, partition.From-1, map[bool]string{true: "the lost table held", false: "was not read"}[p.ReadsAgain])
		}
	}
	line("It deletes nothing. The job forgets which events it has seen: one that comes again counts as new, unless its first record is among those read now.")
	if p.ReadsAgain {
		line("Rows that were deleted on purpose come back where Kafka still has their records: delete them again afterwards.")
	}
	return text.String()
}

// NextOffsets reads where a table's last batch ended, if it was of this topic.
func NextOffsets(properties map[string]string, topicID string) (map[int32]int64, error) {
	text := properties[contract.TableMarkNextOffsets]
	if text == "" || (topicID != "" && properties[contract.TableMarkTopicID] != topicID) {
		return nil, nil
	}
	var byName map[string]int64
	if err := json.Unmarshal([]byte(text), &byName); err != nil {
		return nil, fmt.Errorf("property %q is not offsets by partition, such as {\"0\":17}: %s", contract.TableMarkNextOffsets, text)
	}
	next := map[int32]int64{}
	for name, offset := range byName {
		partition, err := strconv.ParseInt(name, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("property %q names the partition %q, which is no number", contract.TableMarkNextOffsets, name)
		}
		next[int32(partition)] = offset
	}
	return next, nil
}
