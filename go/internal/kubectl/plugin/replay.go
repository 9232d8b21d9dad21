package plugin

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/accesslog"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/delivery"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/terminal"
)

const (
	defaultBatchSize = 500
	largestBatchSize = 5000
)

// paceOptions are the flags of everything that sends many events.
type paceOptions struct {
	rate      float64
	batchSize int
	patience  time.Duration
}

func (o *paceOptions) addFlags(command *cobra.Command) {
	flags := command.Flags()
	flags.Float64Var(&o.rate, "rate", 0, "events a second; 0 is as fast as the collector takes them")
	flags.IntVar(&o.batchSize, "batch-size", defaultBatchSize, fmt.Sprintf("events of one request, from 1 to %d", largestBatchSize))
	flags.DurationVar(&o.patience, "patience", defaultPatience, "how long one batch is tried while the collector cannot take it")
}

func (o *paceOptions) validate() error {
	if o.batchSize < 1 || o.batchSize > largestBatchSize {
		return fmt.Errorf("--batch-size must be from 1 to %d, not %d", largestBatchSize, o.batchSize)
	}
	if o.rate < 0 {
		return fmt.Errorf("--rate must not be negative, it is %v", o.rate)
	}
	return nil
}

type replayOptions struct {
	*sharedOptions
	paceOptions
	pipeline, file, format, source string
	sites                          []string
	limit                          int64
}

func newReplayCommand(shared *sharedOptions) *cobra.Command {
	o := &replayOptions{sharedOptions: shared}
	command := &cobra.Command{
		Use:   "replay PIPELINE FILE",
		Short: "Send each line of an access log as an event",
		Long: `Send each line of an access log as an event, in the order of the file.

An event's id is made of the source's name, the line's number and the line, so that replaying the same log again makes
duplicates only, and an interrupted replay can simply be started again. FILE may be packed with gzip, bzip2 or zstd; - is
the standard input, which needs --source. A file that is no access log sends nothing, and the exit code is 2.`,
		Example: `  kubectl clickstream replay web access.log.gz
  kubectl clickstream replay web --site www.example.com --site example.com access.log
  zcat access.log.*.gz | kubectl clickstream replay web --format combined --source may -
  kubectl clickstream replay web --format w3c --rate 200 --limit 1000 u_ex261129.log`,
		Args: cobra.ExactArgs(2),
		RunE: func(command *cobra.Command, args []string) error {
			o.complete(args)
			if err := o.validate(); err != nil {
				return err
			}
			return o.run(command.Context())
		},
	}
	flags := command.Flags()
	flags.StringVar(&o.format, "format", accesslog.AutoFormat, "format of the log: "+strings.Join(contract.LogFormats, ", ")+
		"; auto tells it by the first lines, and says what it found")
	flags.StringArrayVar(&o.sites, "site", nil, "host name of the log's own site, whose referrers are internal; may be given several times")
	flags.StringVar(&o.source, "source", "", "name that the log has in event ids; by default the file's name without its folder")
	flags.Int64Var(&o.limit, "limit", 0, "the most lines to send; 0 is all")
	o.paceOptions.addFlags(command)
	o.addCollectorFlag(command)
	return command
}

func (o *replayOptions) complete(args []string) {
	o.pipeline, o.file = args[0], args[1]
	if o.source == "" && o.file != "-" {
		o.source = filepath.Base(o.file)
	}
}

func (o *replayOptions) validate() error {
	switch {
	case o.format != accesslog.AutoFormat && !slices.Contains(contract.LogFormats, o.format):
		return fmt.Errorf("--format must be %s or %s, not %q", accesslog.AutoFormat, strings.Join(contract.LogFormats, ", "), o.format)
	case o.source == "":
		return errors.New("the standard input has no name; give it one with --source, which event ids are made of")
	case o.limit < 0:
		return fmt.Errorf("--limit must not be negative, it is %d", o.limit)
	}
	for i, site := range o.sites {
		if o.sites[i] = strings.ToLower(site); !hostName.MatchString(o.sites[i]) {
			return fmt.Errorf("--site must be a host name such as www.example.com, not %q", site)
		}
	}
	return o.paceOptions.validate()
}

// hostName is a name or address without scheme, port and path.
var hostName = regexp.MustCompile(`^([a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\])$`)

func (o *replayOptions) run(ctx context.Context) error {
	log, err := accesslog.Open(o.file, o.streams.In)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // only read from
	found := accesslog.Look(log.Lines)
	format, err := accesslog.FormatOf(o.format, found)
	if err != nil {
		return err
	}
	if o.format == accesslog.AutoFormat && found.Format != "" {
		printf(o.streams.ErrOut, "the log's format is %s\n", found)
	}
	to, err := o.collector(ctx, o.pipeline)
	if err != nil {
		return err
	}
	progress := terminal.NewProgress(o.streams.ErrOut, "events sent")
	pace := delivery.Pace{BatchSize: o.batchSize, Rate: o.rate, Limit: o.limit}
	start := time.Now()
	events := accesslog.NewReader(log.Lines, accesslog.Log{Source: o.source, Format: format, Site: o.sites})
	totals, err := o.sender(to, o.patience, progress).Stream(ctx, events, pace, func(totals delivery.Totals) {
		progress.Show(totals.Sent, o.share(log, totals.Sent))
	})
	progress.Done()
	if err != nil {
		return brokenOff(totals, err)
	}
	if directives := events.Directives(); directives > 0 {
		printf(o.streams.Out, "%s about the log and no events\n", terminal.Count(directives, "line was", "lines were"))
	}
	return o.printTotals(totals, 0, time.Since(start))
}

// share is how far the replay is, or -1.
func (o *replayOptions) share(log *accesslog.File, sent int64) float64 {
	if o.limit > 0 {
		return float64(sent) / float64(o.limit)
	}
	return log.Share()
}

// printTotals prints the line that ends each sending. The answer is no when the collector could not read other than the
// number of events that were meant to be unreadable.
func (o *sharedOptions) printTotals(totals delivery.Totals, meant int64, took time.Duration) error {
	seconds := max(took.Seconds(), 0.001)
	if totals.Failed > 0 {
		printf(o.streams.Out, "the collector itself could not read %d of them and kept them as failed events\n", totals.Failed)
	}
	printf(o.streams.Out, "sent %s in %.1f s (%.0f events/s)\n", terminal.Count(totals.Sent, "event", "events"), seconds, float64(totals.Sent)/seconds)
	if totals.Failed == meant {
		return nil
	}
	if meant > 0 {
		printf(o.streams.ErrOut, "%s meant to be unreadable, the collector says %d\n", terminal.Count(meant, "event was", "events were"), totals.Failed)
	}
	return ErrNegative
}

// brokenOff says how far a sending came, and that it can be started again.
func brokenOff(totals delivery.Totals, err error) error {
	return fmt.Errorf("after %s: %w\nrun the same command again to send the rest; what was sent before becomes duplicates",
		terminal.Count(totals.Sent, "event", "events"), err)
}
