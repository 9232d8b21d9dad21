package plugin

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/delivery"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/terminal"
	"github.com/open-clickstream/open-clickstream/go/internal/uid"
)

type sendOptions struct {
	*sharedOptions
	pipeline string
	json     string
	file     string

	eventType, eventID, anonymousID, pageURL string
	properties                               map[string]string
	body                                     []byte
}

func newSendCommand(shared *sharedOptions) *cobra.Command {
	o := &sendOptions{sharedOptions: shared}
	command := &cobra.Command{
		Use:   "send PIPELINE [JSON]",
		Short: "Send events: one made of flags, or JSON given as it is",
		Example: `  kubectl clickstream send web --event-type signup --property plan=free
  kubectl clickstream send web '{"event_type":"signup","properties":{"plan":"free"}}'
  kubectl clickstream send web -f events.ndjson
  echo '[{"event_type":"a"},{"event_type":"b"}]' | kubectl clickstream send web -f -`,
		Args: cobra.RangeArgs(1, 2),
		RunE: func(command *cobra.Command, args []string) error {
			if err := o.complete(args); err != nil {
				return err
			}
			if err := o.validate(); err != nil {
				return err
			}
			return o.run(command.Context())
		},
	}
	flags := command.Flags()
	flags.StringVarP(&o.file, "filename", "f", "", "file of events: one, an array, or one a line; - is the standard input")
	flags.StringVar(&o.eventType, "event-type", "", "type of an event that the other flags describe")
	flags.StringVar(&o.eventID, "event-id", "", "id of that event; without one it gets a new one")
	flags.StringVar(&o.anonymousID, "anonymous-id", "", "anonymous id of that event's visitor")
	flags.StringVar(&o.pageURL, "page-url", "", "address of the page that the event happened on")
	flags.StringToStringVar(&o.properties, "property", nil, "property of that event as name=value; may be given several times")
	o.addCollectorFlag(command)
	return command
}

func (o *sendOptions) complete(args []string) error {
	o.pipeline = args[0]
	if len(args) > 1 {
		o.json = args[1]
	}
	var err error
	switch {
	case o.file == "-":
		o.body, err = io.ReadAll(o.streams.In)
	case o.file != "":
		o.body, err = os.ReadFile(o.file)
	case o.json != "":
		o.body = []byte(o.json)
	case o.eventType != "":
		o.body, err = json.Marshal(o.eventOfFlags())
	}
	if err != nil {
		return fmt.Errorf("reading the events: %w", err)
	}
	return nil
}

// eventOfFlags gives the event an id of its own if need be: it may be sent several times before it is known to have arrived.
func (o *sendOptions) eventOfFlags() contract.Event {
	if o.eventID == "" {
		o.eventID = uid.V7(time.Now())
	}
	event := contract.Event{
		EventID: o.eventID, EventType: o.eventType, AnonymousID: o.anonymousID, PageURL: o.pageURL, Properties: map[string]any{},
	}
	for name, value := range o.properties {
		event.Properties[name] = value
	}
	return event
}

func (o *sendOptions) validate() error {
	given := 0
	for _, isGiven := range []bool{o.file != "", o.json != "", o.eventType != ""} {
		if isGiven {
			given++
		}
	}
	if given != 1 {
		return errors.New("give the events in one way: as JSON after the pipeline, with --filename, or with --event-type")
	}
	if len(bytes.TrimSpace(o.body)) == 0 {
		return errors.New("there are no events to send")
	}
	return nil
}

func (o *sendOptions) run(ctx context.Context) error {
	to, err := o.collector(ctx, o.pipeline)
	if err != nil {
		return err
	}
	progress := terminal.NewProgress(o.streams.ErrOut, "events")
	sender := o.sender(to, defaultPatience, progress)
	retries, noteRetry := 0, sender.OnRetry
	sender.OnRetry = func(err error, wait time.Duration) {
		retries++
		noteRetry(err, wait)
	}
	totals, err := o.sendBody(ctx, sender, progress)
	progress.Done()
	if err != nil {
		return err
	}
	if retries > 0 && o.eventType == "" {
		printf(o.streams.ErrOut, "sent again %s; events without an event_id may be stored more than once\n", terminal.Count(retries, "time", "times"))
	}
	printf(o.streams.Out, "accepted %d, failed %d\n", totals.Accepted, totals.Failed)
	if totals.Failed > 0 {
		return ErrNegative
	}
	return nil
}

// sendBody sends one JSON document as it is, and lines in batches, so that a file may have any size. Broken lines
// arrive as they are.
func (o *sendOptions) sendBody(ctx context.Context, sender *delivery.Sender, progress *terminal.Progress) (delivery.Totals, error) {
	if o.isLines() {
		return sender.Stream(ctx, &lineSource{rest: o.body}, delivery.Pace{BatchSize: defaultBatchSize}, func(totals delivery.Totals) {
			progress.Show(totals.Sent, -1)
		})
	}
	answer, err := sender.JSON(ctx, o.body)
	if err == nil && answer.Error != "" {
		printf(o.streams.ErrOut, "%s\n", answer.Error)
	}
	return delivery.Totals{Accepted: int64(answer.Accepted), Failed: int64(answer.Failed)}, err
}

// isLines reports whether the body is several values in lines rather than one.
func (o *sendOptions) isLines() bool {
	if strings.HasSuffix(o.file, ".ndjson") || strings.HasSuffix(o.file, ".jsonl") {
		return true
	}
	first, rest, several := bytes.Cut(bytes.TrimSpace(o.body), []byte("\n"))
	return several && json.Valid(first) && len(bytes.TrimSpace(rest)) > 0
}

// lineSource gives the lines of a text that are not blank.
type lineSource struct{ rest []byte }

func (s *lineSource) Next() ([]byte, error) {
	for len(s.rest) > 0 {
		line, rest, _ := bytes.Cut(s.rest, []byte("\n"))
		s.rest = rest
		if line = bytes.TrimSpace(line); len(line) > 0 {
			return line, nil
		}
	}
	return nil, io.EOF
}
