package desk_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

func (w *world) place(boss booking.Actor, n int) desk.WardPlace {
	w.t.Helper()
	return must[desk.WardPlace](w.t)(w.WardPlace(w.t.Context(), boss, wardID(n)))
}

func TestWhoMayKeepPlaces(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		bed := w.place(booking.System, 1).Bays[0].Beds[0].ID
		for name, by := range map[string]booking.Actor{"a nurse": nurse(1, 2), "a relative": as(1), "an iPad": device(1, 1), "nobody": {}} {
			_, err := w.Estate(ctx, by)
			refused(t, name+" reads", err, booking.ErrMayNot)
			_, err = w.WardPlace(ctx, by, wardID(1))
			refused(t, name+" reads a ward", err, booking.ErrMayNot)
			_, err = w.AddSite(ctx, by, "X", "Europe/London")
			refused(t, name+" adds a site", err, booking.ErrMayNot)
			_, err = w.AddWard(ctx, by, desk.NewWard{Site: id[booking.SiteID]('h', 1), Name: "X", Phone: "0113 496 0107"})
			refused(t, name+" adds a ward", err, booking.ErrMayNot)
			_, err = w.LastPlaceChange(ctx, by, "ward "+string(wardID(1)))
			refused(t, name+" asks who", err, booking.ErrMayNot)
			for act, err := range map[string]error{
				"renames a site": w.RenameSite(ctx, by, id[booking.SiteID]('h', 1), "St Test's Hospital", "X"),
				"changes a ward": w.ChangeWard(ctx, by, wardID(1), desk.WardCard{Name: "Ward 1", Phone: "0113 496 0107"}, desk.WardCard{Name: "X", Phone: "0113 496 0107"}),
				"closes a ward":  w.CloseWard(ctx, by, wardID(1)), "opens a ward": w.OpenWard(ctx, by, wardID(1)),
				"adds beds": w.AddBeds(ctx, by, wardID(1), "B", []string{"1"}), "renames a bay": w.RenameBay(ctx, by, wardID(1), "Bay 1", "B"),
				"closes a bay": w.CloseBay(ctx, by, wardID(1), "Bay 1"), "renames a bed": w.RenameBed(ctx, by, wardID(1), bed, "Bed 1", "X"),
				"closes a bed": w.CloseBed(ctx, by, wardID(1), bed), "opens a bed": w.OpenBed(ctx, by, wardID(1), bed),
			} {
				refused(t, name+" "+act, err, booking.ErrMayNot)
			}
		}
	})
}

func TestAWardBeginsClosed(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		boss := w.administrator("ines.costa@hospital.example")
		n := desk.NewWard{Site: id[booking.SiteID]('h', 1), Name: " Oak  Ward ", Phone: "0113 496 0199", Like: wardID(1)}
		keyed := w.Keyed("0190a000-0000-7000-8000-00000000aaaa")
		made := must[booking.Ward](t)(keyed.AddWard(ctx, boss, n))
		if again := must[booking.Ward](t)(keyed.AddWard(ctx, boss, n)); again.ID != made.ID {
			t.Error("pressed twice, made two")
		}
		ward := must[desk.WardPlace](t)(w.WardPlace(ctx, boss, made.ID))
		if ward.Enabled || ward.Name != "Oak Ward" || ward.Policy.Notice != w.place(boss, 1).Policy.Notice || ward.Policy.Version != 1 {
			t.Errorf("begins %+v", ward.Ward)
		}
		refused(t, "without times", w.OpenWard(ctx, boss, made.ID), booking.ErrNoTimesYet)
		_, err := w.AddWard(ctx, boss, desk.NewWard{Site: n.Site, Name: "oak ward", Phone: n.Phone})
		refused(t, "the same name", err, booking.ErrNameTaken)
		_, err = w.AddWard(ctx, boss, desk.NewWard{Site: "nobody", Name: "Elm", Phone: n.Phone})
		refused(t, "nowhere", err, booking.ErrNoSuchSite)
		_, err = w.AddSite(ctx, boss, "st test's hospital", "Europe/London")
		refused(t, "a site twice", err, booking.ErrNameTaken)
		ok(t, w.AddBeds(ctx, boss, made.ID, "Bay A", []string{"Bed 1", "Bed 2"}))
		refused(t, "a bed twice", w.AddBeds(ctx, boss, made.ID, "bay a", []string{"Bed 3", "BED 2"}), booking.ErrNameTaken)
		if ward = must[desk.WardPlace](t)(w.WardPlace(ctx, boss, made.ID)); ward.Use.Beds != 2 {
			t.Errorf("%d beds: all of them, or none", ward.Use.Beds)
		}
		if n := w.count(`SELECT count(*) FROM audit_events WHERE action = 'place_added' AND actor_id = $1`, boss.ID); n != 3 {
			t.Errorf("%d are recorded, of a ward and two beds", n)
		}
	})
}

