package generator

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/open-clickstream/open-clickstream/go/internal/contract"
)

const (
	meanSessionLength = 7.0
	// restBetweenSessions is longer than the 30 minutes of idling that end a session by default.
	restBetweenSessions = 45 * time.Minute
	returningShare      = 0.35
)

// site is the shop with everybody who is in it. Time passes from event to event.
type site struct {
	random *rand.Rand
	// arrivalGap is the mean time between two sessions that begin.
	arrivalGap  time.Duration
	nextArrival time.Time
	now         time.Time
	active      sessions
	// resting visitors have left, the one who left first in front.
	resting  []*visitor
	visitors int
}

func newSite(random *rand.Rand, start time.Time, span time.Duration, events int64) *site {
	expectedSessions := max(1, float64(events)/meanSessionLength)
	return &site{
		random: random, arrivalGap: time.Duration(float64(span) / expectedSessions), nextArrival: start, now: start,
	}
}

type visitor struct {
	number    int
	id        string
	userID    string
	userAgent string
	language  string
	ip        string
	lastSeen  time.Time
}

// session is one visit under way.
type session struct {
	visitor  *visitor
	at       time.Time
	left     int
	page     page
	referrer string
	query    string
	cart     int
}

// sessions is a heap by the time of the next event.
type sessions []*session

func (s sessions) Len() int           { return len(s) }
func (s sessions) Less(i, j int) bool { return s[i].at.Before(s[j].at) }
func (s sessions) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
func (s *sessions) Push(x any)        { *s = append(*s, x.(*session)) }
func (s *sessions) Pop() any {
	last := len(*s) - 1
	popped := (*s)[last]
	*s = (*s)[:last]
	return popped
}

// next returns the event that comes next in time.
func (s *site) next(id string) *contract.Event {
	for len(s.active) == 0 || s.nextArrival.Before(s.active[0].at) {
		heap.Push(&s.active, s.arrive())
	}
	current := s.active[0]
	s.now = current.at
	made := s.act(current, id)
	current.visitor.lastSeen = current.at
	if current.left--; current.left <= 0 {
		heap.Pop(&s.active)
		s.resting = append(s.resting, current.visitor)
		return made
	}
	current.at = current.at.Add(time.Duration(3+s.random.ExpFloat64()*40) * time.Second).Add(time.Duration(s.random.IntN(1000)) * time.Millisecond)
	if limit := current.visitor.lastSeen.Add(20 * time.Minute); current.at.After(limit) {
		current.at = limit
	}
	heap.Fix(&s.active, 0)
	return made
}

// strayEvent is an event of nobody's visit, for a broken line.
func (s *site) strayEvent(id string) *contract.Event {
	return s.act(&session{visitor: s.newVisitor(), at: s.now, page: pages[0]}, id)
}

func (s *site) arrive() *session {
	begin := &session{at: s.nextArrival, visitor: s.welcome(), left: 1 + int(s.random.ExpFloat64()*(meanSessionLength-0.5)), page: pick(s.random, pages)}
	s.nextArrival = s.nextArrival.Add(time.Duration(s.random.ExpFloat64() * float64(s.arrivalGap)))
	from := pick(s.random, arrivals)
	begin.referrer, begin.query = from.referrer, from.query
	return begin
}

// welcome returns somebody who has rested long enough, or somebody new.
func (s *site) welcome() *visitor {
	if s.random.Float64() > returningShare || len(s.resting) == 0 || s.nextArrival.Sub(s.resting[0].lastSeen) < restBetweenSessions {
		return s.newVisitor()
	}
	back := s.resting[0]
	s.resting = s.resting[1:]
	return back
}

func (s *site) newVisitor() *visitor {
	s.visitors++
	v := &visitor{
		number: s.visitors, id: fmt.Sprintf("v-%08x%04x", s.random.Uint32(), s.visitors&0xffff),
		userAgent: pick(s.random, userAgents), language: pick(s.random, languages),
		// The networks that RFC 5737 keeps for examples.
		ip: fmt.Sprintf("%s.%d", pick(s.random, []string{"192.0.2", "198.51.100", "203.0.113"}), 1+s.random.IntN(254)),
	}
	if s.random.Float64() < 0.2 {
		v.userID = fmt.Sprintf("customer-%d", 1000+s.visitors)
	}
	return v
}

// act makes the session's next event and moves the visitor on.
func (s *site) act(current *session, id string) *contract.Event {
	v := current.visitor
	made := &contract.Event{
		EventID: id, EventType: "page_view", Timestamp: current.at.UTC().Format("2006-01-02T15:04:05.000Z"),
		AnonymousID: v.id, UserID: v.userID, IP: v.ip, UserAgent: v.userAgent, Language: v.language,
		PageURL: origin + current.page.path + current.query, PageTitle: current.page.title, Referrer: current.referrer,
	}
	draw := s.random.Float64()
	switch {
	case current.page.price > 0 && draw < 0.15:
		made.EventType = "add_to_cart"
		made.Properties = map[string]any{"sku": current.page.sku, "price": current.page.price, "currency": "EUR"}
		current.cart++
	case current.cart > 0 && draw < 0.25:
		made.EventType = "purchase"
		made.Properties = map[string]any{"items": current.cart, "currency": "EUR"}
		current.cart = 0
	case draw > 0.95:
		made.EventType = "search"
		made.Properties = map[string]any{"term": pick(s.random, searchTerms)}
	default:
		current.referrer, current.query = made.PageURL, ""
		current.page = pick(s.random, pages)
	}
	return made
}

func pick[T any](random *rand.Rand, from []T) T { return from[random.IntN(len(from))] }
