package eventid

import "testing"

// The documented ids: whoever replays a log again must get those of the first time, from every version of the plugin.
func TestTheIDIsTheUUIDv5OfItsContent(t *testing.T) {
	if got, want := namespace.String(), "974113e3-799d-5e1c-94fe-5f1a4b69fab5"; got != want {
		t.Errorf("namespace %s, want %s", got, want)
	}
	if got, want := Of("access.log\n1\nline"), "f9c99301-216f-5b9b-b395-97ca3003ca2d"; got != want {
		t.Errorf("id %s, want %s", got, want)
	}
}