func TestAWardIsClosedOnlyWithoutVisits(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		boss := w.administrator("ines.costa@hospital.example")
		v := w.book(1, today(15, 0), desk.Details{})
		refused(t, "with a visit", w.CloseWard(ctx, boss, wardID(1)), booking.ErrPlaceInUse)
		must[desk.Visit](t)(w.Cancel(ctx, as(1), v.Reference, v.Version))
		held := must[desk.Visit](t)(w.Hold(ctx, as(1), patientID(1), visitorID(1), today(15, 0)))
		ok(t, w.CloseWard(ctx, boss, wardID(1)))
		ok(t, w.CloseWard(ctx, boss, wardID(1)))
		_, err := w.Book(ctx, as(1), held.ID)
		refused(t, "what was kept before", err, booking.ErrWardClosed)
		ok(t, w.OpenWard(ctx, boss, wardID(1)))
		must[desk.Visit](t)(w.Book(ctx, as(1), held.ID))
		refused(t, "again with a visit", w.CloseWard(ctx, boss, wardID(1)), booking.ErrPlaceInUse)
	})
}

func TestBaysAndBeds(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		boss := w.administrator("ines.costa@hospital.example")
		mine := w.place(boss, 1).Bays[0]
		taken := mine.Beds[0]
		if !taken.Taken {
			t.Fatal("nobody lies in the first bed")
		}
		refused(t, "with a patient", w.CloseBed(ctx, boss, wardID(1), taken.ID), booking.ErrPlaceInUse)
		refused(t, "a bay with a patient", w.CloseBay(ctx, boss, wardID(1), mine.Name), booking.ErrPlaceInUse)
		refused(t, "another ward's bed", w.CloseBed(ctx, boss, wardID(2), taken.ID), booking.ErrNoSuchBed)
		refused(t, "no bay", w.CloseBay(ctx, boss, wardID(1), "Bay 9"), booking.ErrNoSuchBay)
		refused(t, "a bed's name", w.RenameBed(ctx, boss, wardID(1), taken.ID, taken.Name, mine.Beds[1].Name), booking.ErrNameTaken)
		refused(t, "an old page", w.RenameBed(ctx, boss, wardID(1), taken.ID, "Bed 77", "Bed 78"), booking.ErrStale)
		ok(t, w.RenameBed(ctx, boss, wardID(1), taken.ID, taken.Name, "Window"))
		ok(t, w.RenameBed(ctx, boss, wardID(1), taken.ID, taken.Name, "Window"))

		ok(t, w.AddBeds(ctx, boss, wardID(1), "", []string{"Corridor"}))
		if _, err := w.raw.ExecContext(ctx, `UPDATE devices SET zone = 'Bay 1' WHERE id = $1`, string(deviceID(1))); err != nil {
			t.Fatal(err)
		}
		ok(t, w.RenameBay(ctx, boss, wardID(1), "Bay 1", "East bay"))
		if n := w.count(`SELECT count(*) FROM devices WHERE zone = 'East bay'`); n != 1 {
			t.Errorf("%d iPads went with the bay", n)
		}
		ok(t, w.RenameBay(ctx, boss, wardID(1), "", "West bay"))
		if n := w.count(`SELECT count(*) FROM devices WHERE zone = 'West bay'`); n != 0 {
			t.Errorf("%d iPads were put into a bay by the way", n)
		}
		refused(t, "two bays of one name", w.RenameBay(ctx, boss, wardID(1), "West bay", "east Bay"), booking.ErrNameTaken)

		free, found := w.place(boss, 1).Bay("West bay")
		if !found {
			t.Fatal("no west bay")
		}
		ok(t, w.CloseBay(ctx, boss, wardID(1), "West bay"))
		for _, b := range must[[]desk.FreeBed](t)(w.Beds(ctx, nurse(1), wardID(1))) {
			if b.ID == free.Beds[0].ID {
				t.Error("a closed bed is offered")
			}
		}
		_, err := w.Transfer(ctx, nurse(1), patientID(1), free.Beds[0].ID, desk.Said{})
		refused(t, "into a closed bed", err, booking.ErrNoSuchBed)
		ok(t, w.OpenBed(ctx, boss, wardID(1), free.Beds[0].ID))
		must[desk.Movement](t)(w.Transfer(ctx, nurse(1), patientID(1), free.Beds[0].ID, desk.Said{}))
		refused(t, "with its new patient", w.CloseBed(ctx, boss, wardID(1), free.Beds[0].ID), booking.ErrPlaceInUse)
	})
}

