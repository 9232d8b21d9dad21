// Package lineage reads where the columns of a data product come from, and draws it.
package lineage

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
)

// Origin is an input column that an output column comes from.
type Origin struct {
	// Table is database.table.
	Table string `json:"table"`
	// Path is the column, or a field or a key of a map within one.
	Path string `json:"path"`
	// Uses are direct, filter, join, group, order and window.
	Uses []string `json:"uses"`
}

// Column is an output column with what it comes from.
type Column struct {
	Name   string   `json:"column"`
	Inputs []Origin `json:"inputs"`
}

// Lineage is that of one data product.
type Lineage struct {
	// Target is database.table.
	Target  string
	Columns []Column
	// Types are those of the output columns, by name.
	Types map[string]string
	// Omitted counts the origins that the status has no room for.
	Omitted int64
}

// Of reads the lineage of a DataProduct's status. False when the operator has not found its SQL right yet.
func Of(product *unstructured.Unstructured) (*Lineage, bool) {
	var status struct {
		Target  string   `json:"target"`
		Lineage []Column `json:"lineage"`
		Columns []struct {
			Name string `json:"name"`
			Type string `json:"type"`
		} `json:"columns"`
		LineageOmitted int64 `json:"lineageOmitted"`
	}
	text, err := json.Marshal(product.Object["status"])
	if err != nil || json.Unmarshal(text, &status) != nil || status.Lineage == nil {
		return nil, false
	}
	types := map[string]string{}
	for _, column := range status.Columns {
		types[column.Name] = column.Type
	}
	return &Lineage{Target: status.Target, Columns: status.Lineage, Types: types, Omitted: status.LineageOmitted}, true
}

// OfPlan returns the lineage that a plan has for the table of this name.
func OfPlan(target string, plan *contract.Plan) *Lineage {
	l := &Lineage{Target: target, Types: map[string]string{}}
	for _, column := range plan.Columns {
		l.Types[column.Name] = column.Type
	}
	for _, column := range plan.Lineage {
		l.Columns = append(l.Columns, Column{Name: column.Column, Inputs: mergeUses(column.Inputs)})
	}
	return l
}

// mergeUses gives each input column once, with all that it is used for.
func mergeUses(inputs []contract.PlanLineageInput) []Origin {
	var origins []Origin
	for _, input := range inputs {
		table := input.Database + "." + input.Table
		at := slices.IndexFunc(origins, func(o Origin) bool { return o.Table == table && o.Path == input.Path })
		if at < 0 {
			at = len(origins)
			origins = append(origins, Origin{Table: table, Path: input.Path})
		}
		if !slices.Contains(origins[at].Uses, input.Use) {
			origins[at].Uses = append(origins[at].Uses, input.Use)
		}
	}
	return origins
}

// WriteText writes the lineage as a tree: the table, its columns, and below each what it comes from.
func (l *Lineage) WriteText(out io.Writer) {
	var text strings.Builder
	fmt.Fprintf(&text, "%s\n", l.Target)
	for i, column := range l.Columns {
		branch, below := "├── ", "│   "
		if i == len(l.Columns)-1 {
			branch, below = "└── ", "    "
		}
		fmt.Fprintf(&text, "%s%s  %s\n", branch, column.Name, l.Types[column.Name])
		for j, origin := range column.Inputs {
			twig := "├── "
			if j == len(column.Inputs)-1 {
				twig = "└── "
			}
			fmt.Fprintf(&text, "%s%s%s  %s  (%s)\n", below, twig, origin.Table, origin.Path, strings.Join(origin.Uses, ", "))
		}
	}
	if l.Omitted > 0 {
		fmt.Fprintf(&text, "%d more input columns are left out\n", l.Omitted)
	}
	_, _ = io.WriteString(out, text.String()) // nobody to tell when the output is closed
}
