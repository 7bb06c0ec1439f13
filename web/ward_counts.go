package web

import (
	"context"
	"net/http"

	"github.com/wardvisit/wardvisit/booking"
)

// A counter says how much waits for the ward behind an entry of its navigation.
type counter func(ctx context.Context, by booking.Actor, ward booking.WardID) (int, error)

// counters are those of the entries that say so, by their address.
func (s *Server) counters() map[string]counter {
	return map[string]counter{"/ward/requests": s.desk.RequestCount, waitingPath: s.desk.WaitingCount}
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
	if err != nil || !by.May(booking.RunVisits, head.Ward.ID) {
		return links
	}
	counters := s.counters()
	for i, link := range links {
		count, counts := counters[link.Href]
		if !counts {
			continue
		}
		if links[i].Waiting, err = count(r.Context(), by, head.Ward.ID); err != nil {
			s.log.WarnContext(r.Context(), "navigation not counted", "entry", link.Href, "err", err)
		}
	}
	return links
}
