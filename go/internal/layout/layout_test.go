package layout

import (
	"os/exec"
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

// importsOf returns the imports of each package below internal, without those of tests.
func importsOf(t *testing.T) map[string][]string {
	t.Helper()
	output, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, internal+"...").Output()
	if err != nil {
		t.Fatalf("listing the packages: %v", err)
	}
	imports := map[string][]string{}
	for line := range strings.Lines(string(output)) {
		fields := strings.Fields(line)
		imports[strings.TrimPrefix(fields[0], internal)] = fields[1:]
	}
	if len(imports) < 10 {
		t.Fatalf("only %d packages were found: %s", len(imports), output)
	}
	return imports
}
