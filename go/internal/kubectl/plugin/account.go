package plugin

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/accounting"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/cluster"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/terminal"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/trino"
)

type accountOptions struct {
	*sharedOptions
	pipelineName, output string
	wait                 time.Duration
	isLagAllowed         bool
}

func newAccountCommand(shared *sharedOptions) *cobra.Command {
	o := &accountOptions{sharedOptions: shared}
	command := &cobra.Command{
		Use:   "account PIPELINE",
		Short: "Account for every event: received = stored + failed + duplicate",
		Long: `Account for every event: received = stored + failed + duplicate.

Received is what the raw topic has got since it was made, as the collector reads it from Kafka; the others are counted in
the tables by Trino. Then each partition's offsets are compared, since a record that is missing and one that is there twice
add up as well. The exit code is 1 when the numbers do not add up or the records are not the same.`,
		Example: `  kubectl clickstream account web
  kubectl clickstream account web --wait
  kubectl clickstream account web --wait 10m
  kubectl clickstream account web --output json --allow-lag`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(command *cobra.Command, args []string) error {
			if err := o.complete(args, command.Flags().Changed("wait")); err != nil {
				return err
			}
			if err := o.validate(); err != nil {
				return err
			}
			return o.run(command.Context())
		},
	}
	flags := command.Flags()
	flags.StringVarP(&o.output, "output", "o", "text", "form of the answer: text or json")
	flags.DurationVar(&o.wait, "wait", 0, fmt.Sprintf("how long to wait until no event is waiting any longer; %v where only --wait is said", defaultWait))
	flags.Lookup("wait").NoOptDefVal = defaultWait.String()
	flags.BoolVar(&o.isLagAllowed, "allow-lag", false, "let events that still wait be no reason for exit code 1")
	o.addInternalFlag(command)
	o.addTrinoFlags(command)
	return command
}

const defaultWait = 2 * time.Minute

// complete takes the arguments: the pipeline, and beside it the time to wait, since a flag that needs no value takes none
// that stands behind it.
func (o *accountOptions) complete(args []string, isWaiting bool) error {
	o.pipelineName = args[0]
	if len(args) == 1 {
		return nil
	}
	for i := len(args) - 1; i >= 0 && isWaiting; i-- {
		if wait, err := time.ParseDuration(args[i]); err == nil {
			o.wait, o.pipelineName = wait, args[1-i]
			return nil
		}
	}
	return fmt.Errorf("one pipeline at a time, not %q", args)
}

func (o *accountOptions) validate() error {
	if o.output != "text" && o.output != "json" {
		return fmt.Errorf("--output must be text or json, not %q", o.output)
	}
	if o.wait < 0 {
		return fmt.Errorf("--wait must not be negative, it is %v", o.wait)
	}
	return nil
}

// books are where the numbers are read.
type books struct {
	pipeline  *cluster.Pipeline
	collector endpoint
	trino     *trino.Client
}

func (o *accountOptions) run(ctx context.Context) error {
	access, pipeline, err := o.pipeline(ctx, o.pipelineName)
	if err != nil {
		return err
	}
	b := books{pipeline: pipeline}
	if b.collector, err = o.collectorInternal(access, pipeline); err != nil {
		return err
	}
	if b.trino, err = o.trinoOf(ctx, access, pipeline); err != nil {
		return err
	}
	account, err := o.readUntilBalanced(ctx, &b)
	if err != nil {
		return err
	}
	diagnosis, err := b.diagnose(ctx)
	if err != nil {
		return err
	}
	account.Judge(diagnosis)
	return o.print(account)
}

const accountInterval = time.Second

