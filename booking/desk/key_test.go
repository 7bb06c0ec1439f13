package desk_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/store"
)

// atOnce asks the same a hundred times at once and returns what came of each.
func atOnce[T any](t *testing.T, ask func() (T, error)) []T {
	t.Helper()
	const times = 100
	answers := make([]T, times)
	begin := make(chan struct{})
	var wg sync.WaitGroup
	for i := range times {
		wg.Go(func() {
			<-begin
			var err error
			if answers[i], err = ask(); err != nil {
				t.Errorf("asked for the %dth time: %v", i, err)
			}
		})
	}
	close(begin)
	wg.Wait()
	return answers
}

func sameVisit(t *testing.T, answers []desk.Visit) desk.Visit {
	t.Helper()
	for _, v := range answers {
		if diff := cmp.Diff(answers[0].Visit, v.Visit, cmp.AllowUnexported(booking.Interval{})); diff != "" {
			t.Fatalf("two answers to one key:\n%s", diff)
		}
	}
	return answers[0]
}

func TestOneKeyOneAnswer(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		held := sameVisit(t, atOnce(t, func() (desk.Visit, error) {
			return w.Keyed("hold-1").Hold(ctx, as(1), patientID(1), visitorID(1), today(15, 0))
		}))
		booked := sameVisit(t, atOnce(t, func() (desk.Visit, error) { return w.Keyed("book-1").Book(ctx, as(1), held.ID) }))
		sameVisit(t, atOnce(t, func() (desk.Visit, error) {
			return w.Keyed("add-1").AddPeople(ctx, as(1), booked.Reference, []booking.MemberID{memberID(102)})
		}))
		urgent := desk.BookedVisit{Patient: patientID(2), Members: []booking.MemberID{memberID(2)}, Start: today(10, 20), Length: 20 * time.Minute}
		sameVisit(t, atOnce(t, func() (desk.Visit, error) { return w.Keyed("book-at-1").BookAt(ctx, nurse(1), urgent) }))
		for what, query := range map[string]string{
			"visits":         `SELECT count(*) FROM visits`,
			"visits booked":  `SELECT count(*) FROM audit_events WHERE action = 'visit_booked'`,
			"people added":   `SELECT count(*) FROM audit_events WHERE action = 'person_added'`,
			"slots held":     `SELECT count(*) FROM audit_events WHERE action = 'slot_held'`,
			"people at each": `SELECT max(n) FROM (SELECT count(*) AS n FROM participants GROUP BY visit_id) AS each_visit`,
		} {
			want := map[string]int{"visits": 2, "visits booked": 2, "people added": 1, "slots held": 2, "people at each": 2}[what]
			if n := w.count(query); n != want {
				t.Errorf("%d %s, want %d", n, what, want)
			}
		}
		if n := len(w.letters("kind = 'booked'")); n != 3 {
			t.Errorf("%d people were told, each once", n)
		}
	})
}

func TestOneKeyOnePerson(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		who := desk.Contact{Name: "Jo New", Phone: "07700 900 555", Relationship: "Friend"}
		asked := atOnce(t, func() (booking.CircleMember, error) { return w.Keyed("propose").Propose(ctx, as(1), patientID(1), who) })
		invited := atOnce(t, func() (booking.CircleMember, error) {
			return w.Keyed("invite").Invite(ctx, nurse(1), patientID(2), who)
		})
		consents := atOnce(t, func() (booking.Consent, error) {
			return w.Keyed("consent").RecordConsent(ctx, nurse(1), booking.Consent{Patient: patientID(1), Basis: booking.BasisOwn})
		})
		for i := range asked {
			if asked[i] != asked[0] || invited[i] != invited[0] || consents[i] != consents[0] {
				t.Fatalf("answers differ: %+v %+v %+v", asked[i], invited[i], consents[i])
			}
		}
		if asked[0].Visitor.Phone != "" || invited[0].Visitor.Phone == "" {
			t.Error("whose number it is, the ward knows and no relative does")
		}
		if n := len(w.letters("kind = 'invite' AND recipient = '+447700900555'")); n != 1 {
			t.Errorf("%d invitations", n)
		}
		if n := w.count(`SELECT count(*) FROM audit_events WHERE action = 'consent_recorded'`); n != 1 {
			t.Errorf("%d consents recorded", n)
		}
	})
}

