package accounting

import (
	"fmt"
	"strings"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
)

// Gap is a range of offsets, both included, of which no table has a row, though they have later ones.
type Gap struct {
	Partition   int32
	First, Last int64
}

// MostGaps is how many gaps are named; a table from which single rows were deleted can have millions.
const MostGaps = 20

// GapsSQL asks for the gaps of the tables, which are given as SQL names; for one more than are named. What was erased is no gap.
func GapsSQL(erased Erased, tables ...string) string {
	const partition, offset = contract.ColumnKafkaPartition, contract.ColumnKafkaOffset
	parts := make([]string, 0, len(tables)+1)
	for _, table := range tables {
		parts = append(parts, "SELECT "+partition+", "+offset+", "+offset+" AS last_offset FROM "+table)
	}
	if len(erased) > 0 {
		spans := make([]string, len(erased))
		for i, span := range erased {
			spans[i] = fmt.Sprintf("(%d, %d, %d)", span.Partition, span.First, span.Last)
		}
		parts = append(parts, "VALUES "+strings.Join(spans, ", "))
	}
	return "SELECT " + partition + ", previous + 1, " + offset + " - 1 FROM (SELECT " + partition + ", " + offset +
		", coalesce(max(last_offset) OVER (PARTITION BY " + partition + " ORDER BY " + offset +
		" ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), -1) AS previous FROM (" +
		// UNION keeps one of those that are there twice.
		strings.Join(parts, " UNION ") + ")) WHERE " + offset + " > previous + 1 ORDER BY 1, 2" + fmt.Sprintf(" LIMIT %d", MostGaps+1)
}

// NameGaps says where rows are missing and what that means: the stream job stores nothing behind a gap, so the rows have been there.
// Rows can also be missing where others were erased, of which it is only known how many they were.
func NameGaps(gaps []Gap, erased Erased) []string {
	if len(gaps) == 0 {
		return nameVague(erased)
	}
	names := make([]string, 0, MostGaps)
	for _, gap := range gaps[:min(len(gaps), MostGaps)] {
		name := fmt.Sprintf("partition %d offset %d", gap.Partition, gap.First)
		if gap.Last > gap.First {
			name = fmt.Sprintf("partition %d offsets %d to %d", gap.Partition, gap.First, gap.Last)
		}
		names = append(names, name)
	}
	if len(gaps) > MostGaps {
		names = append(names, "and more")
	}
	return []string{"no table has a row of " + strings.Join(names, ", ") +
		"; the stream job stores nothing behind a gap: rows were deleted from the tables by other means than the product's, or Kafka deleted the records before they were read"}
}

// nameVague names the spans of which not all records were erased.
func nameVague(erased Erased) []string {
	var names []string
	for _, span := range erased {
		if !span.isWhole() && len(names) < MostGaps {
			names = append(names, fmt.Sprintf("partition %d offsets %d to %d (%d of them)", span.Partition, span.First, span.Last, span.Records))
		}
	}
	if names == nil {
		return nil
	}
	return []string{"they are missing where records were erased on purpose too: " + strings.Join(names, ", ")}
}
