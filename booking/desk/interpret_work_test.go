package desk_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// coordinator finds interpreters for some wards, or, for none, everywhere.
func coordinator(wards ...int) booking.Actor {
	a := booking.Actor{Kind: booking.StaffActor, ID: id[string]('s', 8), Name: "Coordinator", Wards: map[booking.WardID]booking.Roles{}}
	for _, n := range wards {
		a.Wards[wardID(n)] = booking.Roles{booking.InterpreterCoordinator}
	}
	if len(wards) == 0 {
		a.Everywhere = booking.Roles{booking.InterpreterCoordinator}
	}
	return a
}

func (w *world) toInterpret(by booking.Actor) []desk.InterpretedVisit {
	w.t.Helper()
	return must[[]desk.InterpretedVisit](w.t)(w.ToInterpret(w.t.Context(), by))
}

// Coordinators see what needs an interpreter in their wards, and nothing of whose visit
// it is.
func TestWhatACoordinatorSees(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		v := w.book(1, today(15, 0), desk.Details{Tongue: spokenPolish})
		other := w.book(4, today(16, 0), desk.Details{Tongue: spokenPolish})
		if seen := w.toInterpret(coordinator()); len(seen) != 2 || seen[0].Reference != v.Reference || seen[1].Reference != other.Reference || seen[0].Finding != booking.AskedNow {
			t.Fatalf("%+v", seen)
		}
		mine := w.toInterpret(coordinator(1))
		if len(mine) != 1 || mine[0].Reference != v.Reference {
			t.Fatalf("of one ward: %+v", mine)
		}
		one := must[desk.InterpreterWork](t)(w.InterpreterWork(t.Context(), coordinator(1), v.Reference))
		for _, secret := range []string{"Patient Number", "M00001", "Mr 1", "Visitor 1", string(patientID(1))} {
			if said := fmt.Sprintf("%+v %+v", mine, one); strings.Contains(said, secret) {
				t.Errorf("a coordinator is told %q", secret)
			}
		}
		if _, err := w.InterpreterWork(t.Context(), coordinator(1), other.Reference); !errors.Is(err, booking.ErrNoSuchVisit) {
			t.Errorf("a visit of another ward: %v", err)
		}
		if _, err := w.Visit(t.Context(), coordinator(), v.Reference); err == nil {
			t.Error("a coordinator reads a visit with its patient")
		}
		if _, err := w.ToInterpret(t.Context(), nurse(1)); !errors.Is(err, booking.ErrMayNot) {
			t.Errorf("a nurse: %v", err)
		}
		if _, err := w.AddInterpreter(t.Context(), coordinator(1), desk.InterpreterDetails{}); !errors.Is(err, booking.ErrMayNot) {
			t.Errorf("the list is changed by whoever coordinates one ward: %v", err)
		}
	})
}

// A coordinator asks somebody, puts somebody else down who has agreed, and takes them off.
func TestACoordinatorChooses(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		by := coordinator(1)
		v := w.book(1, today(15, 0), desk.Details{Tongue: spokenPolish})
		offer := w.toInterpret(by)[0].Offer
		first := w.toInterpret(by)[0].Who
		work := must[desk.InterpreterWork](t)(w.InterpreterWork(t.Context(), by, v.Reference))
		n := slices.IndexFunc(work.People, func(p desk.CouldCome) bool { return p.ID != first && p.Obstacle == booking.NoObstacle })
		if n < 0 {
			t.Fatalf("nobody else could come: %+v", work.People)
		}
		second := work.People[n].ID
		if err := w.ChooseInterpreter(t.Context(), by, v.Reference, desk.Choosing{Who: second}); !errors.Is(err, booking.ErrStale) {
			t.Fatalf("without having seen who is asked: %v", err)
		}
		choosing := desk.Choosing{Who: second, Instead: offer, Agreed: true}
		ok(t, w.ChooseInterpreter(t.Context(), by, v.Reference, choosing))
		ok(t, w.ChooseInterpreter(t.Context(), by, v.Reference, choosing)) // pressed twice
		now := w.toInterpret(by)[0]
		if now.Who != second || now.Finding != booking.Confirmed {
			t.Fatalf("%s is %s", now.Who, now.Finding)
		}
		w.whole()
		if err := w.ChooseInterpreter(t.Context(), by, v.Reference, desk.Choosing{Who: first, Instead: now.Offer, Agreed: true}); !errors.Is(err, booking.ErrCannotInterpret) {
			t.Errorf("somebody who was taken off is put down again: %v", err)
		}
		if err := w.TakeOffInterpreter(t.Context(), by, v.Reference, offer); !errors.Is(err, booking.ErrStale) {
			t.Errorf("taken off by a page from before: %v", err)
		}
		ok(t, w.TakeOffInterpreter(t.Context(), by, v.Reference, now.Offer))
		w.whole()
		after := w.toInterpret(by)[0]
		if after.Who == second || after.Who == first {
			t.Errorf("%s is asked again", after.Who)
		}
		count := must[int](t)(w.LackingCount(t.Context(), by))
		if lacks := after.Finding.Lacking(); lacks != (count == 1) || lacks && after.Finding != booking.HandedBack {
			t.Errorf("%s, and %d lack somebody", after.Finding, count)
		}
	})
}

