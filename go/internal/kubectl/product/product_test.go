package product

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func productWith(t *testing.T, status string) *unstructured.Unstructured {
	t.Helper()
	var object map[string]any
	if err := json.Unmarshal([]byte(`{"metadata":{"name":"sessions","namespace":"shop"},"status":`+status+`}`), &object); err != nil {
		t.Fatal(err)
	}
	return &unstructured.Unstructured{Object: object}
}

func runsOf(t *testing.T, status string) *Runs {
	t.Helper()
	runs, err := Of(productWith(t, status))
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

const severalRuns = `{
	"lastRun":{"id":"r4","state":"Running","from":"2026-03-04T00:00:00Z","to":"2026-03-05T00:00:00Z","startedAt":"2026-03-05T00:00:00Z"},
	"earlierRuns":[
		{"id":"r3","state":"Held","from":"2026-03-03T00:00:00Z","to":"2026-03-04T00:00:00Z","endedAt":"2026-03-04T00:01:00Z","rows":12,"seconds":60,
		 "checks":[{"name":"visitors","severity":"Error","violations":1},{"name":"sites","severity":"Warning","violations":20},{"name":"days","severity":"Error","violations":0}]},
		{"id":"r2","state":"Published","endedAt":"2026-03-03T00:01:00Z","rows":0,"seconds":5,"snapshotId":"7"}],
	"missing":[{"from":"2026-03-03T00:00:00Z","to":"2026-03-04T00:00:00Z","runId":"r3","state":"Held"},
		{"from":"2026-02-01T00:00:00Z","to":"2026-02-02T00:00:00Z","state":"Unread"}],
	"lastGoodSnapshot":{"id":"7","at":"2026-03-03T00:01:00Z"},
	"lastAudit":{"runId":"r3","branch":"audit_r3","message":"the check visitors found 1 row"},
	"nextRun":"2026-03-06T00:00:00Z"}`

func TestRunsAreATableWithWhatIsMissingBelow(t *testing.T) {
	var out strings.Builder
	if err := runsOf(t, severalRuns).WriteText(&out); err != nil {
		t.Fatal(err)
	}
	want := `run | state     | window                                       | rows | seconds | ended                | failed checks
----+-----------+----------------------------------------------+------+---------+----------------------+--------------------------------------------------
r4  | Running   | 2026-03-04T00:00:00Z to 2026-03-05T00:00:00Z |      |         |                      | 
r3  | Held      | 2026-03-03T00:00:00Z to 2026-03-04T00:00:00Z |   12 |      60 | 2026-03-04T00:01:00Z | visitors (error: 1 row), sites (warning: 20 rows)
r2  | Published | all                                          |    0 |       5 | 2026-03-03T00:01:00Z | 
the next run by the schedule begins at 2026-03-06T00:00:00Z
readers see snapshot 7 of 2026-03-03T00:01:00Z
the held rows of run r3 are in the branch audit_r3 of the table: the check visitors found 1 row
2 windows are missing from the table; this runs them again:
  kubectl clickstream product run sessions -n shop --from 2026-03-03T00:00:00Z --to 2026-03-04T00:00:00Z  # r3 was held
  kubectl clickstream product run sessions -n shop --from 2026-02-01T00:00:00Z --to 2026-02-02T00:00:00Z  # no run has read it
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

func TestAProductThatNeverRanSaysSo(t *testing.T) {
	var out strings.Builder
	if err := runsOf(t, "null").WriteText(&out); err != nil || !strings.HasSuffix(out.String(), "there was no run yet\n") {
		t.Errorf("got %q, %v", out.String(), err)
	}
}

func TestWhyTheLastRunFailedIsTold(t *testing.T) {
	var out strings.Builder
	err := runsOf(t, `{"lastRun":{"id":"r2","state":"Failed","message":"no memory"},"earlierRuns":[{"id":"r1","state":"Failed","message":"no disk"}]}`).WriteText(&out)
	if err != nil || !strings.HasSuffix(out.String(), "\nthe last run failed: no memory\n") {
		t.Errorf("got %q, %v", out.String(), err)
	}
}

func TestAWindowIsTwoTimesInUTC(t *testing.T) {
	cases := []struct{ name, from, to, want, problem string }{
		{"none", "", "", "", ""},
		{"days", "2026-03-01", "2026-03-02", "2026-03-01T00:00:00Z/2026-03-02T00:00:00Z", ""},
		{"times with zones", "2026-03-01T01:00:00+01:00", "2026-03-01T02:00:00.5Z", "2026-03-01T00:00:00Z/2026-03-01T02:00:00Z", ""},
		{"one alone", "2026-03-01", "", "", "--from and --to must be given together"},
		{"the wrong way round", "2026-03-02", "2026-03-01", "", "--from must be before --to"},
		{"no time", "2026-03-01", "yesterday", "", `--to must be a time such as 2026-03-01T00:00:00Z, or a day of UTC such as 2026-03-01, not "yesterday"`},
		{"a day that is none", "2026-02-30", "2026-03-01", "", "--from must be a time"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			window, err := ParseWindow(c.from, c.to)
			got := ""
			if window != nil {
				got = window.String()
			}
			isProblem := err != nil && strings.Contains(err.Error(), c.problem)
			if got != c.want || isProblem != (c.problem != "") {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

// waiting reads the products one after the other, and the last again and again.
func waiting(t *testing.T, window *Window, statuses ...string) (w *Waiting, notes *[]string) {
	t.Helper()
	notes = new([]string)
	next := 0
	return &Waiting{
		Read: func(context.Context) (*unstructured.Unstructured, error) {
			status := statuses[min(next, len(statuses)-1)]
			next++
			return productWith(t, status), nil
		},
		Before: runsOf(t, `{"lastRun":{"id":"r1","state":"Published"}}`), Window: window, Patience: time.Minute,
		Note: func(text string) { *notes = append(*notes, text) },
	}, notes
}

func TestARunIsFollowedToItsEnd(t *testing.T) {
	w, notes := waiting(t, nil,
		`{"lastRun":{"id":"r1","state":"Published"}}`,
		`{"lastRun":{"id":"asked-r2","state":"Running"},"earlierRuns":[{"id":"r1","state":"Published"}]}`,
		`{"lastRun":{"id":"asked-r2","state":"Running"},"earlierRuns":[{"id":"r1","state":"Published"}]}`,
		`{"lastRun":{"id":"scheduled__1","state":"Published"},"earlierRuns":[{"id":"asked-r2","state":"Failed","message":"no memory"},{"id":"r1","state":"Published"}]}`)
	run, err := w.Wait(t.Context())
	if err != nil || run.Describe() != "run asked-r2 failed; no memory" {
		t.Errorf("got %+v, %v", run, err)
	}
	if got := strings.Join(*notes, "\n"); got != "the run has not begun\nrun asked-r2 reads all rows" {
		t.Errorf("told %q", got)
	}
}

func TestARunOfAWindowIsNotMistakenForAnother(t *testing.T) {
	w, _ := waiting(t, &Window{"2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"},
		`{"lastRun":{"id":"scheduled__1","state":"Published","from":"2026-03-01T00:00:00Z","to":"2026-03-02T00:00:00Z"},"earlierRuns":[{"id":"asked-r2","state":"Published"}]}`,
		`{"lastRun":{"id":"asked-r2","state":"Published"},"earlierRuns":[{"id":"asked-r3","state":"Held","from":"2026-03-01T00:00:00Z","to":"2026-03-02T00:00:00Z","rows":1}]}`)
	run, err := w.Wait(t.Context())
	if err != nil || run.Describe() != "run asked-r3 held, 1 row" {
		t.Errorf("got %+v, %v", run, err)
	}
}

func TestWaitingEndsWithWhatIsInTheWay(t *testing.T) {
	for _, condition := range []string{
		`{"type":"Stalled","status":"True","message":"the annotation is none"}`, `{"type":"Scheduled","status":"False","message":"the annotation is none"}`,
	} {
		w, _ := waiting(t, nil, `{"conditions":[{"type":"Ready","status":"False","message":"run r1 failed"},`+condition+`]}`)
		w.Patience = 0
		_, err := w.Wait(t.Context())
		if want := "the run has not ended within 0s, which --timeout makes longer: the run has not begun: the annotation is none"; err == nil || err.Error() != want {
			t.Errorf("%s: got %v", condition, err)
		}
	}
}

func TestARunThatLeftTheStatusIsNoLongerWaitedFor(t *testing.T) {
	w, _ := waiting(t, nil, `{"lastRun":{"id":"asked-r2","state":"Running"}}`, `{"lastRun":{"id":"r9","state":"Running"}}`)
	if _, err := w.Wait(t.Context()); err == nil || !strings.Contains(err.Error(), "run asked-r2 is no longer among the last ones") {
		t.Errorf("got %v", err)
	}
}
