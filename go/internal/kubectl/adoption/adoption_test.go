package adoption

import (
	"encoding/json"
	"strings"
	"testing"
)

func read(t *testing.T, text string) *Table {
	t.Helper()
	table := &Table{}
	if err := json.Unmarshal([]byte(text), table); err != nil {
		t.Fatal(err)
	}
	return table
}

const columns = `{"id":1,"name":"orderId","type":"string","required":true,"doc":"Who: it \"is\"."},
	{"id":2,"name":"at","type":"timestamptz","required":false},
	{"id":3,"name":"price","type":"decimal(9, 2)","required":false},
	{"id":4,"name":"lines","required":false,"type":{"type":"list","element-id":5,"element-required":true,"element":
		{"type":"struct","fields":[{"id":6,"name":"skuCode","type":"fixed[16]","required":true},
			{"id":7,"name":"tags","required":false,"type":{"type":"map","key-id":8,"key":"string","value-id":9,"value":"int","value-required":false}}]}}}`

func table(columns, layout string) string {
	return `{"table-uuid":"u-1","format-version":2,"current-schema-id":3,"schemas":[{"schema-id":0,"fields":[]},{"schema-id":3,"fields":[` + columns +
		`]}],"properties":{"vendor.unknown":"x"}` + layout + `}`
}

func TestAManifestSaysTheTableAsItIs(t *testing.T) {
	layout := `,"default-spec-id":1,"partition-specs":[{"spec-id":0,"fields":[]},{"spec-id":1,"fields":[
		{"source-id":2,"field-id":1000,"name":"at_day","transform":"day"},{"source-id":9,"field-id":1002,"name":"gone","transform":"void"},
		{"source-id":1,"field-id":1001,"name":"orderId_bucket","transform":"bucket[16]"}]}],
		"default-sort-order-id":1,"sort-orders":[{"order-id":1,"fields":[{"source-id":3,"transform":"identity","direction":"desc","null-order":"nulls-first"}]}]`
	got, err := Manifest(Address{Platform: "main", Database: "shop", Table: "orders_2025"}, read(t, table(columns, layout)))
	want := `# Table shop.orders_2025 (uuid u-1) as it is. Applying this changes nothing.
apiVersion: openclickstream.io/v1alpha1
kind: LakeTable
metadata:
  name: orders-2025
spec:
  platformRef: { name: main }
  database: shop
  table: orders_2025
  columns:
    - { name: orderId, type: string, required: true, doc: "Who: it \"is\"." }
    - { name: at, type: timestamptz }
    - { name: price, type: "decimal(9,2)" }
    - { name: lines, type: "list<struct<skuCode:fixed(16),tags:map<string,int>>>" }
  partitionBy:
    - { column: at, transform: day }
    - { column: orderId, transform: bucket, width: 16 }
  sortBy:
    - { column: price, direction: desc, nullOrder: first }
`
	if err != nil || got != want {
		t.Errorf("printed\n%s%v\nwant\n%s", got, err, want)
	}
}

func TestWhatAManifestCannotSayOfOptionalColumnsIsKept(t *testing.T) {
	more := columns + `,{"id":20,"name":"gift wrap","type":"string","required":false},{"id":21,"name":"shape","type":"geometry","required":false}`
	got, err := Manifest(Address{Platform: "main", Database: "shop", Table: "orders"}, read(t, table(more, "")))
	if err != nil || !strings.Contains(got, "\n  otherColumns: Keep\n") || strings.Contains(got, "name: gift") ||
		!strings.Contains(got, `# Not named, and kept by otherColumns: column "gift wrap", as manifests cannot name it`) ||
		!strings.Contains(got, `column "shape", as manifests do not know the type geometry`) {
		t.Errorf("printed\n%s%v", got, err)
	}
}

func TestWhatCannotBeDeclaredIsToldAtOnce(t *testing.T) {
	bad := `{"id":1,"name":"a-b","type":"string","required":true},{"id":2,"name":"Id","type":"int","required":false},{"id":3,"name":"id","type":"int","required":false}`
	layout := `,"default-spec-id":0,"partition-specs":[{"spec-id":0,"fields":[{"source-id":9,"name":"inner_day","transform":"day"}]}],
		"default-sort-order-id":1,"sort-orders":[{"order-id":1,"fields":[{"source-id":2,"transform":"bucket[4]","direction":"asc","null-order":"nulls-first"}]}]`
	_, err := Manifest(Address{Platform: "main", Database: "Shop", Table: "orders"}, read(t, table(bad, layout)))
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range []string{
		"table Shop.orders cannot be declared: the name Shop.orders has more than small letters",
		`column "a-b" is required, and manifests cannot name it`,
		`columns "Id" and "id" differ only in capitals`,
		`partition field "inner_day" is made from a column or nested field that the manifest cannot name`,
		"sorted by bucket[4] of field 2",
	} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%v\nlacks %s", err, part)
		}
	}
}

func TestTextsThatYAMLWouldTakeForSomethingElseAreQuoted(t *testing.T) {
	for text, want := range map[string]string{"a": "a", "no": `"no"`, "True": `"True"`, "1a": `"1a"`, "a b": `"a b"`, "ä\n": `"\u00e4\n"`} {
		if got := quoted(text); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}
