package tree

import "testing"

func TestAPausedResourceNamesWhoPausedIt(t *testing.T) {
	const object1 = `{"metadata":{"name":"raw","annotations":{"openclickstream.io/paused":"true"},"managedFields":[
		{"manager":"kubectl-client-side-apply","operation":"Update","time":"2026-01-01T00:00:00Z","fieldsV1":{"f:spec":{}}},
		{"manager":"kubectl-annotate","operation":"Update","time":"2026-01-02T03:04:05Z",
		 "fieldsV1":{"f:metadata":{"f:annotations":{"f:openclickstream.io/paused":{}}}}}]},"status":{` + wellConditions + `}}`
	want := "✔ EventStream raw\n    ✔ Ready, TablesReady\n" +
		"    … paused by the annotation openclickstream.io/paused, set by kubectl-annotate at 2026-01-02T03:04:05Z\n"
	if got := written(Resource("EventStream", object(t, object1))); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAPauseOfWhichNobodyKnowsMoreIsShown(t *testing.T) {
	const paused = `{"metadata":{"name":"raw","annotations":{"openclickstream.io/paused":"true"}},"status":{` + wellConditions + `}}`
	want := "✔ EventStream raw\n    ✔ Ready, TablesReady\n    … paused by the annotation openclickstream.io/paused\n"
	if got := written(Resource("EventStream", object(t, paused))); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestAnAnnotationThatDoesNotPauseIsNoPause(t *testing.T) {
	const object2 = `{"metadata":{"name":"raw","annotations":{"openclickstream.io/paused":"false"}},"status":{` + wellConditions + `}}`
	if got, want := written(Resource("EventStream", object(t, object2))), "✔ EventStream raw\n    ✔ Ready, TablesReady\n"; got != want {
		t.Errorf("got %q want %q", got, want)
	}
}
