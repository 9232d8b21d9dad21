package plugin

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os/user"
	"strings"

	"github.com/spf13/cobra"

	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/cluster"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/terminal"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/trino"
)

// lakeCatalog is the catalog that every QueryCluster has.
const lakeCatalog = "lake"

type queryOptions struct {
	*sharedOptions
	pipeline, sql, output string
}

func newQueryCommand(shared *sharedOptions) *cobra.Command {
	o := &queryOptions{sharedOptions: shared}
	command := &cobra.Command{
		Use:   "query [PIPELINE] SQL",
		Short: "Ask Trino and print the answer",
		Long: `Ask Trino and print the answer. Without a pipeline, --query-cluster or --trino-url says whom to ask.
SQL may be - for the standard input.`,
		Example: `  kubectl clickstream query web 'SELECT page_path, count(*) AS views FROM lake.quickstart.web_events GROUP BY 1 ORDER BY 2 DESC LIMIT 5'
  kubectl clickstream query --query-cluster query 'SHOW SCHEMAS FROM lake' --output csv`,
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
	command.Flags().StringVarP(&o.output, "output", "o", "table", "form of the answer: table, json or csv")
	o.addTrinoFlags(command)
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
	if _, known := resultWriters[o.output]; !known {
		return fmt.Errorf("--output must be table, json or csv, not %q", o.output)
	}
	if o.pipeline == "" && o.queryCluster == "" && o.trinoURL == "" {
		return errors.New("say whom to ask: a pipeline before the SQL, --query-cluster or --trino-url")
	}
	// People end statements with a semicolon; Trino's protocol takes one statement without.
	o.sql = strings.TrimRight(strings.TrimSpace(o.sql), "; \n\t")
	if o.sql == "" {
		return errors.New("the SQL is empty")
	}
	return nil
}

func (o *queryOptions) run(ctx context.Context) error {
	client, err := o.trinoFor(ctx, o.pipeline)
	if err != nil {
		return err
	}
	result, err := client.Query(ctx, o.sql)
	if err != nil {
		return err
	}
	return resultWriters[o.output](o.streams.Out, result)
}

// trinoFor returns a client of the QueryCluster that answers for a pipeline; the pipeline may be empty when flags name one.
func (o *sharedOptions) trinoFor(ctx context.Context, pipelineName string) (*trino.Client, error) {
	if o.trinoURL != "" {
		return o.directTrino()
	}
	access, err := cluster.Connect(o.flags)
	if err != nil {
		return nil, err
	}
	pipeline := &cluster.Pipeline{}
	if pipelineName != "" {
		if pipeline, err = access.ReadPipeline(ctx, pipelineName); err != nil {
			return nil, err
		}
	}
	return o.trinoOf(ctx, access, pipeline)
}

func (o *sharedOptions) trinoOf(ctx context.Context, access *cluster.Access, pipeline *cluster.Pipeline) (*trino.Client, error) {
	if o.trinoURL != "" {
		return o.directTrino()
	}
	name, err := access.QueryCluster(ctx, o.queryCluster, pipeline)
	if err != nil {
		return nil, err
	}
	return newTrinoClient(through(access, cluster.Service{Name: name, Port: "http"})), nil
}

func (o *sharedOptions) directTrino() (*trino.Client, error) {
	at, err := direct("trino-url", o.trinoURL)
	if err != nil {
		return nil, err
	}
	return newTrinoClient(at), nil
}

func newTrinoClient(at endpoint) *trino.Client {
	name := "kubectl-clickstream"
	if current, err := user.Current(); err == nil && current.Username != "" {
		name = current.Username
	}
	return &trino.Client{URL: at.url, HTTP: at.client, User: name}
}

var resultWriters = map[string]func(io.Writer, *trino.Result) error{
	"table": writeResultTable, "json": writeResultJSON, "csv": writeResultCSV,
}

func writeResultTable(out io.Writer, result *trino.Result) error {
	columns := make([]terminal.Column, len(result.Columns))
	for i, column := range result.Columns {
		columns[i] = terminal.Column{Name: column.Name, IsRight: column.IsNumeric()}
	}
	if err := terminal.WriteTable(out, columns, textRows(result, "NULL")); err != nil {
		return err
	}
	_, err := fmt.Fprintf(out, "(%s)\n", terminal.Count(len(result.Rows), "row", "rows"))
	return err
}

func textRows(result *trino.Result, null string) [][]string {
	rows := make([][]string, len(result.Rows))
	for i, row := range result.Rows {
		for _, value := range row {
			rows[i] = append(rows[i], trino.Text(value, null))
		}
	}
	return rows
}

func writeResultJSON(out io.Writer, result *trino.Result) error {
	names := map[string]bool{}
	for _, column := range result.Columns {
		if names[column.Name] {
			return fmt.Errorf("two columns are called %q, which a JSON object cannot hold; give one another name with AS, or use --output csv", column.Name)
		}
		names[column.Name] = true
	}
	rows := make([]trino.Object, len(result.Rows))
	for i, row := range result.Rows {
		rows[i] = trino.Object{Columns: result.Columns, Row: row}
	}
	return writeJSON(out, rows)
}

func writeResultCSV(out io.Writer, result *trino.Result) error {
	var names []string
	for _, column := range result.Columns {
		names = append(names, column.Name)
	}
	writer := csv.NewWriter(out)
	return errors.Join(writer.Write(names), writer.WriteAll(textRows(result, "")))
}
