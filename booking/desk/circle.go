package desk

import (
	"context"
	"errors"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// Circles are the patients that the asking visitor may visit. One who is barred
// sees the same as before: a ward with nothing free.
func (d *Desk) Circles(ctx context.Context, by booking.Actor) ([]Circle, error) {
	return view(ctx, d, func(tx *store.Tx) ([]Circle, error) {
		members, err := tx.Circles(ctx, by.Visitor())
		if err != nil || by.Visitor() == "" {
			return nil, err
		}
		var circles []Circle
		for _, m := range members {
			standing, err := tx.Standing(ctx, m.Patient, m.Visitor.ID)
			if err != nil {
				return nil, err
			}
			if standing.Patient.MergedInto != "" {
				continue // they are on the list under the other record
			}
			standing.Member.Barred = false
			standing.Patient.MRN = ""
			if standing.Ward.ID == "" { // they have left: who to ring is who had them
				if standing.Ward, err = wardToRing(ctx, tx, m.Patient); err != nil {
					return nil, err
				}
			}
			circles = append(circles, Circle{
				Patient: standing.Patient, Ward: standing.Ward, Bed: bedName(standing.Bay, standing.Bed),
				Relationship: m.Relationship, Refused: standing.MayVisit(d.now()),
			})
		}
		return circles, nil
	})
}

// Propose asks the ward to let somebody new into a patient's circle.
func (d *Desk) Propose(ctx context.Context, by booking.Actor, patient booking.PatientID, who Contact) (booking.CircleMember, error) {
	who, err := d.readContact(who)
	if err != nil {
		return booking.CircleMember{}, err
	}
	return create(ctx, d, by, makesMember(by, "propose", patient, who), func(tx *store.Tx) (booking.CircleMember, error) {
		none := booking.CircleMember{}
		if err := touchFor(ctx, tx, by, patient); err != nil {
			return none, err
		}
		standing, err := standingFor(ctx, tx, by, patient, by.Visitor())
		switch {
		case err != nil:
			return none, err
		case standing.Member.ID == "" || standing.Member.Status == booking.MemberRemoved:
			return none, booking.ErrNotInCircle
		case standing.Member.Status == booking.MemberPaused:
			return none, booking.ErrPaused
		case standing.Member.Status != booking.MemberApproved:
			return none, booking.ErrNotApproved
		case standing.Patient.Private:
			return none, booking.ErrPrivate
		}
		m, isNew, err := d.member(ctx, tx, patient, who)
		if err != nil {
			return none, err
		}
		if !isNew && m.Status != booking.MemberRemoved {
			return none, booking.ErrAlreadyInCircle
		}
		m.Status, m.Relationship = booking.MemberProposed, who.Relationship
		if err := putMember(ctx, tx, m, isNew); err != nil {
			return none, err
		}
		return proposed(m), tx.AddEvent(ctx, memberEvent(d.now(), by, booking.VisitorProposed, m, standing.Ward.ID, ""))
	})
}

// proposed is a member as whoever proposed them may know them: whose number it
// is, only the ward knows.
func proposed(m booking.CircleMember) booking.CircleMember {
	m.Visitor.Phone, m.Visitor.Email, m.Barred = "", "", false
	return m
}

// Invite takes somebody into a patient's circle and sends them a link. A person
// already in it gets a new link.
func (d *Desk) Invite(ctx context.Context, by booking.Actor, patient booking.PatientID, who Contact) (booking.CircleMember, error) {
	who, err := d.readContact(who)
	if err != nil {
		return booking.CircleMember{}, err
	}
	return create(ctx, d, by, makesMember(by, "invite", patient, who), func(tx *store.Tx) (booking.CircleMember, error) {
		none := booking.CircleMember{}
		ward, err := touchedWard(ctx, tx, by, patient)
		if err != nil {
			return none, err
		}
		m, isNew, err := d.member(ctx, tx, patient, who)
		if err != nil {
			return none, err
		}
		switch {
		case m.Barred:
			return none, booking.ErrMayNot // lift the bar first
		case m.Status == booking.MemberPaused:
			return none, booking.ErrPaused // let them visit again first
		}
		if m.AgreedBy, err = agreed(ctx, tx, m, who); err != nil {
			return none, err
		}
		m.Relationship = who.Relationship
		return d.approve(ctx, tx, by, m, ward, isNew, booking.VisitorInvited)
	})
}

// agreed is who said that somebody may be told of a patient. A patient who is private
// may have told them, or the ward decides it with whoever speaks for the patient: the
// ward has to say who, unless this person was let in already.
func agreed(ctx context.Context, tx *store.Tx, m booking.CircleMember, who Contact) (string, error) {
	p, err := tx.Patient(ctx, m.Patient)
	if err != nil || !p.Private || m.Status == booking.MemberApproved {
		return m.AgreedBy, err
	}
	by, err := readText(who.AgreedBy, longestName)
	if errors.Is(err, booking.ErrMissing) {
		err = booking.ErrPrivate
	}
	return by, err
}

// member finds who has this number and what they are in the patient's circle,
// making what is not there yet. Somebody new is not saved as a member.
func (d *Desk) member(ctx context.Context, tx *store.Tx, patient booking.PatientID, who Contact) (m booking.CircleMember, isNew bool, err error) {
	visitor, err := tx.VisitorByPhone(ctx, who.Phone)
	if errors.Is(err, booking.ErrNoSuchPerson) {
		id, idErr := d.newID()
		if idErr != nil {
			return m, false, idErr
		}
		visitor = booking.Visitor{ID: booking.VisitorID(id), Name: who.Name, Phone: who.Phone, Email: who.Email}
		err = tx.AddVisitor(ctx, visitor)
	}
	if err != nil {
		return m, false, err
	}
	if m, err = tx.MemberOf(ctx, patient, visitor.ID); err != nil || m.ID != "" {
		return m, false, err
	}
	id, err := d.newID()
	return booking.CircleMember{ID: booking.MemberID(id), Patient: patient, Visitor: visitor}, true, err
}

func putMember(ctx context.Context, tx *store.Tx, m booking.CircleMember, isNew bool) error {
	if isNew {
		return tx.AddMember(ctx, m)
	}
	return tx.SaveMember(ctx, m)
}

// approve lets a member in, and sends them a link.
func (d *Desk) approve(ctx context.Context, tx *store.Tx, by booking.Actor, m booking.CircleMember, ward booking.Ward, isNew bool, what booking.Action) (booking.CircleMember, error) {
	now := d.now()
	if m.Status != booking.MemberApproved {
		m.Status, m.ApprovedAt = booking.MemberApproved, now
	}
	if err := putMember(ctx, tx, m, isNew); err != nil {
		return m, err
	}
	expires := now.Add(inviteLife)
	link, err := d.newLink(ctx, tx, booking.Invite{Patient: m.Patient, Visitor: m.Visitor.ID, Expires: expires})
	if err != nil {
		return m, err
	}
	err = d.owe(ctx, tx, m.Visitor.Phone, m.Visitor.Email, booking.Notice{
		Kind: booking.NoticeInvite, Due: now, Expires: expires, Dedupe: store.InviteDedupe(m.Patient) + hashSecret(link),
		Words: map[string]string{"hospital": ward.Site.Name, "phone": ward.Phone, "link": link},
	})
	if err != nil {
		return m, err
	}
	return m, tx.AddEvent(ctx, memberEvent(now, by, what, m, ward.ID, ""))
}

func memberEvent(now time.Time, by booking.Actor, what booking.Action, m booking.CircleMember, ward booking.WardID, reason string) booking.Event {
	return booking.Event{At: now, By: by, Action: what, Subject: "member " + string(m.ID), Ward: ward, Reason: reason}
}

// onMember runs an act of the ward on a member of one of its patients' circles.
func (d *Desk) onMember(ctx context.Context, by booking.Actor, id booking.MemberID, fn func(tx *store.Tx, m booking.CircleMember, ward booking.Ward) (booking.CircleMember, error)) (booking.CircleMember, error) {
	return do(ctx, d, func(tx *store.Tx) (booking.CircleMember, error) {
		m, err := tx.Member(ctx, id)
		if err != nil {
			return m, err
		}
		touched := m.Patient
		if err := tx.Touch(ctx, patientOf(touched)); err != nil {
			return m, err
		}
		if m, err = tx.Member(ctx, id); err != nil {
			return m, err
		}
		if err := stillOf(touched, m.Patient); err != nil {
			return m, err
		}
		ward, err := wardOf(ctx, tx, by, booking.KeepPatients, m.Patient)
		if errors.Is(err, booking.ErrNoSuchPatient) {
			err = booking.ErrNoSuchPerson
		}
		if err != nil {
			return booking.CircleMember{}, err
		}
		return fn(tx, m, ward)
	})
}

// Approve lets a proposed member in, and sends them a link.
func (d *Desk) Approve(ctx context.Context, by booking.Actor, id booking.MemberID) (booking.CircleMember, error) {
	return d.onMember(ctx, by, id, func(tx *store.Tx, m booking.CircleMember, ward booking.Ward) (booking.CircleMember, error) {
		switch m.Status {
		case booking.MemberApproved:
			return m, nil // pressed twice
		case booking.MemberPaused:
			return m, booking.ErrPaused
		case booking.MemberRemoved:
			return m, booking.ErrNoSuchPerson
		}
		if _, err := agreed(ctx, tx, m, Contact{}); err != nil {
			return m, err
		}
		return d.approve(ctx, tx, by, m, ward, false, booking.VisitorApproved)
	})
}

// RemoveMember takes somebody out of a circle and revokes their links. Their
// visits go on without them, or are cancelled if nobody else comes.
func (d *Desk) RemoveMember(ctx context.Context, by booking.Actor, id booking.MemberID) (booking.CircleMember, error) {
	return d.onMember(ctx, by, id, func(tx *store.Tx, m booking.CircleMember, ward booking.Ward) (booking.CircleMember, error) {
		if m.Status == booking.MemberRemoved {
			return m, nil
		}
		m.Status, m.PausedWhy = booking.MemberRemoved, ""
		if err := tx.SaveMember(ctx, m); err != nil {
			return m, err
		}
		now := d.now()
		revoked, err := tx.RevokeInvites(ctx, m.Patient, m.Visitor.ID, now)
		if err != nil {
			return m, err
		}
		if err := tx.AddEvent(ctx, memberEvent(now, by, booking.VisitorWithdrawn, m, ward.ID, "")); err != nil {
			return m, err
		}
		if revoked > 0 {
			if err := tx.AddEvent(ctx, memberEvent(now, by, booking.InviteRevoked, m, "", "")); err != nil {
				return m, err
			}
		}
		return m, d.keepAway(ctx, tx, by, m)
	})
}

// Pause keeps an approved visitor from booking and joining until Resume: the
// patient wants a rest from them, or the ward has something to find out. reason is
// for staff only. Visits that they were to come to are flagged, not changed, and a
// visit they are in goes on.
func (d *Desk) Pause(ctx context.Context, by booking.Actor, id booking.MemberID, reason string) (booking.CircleMember, error) {
	reason, err := readText(reason, longestReason)
	if err != nil {
		return booking.CircleMember{}, err
	}
	return d.onMember(ctx, by, id, func(tx *store.Tx, m booking.CircleMember, ward booking.Ward) (booking.CircleMember, error) {
		switch m.Status {
		case booking.MemberPaused:
			return m, nil // pressed twice
		case booking.MemberApproved:
			m.Status, m.PausedWhy = booking.MemberPaused, reason
			return m, d.saveStatus(ctx, tx, by, m, booking.VisitorPaused, ward)
		}
		return m, booking.ErrNotApproved
	})
}

// Resume ends a pause. The flags that it brought close by themselves.
func (d *Desk) Resume(ctx context.Context, by booking.Actor, id booking.MemberID) (booking.CircleMember, error) {
	return d.onMember(ctx, by, id, func(tx *store.Tx, m booking.CircleMember, ward booking.Ward) (booking.CircleMember, error) {
		switch m.Status {
		case booking.MemberApproved:
			return m, nil // pressed twice
		case booking.MemberPaused:
			m.Status, m.PausedWhy = booking.MemberApproved, ""
			return m, d.saveStatus(ctx, tx, by, m, booking.VisitorResumed, ward)
		}
		return m, booking.ErrNotApproved
	})
}

// saveStatus saves how a member stands now, and looks at the visits that this concerns.
func (d *Desk) saveStatus(ctx context.Context, tx *store.Tx, by booking.Actor, m booking.CircleMember, what booking.Action, ward booking.Ward) error {
	if err := tx.SaveMember(ctx, m); err != nil {
		return err
	}
	if err := tx.AddEvent(ctx, memberEvent(d.now(), by, what, m, ward.ID, "")); err != nil {
		return err
	}
	return d.reviewPatient(ctx, tx, by, m.Patient)
}

// Bar keeps a person from a patient whatever else is said. reason is for staff
// only. Their links go on opening, onto a ward with nothing free.
func (d *Desk) Bar(ctx context.Context, by booking.Actor, id booking.MemberID, reason string) (booking.CircleMember, error) {
	reason, err := readText(reason, longestReason)
	if err != nil {
		return booking.CircleMember{}, err
	}
	return d.onMember(ctx, by, id, func(tx *store.Tx, m booking.CircleMember, ward booking.Ward) (booking.CircleMember, error) {
		if m.Barred {
			return m, nil
		}
		bar, err := d.newID()
		if err != nil {
			return m, err
		}
		now := d.now()
		if err := tx.AddBar(ctx, bar, m, reason, by.ID, now); err != nil {
			return m, err
		}
		m.Barred = true
		if err := tx.AddEvent(ctx, memberEvent(now, by, booking.VisitorBarred, m, ward.ID, "bar "+bar)); err != nil {
			return m, err
		}
		if err := d.keepAway(ctx, tx, by, m); err != nil {
			return m, err
		}
		return m, d.reviewPatient(ctx, tx, by, m.Patient)
	})
}

// Unbar lifts a bar.
func (d *Desk) Unbar(ctx context.Context, by booking.Actor, id booking.MemberID) (booking.CircleMember, error) {
	return d.onMember(ctx, by, id, func(tx *store.Tx, m booking.CircleMember, ward booking.Ward) (booking.CircleMember, error) {
		now := d.now()
		lifted, err := tx.LiftBar(ctx, m, by.ID, now)
		if err != nil || !lifted {
			return m, err
		}
		m.Barred = false
		if err := d.reviewPatient(ctx, tx, by, m.Patient); err != nil {
			return m, err
		}
		return m, tx.AddEvent(ctx, memberEvent(now, by, booking.BarLifted, m, ward.ID, ""))
	})
}
