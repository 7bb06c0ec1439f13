package signaling

import (
	"context"
	"errors"

	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/sfu"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// enter seats whoever sent a join, or says why not. It is called by the reader
// of c, and waits for the media layer and for Attendance; the room does not.
func (s *Server) enter(c *conn, join protocol.Join) (*Room, *seat, protocol.Code) {
	if join.Resume != "" {
		return s.resume(c, join)
	}
	t, err := s.cfg.Tickets.Open(join.Ticket)
	if err != nil {
		return nil, nil, protocol.BadTicket
	}
	r, newcomer, code := s.reserve(t)
	if code != "" {
		return nil, nil, code
	}
	seated := false
	defer func() {
		if seated {
			return
		}
		// Refused, or something broke: nothing of it is to remain.
		if newcomer.media != nil {
			newcomer.media.Close()
		}
		r.post(newcomer, func() { r.undo(newcomer) })
	}()
	answer, arrival, code := s.arrive(c, r, newcomer, join)
	if code != "" {
		return nil, nil, code
	}
	if err = r.ask(s.ctx, func() { code = r.sit(newcomer, c, join, answer, arrival) }); err != nil {
		code = protocol.Fault
	}
	if code != "" {
		return nil, nil, code
	}
	seated = true
	s.metrics.joins.WithLabelValues("ok").Inc()
	return r, newcomer, ""
}

// reserve finds the ticket's room and keeps its seat. A room may just be ending
// when it is found: then there is another.
func (s *Server) reserve(t ticket.Ticket) (r *Room, newcomer *seat, code protocol.Code) {
	for range 3 {
		r, code := s.open(t.Room)
		if code != "" {
			return nil, nil, code
		}
		err := r.ask(s.ctx, func() { newcomer, code = r.reserve(t) })
		if err == nil {
			return r, newcomer, code
		}
		if !errors.Is(err, errRoomGone) {
			break
		}
	}
	return nil, nil, protocol.Fault
}

// arrive makes the newcomer's connection and asks whether they are expected.
// The connection cannot come up before they are: its answer is not yet sent.
func (s *Server) arrive(c *conn, r *Room, newcomer *seat, join protocol.Join) (string, Arrival, protocol.Code) {
	answer, code := s.connect(s.ctx, c, r, newcomer, join.SDP, &newcomer.media)
	if code != "" {
		return "", Arrival{}, code
	}
	arrival, err := r.clerk.arrive(newcomer.ticket)
	switch {
	case errors.Is(err, ErrNotExpected):
		return "", Arrival{}, protocol.NotExpected
	case errors.Is(err, ErrLocked):
		return "", Arrival{}, protocol.RoomLocked
	}
	newcomer.arrived = true // perhaps also when it failed: it may have been too late with the answer
	if err == nil && (arrival.Standing == Waiting || arrival.Standing == Admitted) {
		return answer, arrival, ""
	}
	s.cfg.Log.Error("the book did not say who is expected", "ticket", newcomer.ticket, "err", err)
	return "", Arrival{}, protocol.Fault
}

// connect answers an offer. What becomes of the connection is the room's to know.
func (s *Server) connect(ctx context.Context, c *conn, r *Room, who *seat, offer string, to **sfu.Peer) (string, protocol.Code) {
	media, answer, err := s.cfg.Media.Connect(ctx, offer, sfu.Options{
		Codec:   codecOf(who.ticket),
		Changed: func(state sfu.State) { r.post(who, func() { r.mediaChanged(who, c, state) }) },
		Paused:  func(slot int, paused bool) { r.post(who, func() { r.pictureHeld(who, c, slot, paused) }) },
	})
	switch {
	case errors.Is(err, sfu.ErrBadOffer):
		s.cfg.Log.Info("an offer was of no use", "ticket", who.ticket, "err", err)
		return "", protocol.BadOffer
	case err != nil:
		s.cfg.Log.Error("an offer was not answered", "ticket", who.ticket, "err", err)
		return "", protocol.Fault
	}
	*to = media
	return answer, ""
}

// resume gives somebody back their own seat.
func (s *Server) resume(c *conn, join protocol.Join) (*Room, *seat, protocol.Code) {
	r := s.find(resumeRoom(join.Resume))
	if r == nil {
		return nil, nil, protocol.ResumeUnknown
	}
	var who *seat
	code := protocol.ResumeUnknown
	if err := r.ask(s.ctx, func() { who, code = r.holder(join.Resume) }); err != nil || code != "" {
		return nil, nil, code
	}
	var media *sfu.Peer
	var answer string
	if join.SDP != "" {
		if answer, code = s.connect(s.ctx, c, r, who, join.SDP, &media); code != "" {
			return nil, nil, code
		}
	}
	err := r.ask(s.ctx, func() { code = r.comeBack(who, c, join, media, answer) })
	if err != nil {
		code = protocol.ResumeUnknown
	}
	if code != "" {
		if media != nil {
			media.Close()
		}
		return nil, nil, code
	}
	s.metrics.joins.WithLabelValues("resumed").Inc()
	return r, who, ""
}

// restart answers an ICE restart. It is called by the reader of c.
func (c *conn) restart(room *Room, s *seat, offer protocol.Offer) {
	var media *sfu.Peer
	var code protocol.Code
	err := room.ask(c.server.ctx, func() { media, code = room.mayRestart(s, c, offer.Seq) })
	switch {
	case err != nil:
		return // the room is gone, and says so itself
	case code == "" && media == nil:
		c.end(protocol.CloseOutOfOrder, "")
		return
	}
	var answer string
	if code == "" {
		if answer, err = media.Restart(c.server.ctx, offer.SDP); err != nil {
			code = protocol.BadOffer
		}
	}
	if code != "" {
		c.tell(protocol.Refused{Code: code, Frame: offer.Type()})
		return
	}
	c.tell(protocol.Answer{Seq: offer.Seq, SDP: answer})
}
