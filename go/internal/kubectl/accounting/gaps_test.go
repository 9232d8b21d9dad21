package accounting

import (
	"strings"
	"testing"
)

func TestRowsThatVanishedAreNamedByPartitionAndOffsets(t *testing.T) {
	const meaning = "; the stream job stores nothing behind a gap: rows were deleted from the tables by other means than the product's, or Kafka deleted the records before they were read"
	got := NameGaps([]Gap{{0, 4, 4}, {2, 7, 19}}, nil)
	if want := "no table has a row of partition 0 offset 4, partition 2 offsets 7 to 19" + meaning; len(got) != 1 || got[0] != want {
		t.Errorf("%q\nwant %q", got, want)
	}
	if got := NameGaps(nil, nil); got != nil {
		t.Errorf("%q of no gap", got)
	}
	many := make([]Gap, MostGaps+1)
	if got := NameGaps(many, nil); !strings.HasSuffix(got[0], ", and more"+meaning) || strings.Count(got[0], "offset 0") != MostGaps {
		t.Errorf("%q", got)
	}
}

func TestGapsAreAskedForOverAllTables(t *testing.T) {
	want := "SELECT kafka_partition, previous + 1, kafka_offset - 1 FROM (SELECT kafka_partition, kafka_offset, " +
		"coalesce(max(last_offset) OVER (PARTITION BY kafka_partition ORDER BY kafka_offset ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), -1) AS previous FROM (" +
		"SELECT kafka_partition, kafka_offset, kafka_offset AS last_offset FROM a UNION SELECT kafka_partition, kafka_offset, kafka_offset AS last_offset FROM b" +
		" UNION VALUES (0, 4, 4), (1, 7, 19))) WHERE kafka_offset > previous + 1 ORDER BY 1, 2 LIMIT 21"
	if got := GapsSQL(Erased{{0, 4, 4, 1}, {1, 7, 19, 13}}, "a", "b"); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if got := GapsSQL(nil, "a"); strings.Contains(got, "VALUES") {
		t.Errorf("%s", got)
	}
}
