package planning

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
)

// Tables are those whose columns are known without the catalog.
type Tables struct{ known []contract.PlanRequestTable }

// mostTableBytes leaves room for the SQL in what the planner reads.
const mostTableBytes = 1 << 20

// Add adds a table, unless one of this name is there already.
func (t *Tables) Add(table contract.PlanRequestTable) {
	isSame := func(other contract.PlanRequestTable) bool {
		return strings.EqualFold(other.Database, table.Database) && strings.EqualFold(other.Table, table.Table)
	}
	if table.Table != "" && len(table.Columns) > 0 && !slices.ContainsFunc(t.known, isSame) {
		t.known = append(t.known, table)
	}
}

// AddLakeTable adds the table of a LakeTable, with the columns that its spec names, when it is of the platform. An empty platform is any.
func (t *Tables) AddLakeTable(object *unstructured.Unstructured, platform string) error {
	var spec struct {
		PlatformRef struct {
			Name string `json:"name"`
		} `json:"platformRef"`
		contract.PlanRequestTable
	}
	if err := decode(object, "spec", &spec); err != nil {
		return err
	}
	if platform == "" || spec.PlatformRef.Name == platform {
		t.Add(spec.PlanRequestTable)
	}
	return nil
}

// AddProduct adds the table of a DataProduct whose SQL was found right, as for one whose LakeTable is not made yet.
func (t *Tables) AddProduct(object *unstructured.Unstructured, platform string) error {
	definition, err := DefinitionOf(object)
	if err != nil {
		return err
	}
	var status struct {
		Columns []contract.PlanRequestTableColumn `json:"columns"`
	}
	if err := decode(object, "status", &status); err != nil {
		return err
	}
	if platform == "" || definition.Spec.PlatformRef.Name == platform {
		t.Add(contract.PlanRequestTable{Database: definition.Spec.Target.Database, Table: definition.Spec.Target.Table, Columns: status.Columns})
	}
	return nil
}

// AddPlanned adds the table that a product will have.
func (t *Tables) AddPlanned(definition *Definition, plan *contract.Plan) {
	table := contract.PlanRequestTable{Database: definition.Spec.Target.Database, Table: definition.Spec.Target.Table}
	for _, column := range plan.Columns {
		table.Columns = append(table.Columns, contract.PlanRequestTableColumn{Name: column.Name, Type: column.Type})
	}
	t.Add(table)
}

// Names are those of the tables, as database.table.
func (t *Tables) Names() []string {
	names := make([]string, len(t.known))
	for i, table := range t.known {
		names[i] = table.Database + "." + table.Table
	}
	slices.Sort(names)
	return names
}

// of returns the tables for a query: those whose names stand in it, and the others, as what could be meant, while there is room.
func (t *Tables) of(sql string) []contract.PlanRequestTable {
	sql = strings.ToLower(sql)
	isNamed := func(table contract.PlanRequestTable) bool { return strings.Contains(sql, strings.ToLower(table.Table)) }
	chosen, room := []contract.PlanRequestTable{}, mostTableBytes
	for _, wanted := range []bool{true, false} {
		for _, table := range t.known {
			size := sizeOf(table)
			if isNamed(table) == wanted && (wanted || size <= room) {
				chosen = append(chosen, table)
				room -= size
			}
		}
	}
	return chosen
}

// sizeOf is roughly what a table takes in a request.
func sizeOf(table contract.PlanRequestTable) int {
	const around = 40
	size := around
	for _, column := range table.Columns {
		size += around + len(column.Name) + len(column.Type)
	}
	return size
}

func decode(object *unstructured.Unstructured, part string, into any) error {
	text, err := json.Marshal(object.Object[part])
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		return fmt.Errorf("%s %q: reading the %s: %w", object.GetKind(), object.GetName(), part, err)
	}
	return nil
}
