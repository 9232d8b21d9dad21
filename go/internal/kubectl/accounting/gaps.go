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

// GapsSQL asks for the gaps of the tables, which are given as SQL names; for one more than are named.
func GapsSQL(tables ...string) string {
	const partition, offset = contract.ColumnKafkaPartition, contract.ColumnKafkaOffset
	parts := make([]string, len(tables))
	for i, table := range tables {
		parts[i] = "SELECT " + partition + ", " + offset + " FROM " + table
	}
	return "SELECT " + partition + ", previous + 1, " + offset + " - 1 FROM (SELECT " + partition + ", " + offset +
		", lag(" + offset + ", 1, -1) OVER (PARTITION BY " + partition + " ORDER BY " + offset + ") AS previous FROM (" +
		// UNION keeps one of those that are there twice.
		strings.Join(parts, " UNION ") + ")) WHERE " + offset + " > previous + 1 ORDER BY 1, 2" + fmt.Sprintf(" LIMIT %d", MostGaps+1)
}

// NameGaps says where rows are missing and what that means: the stream job stores nothing behind a gap, so the rows have been there.
func NameGaps(gaps []Gap) []string {
	if len(gaps) == 0 {
		return nil
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
		"; the stream job stores nothing behind a gap: rows were deleted from the tables, or Kafka deleted the records before they were read"}
}
