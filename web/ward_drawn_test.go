package web

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// A board is drawn once for all who read it, and still is what each of them may see,
// and what is so now.
func TestBoardIsDrawnOnceForAll(t *testing.T) {
	onBoth(t, func(t *testing.T, h *wardHouse) {
		v := h.booked(t, 10*time.Minute, booking.Tongue{}, anna)
		at := visitPath(v.Reference)
		one := h.staff(t, nurse)
		two, _ := h.newcomer(t, "two@everywhere.example", booking.Nurse)
		h.paired(t, one, v.Device, willow)
		drawn := func() int {
			h.boards.mu.Lock()
			defer h.boards.mu.Unlock()
			return len(h.boards.drawn)
		}

		var all sync.WaitGroup
		for range 8 {
			for _, p := range []*phone{one, two} {
				all.Go(func() { p.get("/ward/today?ward="+string(willow)).shows(http.StatusOK, "Anna Arkwright") })
			}
		}
		all.Wait()
		if n := drawn(); n != 1 {
			t.Errorf("drawn %d times", n)
		}
		h.staff(t, otherNurse).get("/ward/today?ward=" + string(willow)).shows(http.StatusNotFound).hides("Arkwright")

		one.post(at + "/start").leads("/ward/today")
		two.get("/ward/today?ward="+string(willow)).shows(http.StatusOK, "End")
		h.arrives(t, v, "patient")
		who := string(h.seatOf(t, v, "Anna"))
		h.arrives(t, v, who)
		one.post(at+"/admit", "participant", who).leads("/ward/today")
		one.post(at+"/end", "why", "by_ward").leads("/ward/today")
		one.post(at+"/how", "answer", "good", "from", "board").leads("/ward/today")
		one.get("/ward/today?ward=" + string(willow)).shows(http.StatusOK).hides("How was it?")
		two.get("/ward/today?ward="+string(willow)).shows(http.StatusOK, "How was it?")
	})
}
