package product

import (
	"context"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
	"github.com/open-clickstream/open-clickstream/go/internal/kubectl/cluster"
)

// Waiting follows a run that was asked for to its end.
type Waiting struct {
	// Read reads the product.
	Read func(context.Context) (*unstructured.Unstructured, error)
	// Before are the runs before it was asked for.
	Before *Runs
	// Window is what it was asked to be of; nil for what runs are of by themselves.
	Window *Window
	// Interval is how often the product is read, Patience how long.
	Interval, Patience time.Duration
	// Note is told what is waited for, whenever that changes.
	Note func(text string)
}

// Wait returns the run at its end.
func (w *Waiting) Wait(ctx context.Context) (*Run, error) {
	deadline := time.Now().Add(w.Patience)
	id, told := "", ""
	for {
		object, err := w.Read(ctx)
		if err != nil {
			return nil, err
		}
		run, err := w.find(object, id)
		if err != nil {
			return nil, err
		}
		if run != nil {
			id = run.ID
		}
		if run != nil && run.State != Running {
			return run, nil
		}
		if text := waitsFor(object, run); text != told {
			w.Note(text)
			told = text
		}
		if time.Now().Add(w.Interval).After(deadline) {
			return nil, fmt.Errorf("the run has not ended within %v, which --timeout makes longer: %s", w.Patience, told)
		}
		select {
		case <-time.After(w.Interval):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// find returns the run, or nil while it has not begun.
func (w *Waiting) find(object *unstructured.Unstructured, id string) (*Run, error) {
	runs, err := Of(object)
	if err != nil {
		return nil, err
	}
	if id == "" {
		return runs.AskedSince(w.Before, w.Window), nil
	}
	run := runs.WithID(id)
	if run == nil {
		return nil, fmt.Errorf("run %s is no longer among the last ones of the product; kubectl clickstream product runs %s shows those", id, runs.Name)
	}
	return run, nil
}

// waitsFor says in one line what is going on.
func waitsFor(object *unstructured.Unstructured, run *Run) string {
	if run != nil {
		return fmt.Sprintf("run %s %s", run.ID, describeWindow(run.From, run.To))
	}
	for _, condition := range cluster.Conditions(object.Object) {
		isInTheWay := condition.Type == contract.ConditionStalled && condition.Status == "True" ||
			condition.Type == "Scheduled" && condition.Status == "False"
		if isInTheWay {
			return "the run has not begun: " + condition.Message
		}
	}
	return "the run has not begun"
}

func describeWindow(from, to string) string {
	if from == "" {
		return "reads all rows"
	}
	return fmt.Sprintf("reads %s to %s", from, to)
}
