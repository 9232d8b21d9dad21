// Package memory bounds the memory of all requests together.
package memory

import "sync/atomic"

// Budget is what all requests may take together: each takes what it needs before it allocates it.
type Budget struct {
	limit int64
	used  atomic.Int64
}

// NewBudget returns a budget of limit bytes.
func NewBudget(limit int64) *Budget { return &Budget{limit: limit} }

// Used is how many bytes are taken now.
func (b *Budget) Used() int64 { return b.used.Load() }

// Lease is what one request holds of a budget.
type Lease struct {
	budget *Budget
	held   int64
}

// Lease returns a lease that holds nothing yet.
func (b *Budget) Lease() Lease { return Lease{budget: b} }

// Grow takes size bytes more; false means that the budget is used up.
func (l *Lease) Grow(size int64) bool {
	if l.budget.used.Add(size) > l.budget.limit {
		l.budget.used.Add(-size)
		return false
	}
	l.held += size
	return true
}

// End gives everything back.
func (l *Lease) End() {
	l.budget.used.Add(-l.held)
	l.held = 0
}
