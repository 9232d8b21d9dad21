package plugin

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/delivery"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/generator"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/terminal"
)

type generateOptions struct {
	*sharedOptions
	paceOptions
	pipeline                     string
	malformed, duplicates, start string
	options                      generator.Options
}

func newGenerateCommand(shared *sharedOptions) *cobra.Command {
	o := &generateOptions{sharedOptions: shared}
	command := &cobra.Command{
		Use:   "generate",
		Short: "Make events of a web shop: visitors, sessions, pages, campaigns, and some that are broken or doubled",
		Long: `Make events of a web shop: visitors, sessions, pages, campaigns, and some that are broken or doubled.

Without --send the events are printed, one a line. The same options always give the same events with the same ids, so
that sending them again makes duplicates only; another --seed gives others.`,
		Example: `  kubectl clickstream generate --events 1000 > events.ndjson
  kubectl clickstream generate --events 10000 --seed 42 --malformed 1% --duplicates 2% --send web`,
		Args: cobra.NoArgs,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := o.complete(); err != nil {
				return err
			}
			if err := o.validate(); err != nil {
				return err
			}
			return o.run(command.Context())
		},
	}
	flags := command.Flags()
	flags.Int64Var(&o.options.Events, "events", 10_000, "lines to make, broken and doubled ones included")
	flags.Uint64Var(&o.options.Seed, "seed", 42, "beginning of the chance; the same seed gives the same events")
	flags.StringVar(&o.malformed, "malformed", "1%", "share of events that are broken")
	flags.StringVar(&o.duplicates, "duplicates", "2%", "share of events that repeat an earlier one")
	flags.StringVar(&o.start, "start", "2026-01-05T00:00:00Z", "time of the first event")
	flags.DurationVar(&o.options.Span, "span", 24*time.Hour, "time that the events spread over")
	flags.StringVar(&o.pipeline, "send", "", "pipeline to send the events to instead of printing them")
	o.paceOptions.addFlags(command)
	o.addCollectorFlag(command)
	return command
}

func (o *generateOptions) complete() error {
	var problems [3]error
	o.options.Malformed, problems[0] = parseShare("--malformed", o.malformed)
	o.options.Duplicates, problems[1] = parseShare("--duplicates", o.duplicates)
	o.options.Start, problems[2] = time.Parse(time.RFC3339, o.start)
	if problems[2] != nil {
		problems[2] = fmt.Errorf("--start must be a time such as 2026-01-05T00:00:00Z, not %q", o.start)
	}
	return errors.Join(problems[:]...)
}

// parseShare reads 1% or 0.01.
func parseShare(flag, text string) (float64, error) {
	number, isPercent := strings.CutSuffix(text, "%")
	share, err := strconv.ParseFloat(number, 64)
	if isPercent {
		share /= 100
	}
	if err != nil || share < 0 || share > 1 {
		return 0, fmt.Errorf("%s must be a share such as 1%% or 0.01, not %q", flag, text)
	}
	return share, nil
}

func (o *generateOptions) validate() error {
	return errors.Join(o.options.Validate(), o.paceOptions.validate())
}

func (o *generateOptions) run(ctx context.Context) error {
	made := generator.New(o.options)
	if o.pipeline == "" {
		if err := printAll(o.streams.Out, made); err != nil {
			return err
		}
		printf(o.streams.ErrOut, "%s\n", describeCounts(made.Counts()))
		return nil
	}
	to, err := o.collector(ctx, o.pipeline)
	if err != nil {
		return err
	}
	progress := terminal.NewProgress(o.streams.ErrOut, "events sent")
	pace := delivery.Pace{BatchSize: o.batchSize, Rate: o.rate}
	start := time.Now()
	totals, err := o.sender(to, o.patience, progress).Stream(ctx, made, pace, func(totals delivery.Totals) {
		progress.Show(totals.Sent, float64(totals.Sent)/float64(o.options.Events))
	})
	progress.Done()
	if err != nil {
		return brokenOff(totals, err)
	}
	printf(o.streams.Out, "%s\n", describeCounts(made.Counts()))
	return o.printTotals(totals, made.Counts().Malformed[contract.FailureInvalidJSON], time.Since(start))
}

func printAll(out io.Writer, source delivery.Source) error {
	buffered := bufio.NewWriter(out)
	for {
		event, err := source.Next()
		if errors.Is(err, io.EOF) {
			return buffered.Flush()
		}
		if err != nil {
			return err
		}
		if _, err := buffered.Write(append(slices.Clip(event), '\n')); err != nil {
			return err
		}
	}
}

// describeCounts says what was made: generated 1000 events: 970 good, 20 duplicates, 10 malformed (5 invalid_json, ...).
func describeCounts(counts *generator.Counts) string {
	var reasons []string
	for reason, count := range counts.Malformed {
		reasons = append(reasons, fmt.Sprintf("%d %s", count, reason))
	}
	slices.Sort(reasons)
	text := fmt.Sprintf("generated %s: %d good, %s, %d malformed",
		terminal.Count(counts.Total(), "event", "events"), counts.Good, terminal.Count(counts.Duplicates, "duplicate", "duplicates"), counts.MalformedTotal())
	if len(reasons) > 0 {
		text += " (" + strings.Join(reasons, ", ") + ")"
	}
	return text
}
