package web

import (
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

func TestPracticePagesAreOnlyInPractice(t *testing.T) {
	real := newServer(t, io.Discard, false)
	for _, path := range []string{"/practice", "/practice/messages"} {
		if w := get(real, path); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d in a real hospital", path, w.Code)
		}
	}
}

func TestThePracticePhone(t *testing.T) {
	h := newWardHouse(t)
	p := h.phone(t)
	p.get("/practice").shows(http.StatusOK, "Who would you like to be?", "Anna Arkwright", "Messages to 07700 900111")
	p.get("/practice/messages").shows(http.StatusOK, "No messages yet.", "None of it was sent to anybody.")
	h.booked(t, 2*time.Hour, booking.Tongue{}, anna, david)
	h.deliver(t)
	all := p.get("/practice/messages").shows(http.StatusOK, "To Anna Arkwright, 07700 900111", "To 07700 900112", "just now")
	all.hides("No messages yet.")
	p.get("/practice/messages?to=%2B447700900111").shows(http.StatusOK, "To Anna Arkwright").hides("To 07700 900112")
	p.get("/practice/messages?to=nobody").shows(http.StatusOK, "No messages yet.")
}

// deliver settles what is owed, as the practice sender does.
func (h *wardHouse) deliver(t *testing.T) {
	t.Helper()
	for range 100 {
		n, found, err := h.store.LeaseNotice(t.Context(), h.hour, h.hour.Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if !found {
			return
		}
		if err := h.store.SettleNotice(t.Context(), n.ID, store.Outcome{Sent: true, At: h.hour, Body: "Open " + n.Words["link"]}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLinked(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		want       []messagePart
	}{
		{"no link", "Hello", []messagePart{{Text: "Hello"}}},
		{"a link in a sentence", "Open https://visits.example/invitation/a_b-c. Thank you", []messagePart{
			{Text: "Open "}, {Text: "https://visits.example/invitation/a_b-c", Href: "https://visits.example/invitation/a_b-c"}, {Text: ". Thank you"}}},
		{"at the end", "See https://visits.example/x", []messagePart{
			{Text: "See "}, {Text: "https://visits.example/x", Href: "https://visits.example/x"}, {}}},
		{"somebody else's", "See https://visits.example.evil.example/x", []messagePart{{Text: "See https://visits.example.evil.example/x"}}},
		{"a script", "javascript:alert(1) <b>", []messagePart{{Text: "javascript:alert(1) <b>"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, linked(tt.text, "https://visits.example")); diff != "" {
				t.Error(diff)
			}
		})
	}
}
