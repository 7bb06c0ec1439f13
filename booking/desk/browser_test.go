package desk_test

import (
	"testing"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// A link that was sent on: its second browser waits for the ward, the first goes
// back to its place, and the desk that is asked need not be the one that let it in.
func TestAnotherBrowserWaitsForTheWard(t *testing.T) {
	inHospital(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		v := w.book(1, today(15, 0), desk.Details{Tongue: signed})
		w.at(today(14, 50))
		w.pair(deviceNumber(v.Device), 1)
		must[desk.Visit](t)(w.Start(ctx, nurse(1), v.Reference))
		must[bool](t)(w.Arrive(ctx, v.ID, desk.SeatOfPatient, ""))
		daughter := seat(t, v, 1)
		signer := booking.ParticipantID(must[desk.Seat](t)(w.Join(ctx, interpreter(3), v.Reference)).Seat)
		comes := func(who booking.ParticipantID, browser string) bool {
			t.Helper()
			return must[bool](t)(w.Arrive(ctx, v.ID, string(who), browser))
		}
		person := func(who booking.ParticipantID) booking.Participant {
			t.Helper()
			for _, p := range must[desk.Visit](t)(w.Visit(ctx, nurse(1), v.Reference)).People {
				if p.ID == who {
					return p
				}
			}
			t.Fatalf("nobody is %s", who)
			return booking.Participant{}
		}
		switched := func(who booking.ParticipantID) string {
			p := person(who)
			return `SELECT count(*) FROM audit_events WHERE action = 'person_switched' AND reason = '` +
				string(p.Role) + ` ` + string(p.Visitor) + string(p.Interpreter) + `' AND subject = 'visit ` + string(v.ID) + `'`
		}
		for _, who := range []booking.ParticipantID{daughter, signer} {
			comes(who, "hers")
			must[desk.Visit](t)(w.Admit(ctx, nurse(1), v.Reference, who))
			ok(t, w.Depart(ctx, v.ID, string(who)))
			ok(t, w.OpenRooms(ctx)) // as after a restart
			if !comes(who, "hers") {
				t.Error("the browser that was let in waits again")
			}
			ok(t, w.Depart(ctx, v.ID, string(who)))
			if comes(who, "his") {
				t.Error("another browser takes the seat")
			}
			if p := person(who); !p.Waiting() || !p.Elsewhere() {
				t.Errorf("the ward sees %+v", p)
			}
			if n := w.count(switched(who)); n != 1 {
				t.Errorf("%d rows of audit say so", n)
			}
			comes(who, "his") // its page reloads
			if n := w.count(switched(who)); n != 1 {
				t.Errorf("%d rows of audit after a reload", n)
			}
			if !comes(who, "hers") {
				t.Error("the browser that was let in waits because another has come")
			}
			ok(t, w.Depart(ctx, v.ID, string(who)))
			comes(who, "his")
			must[desk.Visit](t)(w.Admit(ctx, nurse(1), v.Reference, who))
			if p := person(who); p.Place != booking.Admitted || p.Elsewhere() || !comes(who, "his") {
				t.Errorf("let in again: %+v", p)
			}
			if comes(who, "hers") {
				t.Error("two browsers are let in to one seat")
			}
		}
		must[desk.Visit](t)(w.Lock(ctx, nurse(1), v.Reference, true))
		ok(t, w.Depart(ctx, v.ID, string(daughter)))
		refused(t, "another browser at a locked room", second(w.Arrive(ctx, v.ID, string(daughter), "a third")), booking.ErrRoomLocked)
		if !comes(daughter, "his") {
			t.Error("the lock shuts out who was let in")
		}
		refused(t, "another browser beside them", second(w.Arrive(ctx, v.ID, string(daughter), "a third")), booking.ErrRoomLocked)
		if p := person(daughter); p.Place != booking.Admitted {
			t.Errorf("who was refused has changed her place: %+v", p)
		}
	})
}
