package collector

import (
	"log/slog"
	"sync"
	"time"
)

const quietTime = 10 * time.Second

// throttledLog writes one line a reason in quietTime, with how many it kept to itself: an outage under load is one
// problem and not a line for each request.
type throttledLog struct {
	logger *slog.Logger
	mutex  sync.Mutex
	last   map[string]time.Time
	unsaid map[string]int
}

func newThrottledLog(logger *slog.Logger) *throttledLog {
	return &throttledLog{logger: logger, last: map[string]time.Time{}, unsaid: map[string]int{}}
}

func (t *throttledLog) warn(message, reason string, err error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if time.Since(t.last[reason]) < quietTime {
		t.unsaid[reason]++
		return
	}
	t.logger.Warn(message, "reason", reason, "error", err.Error(), "unsaid", t.unsaid[reason])
	t.last[reason] = time.Now()
	t.unsaid[reason] = 0
}
