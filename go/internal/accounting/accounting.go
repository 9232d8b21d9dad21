// Package accounting compares how many events a pipeline received with how many its tables hold, and finds out where a
// difference comes from: every raw record has a partition and an offset, and each must be in exactly one table once.
package accounting

import (
	"fmt"
	"strings"
)

// Account is where every received event went.
type Account struct {
	Pipeline string `json:"pipeline"`
	// Received is how many records the raw topic has ever got.
	Received  int64 `json:"received"`
	Stored    int64 `json:"stored"`
	Failed    int64 `json:"failed"`
	Duplicate int64 `json:"duplicate"`
	// Waiting is how many are received and in no table yet.
	Waiting int64 `json:"waiting"`
	// IsBalanced: received = stored + failed + duplicate.
	IsBalanced bool `json:"balanced"`
	// Diagnosis says, when it is not balanced, what is wrong and what to do.
	Diagnosis []string `json:"diagnosis,omitempty"`
}

// Partition is one partition of the raw topic: its records have the offsets from Start up to, not including, End.
type Partition struct {
	Partition int32 `json:"partition"`
	Start     int64 `json:"start"`
	End       int64 `json:"end"`
}

// Received is what the collector says about the raw topic.
type Received struct {
	Topic      string      `json:"topic"`
	Received   int64       `json:"received"`
	Partitions []Partition `json:"partitions"`
}

// Rows is what the three tables together hold of one partition.
type Rows struct {
	Partition int32
	// Rows counts all rows, Records those with different offsets.
	Rows, Records int64
	// Last is the highest offset.
	Last int64
}

// Counts are the rows of the three tables.
type Counts struct{ Stored, Failed, Duplicate int64 }

// Balance makes the account. The counts must have been read before received, so that events which arrive in between
// are waiting rather than too many.
func Balance(pipeline string, received Received, counts Counts) Account {
	accounted := counts.Stored + counts.Failed + counts.Duplicate
	return Account{
		Pipeline: pipeline, Received: received.Received,
		Stored: counts.Stored, Failed: counts.Failed, Duplicate: counts.Duplicate,
		Waiting: max(0, received.Received-accounted), IsBalanced: received.Received == accounted,
	}
}

// IsOnlyLate reports whether nothing is wrong but that events still wait.
func (a *Account) IsOnlyLate() bool { return a.Waiting > 0 && len(a.Diagnosis) == 0 }

// String is the accounting line.
func (a *Account) String() string {
	sign := "="
	if !a.IsBalanced {
		sign = "≠"
	}
	line := fmt.Sprintf("received %d %s stored %d + failed %d + duplicate %d", a.Received, sign, a.Stored, a.Failed, a.Duplicate)
	if a.Waiting > 0 {
		line += fmt.Sprintf(", %d waiting", a.Waiting)
	}
	return line
}

// Diagnose compares partition by partition and says what is wrong beyond records that are still waiting at the end.
func Diagnose(received Received, rows []Rows) []string {
	byPartition := map[int32]Rows{}
	for _, row := range rows {
		byPartition[row.Partition] = row
	}
	var diagnosis []string
	for _, partition := range received.Partitions {
		row, hasRows := byPartition[partition.Partition]
		delete(byPartition, partition.Partition)
		if hasRows {
			diagnosis = append(diagnosis, diagnosePartition(partition, row)...)
		} else if partition.Start > 0 {
			diagnosis = append(diagnosis, expired(partition, partition.Start))
		}
	}
	for _, row := range rows {
		if _, isUnknown := byPartition[row.Partition]; isUnknown {
			diagnosis = append(diagnosis, fmt.Sprintf("the tables hold %d rows of partition %d, which topic %q does not have: %s",
				row.Rows, row.Partition, received.Topic, anotherTopic))
		}
	}
	return diagnosis
}

const anotherTopic = "the topic was made anew, or the tables belong to another one"

func diagnosePartition(partition Partition, row Rows) []string {
	var diagnosis []string
	if row.Rows > row.Records {
		diagnosis = append(diagnosis, fmt.Sprintf("partition %d: %d records are in the tables more than once, which is a fault of the stream job",
			partition.Partition, row.Rows-row.Records))
	}
	if row.Last >= partition.End {
		return append(diagnosis, fmt.Sprintf("partition %d: the tables hold offset %d, but the topic ends before %d: %s",
			partition.Partition, row.Last, partition.End, anotherTopic))
	}
	missing := row.Last + 1 - row.Records
	switch {
	case missing > 0 && missing <= partition.Start:
		diagnosis = append(diagnosis, expired(partition, missing))
	case missing > 0:
		diagnosis = append(diagnosis, fmt.Sprintf("partition %d: %d records before offset %d are in no table, though later ones are",
			partition.Partition, missing, row.Last))
	}
	return diagnosis
}

func expired(partition Partition, records int64) string {
	return fmt.Sprintf("partition %d: %d records are in no table and Kafka has deleted records up to offset %d; raise the retention of the stream",
		partition.Partition, records, partition.Start)
}

// CountsSQL counts the rows of the tables, which are given as SQL names.
func CountsSQL(events, failed, duplicates string) string {
	return fmt.Sprintf("SELECT (SELECT count(*) FROM %s) AS stored, (SELECT count(*) FROM %s) AS failed, (SELECT count(*) FROM %s) AS duplicate",
		events, failed, duplicates)
}

// RowsSQL reads Rows of the tables, which are given as SQL names.
func RowsSQL(tables ...string) string {
	var parts []string
	for _, table := range tables {
		parts = append(parts, "SELECT kafka_partition, kafka_offset FROM "+table)
	}
	return "SELECT kafka_partition, count(*) AS row_count, count(DISTINCT kafka_offset) AS record_count, max(kafka_offset) AS last_offset FROM (" +
		strings.Join(parts, " UNION ALL ") + ") GROUP BY kafka_partition ORDER BY kafka_partition"
}
