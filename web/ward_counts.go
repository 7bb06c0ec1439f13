package web

import (
	"context"
	"net/http"

	"github.com/wardvisit/wardvisit/booking"
)

// A counter says how much waits for the ward behind an entry of its navigation, for
// those who have the right to what is there.
type counter struct {
	needs booking.Right
	count func(ctx context.Context, by booking.Actor, ward booking.WardID) (int, error)
}

// counters are those of the entries that say so, by their address. The visits that
// lack an interpreter are of every ward that the reader finds them for.
func (s *Server) counters() map[string]counter {
	return map[string]counter{
		"/ward/requests": {booking.RunVisits, s.desk.RequestCount},
		waitingPath:      {booking.RunVisits, s.desk.WaitingCount},
		interpretersPath: {"", func(ctx context.Context, by booking.Actor, _ booking.WardID) (int, error) {
			return s.desk.LackingCount(ctx, by)
		}},
	}
}

// counted fills in how much waits behind the entries of the ward's navigation, in
// the ward that the reader looks at. A page is not kept from anybody because
// something could not be counted: then the entry says nothing.
func (s *Server) counted(r *http.Request, links []navLink) []navLink {
	by := about(r.Context()).reader
	if by.Kind != booking.StaffActor {
		return links
	}
	head, err := s.headOf(r, by, "")
	counters := s.counters()
	for i, link := range links {
		c, counts := counters[link.Href]
		if !counts || c.needs != "" && (err != nil || !by.May(c.needs, head.Ward.ID)) {
			continue
		}
		n, err := c.count(r.Context(), by, head.Ward.ID)
		if err != nil && r.Context().Err() == nil { // whoever has gone on counts nothing
			s.log.WarnContext(r.Context(), "navigation not counted", "entry", link.Href, "err", err)
		}
		links[i].Waiting = n
	}
	return links
}
