package collector

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"k8s.io/apimachinery/pkg/util/yaml"
)

// resource is the part of a Deployment that says how a collector is started.
type resource struct {
	Kind string
	Spec struct{ Template struct{ Spec podSpec } }
}

type podSpec struct {
	Containers []struct {
		Name string
		Env  []struct{ Name, Value string }
	}
}

// collectorEnvironments returns the environments of the collectors that the operator's golden files hold.
func collectorEnvironments(t *testing.T, file string) []map[string]string {
	t.Helper()
	text, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = text.Close() }() // only read from
	var environments []map[string]string
	decoder := yaml.NewYAMLOrJSONDecoder(text, 4096)
	for {
		var document json.RawMessage
		switch err := decoder.Decode(&document); {
		case errors.Is(err, io.EOF):
			return environments
		case err != nil:
			t.Fatalf("%s: %v", file, err)
		case !bytes.HasPrefix(document, []byte("{")): // what a pass writes besides resources
			continue
		}
		var one resource
		if err := json.Unmarshal(document, &one); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, container := range one.Spec.Template.Spec.Containers {
			if one.Kind != "Deployment" || container.Name != "collector" {
				continue
			}
			environment := map[string]string{}
			for _, variable := range container.Env {
				environment[variable.Name] = variable.Value // that of a Secret is empty here
			}
			environments = append(environments, environment)
		}
	}
}

// isOfManifest are variables that a manifest gives the pods for other programs' sake, not the operator.
var isOfManifest = map[string]bool{"HTTP_PROXY": true}

func TestTheCollectorUnderstandsWhatTheOperatorTellsIt(t *testing.T) {
	// A link: Go's cache of test results looks at no file outside of the module.
	files, err := filepath.Glob("testdata/operator/*.golden.yaml")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, file := range files {
		for _, environment := range collectorEnvironments(t, file) {
			count++
			asked := map[string]bool{}
			if _, err := ReadConfig(func(name string) string { asked[name] = true; return environment[name] }); err != nil {
				t.Errorf("%s: %v", filepath.Base(file), err)
			}
			for name := range environment {
				if !asked[name] && !isOfManifest[name] {
					t.Errorf("%s sets %s, which the collector does not know", filepath.Base(file), name)
				}
			}
		}
	}
	if count < 3 {
		t.Errorf("only %d collectors were found in %q", count, files)
	}
}
