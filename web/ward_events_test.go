package web

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// A boardLine is the board's stream over a real connection, from where its reader
// was cut off.
type boardLine struct {
	t    *testing.T
	ids  chan string // of each look that comes
	hang context.CancelFunc
}

func (h *wardHouse) follow(t *testing.T, at string, by *phone, last string) *boardLine {
	t.Helper()
	ctx, hang := context.WithCancel(t.Context())
	t.Cleanup(hang)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at+"/ward/today/events?ward="+string(willow), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range by.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value}) //nolint:gosec // sent, not set
	}
	if last != "" {
		r.Header.Set("Last-Event-ID", last)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("the stream answers %d", answer.StatusCode)
	}
	line := &boardLine{t, make(chan string, 16), hang}
	go func() {
		defer close(line.ids)
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			if id, is := strings.CutPrefix(lines.Text(), "id: "); is {
				line.ids <- id
			}
		}
	}()
	return line
}

// next is the id of the next look; empty when none comes within a time.
func (l *boardLine) next(within time.Duration) string {
	l.t.Helper()
	select {
	case id := <-l.ids:
		return id
	case <-time.After(within):
		return ""
	}
}

// Whoever was cut off is told at once of what they missed, and of nothing when they
// missed nothing: also by another process than the one they were cut off from.
func TestABoardThatWasCutOffMissesNothing(t *testing.T) {
	h := newWardHouse(t)
	by := h.staff(t, nurse)
	first := httptest.NewServer(h)
	t.Cleanup(first.Close) // once the streams are hung up
	const soon, patience = 3 * lookEvery, 20 * time.Second
	line := h.follow(t, first.URL, by, "")
	start := line.next(patience)
	if start == "" {
		t.Fatal("a new reader is told nothing")
	}
	h.booked(t, time.Hour, booking.Tongue{}, anna)
	changed := line.next(patience)
	if changed == "" || changed == start {
		t.Fatalf("a booking is told as %q, after %q", changed, start)
	}
	line.hang()

	t.Log("cut off with nothing missed")
	again := h.follow(t, first.URL, by, changed)
	if id := again.next(soon); id != "" {
		t.Errorf("told %q once more", id)
	}
	again.hang()

	t.Log("cut off while two things happen: one look, and the page fetches the rest")
	h.booked(t, 2*time.Hour, booking.Tongue{}, piotr)
	h.booked(t, 3*time.Hour, booking.Tongue{}, elsie)
	again = h.follow(t, first.URL, by, changed)
	latest := again.next(patience)
	if latest == "" || latest == changed {
		t.Errorf("what was missed is told as %q", latest)
	}
	if id := again.next(soon); id != "" {
		t.Errorf("and then %q", id)
	}

	t.Log("the server is restarted")
	h.Drain()
	for range again.ids { // until the stream has ended
	}
	other := h.restarted(t)
	second := httptest.NewServer(other)
	t.Cleanup(second.Close)
	after := h.follow(t, second.URL, by, latest)
	if id := after.next(soon); id != "" {
		t.Errorf("the new process tells %q again", id)
	}
	h.booked(t, 4*time.Hour, booking.Tongue{}, anna)
	if id := after.next(patience); id == "" || id == latest {
		t.Errorf("the new process tells a booking as %q", id)
	}

	t.Log("an id that nobody gave out is told everything")
	if id := h.follow(t, second.URL, by, "x.y.z").next(patience); id == "" {
		t.Error("a reader with an odd id is told nothing")
	}
}
