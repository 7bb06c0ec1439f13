package desk

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// When notices about a visit are due. A reminder makes no sense for a visit that
// is booked for tomorrow, nor a second link for one that is about to begin.
const (
	remindBefore = 24 * time.Hour
	joinBefore   = 15 * time.Minute
)

// How long links live: long enough for a family to come back to, and always
// until the visit they tell of is over.
const (
	inviteLife  = 60 * 24 * time.Hour
	afterVisits = 24 * time.Hour
)

// newLink saves an invite and returns the link that opens it. Nobody can read
// the link again.
func (d *Desk) newLink(ctx context.Context, tx *store.Tx, i booking.Invite) (string, error) {
	id, err := d.newID()
	if err != nil {
		return "", err
	}
	token, err := d.newSecret(16)
	if err != nil {
		return "", err
	}
	i.ID = booking.InviteID(id)
	if err := tx.AddInvite(ctx, i, hashSecret(token)); err != nil {
		return "", err
	}
	return d.public + "/invitation/" + token, nil
}

// owe adds a notice to the outbox.
func (d *Desk) owe(ctx context.Context, tx *store.Tx, phone, email string, n booking.Notice) error {
	n, err := d.addressed(n, phone, email)
	if err != nil {
		return err
	}
	return tx.AddNotice(ctx, n)
}

// addressed is a notice to somebody, by text message where there is a number.
func (d *Desk) addressed(n booking.Notice, phone, email string) (booking.Notice, error) {
	n.Channel, n.To = booking.SMS, phone
	if phone == "" {
		n.Channel, n.To = booking.Email, email
	}
	var err error
	n.ID, err = d.newID()
	return n, err
}

// tellComing tells relatives that they are coming to the visit of the act: now,
// the day before and shortly before, with a link of their own; and of none of it
// when the desk is hushed.
func (d *Desk) tellComing(ctx context.Context, a *act, what booking.NoticeKind, people []booking.Participant) error {
	if d.hushed {
		return nil
	}
	var owed []booking.Notice
	for _, p := range people {
		if p.Role != booking.AsVisitor || p.Place == booking.Removed {
			continue
		}
		visitor, err := a.visitor(ctx, p.Visitor)
		if err != nil {
			return err
		}
		link, err := d.newLink(ctx, a.Tx, booking.Invite{
			Patient: a.rec.Patient, Visitor: visitor.ID, Expires: later(a.now.Add(inviteLife), a.rec.When.End().Add(afterVisits)),
		})
		if err != nil {
			return err
		}
		for _, n := range a.comingNotices(what) {
			n.Dedupe = fmt.Sprintf("%s:%s:%d:%s", n.Kind, a.rec.ID, a.rec.Version, visitor.ID)
			n.Words = a.words(a.rec.When)
			n.Words["link"] = link
			if n, err = d.addressed(n, visitor.Phone, visitor.Email); err != nil {
				return err
			}
			owed = append(owed, n)
		}
	}
	return a.AddNotice(ctx, owed...)
}

// comingNotices are what somebody coming to the visit of the act is owed, with
// their times.
func (a *act) comingNotices(what booking.NoticeKind) []booking.Notice {
	start, end := a.rec.When.Start(), a.rec.When.End()
	var notices []booking.Notice
	if !a.quiet {
		notices = append(notices, booking.Notice{Kind: what, Visit: a.rec.ID, Due: a.now.Add(a.after), Expires: end})
	}
	if start.Sub(a.now) > remindBefore {
		notices = append(notices, booking.Notice{Kind: booking.NoticeReminder, Visit: a.rec.ID, Due: start.Add(-remindBefore), Expires: start})
	}
	if start.Sub(a.now) > joinBefore {
		notices = append(notices, booking.Notice{Kind: booking.NoticeJoin, Visit: a.rec.ID, Due: start.Add(-joinBefore), Expires: end})
	}
	return notices
}

