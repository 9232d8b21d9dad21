package layout

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const internal = "github.com/open-clickstream/open-clickstream/go/internal/"

// floors say what a package and those below it may import of this module, besides their own. Packages that are not
// named here, as this one, import nothing.
var floors = map[string][]string{
	"adapter":       {"contract", "header", "jsonscan", "memory", "rawevent"},
	"collector":     {"adapter", "contract", "header", "jsonscan", "kafka", "memory", "rawevent", "uid"},
	"kafka":         {"contract"},
	"kubectl":       {"contract", "uid"},
	"loadgenerator": {"uid"},
	"rawevent":      {"contract", "header", "jsonscan", "uid"},
}

// owners are the only ones that import a library: what it gives the others is behind them.
var owners = map[string][]string{
	"k8s.io/":                  {"kubectl"},
	"github.com/spf13/":        {"kubectl"},
	"github.com/twmb/franz-go": {"collector", "kafka", "rawevent"},
}

func TestImportsGoDownOnly(t *testing.T) {
	for name, imports := range importsOf(t) {
		room, _, _ := strings.Cut(name, "/")
		for _, imported := range imports {
			if below, isOurs := strings.CutPrefix(imported, internal); isOurs {
				target, _, _ := strings.Cut(below, "/")
				if target != room && !slices.Contains(floors[room], target) {
					t.Errorf("internal/%s imports internal/%s; package %s may import %v", name, below, room, floors[room])
				}
				if parent, _, isNested := strings.Cut(below, "/"); room == "adapter" && isNested && parent == "adapter" {
					t.Errorf("internal/%s imports internal/%s; adapters know nothing of each other", name, below)
				}
			}
			for library, allowed := range owners {
				if strings.HasPrefix(imported, library) && !slices.Contains(allowed, room) {
					t.Errorf("internal/%s imports %s, which is for %v", name, imported, allowed)
				}
			}
		}
	}
}

// importsOf returns the imports of each package below internal, without those of tests. It reads the files itself, so that
// Go's cache of test results notices when one changes.
func importsOf(t *testing.T) map[string][]string {
	t.Helper()
	imports := map[string][]string{}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		name, err := filepath.Rel("..", filepath.Dir(path))
		for _, imported := range file.Imports {
			imports[name] = append(imports[name], strings.Trim(imported.Path.Value, `"`))
		}
		return err
	})
	if err != nil {
		t.Fatalf("reading the packages: %v", err)
	}
	if len(imports) < 10 {
		t.Fatalf("only %d packages were found: %v", len(imports), imports)
	}
	return imports
}
