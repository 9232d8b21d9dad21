package memory

import "testing"

func TestWhatDoesNotFitIsNotTaken(t *testing.T) {
	budget := NewBudget(100)
	first, second := budget.Lease(), budget.Lease()
	if !first.Grow(60) || second.Grow(41) || !second.Grow(40) {
		t.Errorf("%d bytes of 100 are taken", budget.Used())
	}
	first.End()
	if budget.Used() != 40 || !second.Grow(60) {
		t.Errorf("%d bytes are taken after the first ended", budget.Used())
	}
	first.End() // a second time gives back nothing
	second.End()
	if budget.Used() != 0 {
		t.Errorf("%d bytes are taken at the end", budget.Used())
	}
}
