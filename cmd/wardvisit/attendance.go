package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/signaling"
	"github.com/wardvisit/wardvisit/signaling/ticket"
	"github.com/wardvisit/wardvisit/web"
	"github.com/wardvisit/wardvisit/web/login"
)

// attendance carries word between the rooms, which know no wards, and the desk,
// which knows no rooms: a room's joins and leaves become acts at the desk.
type attendance struct {
	desk  *desk.Desk
	doors *login.Doors
	log   *slog.Logger
	did   func(act string, began time.Time, err error) // counts it
}

// Arrive asks the desk whether the holder of t may come in, and where they stand.
func (a attendance) Arrive(ctx context.Context, t ticket.Ticket) (signaling.Arrival, error) {
	visit, began := booking.VisitID(t.Room), time.Now()
	if gone, err := a.Gone(ctx, []ticket.Ticket{t}); err != nil {
		return signaling.Arrival{}, err
	} else if len(gone) > 0 { // while they held their ticket
		return signaling.Arrival{}, fmt.Errorf("%w: %s", signaling.ErrNotExpected, booking.ErrSignInNeeded.Code)
	}
	admitted, err := a.desk.Arrive(ctx, visit, t.Seat, t.Browser)
	a.did("arrive", began, err)
	var refusal *booking.Refusal
	switch {
	case errors.Is(err, booking.ErrRoomLocked):
		return signaling.Arrival{}, signaling.ErrLocked
	case errors.As(err, &refusal):
		return signaling.Arrival{}, fmt.Errorf("%w: %s", signaling.ErrNotExpected, refusal.Code)
	case err != nil:
		return signaling.Arrival{}, err
	}
	arrival := signaling.Arrival{Standing: signaling.Waiting}
	if admitted {
		arrival.Standing = signaling.Admitted
	}
	arrival.Locked, arrival.Covered, err = a.desk.Room(ctx, visit)
	return arrival, err
}

// Gone asks, of staff and of iPads, who is still who they were when they got their
// ticket, and may still see the visit: this is where everything ends that they have
// live, whether they signed out, lost a role, their account or their key, or the desk
// knows them no more.
func (a attendance) Gone(ctx context.Context, here []ticket.Ticket) (gone []ticket.Ticket, err error) {
	var beds []ticket.Ticket
	for _, t := range here {
		switch {
		case t.Login == "":
		case t.Role == ticket.Staff:
			stays, err := a.looksStill(ctx, t)
			if err != nil {
				return nil, err
			}
			if !stays {
				gone = append(gone, t)
			}
		case t.Role == ticket.Patient:
			beds = append(beds, t)
		}
	}
	if len(beds) == 0 {
		return gone, nil
	}
	stand, err := a.desk.KeysThatStand(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range beds {
		if !stand[t.Login] {
			gone = append(gone, t)
		}
	}
	return gone, nil
}

// looksStill reports whether a member of staff may see who waits for a visit, by the
// login that they came by.
func (a attendance) looksStill(ctx context.Context, t ticket.Ticket) (bool, error) {
	by, err := a.doors.Holder(ctx, booking.StaffActor, t.Login)
	if err == nil {
		err = a.desk.MayLook(ctx, by, booking.VisitID(t.Room), t.Seat)
	}
	var refusal *booking.Refusal
	if errors.As(err, &refusal) {
		return false, nil
	}
	return err == nil, err
}

// Depart tells the desk that the holder of t has gone. There is nobody to tell
// of a failure but the operator; Sweep clears who is left over.
func (a attendance) Depart(ctx context.Context, t ticket.Ticket) {
	began := time.Now()
	err := a.desk.Depart(ctx, booking.VisitID(t.Room), t.Seat)
	if a.did("depart", began, err); err != nil {
		a.log.ErrorContext(ctx, "departure not recorded", "room", t.Room, "seat", t.Seat, "err", err)
	}
}

// Cover writes down that the patient's side has covered itself, or that it is to
// be seen again.
func (a attendance) Cover(ctx context.Context, t ticket.Ticket, covered bool) error {
	began := time.Now()
	err := a.desk.CoverBed(ctx, booking.VisitID(t.Room), covered)
	a.did("cover", began, err)
	var refusal *booking.Refusal
	if errors.As(err, &refusal) {
		return fmt.Errorf("%w: %s", signaling.ErrNotExpected, refusal.Code)
	}
	return err
}

// Finish ends the visit at the wish of the patient's side.
func (a attendance) Finish(ctx context.Context, t ticket.Ticket) error {
	began := time.Now()
	err := a.desk.Finish(ctx, booking.VisitID(t.Room))
	a.did("finish", began, err)
	return err
}

// rooms tells live rooms what the ward has decided.
type rooms struct{ server *signaling.Server }

// Tell passes order on in the words of the rooms.
func (r rooms) Tell(ctx context.Context, room string, order web.RoomOrder) error {
	o, err := inRoomsWords(order)
	if err != nil {
		return err
	}
	return r.server.Order(ctx, room, o)
}

func inRoomsWords(order web.RoomOrder) (signaling.Order, error) {
	switch order.Kind {
	case web.OrderAdmit:
		return signaling.Admit{Seat: order.Seat, Browser: order.Browser}, nil
	case web.OrderHold:
		return signaling.Hold{Seat: order.Seat}, nil
	case web.OrderRemove:
		return signaling.Remove{Seat: order.Seat}, nil
	case web.OrderLock, web.OrderUnlock:
		return signaling.Lock{Locked: order.Kind == web.OrderLock}, nil
	case web.OrderCover, web.OrderUncover:
		return signaling.Cover{Covered: order.Kind == web.OrderCover}, nil
	case web.OrderSay:
		return signaling.Say{Text: order.Text}, nil
	case web.OrderUntil:
		return signaling.Until{At: order.Until}, nil
	case web.OrderSwap:
		return signaling.Swap{Seat: order.Seat}, nil
	case web.OrderRecall:
		return signaling.Recall{Seat: order.Seat}, nil
	case web.OrderEnd:
		return signaling.End{}, nil
	}
	return nil, fmt.Errorf("no such order: %q", order.Kind)
}
