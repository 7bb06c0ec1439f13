package web

import (
	"net/http"
	"strconv"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/web/form"
)

// swapReasons say why an iPad is swapped during a visit, and what becomes of it.
var swapReasons = []struct {
	Value      desk.SwapReason
	Text, Hint string
}{
	{desk.SwapFault, "It does not work", "It goes out of service until somebody has looked at it. Its other visits go to other iPads."},
	{desk.SwapBattery, "Its battery is nearly empty", "It is to be cleaned, and charged."},
	{desk.SwapOther, "Another reason", "It is to be cleaned."},
}

// askSwapNow handles GET /ward/visits/{ref}/swap: another iPad for a visit that is
// on, in two taps.
func (s *Server) askSwapNow(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	return s.showSwapNow(w, r, by, form.Blank(), http.StatusOK)
}

func (s *Server) showSwapNow(w http.ResponseWriter, r *http.Request, by booking.Actor, f *form.Form, status int) error {
	ref, err := booking.ParseReference(r.PathValue("ref"))
	if err != nil {
		return err
	}
	p, err := s.swapPageOf(r, by, f)
	if err == nil && !p.State.Open() {
		err = booking.ErrNotStarted
	}
	if err != nil {
		return s.backToBoard(w, r, by, ref, err)
	}
	return s.render(w, r, status, "ward/swap", p)
}

// Board is where the visit's day is shown.
func (p swapPage) Board() string { return boardOf(p.Visit, "") }

// Reasons are why it may be swapped.
func (p swapPage) Reasons() any { return swapReasons }

// Why is the reason that is chosen: at first the likeliest.
func (p swapPage) Why() desk.SwapReason {
	switch {
	case p.Value("why") != "":
		return desk.SwapReason(p.Value("why"))
	case p.Has != nil && p.Has.Low:
		return desk.SwapBattery
	}
	return desk.SwapFault
}

// Takes is the iPad that is chosen: at first the one for which nobody makes room.
func (p swapPage) Takes() booking.DeviceID {
	if p.Chosen != nil || len(p.Can) == 0 {
		return booking.DeviceID(p.Value("device"))
	}
	return p.Can[0].Device.ID
}

// swapNow handles POST /ward/visits/{ref}/swap. The room lets the old iPad go, so
// that the new one, which opens the visit by itself, finds the patient's place.
func (s *Server) swapNow(w http.ResponseWriter, r *http.Request, by booking.Actor) error {
	ref, err := booking.ParseReference(r.PathValue("ref"))
	if err != nil {
		return err
	}
	f, err := form.Read(r)
	if err != nil {
		return err
	}
	chosen, err := identifier(f.Value("device"), booking.ErrMissing)
	if err != nil {
		refuse(f, "device", err)
	}
	why := desk.SwapReason(f.Choice("why", string(desk.SwapFault), string(desk.SwapBattery), string(desk.SwapOther)))
	if !f.OK() {
		return s.showSwapNow(w, r, by, f, http.StatusUnprocessableEntity)
	}
	version, _ := strconv.Atoi(f.Value("version")) // what is no number was never shown
	ctx, done := s.decide(r, ref)
	defer done()
	visit, err := s.desk.Swap(ctx, by, ref, version, booking.DeviceID(chosen), why)
	switch {
	case err == nil:
		s.tellRoom(ctx, visit.ID, RoomOrder{Kind: OrderSwap, Seat: desk.SeatOfPatient})
		return seeOther(w, r, boardOf(visit, "swapped"))
	case isAny(err, booking.ErrVisitOver, booking.ErrNotStarted, booking.ErrStale, booking.ErrNoSuchVisit):
		return s.backToBoard(w, r, by, ref, err)
	}
	if fault := f.Fail("device", err); fault != nil {
		return fault
	}
	return s.showSwapNow(w, r, by, f, http.StatusConflict) // as things are now
}