func TestAKeyIsForOneRequestOfOneActor(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		hold := func(key string, n, hour int) (desk.Visit, error) {
			return w.Keyed(key).Hold(ctx, as(n), patientID(n), visitorID(n), today(hour, 0))
		}
		first := must[desk.Visit](t)(hold("k", 1, 15))
		_, err := hold("k", 1, 16)
		refused(t, "another time under the same key", err, booking.ErrKeyReused)
		_, err = w.Keyed("k").Book(ctx, as(1), first.ID)
		refused(t, "another act under the same key", err, booking.ErrKeyReused)
		if other := must[desk.Visit](t)(hold("k", 2, 15)); other.ID == first.ID {
			t.Error("a key of one actor answers another")
		}
		if held := must[desk.Visit](t)(w.Held(ctx, as(1), first.ID)); held.State != booking.Held || held.Version != first.Version {
			t.Errorf("a refused key changed the visit: %+v", held.Visit)
		}
		for _, bad := range []string{strings.Repeat("k", 65), "a key", "k\n", "clé", "\x00"} {
			_, err := hold(bad, 3, 16)
			refused(t, "the key "+bad, err, booking.ErrBadText)
		}
		must[desk.Visit](t)(hold(strings.Repeat("~", 64), 3, 16))

		// A refusal made nothing, so the same request may succeed later.
		_, err = hold("later", 1, 19)
		refused(t, "no slot", err, booking.ErrNotASlot)
		must[desk.Visit](t)(hold("later", 1, 16))
	})
}

func TestAKeyOutlivesTheProgram(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		held := must[desk.Visit](t)(w.Hold(ctx, as(1), patientID(1), visitorID(1), today(15, 0)))
		must[desk.Visit](t)(w.Keyed("once").Book(ctx, as(1), held.ID))
		must[desk.Visit](t)(w.Keyed("at").BookAt(ctx, nurse(1), desk.BookedVisit{
			Patient: patientID(2), Members: []booking.MemberID{memberID(2)}, Start: today(10, 20), Length: 20 * time.Minute,
		}))
		ok(t, w.store.Close())

		s, err := store.Open(ctx, w.url, store.MayLose)
		ok(t, err)
		t.Cleanup(func() { s.Close() })
		again := must[*desk.Desk](t)(desk.New(desk.Config{Store: s, Now: w.clock, Pepper: []byte("0123456789abcdef0123456789abcdef")}))
		if v := must[desk.Visit](t)(again.Keyed("once").Book(ctx, as(1), held.ID)); v.ID != held.ID || v.State != booking.Booked {
			t.Errorf("another answer after starting again: %+v", v.Visit)
		}
		must[desk.Visit](t)(again.Keyed("at").BookAt(ctx, nurse(1), desk.BookedVisit{
			Patient: patientID(2), Members: []booking.MemberID{memberID(2)}, Start: today(10, 20), Length: 20 * time.Minute,
		}))
		if n := len(w.letters("kind = 'booked'")); n != 2 {
			t.Errorf("told %d times", n)
		}

		w.at(morning.Add(6 * 24 * time.Hour))
		must[[]booking.VisitID](t)(again.Sweep(ctx))
		if n := w.count(`SELECT count(*) FROM act_keys`); n != 2 {
			t.Errorf("%d keys are left within the week", n)
		}
		w.at(morning.Add(7 * 24 * time.Hour))
		must[[]booking.VisitID](t)(again.Sweep(ctx))
		if n := w.count(`SELECT count(*) FROM act_keys`); n != 0 {
			t.Errorf("%d keys are kept after it", n)
		}
	})
}
