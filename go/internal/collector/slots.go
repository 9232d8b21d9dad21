package collector

import (
	"net"
	"net/http"
	"sync/atomic"
)

// slots count the connections of the public port. When all are taken it closes those that rest between two requests, so that
// clients who keep theirs open keep nobody out.
type slots struct {
	server *http.Server
	most   int64
	open   atomic.Int64
}

// track is told by the server about every connection; for one more request of a connection it does no more than look.
func (s *slots) track(connection net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		if s.open.Add(1) >= s.most {
			s.closeResting()
		}
	case http.StateIdle:
		if s.open.Load() >= s.most {
			_ = connection.Close() // its client has the answer, and must be ready for this at any time
		}
	case http.StateClosed, http.StateHijacked:
		s.open.Add(-1)
	case http.StateActive:
	}
}

// closeResting: turning keep-alive off closes what rests. While draining it is off anyway, and that it is turned on again
// does little harm: the end of the drain closes what rests then.
func (s *slots) closeResting() {
	s.server.SetKeepAlivesEnabled(false)
	s.server.SetKeepAlivesEnabled(true)
}
