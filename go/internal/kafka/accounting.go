package kafka

import (
	"context"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
)

// ReadAccounting asks Kafka for the offsets of the topic. Received is the sum of the end offsets: every record since the
// topic was made, those already expired included.
func ReadAccounting(ctx context.Context, client *kgo.Client, topic string) (contract.Accounting, error) {
	admin := kadm.NewClient(client)
	starts, err := listOffsets(ctx, admin.ListStartOffsets, topic)
	if err != nil {
		return contract.Accounting{}, err
	}
	ends, err := listOffsets(ctx, admin.ListEndOffsets, topic)
	if err != nil {
		return contract.Accounting{}, err
	}
	accounting := contract.Accounting{Topic: topic, Partitions: []contract.AccountingPartition{}}
	for _, end := range ends.Offsets().Sorted() {
		start, _ := starts.Lookup(topic, end.Partition)
		accounting.Received += end.At
		accounting.Partitions = append(accounting.Partitions,
			contract.AccountingPartition{Partition: end.Partition, Start: start.Offset, End: end.At})
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
