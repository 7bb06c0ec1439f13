package web

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// Two nurses press Start at the same moment. One starts the visit; the other is told who,
// also when more has happened by the time that they read it.
func TestTwoPressStartTogether(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		v := h.booked(t, 10*time.Minute, booking.Tongue{}, anna)
		h.paired(t, h.staff(t, nurse), v.Device, willow)
		h.leo(t)
		leo := h.phone(t)
		leo.post("/ward/sign-in", "email", newcomer, "password", aPassword).leads("/ward/today")
		presses := map[string]*phone{"Sister Khan": h.staff(t, nurse), "Leo Brook": leo}
		led := map[string]string{}
		var mu sync.Mutex
		var wg sync.WaitGroup
		for name, p := range presses {
			wg.Go(func() {
				to := p.post("/ward/visits/" + string(v.Reference) + "/start").leads("/ward/today")
				mu.Lock()
				led[name] = to
				mu.Unlock()
			})
		}
		wg.Wait()
		h.arrives(t, v, desk.SeatOfPatient)
		var first, second string
		for name, to := range led {
			if strings.Contains(to, "already_started") {
				second = name
			} else {
				first = name
			}
		}
		if first == "" || second == "" {
			t.Fatalf("led to %v", led)
		}
		said := presses[second].get(led[second]).shows(http.StatusOK, "This visit has been started already.", first+" started it at ")
		said.hides(second + " started it")
		presses[first].get(led[first]).shows(http.StatusOK).hides("started already")
	})
}
