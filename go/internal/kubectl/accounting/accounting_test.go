package accounting

import (
	"slices"
	"strings"
	"testing"
)

func partition(number int32, start, end int64) Partition {
	return Partition{Partition: number, Start: start, End: end}
}

func TestTheLineSaysWhetherTheNumbersAddUp(t *testing.T) {
	cases := []struct {
		name     string
		received int64
		counts   Counts
		want     string
		balanced bool
	}{
		{"balanced", 10000, Counts{9999, 1, 0, nil}, "received 10000 = stored 9999 + failed 1 + duplicate 0", true},
		{"nothing", 0, Counts{}, "received 0 = stored 0 + failed 0 + duplicate 0", true},
		{"waiting", 10, Counts{4, 1, 2, nil}, "received 10 ≠ stored 4 + failed 1 + duplicate 2, 3 waiting", false},
		{"erased", 10, Counts{6, 1, 0, Erased{{0, 2, 4, 3}}}, "received 10 = stored 6 + failed 1 + duplicate 0 + erased 3", true},
		{"too many", 10, Counts{11, 0, 0, nil}, "received 10 ≠ stored 11 + failed 0 + duplicate 0", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			account := Balance("web", Received{Received: c.received}, c.counts)
			if account.String() != c.want || account.IsBalanced != c.balanced {
				t.Errorf("%v, balanced %v; want %s", &account, account.IsBalanced, c.want)
			}
		})
	}
}

func TestTheDiagnosisFindsWhereADifferenceComesFrom(t *testing.T) {
	cases := []struct {
		name      string
		partition Partition
		rows      []Rows
		want      []string
	}{
		{"nothing is wrong", partition(0, 0, 10), []Rows{{0, 10, 10, 10, 9}}, nil},
		{"the end still waits", partition(0, 0, 10), []Rows{{0, 4, 4, 4, 3}}, nil},
		{"everything still waits", partition(0, 0, 10), nil, nil},
		{"a record in two tables", partition(0, 0, 10), []Rows{{0, 12, 10, 10, 9}}, []string{
			"partition 0: 2 records are in the tables more than once, which is a fault of the stream job",
		}},
		{"a gap", partition(0, 0, 10), []Rows{{0, 7, 7, 7, 9}}, []string{
			"partition 0: 3 records before offset 9 are in no table, though later ones are",
		}},
		{"a gap among what Kafka still has", partition(0, 5, 10), []Rows{{0, 7, 7, 2, 9}}, []string{
			"partition 0: 3 records before offset 9 are in no table, though later ones are",
		}},
		{"a gap, and others that expired", partition(0, 5, 10), []Rows{{0, 5, 5, 3, 9}}, []string{
			"partition 0: 2 records before offset 9 are in no table, though later ones are",
			"partition 0: 3 records are in no table and Kafka has deleted records up to offset 5; raise the retention of the stream",
		}},
		{"expired beyond the last that was read", partition(0, 8, 10), []Rows{{0, 5, 5, 0, 4}}, []string{
			"partition 0: 3 records are in no table and Kafka has deleted records up to offset 8; raise the retention of the stream",
		}},
		{"doubles as many as are missing", partition(0, 0, 10), []Rows{{0, 10, 9, 9, 9}}, []string{
			"partition 0: 1 record is in the tables more than once, which is a fault of the stream job",
			"partition 0: 1 record before offset 9 is in no table, though later ones are",
		}},
		{"expired before they were read", partition(0, 5, 10), []Rows{{0, 5, 5, 5, 9}}, []string{
			"partition 0: 5 records are in no table and Kafka has deleted records up to offset 5; raise the retention of the stream",
		}},
		{"all expired", partition(0, 10, 10), nil, []string{
			"partition 0: 10 records are in no table and Kafka has deleted records up to offset 10; raise the retention of the stream",
		}},
		{"expired after they were read", partition(0, 5, 10), []Rows{{0, 10, 10, 5, 9}}, nil},
		{"a topic made anew", partition(0, 0, 10), []Rows{{0, 50, 50, 50, 49}}, []string{
			"partition 0: the tables hold offset 49, but the topic ends before 10: the topic was made anew, or the tables belong to another one",
		}},
		{"a partition that is not there", partition(0, 0, 10), []Rows{{0, 10, 10, 10, 9}, {7, 3, 3, 3, 2}}, []string{
			`the tables hold 3 rows of partition 7, which topic "raw" does not have: the topic was made anew, or the tables belong to another one`,
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := Diagnose(Received{Topic: "raw", Partitions: []Partition{c.partition}}, c.rows, nil)
			if !slices.Equal(got, c.want) {
				t.Errorf("diagnosis %q\nwant      %q", got, c.want)
			}
		})
	}
}

func TestTheQuestionsToTrino(t *testing.T) {
	const erased = ", (SELECT max(value) FROM x WHERE key = 'openclickstream.erased'), (SELECT max(value) FROM y WHERE key = 'openclickstream.erased')" +
		", (SELECT max(value) FROM z WHERE key = 'openclickstream.erased')"
	if got, want := CountsSQL([3]string{"a", "b", "c"}, [3]string{"x", "y", "z"}), "SELECT (SELECT count(*) FROM a) AS stored, (SELECT count(*) FROM b) AS failed, (SELECT count(*) FROM c) AS duplicate"+erased; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	want := "SELECT kafka_partition, sum(row_count) AS row_count, count(*) AS record_count, " +
		"count_if(kafka_offset >= CASE kafka_partition WHEN 1 THEN 7 ELSE 0 END) AS live_count, max(kafka_offset) AS last_offset FROM (" +
		"SELECT kafka_partition, kafka_offset, count(*) AS row_count FROM (" +
		"SELECT kafka_partition, kafka_offset FROM a UNION ALL SELECT kafka_partition, kafka_offset FROM b" +
		") GROUP BY kafka_partition, kafka_offset) GROUP BY kafka_partition ORDER BY kafka_partition"
	if got := RowsSQL([]Partition{partition(0, 0, 10), partition(1, 7, 10)}, "a", "b"); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if got := RowsSQL([]Partition{partition(0, 0, 10)}, "a"); !strings.Contains(got, "count_if(kafka_offset >= 0)") {
		t.Errorf("%s", got)
	}
}

func TestEqualNumbersOfOtherRecordsAreNoBalance(t *testing.T) {
	account := Balance("web", Received{Received: 10}, Counts{10, 0, 0, nil})
	account.Judge([]string{"something"})
	if want := "received 10 = stored 10 + failed 0 + duplicate 0, but not the same records:"; account.IsBalanced || account.String() != want {
		t.Errorf("%v, balanced %v; want %s", &account, account.IsBalanced, want)
	}
}

func TestTheStartsAreThoseThatTheRowsWereAskedAbout(t *testing.T) {
	received := Received{Partitions: []Partition{partition(0, 9, 12), partition(1, 0, 3)}}
	received.KeepStarts(Received{Partitions: []Partition{partition(0, 5, 10)}})
	if want := []Partition{partition(0, 5, 12), partition(1, 0, 3)}; !slices.Equal(received.Partitions, want) {
		t.Errorf("partitions %v, want %v", received.Partitions, want)
	}
}
