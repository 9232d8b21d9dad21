package plugin

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/cluster"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/planning"
)

// Where manifests/operator puts the SQL planner.
const (
	plannerService           = "open-clickstream-sql-planner"
	defaultOperatorNamespace = "openclickstream-system"
)

type explainOptions struct {
	*sharedOptions
	file, dialect, output         string
	plannerURL, operatorNamespace string
}

func newExplainCommand(shared *sharedOptions) *cobra.Command {
	o := &explainOptions{sharedOptions: shared}
	command := &cobra.Command{
		Use:   "explain PRODUCT | -f FILE",
		Short: "Show what the SQL of a data product means, or where it is wrong, before it is applied",
		Long: `Show what the SQL of a data product means, or where it is wrong, before it is applied.

FILE has manifests of DataProducts, or only SQL; - is the standard input. The SQL planner beside the operator reads the SQL. The columns of
the input tables are those of the namespace's LakeTables and DataProducts, and of the products before it in the file.

The exit code is 2 when the SQL is wrong, and 1 when the operator would refuse the product for another reason.`,
		Example: `  kubectl clickstream product explain -f sessions.yaml
  kubectl clickstream product explain sessions-by-day --dialect trino | kubectl clickstream query web -
  echo 'SELECT count(*) AS events FROM shop.web_events' | kubectl clickstream product explain -f -`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			if err := o.validate(args); err != nil {
				return err
			}
			return o.run(command.Context(), args)
		},
	}
	flags := command.Flags()
	flags.StringVarP(&o.file, "filename", "f", "", "file with manifests or SQL; - for the standard input")
	flags.StringVar(&o.dialect, "dialect", "", "print only the query as this engine reads it: "+strings.Join(planning.Dialects, " or "))
	flags.StringVarP(&o.output, "output", "o", "text", "form of the answer: text, json or yaml")
	flags.StringVar(&o.operatorNamespace, "operator-namespace", defaultOperatorNamespace, "namespace of the operator and its SQL planner")
	flags.StringVar(&o.plannerURL, "planner-url", "", "address of the SQL planner; by default it is found in the cluster and reached through the API server")
	return command
}

func (o *explainOptions) validate(args []string) error {
	switch {
	case (o.file == "") == (len(args) == 0):
		return errors.New("say what to explain: the name of a DataProduct, or a file with -f")
	case o.dialect != "" && !slices.Contains(planning.Dialects, o.dialect):
		return fmt.Errorf("--dialect must be %s, not %q", strings.Join(planning.Dialects, " or "), o.dialect)
	case !slices.Contains([]string{"text", "json", "yaml"}, o.output):
		return fmt.Errorf("--output must be text, json or yaml, not %q", o.output)
	default:
		return nil
	}
}

func (o *explainOptions) run(ctx context.Context, args []string) error {
	access, err := cluster.Connect(o.flags)
	if err != nil {
		return err
	}
	definitions, err := o.definitions(ctx, access, args)
	if err != nil {
		return err
	}
	at, err := o.planner(access)
	if err != nil {
		return err
	}
	client := &planning.Client{URL: at.url, HTTP: at.client, TrinoCatalog: lakeCatalog}
	known := map[string]*planning.Tables{}
	var verdict error
	for _, definition := range definitions {
		platform := definition.Spec.PlatformRef.Name
		if known[platform] == nil {
			if known[platform], err = tablesOn(ctx, access, platform); err != nil {
				return err
			}
		}
		answer, err := client.Plan(ctx, definition, known[platform])
		if err != nil {
			return o.withAdvice(err)
		}
		if answer.Plan != nil {
			known[platform].AddPlanned(definition, answer.Plan)
		}
		if err := o.print(access, definition, answer, known[platform]); err != nil && verdict == nil {
			verdict = err
		}
	}
	return verdict
}

