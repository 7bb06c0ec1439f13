package web

import (
	"context"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// hastyRooms are told by a nurse whose browser goes the moment the desk has
// written.
type hastyRooms struct {
	leave func()
	turns *turns
	ref   booking.Reference
	told  int
	late  bool // the order came with the reader's own context
	loose bool // somebody else could have pressed meanwhile
}

func (r *hastyRooms) Tell(ctx context.Context, _ string, _ RoomOrder) error {
	r.leave()
	r.told++
	r.late = ctx.Err() != nil
	if turn := r.turns.of(r.ref); turn.TryLock() {
		r.loose = true
		turn.Unlock()
	}
	return nil
}

func TestAnOrderOutlivesWhoeverGaveIt(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	v, seat := h.inLobby(t, by)
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	rooms := &hastyRooms{leave: leave, turns: &h.Server.turns, ref: v.Reference}
	h.Server.rooms = rooms
	r := httptest.NewRequestWithContext(ctx, "POST", "/ward/visits/"+string(v.Reference)+"/remove", strings.NewReader("participant="+string(seat)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, value := range by.cookies {
		r.Header.Add("Cookie", name+"="+value)
	}
	h.ServeHTTP(httptest.NewRecorder(), r)
	if rooms.told != 1 || rooms.late {
		t.Errorf("told %d times, too late: %v", rooms.told, rooms.late)
	}
	if rooms.loose {
		t.Error("a second press could have reached the room first")
	}
}

func TestConsentThatIsWithdrawnCoversAVisitThatRunsOver(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	v, seat := h.inLobby(t, by)
	by.post("/ward/visits/"+string(v.Reference)+"/admit", "participant", string(seat)).leads("/ward/today")
	h.rooms.take()
	h.hour = v.When.End().Add(2 * time.Minute)
	by.post("/ward/patients/" + string(thomas) + "/withdraw").leads("/ward/patients/")
	if told := h.rooms.take(); !slices.Equal(told, []RoomOrder{{Kind: OrderCover}}) {
		t.Errorf("the room was told %v", told)
	}
}

func TestAnInterpreterWhoHandsAVisitBackLeavesItsRoom(t *testing.T) {
	h := newWardHouse(t)
	p := h.interpreter(t)
	v := h.booked(t, 10*time.Minute, bsl, anna)
	offer := offerPath.FindStringSubmatch(p.get("/interpreter").text)[1]
	p.post(offer + "/accept").leads("/interpreter")
	seat := h.seatOf(t, v, "Bryn")
	h.arrives(t, v, string(seat))
	p.post(offer + "/hand-back").leads("/interpreter")
	if told := h.rooms.take(); !slices.Equal(told, []RoomOrder{{Kind: OrderRemove, Seat: string(seat)}}) {
		t.Errorf("the room was told %v", told)
	}
}

func TestAnInterpreterDoesNotWaitInACancelledVisit(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	v := h.booked(t, 10*time.Minute, bsl, anna)
	daughter := h.seatOf(t, v, "Anna")
	h.arrives(t, v, string(h.seatOf(t, v, "Bryn")))
	by.post("/ward/patients/"+string(thomas)+"/members/"+string(anna)+"/bar", "reason", "Unsafe").leads("/ward/patients/")
	want := []RoomOrder{{Kind: OrderRemove, Seat: string(daughter)}, {Kind: OrderEnd}}
	if told := h.rooms.take(); !slices.Equal(told, want) {
		t.Errorf("the room was told %v", told)
	}
}
