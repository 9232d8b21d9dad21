package adoption

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Address is where a table is, and the platform that its manifest is to name.
type Address struct{ Platform, Database, Table string }

const (
	longestType = 768
	longestDoc  = 1024
	longestName = 63
)

var (
	databaseName = regexp.MustCompile(`^[a-z0-9_]{1,128}$`)
	tableName    = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,127}$`)
	transform    = regexp.MustCompile(`^(identity|year|month|day|hour|void|bucket|truncate)(?:\[(\d+)\])?$`)
)

// Manifest returns the LakeTable that is in effect already: applying it changes nothing. What manifests cannot say of an
// optional column is left to otherColumns; of anything else it is an error that names all of it.
func Manifest(at Address, table *Table) (string, error) {
	m := &manifest{names: map[int]string{}}
	if !databaseName.MatchString(at.Database) || !tableName.MatchString(at.Table) {
		m.problem("the name %s.%s has more than small letters, digits and '_'", at.Database, at.Table)
	}
	columns := m.columns(table)
	partitions := m.partitions(table)
	sorting := m.sorting(table)
	if len(m.problems) > 0 {
		return "", fmt.Errorf("table %s.%s cannot be declared: %w", at.Database, at.Table, errors.Join(m.problems...))
	}
	var out strings.Builder
	fmt.Fprintf(&out, "# Table %s.%s (uuid %s) as it is. Applying this changes nothing.\n", at.Database, at.Table, table.UUID)
	for _, left := range m.left {
		fmt.Fprintf(&out, "# Not named, and kept by otherColumns: %s\n", left)
	}
	fmt.Fprintf(&out, "apiVersion: openclickstream.io/v1alpha1\nkind: LakeTable\nmetadata:\n  name: %s\nspec:\n", resourceName(at.Table))
	fmt.Fprintf(&out, "  platformRef: { name: %s }\n  database: %s\n  table: %s\n", at.Platform, quoted(at.Database), quoted(at.Table))
	writeList(&out, "columns", columns)
	writeList(&out, "partitionBy", partitions)
	writeList(&out, "sortBy", sorting)
	if len(m.left) > 0 {
		out.WriteString("  otherColumns: Keep\n")
	}
	return out.String(), nil
}

type manifest struct {
	// names are those of the columns that the manifest names, by field id.
	names    map[int]string
	left     []string
	problems []error
}

func (m *manifest) problem(format string, arguments ...any) {
	m.problems = append(m.problems, fmt.Errorf(format, arguments...))
}

func (m *manifest) columns(table *Table) []string {
	var lines []string
	seen := map[string]string{}
	for _, column := range table.fields() {
		line, err := columnLine(column)
		switch other, isTwice := seen[strings.ToLower(column.Name)]; {
		case err == nil && isTwice:
			m.problem("columns %q and %q differ only in capitals, which SQL engines do not tell apart", other, column.Name)
		case err == nil:
			seen[strings.ToLower(column.Name)] = column.Name
			m.names[column.ID] = column.Name
			lines = append(lines, line)
		case column.Required:
			m.problem("column %q is required, and %w", column.Name, err)
		default:
			m.left = append(m.left, fmt.Sprintf("column %q, as %v", column.Name, err))
		}
	}
	if len(lines) == 0 {
		m.problem("it has no column that a manifest can name")
	}
	return lines
}

func columnLine(column field) (string, error) {
	if !columnName.MatchString(column.Name) {
		return "", errors.New("manifests cannot name it: a name has letters, digits and '_' only")
	}
	text, err := typeText(column.Type)
	switch {
	case err != nil:
		return "", err
	case len(text) > longestType:
		return "", fmt.Errorf("its type has more than %d characters", longestType)
	case utf8.RuneCountInString(column.Doc) > longestDoc:
		return "", fmt.Errorf("its comment has more than %d characters", longestDoc)
	}
	line := fmt.Sprintf("name: %s, type: %s", quoted(column.Name), quoted(text))
	if column.Required {
		line += ", required: true"
	}
	if column.Doc != "" {
		line += ", doc: " + quoted(column.Doc)
	}
	return line, nil
}

func (m *manifest) partitions(table *Table) []string {
	var lines []string
	for _, candidate := range table.Specs {
		if candidate.ID != table.SpecID {
			continue
		}
		for _, partition := range candidate.Fields {
			parts := transform.FindStringSubmatch(partition.Transform)
			name, isNamed := m.names[partition.SourceID]
			switch {
			case parts != nil && parts[1] == "void": // what format version 1 leaves behind; it makes no difference
			case parts == nil:
				m.problem("manifests do not know the transform %s of partition field %q", partition.Transform, partition.Name)
			case !isNamed:
				m.problem("partition field %q is made from a column or nested field that the manifest cannot name", partition.Name)
			case parts[2] != "":
				lines = append(lines, fmt.Sprintf("column: %s, transform: %s, width: %s", quoted(name), parts[1], parts[2]))
			default:
				lines = append(lines, fmt.Sprintf("column: %s, transform: %s", quoted(name), parts[1]))
			}
		}
	}
	return lines
}

func (m *manifest) sorting(table *Table) []string {
	var lines []string
	for _, candidate := range table.Orders {
		if candidate.ID != table.OrderID {
			continue
		}
		for _, sorted := range candidate.Fields {
			name, isNamed := m.names[sorted.SourceID]
			if !isNamed || sorted.Transform != "identity" {
				m.problem("manifests can sort by columns only, and the table is sorted by %s of field %d", sorted.Transform, sorted.SourceID)
				continue
			}
			lines = append(lines, fmt.Sprintf("column: %s, direction: %s, nullOrder: %s",
				quoted(name), sorted.Direction, strings.TrimPrefix(sorted.NullOrder, "nulls-")))
		}
	}
	return lines
}

func writeList(out *strings.Builder, field string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(out, "  %s:\n", field)
	for _, line := range lines {
		fmt.Fprintf(out, "    - { %s }\n", line)
	}
}

var plain = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// notText are plain words that YAML takes for something else than text.
var notText = map[string]bool{"true": true, "false": true, "null": true, "yes": true, "no": true, "on": true, "off": true, "y": true, "n": true}

// quoted returns a text as YAML has it, without quotes where it needs none.
func quoted(text string) string {
	if plain.MatchString(text) && !notText[strings.ToLower(text)] {
		return text
	}
	return strconv.QuoteToASCII(text)
}

// resourceName makes a name of Kubernetes from a table's.
func resourceName(table string) string {
	name := strings.Trim(strings.ReplaceAll(table, "_", "-"), "-")
	if len(name) > longestName {
		name = strings.TrimRight(name[:longestName], "-")
	}
	if name == "" {
		return "table"
	}
	return name
}
