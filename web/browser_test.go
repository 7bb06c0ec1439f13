package web

import (
	"net/http"
	"slices"
	"testing"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// browserIn is the browser that a phone's ticket is of.
func (h *callHouse) browserIn(t *testing.T, p *phone, as string) string {
	t.Helper()
	got, refused, _ := p.ticket(as, string(h.visit.Reference))
	if refused != "" {
		t.Fatalf("refused: %s", refused)
	}
	opened, err := h.sealer.Open(got.Ticket)
	if err != nil {
		t.Fatal(err)
	}
	return opened.Browser
}

func TestATicketSaysWhichBrowserItIsOf(t *testing.T) {
	h := newCallHouse(t)
	h.start(t)
	for _, tt := range []struct {
		as       string
		one, two *phone
	}{
		{"visitor", h.anna, h.phoneOf(t, anna)},
		{"interpreter", h.bryn, h.interpretersPhone(t)},
	} {
		mine := h.browserIn(t, tt.one, tt.as)
		if mine == "" || mine != h.browserIn(t, tt.one, tt.as) {
			t.Errorf("%s: of %q, and then another", tt.as, mine)
		}
		if theirs := h.browserIn(t, tt.two, tt.as); theirs == "" || theirs == mine {
			t.Errorf("%s: a second phone is of %q, the first of %q", tt.as, theirs, mine)
		}
	}
	if b := h.browserIn(t, h.ipad, "device"); b != string(firstIPad) && b != string(secondIPad) {
		t.Errorf("the iPad's is of %q, which is not that iPad", b)
	}
}

// interpretersPhone is another phone on which the interpreter's link is opened.
func (h *callHouse) interpretersPhone(t *testing.T) *phone {
	t.Helper()
	p := h.phone(t)
	token := h.link(t, "", bslInterpreter)
	p.post("/invitation/code", "token", token)
	p.post("/invitation/open", "token", token, "code", h.code(t)).leads("/interpreter")
	return p
}

func TestStaffSeeThatItIsAnotherPhone(t *testing.T) {
	const said = "waiting, on another phone than before"
	h := newWardHouse(t)
	sister := h.staff(t, nurse)
	v := h.booked(t, 0, booking.Tongue{}, anna)
	h.paired(t, sister, v.Device, willow)
	act := "/ward/visits/" + string(v.Reference) + "/"
	sister.post(act + "start").leads("/ward/today")
	h.arrives(t, v, desk.SeatOfPatient)
	seat := h.seatOf(t, v, "Anna")
	comes := func(browser string) {
		t.Helper()
		if _, err := h.desk.Arrive(t.Context(), v.ID, string(seat), browser); err != nil {
			t.Fatal(err)
		}
	}
	admit := func(browser string) {
		t.Helper()
		sister.post(act+"admit", "participant", string(seat)).leads("/ward/today")
		if told := h.rooms.take(); !slices.Equal(told, []RoomOrder{{Kind: OrderAdmit, Seat: string(seat), Browser: browser}}) {
			t.Errorf("the room was told %v", told)
		}
	}
	comes("hers")
	sister.get("/ward/today").shows(http.StatusOK, "waiting").hides(said)
	sister.get(act+"look?participant="+string(seat)).shows(http.StatusOK, "They are told that you look").hides("another phone")
	admit("hers")
	if err := h.desk.Depart(t.Context(), v.ID, string(seat)); err != nil {
		t.Fatal(err)
	}
	comes("his")
	sister.get("/ward/today").shows(http.StatusOK, said, "Let in Anna", "See them first")
	sister.get(act+"look?participant="+string(seat)).shows(http.StatusOK, "They come on another phone than the one that was let in before.")
	admit("his")
	sister.get("/ward/today").shows(http.StatusOK, "in the visit").hides(said)
}