// readUntilBalanced reads the account again and again while events wait and there is time.
func (o *accountOptions) readUntilBalanced(ctx context.Context, b *books) (*accounting.Account, error) {
	deadline := time.Now().Add(o.wait)
	progress := terminal.NewProgress(o.streams.ErrOut, "events accounted for")
	defer progress.Done()
	for {
		account, err := b.read(ctx)
		if err != nil {
			return nil, err
		}
		if account.Waiting == 0 || time.Now().Add(accountInterval).After(deadline) {
			return account, nil
		}
		done := account.Received - account.Waiting
		progress.Show(done, float64(done)/float64(account.Received))
		select {
		case <-time.After(accountInterval):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (b *books) read(ctx context.Context) (*accounting.Account, error) {
	counts, err := b.readCounts(ctx)
	if err != nil {
		return nil, fmt.Errorf("counting the rows of the tables: %w", err)
	}
	received, err := b.readReceived(ctx)
	if err != nil {
		return nil, err
	}
	account := accounting.Balance(b.pipeline.Name, received, counts)
	return &account, nil
}

// looks is how often something must be found wrong before it is said to be.
const looks = 3

// diagnose looks again when something is wrong: a batch becomes visible table by table, so that for a moment records of one
// table can be missing before those of another.
func (b *books) diagnose(ctx context.Context) ([]string, error) {
	for look := 1; ; look++ {
		diagnosis, err := b.look(ctx)
		if err != nil {
			return nil, fmt.Errorf("comparing the tables with the topic: %w", err)
		}
		if len(diagnosis) == 0 {
			return nil, nil
		}
		if look == looks {
			counts, err := b.readCounts(ctx)
			if err != nil {
				return nil, fmt.Errorf("looking for the rows that are missing: %w", err)
			}
			gaps, err := b.readGaps(ctx, counts.Erased)
			if err != nil {
				return nil, fmt.Errorf("looking for the rows that are missing: %w", err)
			}
			return append(diagnosis, accounting.NameGaps(gaps, counts.Erased)...), nil
		}
		select {
		case <-time.After(accountInterval):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (b *books) look(ctx context.Context) ([]string, error) {
	before, err := b.readReceived(ctx)
	if err != nil {
		return nil, err
	}
	// What is erased in between seems lost, and is found to be erased by the next look.
	counts, err := b.readCounts(ctx)
	if err != nil {
		return nil, err
	}
	rows, err := b.readRows(ctx, before.Partitions)
	if err != nil {
		return nil, err
	}
	// The topic is read after the tables, whose rows it must have.
	received, err := b.readReceived(ctx)
	if err != nil {
		return nil, err
	}
	received.KeepStarts(before)
	return accounting.Diagnose(received, rows, counts.Erased), nil
}

func (b *books) readReceived(ctx context.Context) (accounting.Received, error) {
	var received accounting.Received
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.collector.url+contract.PathAccounting, nil)
	if err != nil {
		return received, err
	}
	response, err := b.collector.client.Do(request)
	if err != nil {
		return received, fmt.Errorf("asking the collector how many events it received: %w", err)
	}
	defer func() { _ = response.Body.Close() }() // only read from
	text, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return received, fmt.Errorf("reading the collector's accounting: %w", err)
	}
	if response.StatusCode != http.StatusOK {
		return received, fmt.Errorf("the collector cannot say how many events it received, it answers %s: %s",
			response.Status, strings.TrimSpace(string(text)))
	}
	if err := json.Unmarshal(text, &received); err != nil {
		return received, fmt.Errorf("reading the collector's accounting: %w", err)
	}
	return received, nil
}

func (b *books) tables() [3]string { return b.tablesWith("") }

// tablesWith are the SQL names of the tables, with a suffix such as `$properties`.
func (b *books) tablesWith(suffix string) [3]string {
	t := b.pipeline.Tables
	return [3]string{
		trino.TableName(lakeCatalog, t.Events+suffix), trino.TableName(lakeCatalog, t.FailedEvents+suffix), trino.TableName(lakeCatalog, t.DuplicateEvents+suffix),
	}
}

func (b *books) readCounts(ctx context.Context) (accounting.Counts, error) {
	tables := b.tables()
	result, err := b.trino.Query(ctx, accounting.CountsSQL(tables, b.tablesWith("$properties")))
	if err != nil {
		return accounting.Counts{}, err
	}
	if len(result.Rows) != 1 || len(result.Rows[0]) != 2*len(tables) {
		return accounting.Counts{}, fmt.Errorf("Trino answers %v where the counts of three tables must be", result.Rows)
	}
	var numbers [3]int64
	var erased accounting.Erased
	for i := range tables {
		if numbers[i], err = numberOf(result.Rows[0][i]); err != nil {
			return accounting.Counts{}, err
		}
		ofTable, err := accounting.ParseErased(trino.Text(result.Rows[0][len(tables)+i], ""))
		if err != nil {
			return accounting.Counts{}, fmt.Errorf("table %s: %w", tables[i], err)
		}
		erased = append(erased, ofTable...)
	}
	return accounting.Counts{Stored: numbers[0], Failed: numbers[1], Duplicate: numbers[2], Erased: erased}, nil
}

func (b *books) readRows(ctx context.Context, partitions []accounting.Partition) ([]accounting.Rows, error) {
	tables := b.tables()
	numbers, err := b.numbers(ctx, accounting.RowsSQL(partitions, tables[:]...))
	if err != nil {
		return nil, err
	}
	rows := make([]accounting.Rows, len(numbers))
	for i, n := range numbers {
		rows[i] = accounting.Rows{Partition: int32(n[0]), Rows: n[1], Records: n[2], Live: n[3], Last: n[4]}
	}
	return rows, nil
}

func (b *books) readGaps(ctx context.Context, erased accounting.Erased) ([]accounting.Gap, error) {
	tables := b.tables()
	numbers, err := b.numbers(ctx, accounting.GapsSQL(erased, tables[:]...))
	if err != nil {
		return nil, err
	}
	gaps := make([]accounting.Gap, len(numbers))
	for i, n := range numbers {
		gaps[i] = accounting.Gap{Partition: int32(n[0]), First: n[1], Last: n[2]}
	}
	return gaps, nil
}

// numbers asks a question whose answer consists of whole numbers.
func (b *books) numbers(ctx context.Context, sql string) ([][]int64, error) {
	result, err := b.trino.Query(ctx, sql)
	if err != nil {
		return nil, err
	}
	rows := make([][]int64, len(result.Rows))
	for i, row := range result.Rows {
		for _, value := range row {
			number, err := numberOf(value)
			if err != nil {
				return nil, err
			}
			rows[i] = append(rows[i], number)
		}
	}
	return rows, nil
}

func numberOf(value any) (int64, error) {
	number, err := json.Number(trino.Text(value, "")).Int64()
	if err != nil {
		return 0, fmt.Errorf("Trino answers %v where a number must be", value)
	}
	return number, nil
}

func (o *accountOptions) print(account *accounting.Account) error {
	if o.output == "json" {
		if err := writeJSON(o.streams.Out, account); err != nil {
			return err
		}
	} else {
		printf(o.streams.Out, "%s\n", account)
		for _, line := range account.Diagnosis {
			printf(o.streams.Out, "  %s\n", line)
		}
		if account.IsOnlyLate() {
			printf(o.streams.ErrOut, "%s on the way into the tables; --wait waits for that, and status shows whether the stream job runs\n",
				terminal.Count(account.Waiting, "event is", "events are"))
		}
	}
	if account.IsBalanced || (o.isLagAllowed && account.IsOnlyLate()) {
		return nil
	}
	return ErrNegative
}
