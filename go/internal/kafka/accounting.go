package kafka

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Accounting is how many records the topic has ever received.
type Accounting struct {
	Topic string `json:"topic"`
	// Received is the sum of the end offsets: every record since the topic was made, those already expired included.
	Received   int64                 `json:"received"`
	Partitions []PartitionAccounting `json:"partitions"`
}

// PartitionAccounting is one partition's part: its records have the offsets from Start up to, not including, End.
type PartitionAccounting struct {
	Partition int32 `json:"partition"`
	Start     int64 `json:"start"`
	End       int64 `json:"end"`
}

// ReadAccounting asks Kafka for the offsets of the topic.
func ReadAccounting(ctx context.Context, client *kgo.Client, topic string) (Accounting, error) {
	admin := kadm.NewClient(client)
	starts, err := listOffsets(ctx, admin.ListStartOffsets, topic)
	if err != nil {
		return Accounting{}, err
	}
	ends, err := listOffsets(ctx, admin.ListEndOffsets, topic)
	if err != nil {
		return Accounting{}, err
	}
	accounting := Accounting{Topic: topic, Partitions: []PartitionAccounting{}}
	for _, end := range ends.Offsets().Sorted() {
		start, _ := starts.Lookup(topic, end.Partition)
		accounting.Received += end.At
		accounting.Partitions = append(accounting.Partitions,
			PartitionAccounting{Partition: end.Partition, Start: start.Offset, End: end.At})
	}
	return accounting, nil
}

type offsetLister func(ctx context.Context, topics ...string) (kadm.ListedOffsets, error)

func listOffsets(ctx context.Context, list offsetLister, topic string) (kadm.ListedOffsets, error) {
	offsets, err := list(ctx, topic)
	if err == nil {
		err = offsets.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("listing the offsets of topic %q: %w", topic, err)
	}
	return offsets, nil
}