func (o *explainOptions) definitions(ctx context.Context, access *cluster.Access, args []string) ([]*planning.Definition, error) {
	if o.file == "" {
		object, err := access.Get(ctx, cluster.DataProducts, args[0])
		if err != nil {
			return nil, err
		}
		definition, err := planning.DefinitionOf(object)
		return []*planning.Definition{definition}, err
	}
	read := func() ([]byte, error) { return os.ReadFile(o.file) }
	if o.file == "-" {
		read = func() ([]byte, error) { return io.ReadAll(o.streams.In) }
	}
	text, err := read()
	if err != nil {
		return nil, err
	}
	return planning.ReadDefinitions(string(text))
}

func (o *explainOptions) planner(access *cluster.Access) (endpoint, error) {
	if o.plannerURL != "" {
		return direct("planner-url", o.plannerURL)
	}
	return through(access.In(o.operatorNamespace), cluster.Service{Name: plannerService, Port: contract.PlannerPortHTTP}), nil
}

// withAdvice says what can be done when no way leads to the planner.
func (o *explainOptions) withAdvice(err error) error {
	if o.plannerURL != "" {
		return err
	}
	return fmt.Errorf("%w\nthe planner was looked for in namespace %q; --operator-namespace names another one, --planner-url its address", err, o.operatorNamespace)
}

// tablesOn are the tables of a platform whose columns the namespace's resources say.
func tablesOn(ctx context.Context, access *cluster.Access, platform string) (*planning.Tables, error) {
	tables := &planning.Tables{}
	lakeTables, err := access.List(ctx, cluster.LakeTables, "")
	if err != nil {
		return nil, err
	}
	for i := range lakeTables {
		if err := tables.AddLakeTable(&lakeTables[i], platform); err != nil {
			return nil, err
		}
	}
	products, err := access.List(ctx, cluster.DataProducts, "")
	if err != nil {
		return nil, err
	}
	for i := range products {
		if err := tables.AddProduct(&products[i], platform); err != nil {
			return nil, err
		}
	}
	return tables, nil
}

func (o *explainOptions) print(access *cluster.Access, definition *planning.Definition, answer *planning.Answer, tables *planning.Tables) error {
	if answer.Plan == nil {
		return o.printFaults(access, definition, answer.Errors, tables)
	}
	if err := o.printPlan(definition, answer.Plan); err != nil {
		return err
	}
	if refusal := planning.Refusal(definition, answer.Plan); refusal != "" {
		printf(o.streams.ErrOut, "%s: the operator will refuse it: %s\n", definition.Target(), refusal)
		return ErrNegative
	}
	return nil
}

func (o *explainOptions) printPlan(definition *planning.Definition, plan *contract.Plan) error {
	switch {
	case o.dialect != "":
		_, err := fmt.Fprintln(o.streams.Out, planning.TextFor(plan, o.dialect))
		return err
	case o.output == "json":
		return writeJSON(o.streams.Out, plan)
	case o.output == "yaml":
		return writeYAML(o.streams.Out, plan)
	default:
		return planning.WriteReport(o.streams.Out, definition, plan)
	}
}

func (o *explainOptions) printFaults(access *cluster.Access, definition *planning.Definition, faults []contract.PlanErrorsError, tables *planning.Tables) error {
	switch o.output {
	case "json":
		return errors.Join(writeJSON(o.streams.Out, contract.PlanErrors{Errors: faults}), ErrWrongSQL)
	case "yaml":
		return errors.Join(writeYAML(o.streams.Out, contract.PlanErrors{Errors: faults}), ErrWrongSQL)
	}
	printf(o.streams.ErrOut, "the SQL of %s is wrong\n", definition.Target())
	planning.WriteFaults(o.streams.ErrOut, definition.Spec.SQL, faults)
	for _, table := range planning.UnknownTables(definition.Spec.SQL, faults) {
		known := strings.Join(tables.Names(), ", ")
		printf(o.streams.ErrOut, "table %s is unknown here: no LakeTable or DataProduct of namespace %q says its columns (they say those of %s).\n"+
			"The operator reads the catalog itself, and may find it there; kubectl clickstream adopt table DATABASE.TABLE makes a LakeTable of it.\n",
			table, access.Namespace, cmp.Or(known, "no table"))
	}
	return ErrWrongSQL
}
