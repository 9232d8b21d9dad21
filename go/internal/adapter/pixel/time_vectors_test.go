package pixel

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"testing"
)

// The stream job reads the times of events, those of pixels among them, and runs the same cases.
func TestTimestampsAreMembersAsTheVectorsSay(t *testing.T) {
	var vectors struct {
		Times []struct {
			Name string
			// Text is the time as a query says it; nil where none can.
			Text  *string
			Value json.RawMessage
			// Microseconds are since 1970, nil of what is no time.
			Microseconds *int64
		}
	}
	text, err := os.ReadFile("../../../../contracts/vectors/time-forms.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, vector := range vectors.Times {
		if vector.Text == nil {
			continue
		}
		count++
		t.Run(vector.Name, func(t *testing.T) {
			into := newIngestion(1 << 20)
			request := httptest.NewRequest(http.MethodGet, path+"?ts="+url.QueryEscape(*vector.Text), nil)
			if refused := (Adapter{}).Read(into, request); refused != nil {
				t.Fatalf("refused: %+v", refused)
			}
			want := `{"event_type":"page_view","timestamp":` + string(vector.Value) + `}`
			if vector.Microseconds == nil {
				want = `{"event_type":"page_view","properties":{"ts":"` + *vector.Text + `"}}`
			}
			if got := string(into.Events()[0].Value); got != want {
				t.Errorf("event %s instead of %s", got, want)
			}
		})
	}
	if count == 0 {
		t.Error("no vector is a time in a query")
	}
}
