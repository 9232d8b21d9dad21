// Package product reads the runs of a data product from its status, waits for one, and shows them.
package product

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
)

// State is what has become of a run.
type State string

// The states of a run. Held rows are written, but a check keeps them from readers.
const (
	Running   State = "Running"
	Published State = "Published"
	Held      State = "Held"
	Failed    State = "Failed"
)

// Run is one run of a product.
type Run struct {
	ID    string `json:"id"`
	State State  `json:"state"`
	// From and To are the time that the run is of; empty when it reads all rows.
	From      string `json:"from,omitempty"`
	To        string `json:"to,omitempty"`
	StartedAt string `json:"startedAt,omitempty"`
	EndedAt   string `json:"endedAt,omitempty"`
	// Rows, Seconds and SnapshotID are not known while it runs.
	Rows       *int64  `json:"rows,omitempty"`
	Seconds    *int64  `json:"seconds,omitempty"`
	SnapshotID string  `json:"snapshotId,omitempty"`
	Checks     []Check `json:"checks,omitempty"`
	Message    string  `json:"message,omitempty"`
}

// Check is what one check found in a run's rows.
type Check struct {
	Name string `json:"name"`
	// Severity is Error, which holds the rows, or Warning.
	Severity   string `json:"severity"`
	Violations int64  `json:"violations"`
}

// Missing is a time whose rows the table lacks.
type Missing struct {
	From  string `json:"from"`
	To    string `json:"to"`
	RunID string `json:"runId,omitempty"`
	State State  `json:"state"`
}

// Snapshot is a version of the table that readers see.
type Snapshot struct {
	ID   string `json:"id"`
	At   string `json:"at"`
	Rows *int64 `json:"rows,omitempty"`
}

// Audit is where held rows can be looked at.
type Audit struct {
	RunID   string `json:"runId"`
	Branch  string `json:"branch"`
	Message string `json:"message"`
}

// Runs is what the operator knows of a product's runs.
type Runs struct {
	Name      string `json:"name"`
	Namespace string `json:"namespace"`
	NextRun   string `json:"nextRun,omitempty"`
	// Runs are the last one and those before it, the latest first.
	Runs             []Run     `json:"runs"`
	Missing          []Missing `json:"missing"`
	LastGoodSnapshot *Snapshot `json:"lastGoodSnapshot,omitempty"`
	LastAudit        *Audit    `json:"lastAudit,omitempty"`
}

// Of reads the runs of a DataProduct's status.
func Of(object *unstructured.Unstructured) (*Runs, error) {
	var status struct {
		LastRun          *Run      `json:"lastRun"`
		EarlierRuns      []Run     `json:"earlierRuns"`
		Missing          []Missing `json:"missing"`
		NextRun          string    `json:"nextRun"`
		LastGoodSnapshot *Snapshot `json:"lastGoodSnapshot"`
		LastAudit        *Audit    `json:"lastAudit"`
	}
	text, err := json.Marshal(object.Object["status"])
	if err == nil {
		err = json.Unmarshal(text, &status)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the status of DataProduct %q: %w", object.GetName(), err)
	}
	runs := &Runs{
		Name: object.GetName(), Namespace: object.GetNamespace(), NextRun: status.NextRun,
		Runs: []Run{}, Missing: append([]Missing{}, status.Missing...),
		LastGoodSnapshot: status.LastGoodSnapshot, LastAudit: status.LastAudit,
	}
	if status.LastRun != nil {
		runs.Runs = append(runs.Runs, *status.LastRun)
	}
	runs.Runs = append(runs.Runs, status.EarlierRuns...)
	return runs, nil
}

// AskedSince returns the run that was asked for and is not among those before, of the given time if there is one; nil when there is none yet.
func (r *Runs) AskedSince(before *Runs, window *Window) *Run {
	for i := range slices.Backward(r.Runs) {
		run := &r.Runs[i]
		isOfWindow := window == nil || run.From == window.From && run.To == window.To
		if strings.HasPrefix(run.ID, contract.AskedRunPrefix) && isOfWindow && before.WithID(run.ID) == nil {
			return run
		}
	}
	return nil
}

// WithID returns the run of this id, or nil when it is not among the last ones.
func (r *Runs) WithID(id string) *Run {
	at := slices.IndexFunc(r.Runs, func(run Run) bool { return run.ID == id })
	if at < 0 {
		return nil
	}
	return &r.Runs[at]
}
