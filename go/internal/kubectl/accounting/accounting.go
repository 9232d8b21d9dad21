// Package accounting compares how many events a pipeline received with how many its tables hold, and finds out where a
// difference comes from: every raw record has a partition and an offset, and each must be in exactly one table once.
package accounting

import (
	"fmt"
	"strings"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/terminal"
)

// Account is where every received event went.
type Account struct {
	Pipeline string `json:"pipeline"`
	// Received is how many records the raw topic has ever got.
	Received  int64 `json:"received"`
	Stored    int64 `json:"stored"`
	Failed    int64 `json:"failed"`
	Duplicate int64 `json:"duplicate"`
	// Erased is how many the product took out of the tables on purpose, such as for a person or after their time.
	Erased int64 `json:"erased"`
	// Waiting is how many are received and in no table yet.
	Waiting int64 `json:"waiting"`
	// IsBalanced: received = stored + failed + duplicate + erased, and they are the same records.
	IsBalanced bool `json:"balanced"`
	// Diagnosis says what is wrong with the records and what to do.
	Diagnosis []string `json:"diagnosis,omitempty"`
}

// Partition is one partition of the raw topic: its records have the offsets from Start up to, not including, End.
type Partition = contract.AccountingPartition

// Received is what the collector says about the raw topic.
type Received contract.Accounting

// Rows is what the three tables together hold of one partition.
type Rows struct {
	Partition int32
	// Rows counts all rows, Records those with different offsets, and Live those of them that Kafka still has.
	Rows, Records, Live int64
	// Last is the highest offset.
	Last int64
}

// Counts are the rows of the three tables.
type Counts struct {
	Stored, Failed, Duplicate int64
	Erased                    Erased
}

// Balance makes the account. The counts must have been read before received, so that events which arrive in between
// are waiting rather than too many.
func Balance(pipeline string, received Received, counts Counts) Account {
	erased := counts.Erased.Records()
	accounted := counts.Stored + counts.Failed + counts.Duplicate + erased
	return Account{
		Pipeline: pipeline, Received: received.Received,
		Stored: counts.Stored, Failed: counts.Failed, Duplicate: counts.Duplicate, Erased: erased,
		Waiting: max(0, received.Received-accounted), IsBalanced: received.Received == accounted,
	}
}

// Judge adds what Diagnose found: equal numbers prove nothing when one record is missing and another is there twice.
func (a *Account) Judge(diagnosis []string) {
	a.Diagnosis = diagnosis
	a.IsBalanced = a.IsBalanced && len(diagnosis) == 0
}

// IsOnlyLate reports whether nothing is wrong but that events still wait.
func (a *Account) IsOnlyLate() bool { return a.Waiting > 0 && len(a.Diagnosis) == 0 }

// String is the accounting line.
func (a *Account) String() string {
	sign := "≠"
	isEqual := a.Received == a.Stored+a.Failed+a.Duplicate+a.Erased
	if isEqual {
		sign = "="
	}
	line := fmt.Sprintf("received %d %s stored %d + failed %d + duplicate %d", a.Received, sign, a.Stored, a.Failed, a.Duplicate)
	if a.Erased > 0 {
		line += fmt.Sprintf(" + erased %d", a.Erased)
	}
	if a.Waiting > 0 {
		line += fmt.Sprintf(", %d waiting", a.Waiting)
	}
	if isEqual && len(a.Diagnosis) > 0 {
		line += ", but not the same records:"
	}
	return line
}

// KeepStarts takes the starts of an earlier reading, the one that the rows were asked about: Kafka may have deleted more since.
func (r *Received) KeepStarts(earlier Received) {
	for i := range min(len(r.Partitions), len(earlier.Partitions)) {
		r.Partitions[i].Start = earlier.Partitions[i].Start
	}
}

