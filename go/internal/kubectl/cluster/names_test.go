package cluster

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
)

// nameVectors are the cases that the operator's tests run as well.
type nameVectors struct {
	Children []struct {
		Name, Pipeline string
		Children       map[string]string
	}
	Tables []struct{ Namespace, Pipeline, Database, Prefix string }
}

func readNameVectors(t *testing.T) nameVectors {
	t.Helper()
	text, err := os.ReadFile("../../../../contracts/vectors/names.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors nameVectors
	if err := json.Unmarshal(text, &vectors); err != nil || len(vectors.Children) == 0 || len(vectors.Tables) == 0 {
		t.Fatalf("%d and %d vectors, error %v", len(vectors.Children), len(vectors.Tables), err)
	}
	return vectors
}

func TestChildrenAreCalledWhatTheOperatorCallsThem(t *testing.T) {
	for _, vector := range readNameVectors(t).Children {
		t.Run(vector.Name, func(t *testing.T) {
			pipeline := Pipeline{Name: vector.Pipeline}
			tables := pipeline.LakeTableNames()
			got := map[string]string{
				"rawStream": pipeline.RawStreamName(), "events": tables[0], "failedEvents": tables[1], "duplicateEvents": tables[2],
				"collector": pipeline.CollectorService(), "collectorInternal": pipeline.CollectorInternalService(),
				"streamJob": pipeline.StreamName(), "profiles": pipeline.ProfileTableName(),
				"profileApi": pipeline.ProfileAPIName(),
			}
			for child, want := range vector.Children {
				if got[child] != want {
					t.Errorf("%s is called %q, the operator calls it %q", child, got[child], want)
				}
			}
			if len(vector.Children) != len(got) {
				t.Errorf("the vector has %d children, the pipeline %d", len(vector.Children), len(got))
			}
		})
	}
}

func TestDefaultTablesAreCalledWhatTheOperatorCallsThem(t *testing.T) {
	for _, vector := range readNameVectors(t).Tables {
		t.Run(vector.Namespace+"/"+vector.Pipeline, func(t *testing.T) {
			database := defaultTableName(vector.Namespace, contract.DefaultDatabase)
			prefix := defaultTableName(vector.Pipeline, contract.DefaultPrefix)
			if database != vector.Database || prefix != vector.Prefix {
				t.Errorf("database %q and prefix %q, the operator's are %q and %q", database, prefix, vector.Database, vector.Prefix)
			}
		})
	}
}