// tellOff tells the relatives who were coming, and are not here already, that
// the visit of the act is off.
func (d *Desk) tellOff(ctx context.Context, a *act) error {
	if a.quiet {
		return nil
	}
	for _, p := range a.rec.People {
		if p.Role == booking.AsVisitor && p.Place != booking.Removed && p.HereSince.IsZero() {
			if err := d.tellOneOff(ctx, a, p.Visitor); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *Desk) tellOneOff(ctx context.Context, a *act, id booking.VisitorID) error {
	visitor, err := a.visitor(ctx, id)
	if err != nil {
		return err
	}
	return d.owe(ctx, a.Tx, visitor.Phone, visitor.Email, booking.Notice{
		Kind: booking.NoticeCancelled, Visit: a.rec.ID, Due: a.now, Expires: a.rec.When.End(),
		Dedupe: fmt.Sprintf("%s:%s:%s", booking.NoticeCancelled, a.rec.ID, id),
		Words:  a.words(a.rec.When),
	})
}

// tellDisplaced tells a relative that the visit of the act made way for another,
// and that no other time could be kept for them.
func (d *Desk) tellDisplaced(ctx context.Context, a *act, id booking.VisitorID) error {
	visitor, err := a.Visitor(ctx, id)
	if err != nil {
		return err
	}
	link, err := d.newLink(ctx, a.Tx, booking.Invite{Patient: a.rec.Patient, Visitor: id, Expires: a.now.Add(inviteLife)})
	if err != nil {
		return err
	}
	words := a.words(a.rec.When)
	delete(words, "reference")
	words["link"] = link
	return d.owe(ctx, a.Tx, visitor.Phone, visitor.Email, booking.Notice{
		Kind: booking.NoticeDisplacedOff, Visit: a.rec.ID, Due: a.now, Expires: later(a.rec.When.End(), a.now.Add(time.Hour)),
		Dedupe: fmt.Sprintf("%s:%s:%s", booking.NoticeDisplacedOff, a.rec.ID, id), Words: words,
	})
}

// tellInterpreter tells an interpreter that they are asked to the visit of the
// act, or no longer needed for it, at a time.
func (d *Desk) tellInterpreter(ctx context.Context, a *act, what booking.NoticeKind, who booking.Interpreter, asked booking.OfferID, when booking.Interval) error {
	n := booking.Notice{
		Kind: what, Visit: a.rec.ID, Due: a.now, Expires: when.End(),
		Dedupe: fmt.Sprintf("%s:%s", what, asked), Words: a.words(when),
	}
	if what != booking.NoticeInterpreterOff {
		link, err := d.interpreterLink(ctx, a, who.ID, when)
		if err != nil {
			return err
		}
		n.Words["link"] = link
		n.Words["length"] = sayLength(when.Length())
		n.Words["language"] = sayTongue(a.rec.Tongue)
	}
	return d.owe(ctx, a.Tx, who.Phone, who.Email, n)
}

// words are those that every notice about a visit may use. They say the
// hospital, never the ward or the patient.
func (a *act) words(when booking.Interval) map[string]string {
	return map[string]string{
		"hospital":  a.ward.Site.Name,
		"phone":     a.ward.Phone,
		"when":      sayWhen(when.Start(), a.ward.Site.Zone),
		"reference": string(a.rec.Reference),
	}
}

// sayWhen says an instant as the clock on the hospital's wall does, in the words of
// the pages: "Tuesday 24 November 2026, 2:00pm". Twelve o'clock is said in words,
// and in the hour that happens twice it says which.
func sayWhen(t time.Time, zone *time.Location) string {
	local := t.In(zone)
	said := local.Format("Monday 2 January 2006, ")
	switch {
	case local.Minute() == 0 && local.Hour() == 0:
		said += "midnight"
	case local.Minute() == 0 && local.Hour() == 12:
		said += "midday"
	default:
		said += local.Format("3:04pm")
	}
	if twice, second := booking.HappensTwice(t, zone); second {
		said += ", after the clocks go back"
	} else if twice {
		said += ", before the clocks go back"
	}
	return said
}

func sayLength(d time.Duration) string {
	if d == time.Minute {
		return "1 minute"
	}
	return strconv.Itoa(int(d/time.Minute)) + " minutes"
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
