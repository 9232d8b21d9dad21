package planning

import (
	"fmt"
	"io"
	"strings"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/lineage"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/terminal"
)

// Dialects are the engines that a plan has a text for.
var Dialects = []string{"spark", "trino"}

// TextFor is the query in the dialect of an engine.
func TextFor(plan *contract.Plan, dialect string) string {
	return map[string]string{"spark": plan.Spark, "trino": plan.Trino}[dialect]
}

// WriteReport writes what a plan says, for a person.
func WriteReport(out io.Writer, definition *Definition, plan *contract.Plan) error {
	if _, err := fmt.Fprintf(out, "%s\n\n", title(definition, plan)); err != nil {
		return err
	}
	rows := make([][]string, len(plan.Columns))
	for i, column := range plan.Columns {
		rows[i] = []string{column.Name, column.Type, map[bool]string{true: "in every row", false: "may be missing"}[column.Required]}
	}
	if err := terminal.WriteTable(out, []terminal.Column{{Name: "column"}, {Name: "type"}, {Name: "value"}}, rows); err != nil {
		return err
	}
	var text strings.Builder
	if text.WriteString("\nInputs:\n"); len(plan.Tables) == 0 {
		text.WriteString("  no table\n")
	}
	for _, table := range plan.Tables {
		fmt.Fprintf(&text, "  %s.%s: %s\n", table.Database, table.Table, strings.Join(table.Columns, ", "))
	}
	text.WriteString("\nLineage:\n")
	lineage.OfPlan(definition.Target(), plan).WriteText(&text)
	if text.WriteString("\nRuns:\n"); plan.Deterministic {
		text.WriteString("  the same input rows always give the same output rows\n")
	} else {
		text.WriteString("  the same input rows may give other output rows the next time\n")
	}
	for _, mode := range plan.Modes {
		writeMode(&text, mode)
	}
	for _, dialect := range Dialects {
		fmt.Fprintf(&text, "\n%s:\n%s\n", strings.ToUpper(dialect[:1])+dialect[1:], TextFor(plan, dialect))
	}
	_, err := io.WriteString(out, text.String())
	return err
}

func title(definition *Definition, plan *contract.Plan) string {
	tables := make([]string, len(plan.Tables))
	for i, table := range plan.Tables {
		tables[i] = table.Database + "." + table.Table
	}
	if len(tables) == 0 {
		tables = []string{"no table"}
	}
	return fmt.Sprintf("%s: %s from %s", definition.Target(), terminal.Count(len(plan.Columns), "column", "columns"), strings.Join(tables, ", "))
}

func writeMode(text *strings.Builder, mode contract.PlanMode) {
	if mode.Safe {
		fmt.Fprintf(text, "  ✔ %s is safe", mode.Mode)
		if mode.Caution != "" {
			fmt.Fprintf(text, "; %s", mode.Caution)
		}
		text.WriteString("\n")
		return
	}
	fmt.Fprintf(text, "  ✖ %s is not safe", mode.Mode)
	if mode.Reason != "" {
		fmt.Fprintf(text, ": %s", mode.Reason)
	}
	text.WriteString("\n")
}

// Refusal is why the operator would refuse a product whose SQL is right; empty when it would not.
func Refusal(definition *Definition, plan *contract.Plan) string {
	for _, mode := range plan.Modes {
		if mode.Mode == definition.Mode() && !mode.Safe {
			return fmt.Sprintf("spec.incremental.mode must be one that is safe for this SQL, and %s is not: %s", mode.Mode, mode.Reason)
		}
	}
	for _, table := range plan.Tables {
		if definition.Target() == table.Database+"."+table.Table {
			return "spec.sql reads the table that it fills; read another table"
		}
	}
	if column := definition.Spec.Incremental.NewDataBy; column != "" && plan.SparkWindow == "" {
		return fmt.Sprintf("spec.incremental.newDataBy must be a column of a table that the SQL reads, and %q is none", column)
	}
	return ""
}