// Sixteen times, one closes a bed while another puts a patient into it. Only one of
// them may, and nobody lies in a closed bed.
func TestNobodyIsPutIntoABedThatCloses(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		boss := w.administrator("ines.costa@hospital.example")
		var names []string
		for n := range 16 {
			names = append(names, string(rune('A'+n)))
		}
		ok(t, w.AddBeds(ctx, boss, wardID(1), "Race", names))
		race, _ := w.place(boss, 1).Bay("Race")
		for _, bed := range race.Beds {
			var wg sync.WaitGroup
			var closing, moving error
			wg.Go(func() { closing = w.CloseBed(ctx, boss, wardID(1), bed.ID) })
			wg.Go(func() { _, moving = w.Transfer(ctx, nurse(1), patientID(1), bed.ID, desk.Said{}) })
			wg.Wait()
			if (closing == nil) == (moving == nil) {
				t.Errorf("bed %s: closing %v, moving %v", bed.Name, closing, moving)
			}
			if closing != nil && !errors.Is(closing, booking.ErrPlaceInUse) || moving != nil && !errors.Is(moving, booking.ErrNoSuchBed) {
				t.Errorf("bed %s: closing %v, moving %v", bed.Name, closing, moving)
			}
		}
		if n := w.count(`SELECT count(*) FROM stays AS s JOIN beds AS b ON b.id = s.bed_id WHERE s.to_at IS NULL AND b.closed_at IS NOT NULL`); n != 0 {
			t.Errorf("%d lie in closed beds", n)
		}
	})
}

// Two add what has one name at once: one is told that it is taken.
func TestTwoPlacesOfOneName(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		boss := w.administrator("ines.costa@hospital.example")
		for what, add := range map[string]func() error{
			"sites": func() error { _, err := w.AddSite(ctx, boss, "St Brigid's", "Europe/Dublin"); return err },
			"wards": func() error {
				_, err := w.AddWard(ctx, boss, desk.NewWard{Site: id[booking.SiteID]('h', 1), Name: "Elm", Phone: "0113 496 0107"})
				return err
			},
			"beds": func() error { return w.AddBeds(ctx, boss, wardID(1), "Bay 1", []string{"New"}) },
		} {
			errs := make([]error, 8)
			var wg sync.WaitGroup
			for i := range errs {
				wg.Go(func() { errs[i] = add() })
			}
			wg.Wait()
			done := 0
			for _, err := range errs {
				if err == nil {
					done++
				} else if !errors.Is(err, booking.ErrNameTaken) {
					t.Errorf("%s: %v", what, err)
				}
			}
			if done != 1 {
				t.Errorf("%s: %d of one name were added", what, done)
			}
		}
	})
}