// A coordinator keeps the list: adds, changes and closes, and two of them do not undo
// each other.
func TestTheListOfInterpreters(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		by := coordinator()
		n := desk.InterpreterDetails{Name: "Zofia Nowak", Phone: "07700 900777", Rest: 10 * time.Minute, Skills: []desk.Skill{{Tongue: spokenPolish, Level: booking.Registered}}}
		for what, bad := range map[error]func(*desk.InterpreterDetails){
			booking.ErrMissing:  func(n *desk.InterpreterDetails) { n.Name = " " },
			booking.ErrBadText:  func(n *desk.InterpreterDetails) { n.Name = "Zofia\u202eNowak" },
			booking.ErrTooLong:  func(n *desk.InterpreterDetails) { n.Name = strings.Repeat("Z", 900) },
			booking.ErrBadPhone: func(n *desk.InterpreterDetails) { n.Phone = "12" },
			booking.ErrBadEmail: func(n *desk.InterpreterDetails) { n.Email = "a@b\r\nBcc: x@y" },
			booking.ErrNoTongue: func(n *desk.InterpreterDetails) { n.Skills = nil },
			booking.ErrBadChoice: func(n *desk.InterpreterDetails) {
				n.Skills = []desk.Skill{{Tongue: booking.Tongue{Language: "<b>", Mode: booking.Spoken}, Level: booking.Qualified}}
			},
			booking.ErrBadRest: func(n *desk.InterpreterDetails) { n.Rest = -time.Minute },
		} {
			wrong := n
			bad(&wrong)
			if _, err := w.AddInterpreter(t.Context(), by, wrong); !errors.Is(err, what) {
				t.Errorf("%v, want %v", err, what)
			}
		}
		keyed := w.Keyed("add-zofia")
		made := must[booking.Interpreter](t)(keyed.AddInterpreter(t.Context(), by, n))
		if again := must[booking.Interpreter](t)(keyed.AddInterpreter(t.Context(), by, n)); again.ID != made.ID {
			t.Error("added twice")
		}
		if _, err := w.AddInterpreter(t.Context(), by, n); !errors.Is(err, booking.ErrPhoneTaken) {
			t.Errorf("the same number: %v", err)
		}
		day := today(15, 0).In(london).Weekday()
		ok(t, w.AddHoursFor(t.Context(), by, made.ID, booking.Hours{Weekday: day, Start: 0, End: 24 * 60}))
		v := w.book(1, today(15, 0), desk.Details{Tongue: spokenPolish})
		now := w.toInterpret(by)[0]
		if now.Who != made.ID {
			ok(t, w.ChooseInterpreter(t.Context(), by, v.Reference, desk.Choosing{Who: made.ID, Instead: now.Offer}))
		}
		n.Name = "Zofia Nowak-Brown"
		ok(t, w.ChangeInterpreter(t.Context(), by, made.ID, 1, n))
		if err := w.ChangeInterpreter(t.Context(), by, made.ID, 1, n); !errors.Is(err, booking.ErrStale) {
			t.Errorf("changed by a page from before: %v", err)
		}
		kept := must[desk.KeptInterpreter](t)(w.Interpreter(t.Context(), by, made.ID))
		if kept.Name != n.Name || kept.Week != 1 || kept.LevelIn(spokenPolish) != booking.Registered {
			t.Errorf("%+v", kept)
		}
		if err := w.CloseInterpreter(t.Context(), by, made.ID, 0); !errors.Is(err, booking.ErrStale) {
			t.Errorf("closed without saying whom it touches: %v", err)
		}
		ok(t, w.CloseInterpreter(t.Context(), by, made.ID, 1))
		ok(t, w.CloseInterpreter(t.Context(), by, made.ID, 1))
		w.whole()
		if after := w.toInterpret(by)[0]; after.Who == made.ID {
			t.Error("somebody who has left still comes")
		}
		work := must[desk.InterpreterWork](t)(w.InterpreterWork(t.Context(), by, v.Reference))
		if slices.ContainsFunc(work.People, func(p desk.CouldCome) bool { return p.ID == made.ID }) {
			t.Error("somebody who has left can be asked")
		}
		if _, err := w.InterpreterActor(t.Context(), made.ID); !errors.Is(err, booking.ErrSignInNeeded) {
			t.Errorf("somebody who has left is signed in: %v", err)
		}
	})
}
