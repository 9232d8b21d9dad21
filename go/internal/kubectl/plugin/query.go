package plugin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/user"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/cluster"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/flight"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/terminal"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/trino"
)

// lakeCatalog is the catalog that every QueryCluster has.
const lakeCatalog = "lake"

type queryOptions struct {
	*sharedOptions
	flightOptions
	pipeline, sql, output, file string
}

func newQueryCommand(shared *sharedOptions) *cobra.Command {
	o := &queryOptions{sharedOptions: shared}
	command := &cobra.Command{
		Use:   "query [PIPELINE] SQL",
		Short: "Run SQL and print or store the answer",
		Long: `Run SQL and print or store the answer. Without a pipeline, --query-cluster, --flight-url or --trino-url says whom to ask.
SQL may be - for the standard input.

A QueryCluster with a Flight SQL gateway is asked through that, else Trino itself. The forms arrow (a stream of Arrow IPC) and
parquet need a gateway. Its user and password are given with --flight-user and --flight-password-file, or the password in the
variable FLIGHT_PASSWORD; on a terminal it is asked for. Without them Trino is asked for the other forms.

The exit code is 2 when the SQL is refused, 130 when it was interrupted, which cancels the query, and 1 when anything else fails.`,
		Example: `  kubectl clickstream query web 'SELECT page_path, count(*) AS views FROM lake.quickstart.web_events GROUP BY 1 ORDER BY 2 DESC LIMIT 5'
  kubectl clickstream query --query-cluster query 'SHOW SCHEMAS FROM lake' --output csv
  kubectl clickstream query web 'SELECT * FROM lake.quickstart.web_events' --output parquet --file events.parquet`,
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
	flags.StringVarP(&o.output, "output", "o", "table", "form of the answer: table, json, csv, arrow or parquet")
	flags.StringVarP(&o.file, "file", "f", "", "file for the answer; it appears when the answer is whole. Default the standard output")
	o.addTrinoFlags(command)
	o.addFlightFlags(command)
	return command
}

func (o *queryOptions) complete(args []string) error {
	o.sql = args[len(args)-1]
	if len(args) > 1 {
		o.pipeline = args[0]
	}
	if o.sql != "-" {
		return nil
	}
	text, err := io.ReadAll(o.streams.In)
	o.sql = string(text)
	return err
}

func (o *queryOptions) validate() error {
	if !slices.Contains(outputForms, o.output) {
		return fmt.Errorf("--output must be table, json, csv, arrow or parquet, not %q", o.output)
	}
	if o.pipeline == "" && o.queryCluster == "" && o.trinoURL == "" && o.flightURL == "" {
		return errors.New("say whom to ask: a pipeline before the SQL, --query-cluster, --flight-url or --trino-url")
	}
	if o.trinoURL != "" && o.flightURL != "" {
		return errors.New("--trino-url and --flight-url are two ways; give one of them")
	}
	if o.isBinary() && o.file == "" && terminal.IsTerminal(o.streams.Out) {
		return fmt.Errorf("--output %s is not for a terminal; name a --file, or send the output elsewhere", o.output)
	}
	// People end statements with a semicolon; Trino's protocol takes one statement without.
	o.sql = strings.TrimRight(strings.TrimSpace(o.sql), "; \n\t")
	if o.sql == "" {
		return errors.New("the SQL is empty")
	}
	return nil
}

func (o *queryOptions) isBinary() bool { return o.output == "arrow" || o.output == "parquet" }

// exitInterrupted is what shells make of a program that was interrupted.
const exitInterrupted = 130

func (o *queryOptions) run(ctx context.Context) error {
	err := o.answer(ctx)
	var byTrino *trino.QueryError
	var byGateway *flight.QueryError
	switch {
	case err != nil && ctx.Err() != nil:
		return &codedError{errors.New("interrupted; the query was cancelled"), exitInterrupted}
	case errors.As(err, &byTrino) || errors.As(err, &byGateway):
		return &codedError{err, ErrWrongSQL.code}
	default:
		return err
	}
}

// answer asks whoever answers, and writes what he says.
func (o *queryOptions) answer(ctx context.Context) error {
	gateway, client, err := o.whom(ctx)
	if err != nil {
		return err
	}
	out, err := o.openOutput()
	if err != nil {
		return err
	}
	summary, err := o.write(ctx, out, gateway, client)
	if err := out.close(err); err != nil {
		return err
	}
	if o.output != "table" && (o.file != "" || terminal.IsTerminal(o.streams.ErrOut)) {
		printf(o.streams.ErrOut, "%s\n", summary)
	}
	return nil
}

// write asks the gateway where there is one, else Trino.
func (o *queryOptions) write(ctx context.Context, out io.Writer, gateway *flight.Client, client *trino.Client) (string, error) {
	begin := time.Now()
	if gateway != nil {
		defer func() { _ = gateway.Close() }() // only read from
		return o.writeFlight(ctx, out, gateway)
	}
	result, err := client.Query(ctx, o.sql)
	if err != nil {
		return "", err
	}
	writer := newRowWriter(o.output, out)
	if err := writer.columns(result.Columns); err != nil {
		return "", err
	}
	if err := writer.rows(result.Rows); err != nil {
		return "", err
	}
	summary := fmt.Sprintf("%s in %v from Trino", terminal.Count(len(result.Rows), "row", "rows"), time.Since(begin).Round(time.Millisecond))
	return summary, writer.close()
}

// whom finds who answers: a gateway, or Trino.
func (o *queryOptions) whom(ctx context.Context) (*flight.Client, *trino.Client, error) {
	switch {
	case o.flightURL != "":
		gateway, err := o.directFlight(ctx)
		return gateway, nil, err
	case o.trinoURL != "" && o.isBinary():
		return nil, nil, fmt.Errorf("--output %s needs a Flight SQL gateway, not --trino-url", o.output)
	case o.trinoURL != "":
		client, err := o.directTrino()
		return nil, client, err
	}
	access, found, err := o.findQueryCluster(ctx, o.pipeline)
	if err != nil {
		return nil, nil, err
	}
	hindrance := o.hindrance(found)
	if hindrance == "" {
		gateway, err := o.flightOf(ctx, access, found)
		return gateway, nil, err
	}
	if o.isBinary() {
		return nil, nil, fmt.Errorf("--output %s needs a Flight SQL gateway, and %s", o.output, hindrance)
	}
	if found.Flight != "" && !o.isTrino {
		printf(o.streams.ErrOut, "asking Trino: %s\n", hindrance)
	}
	return nil, newTrinoClient(through(access, cluster.Service{Name: found.Name, Port: "http"})), nil
}

// findQueryCluster returns the QueryCluster that answers for a pipeline; the pipeline may be empty when a flag names one.
func (o *sharedOptions) findQueryCluster(ctx context.Context, pipelineName string) (*cluster.Access, *cluster.QueryCluster, error) {
	access, err := cluster.Connect(o.flags)
	if err != nil {
		return nil, nil, err
	}
	pipeline := &cluster.Pipeline{}
	if pipelineName != "" {
		if pipeline, err = access.ReadPipeline(ctx, pipelineName); err != nil {
			return nil, nil, err
		}
	}
	found, err := access.QueryCluster(ctx, o.queryCluster, pipeline)
	return access, found, err
}

func (o *sharedOptions) trinoOf(ctx context.Context, access *cluster.Access, pipeline *cluster.Pipeline) (*trino.Client, error) {
	if o.trinoURL != "" {
		return o.directTrino()
	}
	found, err := access.QueryCluster(ctx, o.queryCluster, pipeline)
	if err != nil {
		return nil, err
	}
	return newTrinoClient(through(access, cluster.Service{Name: found.Name, Port: "http"})), nil
}

func (o *sharedOptions) directTrino() (*trino.Client, error) {
	at, err := direct("trino-url", o.trinoURL)
	if err != nil {
		return nil, err
	}
	return newTrinoClient(at), nil
}

func newTrinoClient(at endpoint) *trino.Client {
	return &trino.Client{URL: at.url, HTTP: at.client, User: ownName()}
}

// ownName is who asks, where nobody wants to know for sure.
func ownName() string {
	if current, err := user.Current(); err == nil && current.Username != "" {
		return current.Username
	}
	return "kubectl-clickstream"
}
