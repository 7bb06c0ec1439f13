package web

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

func TestStaffLookAtWhoWaits(t *testing.T) {
	h := newWardHouse(t)
	sealer, err := ticket.New(make([]byte, ticket.MinKey), func() time.Time { return h.hour })
	if err != nil {
		t.Fatal(err)
	}
	h.tickets = sealer
	sister := h.staff(t, nurse)
	v, anna := h.inLobby(t, sister)
	ref := string(v.Reference)
	to := "/ward/visits/" + ref + "/look?participant=" + string(anna)

	sister.get("/ward/today").shows(http.StatusOK, "See them first")
	page := sister.get(to).shows(http.StatusOK, "before you let them in", "They are told that you look", "Let in Anna")
	if !strings.Contains(page.text, `data-look="`+string(anna)+`"`) {
		t.Error("the page does not say at whom to look")
	}
	got, refused, _ := sister.ticket("staff", ref)
	if refused != "" {
		t.Fatalf("no ticket: %s", refused)
	}
	opened, err := sealer.Open(got.Ticket)
	if err != nil {
		t.Fatal(err)
	}
	if opened.Role != ticket.Staff || opened.Room != string(v.ID) || !strings.HasPrefix(opened.Seat, "staff-") {
		t.Errorf("a ticket as %s, seat %q, room %s", opened.Role, opened.Seat, opened.Room)
	}
	// Whoever looks waits, and is no more in the visit for it than the day before.
	if admitted, err := h.desk.Arrive(t.Context(), v.ID, opened.Seat, ""); err != nil || admitted {
		t.Errorf("Arrive = %v, %v", admitted, err)
	}
	if err := h.desk.Depart(t.Context(), v.ID, opened.Seat); err != nil {
		t.Error(err)
	}
	if now, err := h.desk.Visit(t.Context(), booking.System, v.Reference); err != nil || len(now.People) != 1 {
		t.Errorf("%d people, %v", len(now.People), err)
	}

	t.Run("not another ward's", func(t *testing.T) {
		other := h.staff(t, otherNurse)
		other.get(to).shows(http.StatusNotFound)
		if _, refused, _ := other.ticket("staff", ref); refused != "no_such_visit" {
			t.Errorf("refused %q", refused)
		}
	})
	t.Run("not under a name that is nobody's", func(t *testing.T) {
		for _, seat := range []string{"staff-", "staff-00000000-0000-4000-8000-0000000000ff", "staff-'"} {
			if admitted, err := h.desk.Arrive(t.Context(), v.ID, seat, ""); err == nil || admitted {
				t.Errorf("%q comes in: %v, %v", seat, admitted, err)
			}
		}
	})
	t.Run("not when nobody waits", func(t *testing.T) {
		sister.post("/ward/visits/"+ref+"/admit", "participant", string(anna)).leads("/ward/today")
		sister.get(to).leads("/ward/today")
		if _, refused, _ := sister.ticket("staff", ref); refused != booking.ErrNobodyWaits.Code {
			t.Errorf("refused %q", refused)
		}
	})
}
