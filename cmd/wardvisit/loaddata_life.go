package main

import (
	"fmt"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/store"
)

// What has become of a made-up visit, as round sorts them.
var becomes = [3]booking.State{booking.Ended, booking.Cancelled, booking.Booked}

// life is a visit that was booked a few days before, with all that such a visit
// leaves behind.
func (g *group) life(d booking.Device, in desk.Inpatient, when booking.Interval, became int) store.Life {
	visitor := in.Circle[g.random.IntN(len(in.Circle))].Visitor
	booked := when.Start().Add(-25*time.Hour - time.Duration(g.random.IntN(72*60))*time.Minute)
	if booked.After(g.now) {
		booked = g.now.Add(-time.Hour)
	}
	policy := g.Wards[0].Policy
	by := booking.Actor{Kind: booking.VisitorActor, ID: string(visitor.ID), Name: visitor.Name}
	v := booking.Visit{
		// Ids in order, so that the visits of a round are one after another.
		ID: newID[booking.VisitID](g, when.Start().Truncate(24*time.Hour)), Reference: g.reference(int(g.serial)), Patient: in.Patient.ID,
		Ward: d.Ward, Device: d.ID, State: becomes[became], Kind: booking.Ordinary, When: when, Prepare: policy.Prepare, Clean: policy.Clean,
		Via: booking.ViaWeb, BookedBy: by, PolicyVersion: policy.Version, EndedAt: earlier(when.Start().Truncate(24*time.Hour), g.now),
	}
	l := store.Life{
		Visit: v, For: visitor.ID, Seat: newID[booking.ParticipantID](g, booked),
		Taken: []store.Reservation{
			{ID: newID[string](g, booked), Resource: store.Resource{Kind: store.Patient, ID: string(v.Patient)}, When: when},
			{ID: newID[string](g, booked), Resource: store.Resource{Kind: store.Device, ID: string(d.ID)}, When: v.DeviceTime()},
		},
		Invite: booking.Invite{
			ID: newID[booking.InviteID](g, booked), Patient: v.Patient, Visitor: visitor.ID, CodeHash: "made up " + string(v.ID), Expires: booked.AddDate(0, 2, 0),
		},
	}
	l.Events = g.events(l, by, booked)
	g.owe(&l, visitor, booked)
	return l
}

func (g *group) events(l store.Life, by booking.Actor, booked time.Time) []booking.Event {
	event := func(at time.Time, by booking.Actor, what booking.Action, reason string) booking.Event {
		return booking.Event{At: at, By: by, Action: what, Subject: "visit " + string(l.Visit.ID), Ward: l.Visit.Ward, Reason: reason}
	}
	events := []booking.Event{
		event(booked.Add(-time.Minute), by, booking.SlotHeld, ""), event(booked, by, booking.VisitBooked, string(booking.ViaWeb)),
	}
	switch l.Visit.State {
	case booking.Ended:
		return append(events, event(l.Visit.When.Start(), booking.System, booking.VisitStarted, ""),
			event(l.Visit.When.End(), booking.System, booking.VisitEnded, string(booking.RanToEnd)))
	case booking.Cancelled:
		return append(events, event(l.Visit.EndedAt, by, booking.VisitCancelled, string(booking.ByFamily)))
	}
	return events
}

// owe adds the notices that a visit owes to its visitor: those that are due by now
// are sent.
func (g *group) owe(l *store.Life, to booking.Visitor, booked time.Time) {
	start := l.Visit.When.Start()
	notices := []booking.Notice{{Kind: booking.NoticeBooked, Due: booked}}
	if l.Visit.State != booking.Cancelled {
		notices = append(notices, booking.Notice{Kind: booking.NoticeReminder, Due: start.Add(-24 * time.Hour)},
			booking.Notice{Kind: booking.NoticeJoin, Due: start.Add(-15 * time.Minute)})
	}
	for _, n := range notices {
		n.ID, n.Channel, n.To, n.Visit, n.Expires = newID[string](g, booked), booking.SMS, to.Phone, l.Visit.ID, l.Visit.When.End()
		n.Dedupe = fmt.Sprintf("%s:%s:1:%s", n.Kind, l.Visit.ID, to.ID)
		if !n.Due.After(g.now) {
			l.Sent = append(l.Sent, n)
			continue
		}
		n.Words = map[string]string{
			"hospital": g.Sites[0].Name, "phone": g.Wards[0].Phone, "when": start.In(g.zone).Format(time.RFC1123),
			"reference": string(l.Visit.Reference), "link": "https://visits.invalid/invitation/made-up",
		}
		l.Pending = append(l.Pending, n)
	}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
