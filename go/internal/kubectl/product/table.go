package product

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/terminal"
)

var columns = []terminal.Column{
	{Name: "run"}, {Name: "state"}, {Name: "window"}, {Name: "rows", IsRight: true}, {Name: "seconds", IsRight: true}, {Name: "ended"}, {Name: "failed checks"},
}

// WriteText writes the runs as a table, and below it what is missing with the commands that fill it in.
func (r *Runs) WriteText(out io.Writer) error {
	rows := make([][]string, len(r.Runs))
	for i, run := range r.Runs {
		rows[i] = []string{run.ID, string(run.State), windowText(run.From, run.To), number(run.Rows), number(run.Seconds), run.EndedAt, failedChecks(run.Checks)}
	}
	if err := terminal.WriteTable(out, columns, rows); err != nil {
		return err
	}
	var text strings.Builder
	if len(rows) == 0 {
		text.WriteString("there was no run yet\n")
	}
	if len(r.Runs) > 0 && r.Runs[0].State == Failed && r.Runs[0].Message != "" {
		fmt.Fprintf(&text, "the last run failed: %s\n", r.Runs[0].Message)
	}
	if r.NextRun != "" {
		fmt.Fprintf(&text, "the next run by the schedule begins at %s\n", r.NextRun)
	}
	if good := r.LastGoodSnapshot; good != nil {
		fmt.Fprintf(&text, "readers see snapshot %s of %s\n", good.ID, good.At)
	}
	if audit := r.LastAudit; audit != nil {
		fmt.Fprintf(&text, "the held rows of run %s are in the branch %s of the table: %s\n", audit.RunID, audit.Branch, audit.Message)
	}
	if len(r.Missing) > 0 {
		fmt.Fprintf(&text, "%s missing from the table; this runs them again:\n", terminal.Count(len(r.Missing), "window is", "windows are"))
	}
	for _, window := range r.Missing {
		fmt.Fprintf(&text, "  kubectl clickstream product run %s -n %s --from %s --to %s  # %s\n",
			r.Name, r.Namespace, window.From, window.To, window.why())
	}
	_, err := io.WriteString(out, text.String())
	return err
}

// why says what became of the run over the window, if there was one.
func (m Missing) why() string {
	if m.RunID == "" {
		return "no run has read it"
	}
	return m.RunID + " was " + strings.ToLower(string(m.State))
}

func windowText(from, to string) string {
	if from == "" {
		return "all"
	}
	return from + " to " + to
}

func number(value *int64) string {
	if value == nil {
		return ""
	}
	return strconv.FormatInt(*value, 10)
}

// failedChecks names the checks that found violations, with how many.
func failedChecks(checks []Check) string {
	var failed []string
	for _, check := range checks {
		if check.Violations > 0 {
			failed = append(failed, fmt.Sprintf("%s (%s: %s)", check.Name, strings.ToLower(check.Severity), terminal.Count(check.Violations, "row", "rows")))
		}
	}
	return strings.Join(failed, ", ")
}

// Describe says in one line how a run ended.
func (r *Run) Describe() string {
	text := fmt.Sprintf("run %s %s", r.ID, strings.ToLower(string(r.State)))
	if r.Rows != nil {
		text += ", " + terminal.Count(*r.Rows, "row", "rows")
	}
	if r.Seconds != nil {
		text += fmt.Sprintf(", %d s", *r.Seconds)
	}
	if failed := failedChecks(r.Checks); failed != "" {
		text += "; failed checks: " + failed
	}
	if r.Message != "" {
		text += "; " + r.Message
	}
	return text
}
