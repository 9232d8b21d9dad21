// Package planning asks the SQL planner about data products that are not applied yet, and says what it answers.
package planning

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
)

// Definition is what a DataProduct's manifest says as far as its plan goes.
type Definition struct {
	// Name is empty for SQL without a manifest.
	Name string
	Spec struct {
		PlatformRef struct {
			Name string `json:"name"`
		} `json:"platformRef"`
		SQL    string `json:"sql"`
		Target struct {
			Database    string `json:"database"`
			Table       string `json:"table"`
			PartitionBy []struct {
				Column    string `json:"column"`
				Transform string `json:"transform"`
			} `json:"partitionBy"`
		} `json:"target"`
		Incremental struct {
			Mode      string   `json:"mode"`
			Keys      []string `json:"keys"`
			NewDataBy string   `json:"newDataBy"`
		} `json:"incremental"`
		Refresh struct {
			TimeZone string `json:"timeZone"`
		} `json:"refresh"`
	}
}

// DefinitionOf reads a DataProduct.
func DefinitionOf(object *unstructured.Unstructured) (*Definition, error) {
	definition := &Definition{Name: object.GetName()}
	text, err := json.Marshal(object.Object["spec"])
	if err == nil {
		err = json.Unmarshal(text, &definition.Spec)
	}
	if err != nil {
		return nil, fmt.Errorf("DataProduct %q: reading the spec: %w", definition.Name, err)
	}
	if strings.TrimSpace(definition.Spec.SQL) == "" {
		return nil, fmt.Errorf("DataProduct %q has no spec.sql", definition.Name)
	}
	return definition, nil
}

var (
	yamlManifest = regexp.MustCompile(`(?m)^"?kind"?:`)
	jsonManifest = regexp.MustCompile(`^\s*\{`)
)

// ReadDefinitions reads the DataProducts of a file with manifests, in their order. A file that is no manifest is SQL.
func ReadDefinitions(text string) ([]*Definition, error) {
	if !yamlManifest.MatchString(text) && !jsonManifest.MatchString(text) {
		definition := &Definition{}
		if definition.Spec.SQL = text; strings.TrimSpace(text) == "" {
			return nil, errors.New("the file is empty; it must be a manifest of a DataProduct, or SQL")
		}
		return []*Definition{definition}, nil
	}
	decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(text), len(text)+1)
	var definitions []*Definition
	for {
		var object map[string]any
		err := decoder.Decode(&object)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("reading the manifest: %w", err)
		}
		if object["kind"] != contract.KindDataProduct.Name {
			continue
		}
		definition, err := DefinitionOf(&unstructured.Unstructured{Object: object})
		if err != nil {
			return nil, err
		}
		definitions = append(definitions, definition)
	}
	if len(definitions) == 0 {
		return nil, errors.New("the file has no DataProduct")
	}
	return definitions, nil
}

// Target is the table that the product fills, or what stands for it where there is none.
func (d *Definition) Target() string {
	if d.Spec.Target.Table == "" {
		return "the query"
	}
	return d.Spec.Target.Database + "." + d.Spec.Target.Table
}

// Mode is what a run does with its rows.
func (d *Definition) Mode() string {
	if d.Spec.Incremental.Mode == "" {
		return "Full"
	}
	return d.Spec.Incremental.Mode
}

// request is what the planner is asked, as the operator asks it.
func (d *Definition) request(tables []contract.PlanRequestTable, trinoCatalog string) *contract.PlanRequest {
	partitions := []contract.PlanRequestIncrementalPartitionBy{}
	for _, field := range d.Spec.Target.PartitionBy {
		partitions = append(partitions, contract.PlanRequestIncrementalPartitionBy{Column: field.Column, Transform: field.Transform})
	}
	return &contract.PlanRequest{
		SQL: d.Spec.SQL, TimeZone: d.Spec.Refresh.TimeZone, Tables: tables,
		Catalog: &contract.PlanRequestCatalog{Trino: trinoCatalog},
		Incremental: &contract.PlanRequestIncremental{
			Mode: d.Mode(), Keys: d.Spec.Incremental.Keys, NewDataBy: d.Spec.Incremental.NewDataBy, PartitionBy: partitions,
		},
	}
}
