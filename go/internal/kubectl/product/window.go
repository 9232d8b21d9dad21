package product

import (
	"errors"
	"fmt"
	"time"
)

// Window is a time of the inputs, from one instant on and before another, in UTC.
type Window struct{ From, To string }

// String is the window as annotations have it.
func (w *Window) String() string { return w.From + "/" + w.To }

// ParseWindow reads the window that two flags give; nil when neither is given.
func ParseWindow(from, to string) (*Window, error) {
	if from == "" && to == "" {
		return nil, nil
	}
	if from == "" || to == "" {
		return nil, errors.New("--from and --to must be given together; a run reads the rows from the one on and before the other")
	}
	begin, err := parseInstant("from", from)
	if err != nil {
		return nil, err
	}
	end, err := parseInstant("to", to)
	if err != nil {
		return nil, err
	}
	if !begin.Before(end) {
		return nil, fmt.Errorf("--from must be before --to; %s is not before %s", from, to)
	}
	return &Window{From: begin.Format(time.RFC3339), To: end.Format(time.RFC3339)}, nil
}

// parseInstant reads a time with its zone, or a day of UTC.
func parseInstant(flag, text string) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if instant, err := time.Parse(layout, text); err == nil {
			return instant.UTC().Truncate(time.Second), nil
		}
	}
	return time.Time{}, fmt.Errorf("--%s must be a time such as 2026-03-01T00:00:00Z, or a day of UTC such as 2026-03-01, not %q", flag, text)
}