// Diagnose compares partition by partition and says what is wrong beyond records that are still waiting at the end.
func Diagnose(received Received, rows []Rows, erased Erased) []string {
	byPartition := map[int32]Rows{}
	for _, row := range rows {
		byPartition[row.Partition] = row
	}
	var diagnosis []string
	for _, partition := range received.Partitions {
		row, hasRows := byPartition[partition.Partition]
		if !hasRows {
			row.Last = -1
		}
		delete(byPartition, partition.Partition)
		diagnosis = append(diagnosis, diagnosePartition(partition, row, erased)...)
	}
	for _, row := range rows {
		if _, isUnknown := byPartition[row.Partition]; isUnknown {
			diagnosis = append(diagnosis, fmt.Sprintf("the tables hold %s of partition %d, which topic %q does not have: %s",
				terminal.Count(row.Rows, "row", "rows"), row.Partition, received.Topic, anotherTopic))
		}
	}
	return diagnosis
}

const anotherTopic = "the topic was made anew, or the tables belong to another one"

func diagnosePartition(partition Partition, row Rows, erased Erased) []string {
	var diagnosis []string
	if row.Rows > row.Records {
		diagnosis = append(diagnosis, fmt.Sprintf("partition %d: %s in the tables more than once, which is a fault of the stream job",
			partition.Partition, terminal.Count(row.Rows-row.Records, "record is", "records are")))
	}
	if row.Last >= partition.End {
		return append(diagnosis, fmt.Sprintf("partition %d: the tables hold offset %d, but the topic ends before %d: %s",
			partition.Partition, row.Last, partition.End, anotherTopic))
	}
	erasedRecords, lastErased, least, most := erased.of(partition.Partition, partition.Start)
	missing := partition.Start - (row.Records - row.Live)
	// Where it is not known on which side of the start they were erased, they are where records are missing.
	erasedBefore := min(max(missing, least), most)
	last := max(row.Last, lastErased)
	if lost := last + 1 - partition.Start - row.Live - (erasedRecords - erasedBefore); lost > 0 {
		diagnosis = append(diagnosis, fmt.Sprintf("partition %d: %s before offset %d %s in no table, though later ones are",
			partition.Partition, terminal.Count(lost, "record", "records"), last, isOrAre(lost)))
	}
	if expired := missing - erasedBefore; expired > 0 {
		diagnosis = append(diagnosis, fmt.Sprintf("partition %d: %s in no table and Kafka has deleted records up to offset %d; raise the retention of the stream",
			partition.Partition, terminal.Count(expired, "record is", "records are"), partition.Start))
	}
	return diagnosis
}

func isOrAre(count int64) string {
	if count == 1 {
		return "is"
	}
	return "are"
}

// CountsSQL counts the rows of the tables and reads what was erased from each, in one look at them. Tables and their
// properties are given as SQL names.
func CountsSQL(tables, properties [3]string) string {
	return fmt.Sprintf("SELECT (SELECT count(*) FROM %s) AS stored, (SELECT count(*) FROM %s) AS failed, (SELECT count(*) FROM %s) AS duplicate, %s, %s, %s",
		tables[0], tables[1], tables[2], erasedSQL(properties[0]), erasedSQL(properties[1]), erasedSQL(properties[2]))
}

// RowsSQL reads Rows of the tables, which are given as SQL names.
func RowsSQL(partitions []Partition, tables ...string) string {
	const partition, offset = contract.ColumnKafkaPartition, contract.ColumnKafkaOffset
	var parts []string
	for _, table := range tables {
		parts = append(parts, "SELECT "+partition+", "+offset+" FROM "+table)
	}
	return "SELECT " + partition + ", sum(row_count) AS row_count, count(*) AS record_count, " +
		"count_if(" + offset + " >= " + startSQL(partitions) + ") AS live_count, max(" + offset + ") AS last_offset FROM (" +
		"SELECT " + partition + ", " + offset + ", count(*) AS row_count FROM (" + strings.Join(parts, " UNION ALL ") +
		") GROUP BY " + partition + ", " + offset + ") GROUP BY " + partition + " ORDER BY " + partition
}

// startSQL is the first offset that Kafka still has of a row's partition.
func startSQL(partitions []Partition) string {
	var cases strings.Builder
	for _, p := range partitions {
		if p.Start > 0 {
			fmt.Fprintf(&cases, " WHEN %d THEN %d", p.Partition, p.Start)
		}
	}
	if cases.Len() == 0 {
		return "0"
	}
	return "CASE " + contract.ColumnKafkaPartition + cases.String() + " ELSE 0 END"
}
