package desk_test

import (
	"errors"
	"testing"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// A message that is owed takes the ward's words as they are when it goes; another
// ward's, or another kind, does not.
func TestOwedMessagesTakeTheNewWording(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		by := booking.Actor{Kind: booking.StaffActor, ID: id[string]('s', 1), Name: "Morag Reid", Wards: map[booking.WardID]booking.Roles{wardID(1): {booking.WardManager}}}
		word := func(version int, text string) error {
			return w.Word(t.Context(), by, booking.Wording{Ward: wardID(1), Kind: booking.NoticeJoin, Version: version, Text: text})
		}
		w.book(1, today(15, 0), desk.Details{})
		w.book(4, today(16, 0), desk.Details{}) // in another ward
		ok(t, word(0, "Wear a hat."))
		ok(t, word(0, "Wear a hat.")) // pressed twice
		if err := word(0, "Wear headphones."); !errors.Is(err, booking.ErrStale) {
			t.Errorf("worded by a page from before: %v", err)
		}
		ok(t, word(1, "Wear headphones, [reference]."))
		if sent := w.sent(); sent[booking.NoticeBooked].Also != "" {
			t.Errorf("another kind says %q", sent[booking.NoticeBooked].Also)
		}
		w.at(today(14, 50))
		if sent := w.sent(); sent[booking.NoticeJoin].Also != "Wear headphones, [reference]." {
			t.Errorf("it says %q", sent[booking.NoticeJoin].Also)
		}
		w.at(today(15, 50))
		if n, sent := w.sent()[booking.NoticeJoin]; !sent || n.Also != "" {
			t.Errorf("in another ward: %v, %q", sent, n.Also)
		}
		ok(t, word(2, ""))
		history := must[map[booking.NoticeKind][]booking.Wording](t)(w.Wordings(t.Context(), by, wardID(1)))[booking.NoticeJoin]
		if len(history) != 3 || history[1].MadeBy != "Morag Reid" || history[1].MadeAt.IsZero() || history[2].Text != "" {
			t.Errorf("%+v", history)
		}
		if err := w.Word(t.Context(), by, booking.Wording{Ward: wardID(1), Kind: booking.NoticeCode, Text: "Hello."}); !errors.Is(err, booking.ErrNoSuchMessage) {
			t.Errorf("a code is worded: %v", err)
		}
		if err := w.Word(t.Context(), by, booking.Wording{Ward: wardID(2), Kind: booking.NoticeJoin, Text: "Hello."}); !errors.Is(err, booking.ErrNoSuchWard) {
			t.Errorf("another ward's: %v", err)
		}
		if err := w.Word(t.Context(), nurse(1), booking.Wording{Ward: wardID(1), Kind: booking.NoticeJoin, Version: 3, Text: "Hello."}); !errors.Is(err, booking.ErrMayNot) {
			t.Errorf("by a nurse: %v", err)
		}
		second := must[string](t)(w.ReadWording(t.Context(), by, wardID(1), "Soon."))
		if _, err := w.ReadWording(t.Context(), by, wardID(1), must[booking.Ward](t)(wardNamed(t, w, 2)).Name); second != "Soon." || !errors.Is(err, booking.ErrWordingWard) {
			t.Errorf("another ward's name: %v", err)
		}
	})
}

// wardNamed is a ward as it is called.
func wardNamed(t *testing.T, w *world, n int) (booking.Ward, error) {
	t.Helper()
	wards, err := w.Wards(t.Context(), nurse(n))
	return wards[0], err
}
