package collector

import "sync/atomic"

// Budget bounds the memory of all requests together: each takes what it needs before it allocates it.
type Budget struct {
	limit int64
	used  atomic.Int64
}

// NewBudget returns a budget of limit bytes.
func NewBudget(limit int64) *Budget { return &Budget{limit: limit} }

// Used is how many bytes are taken now.
func (b *Budget) Used() int64 { return b.used.Load() }

// lease is what one request holds of the budget.
type lease struct {
	budget *Budget
	held   int64
}

// growTo takes as much as is missing to hold size bytes; false means that the budget is used up.
func (l *lease) growTo(size int64) bool {
	missing := size - l.held
	if missing <= 0 {
		return true
	}
	if l.budget.used.Add(missing) > l.budget.limit {
		l.budget.used.Add(-missing)
		return false
	}
	l.held = size
	return true
}

// end gives everything back.
func (l *lease) end() {
	l.budget.used.Add(-l.held)
	l.held = 0
}
