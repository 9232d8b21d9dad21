package plugin

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

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
	limit                          int64
}

func newReplayCommand(shared *sharedOptions) *cobra.Command {
	o := &replayOptions{sharedOptions: shared}
	command := &cobra.Command{
		Use:   "replay PIPELINE FILE",
		Short: "Send each line of an access log as an event",
		Long: `Send each line of an access log as an event, in the order of the file.

An event's id is made of the source's name, the line's number and the line, so that replaying the same log again makes
duplicates only, and an interrupted replay can simply be started again. FILE may be compressed with gzip; - is the
standard input, which needs --source.`,
		Example: `  kubectl clickstream replay web --format combined access.log
  zcat access.log.*.gz | kubectl clickstream replay web --format combined --source may -
  kubectl clickstream replay web --format combined --rate 200 --limit 1000 access.log`,
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
	flags.StringVar(&o.format, "format", "combined", "format of the log; combined is what nginx and Apache write by default")
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
	case o.format != "combined":
		return fmt.Errorf("--format must be combined, not %q", o.format)
	case o.source == "":
		return errors.New("the standard input has no name; give it one with --source, which event ids are made of")
	case o.limit < 0:
		return fmt.Errorf("--limit must not be negative, it is %d", o.limit)
	}
	return o.paceOptions.validate()
}

func (o *replayOptions) run(ctx context.Context) error {
	log, err := openLog(o.file, o.streams.In)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // only read from
	to, err := o.collector(ctx, o.pipeline)
	if err != nil {
		return err
	}
	progress := terminal.NewProgress(o.streams.ErrOut, "events sent")
	pace := delivery.Pace{BatchSize: o.batchSize, Rate: o.rate, Limit: o.limit}
	start := time.Now()
	totals, err := o.sender(to, o.patience, progress).Stream(ctx, accesslog.NewReader(log, o.source), pace, func(totals delivery.Totals) {
		progress.Show(totals.Sent, o.share(log, totals.Sent))
	})
	progress.Done()
	if err != nil {
		return fmt.Errorf("after %d events: %w\nrun the same command again to send the rest; what was sent before becomes duplicates", totals.Sent, err)
	}
	return o.printTotals(totals, 0, time.Since(start))
}

// share is how far the replay is, or -1.
func (o *replayOptions) share(log *logFile, sent int64) float64 {
	if o.limit > 0 {
		return float64(sent) / float64(o.limit)
	}
	return log.share()
}

// printTotals prints the line that ends each sending. The answer is no when the collector could not read other than the
// number of events that were meant to be unreadable.
func (o *sharedOptions) printTotals(totals delivery.Totals, meant int64, took time.Duration) error {
	seconds := max(took.Seconds(), 0.001)
	if totals.Failed > 0 {
		printf(o.streams.Out, "the collector itself could not read %d of them and kept them as failed events\n", totals.Failed)
	}
	printf(o.streams.Out, "sent %d events in %.1f s (%.0f events/s)\n", totals.Sent, seconds, float64(totals.Sent)/seconds)
	if totals.Failed == meant {
		return nil
	}
	if meant > 0 {
		printf(o.streams.ErrOut, "%d events were meant to be unreadable, the collector says %d\n", meant, totals.Failed)
	}
	return ErrNegative
}

// logFile is a log being read; it counts the bytes of the file, which are known before its lines are.
type logFile struct {
	io.Reader
	file *os.File
	size int64
	read int64
}

var gzipMagic = []byte{0x1f, 0x8b}

func openLog(name string, standardInput io.Reader) (*logFile, error) {
	log := &logFile{}
	raw := standardInput
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, fmt.Errorf("opening the log: %w", err)
		}
		log.file, raw = file, file
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			log.size = info.Size()
		}
	}
	buffered := bufio.NewReader(&countingReader{raw, &log.read})
	log.Reader = buffered
	if start, err := buffered.Peek(len(gzipMagic)); err == nil && bytes.Equal(start, gzipMagic) {
		unpacked, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("unpacking the log: %w", err), log.Close())
		}
		log.Reader = unpacked
	}
	return log, nil
}

func (l *logFile) share() float64 {
	if l.size == 0 {
		return -1
	}
	return float64(l.read) / float64(l.size)
}

func (l *logFile) Close() error {
	if l.file == nil {
		return nil
	}
	return l.file.Close()
}

type countingReader struct {
	reader io.Reader
	read   *int64
}

func (c *countingReader) Read(into []byte) (int, error) {
	n, err := c.reader.Read(into)
	*c.read += int64(n)
	return n, err
}
