package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// ErrFounded says that there is a hospital already: a database is founded once.
var ErrFounded = errors.New("desk: there is a hospital in this database already")

// shortestPassword is that of a new member of staff, in bytes.
const shortestPassword = 8

var errPassword = fmt.Errorf("desk: a password has at least %d characters", shortestPassword)

// settingPractice is how a database says that its hospital is for practice.
const settingPractice = "practice"

// Found writes a new hospital, whole or not at all. It returns ErrFounded where
// there is one already.
func (d *Desk) Found(ctx context.Context, h Hospital) error {
	there, err := view(ctx, d, func(tx *store.Tx) (bool, error) { return tx.Founded(ctx) })
	if err != nil || there {
		return errors.Join(err, founded(there))
	}
	hashes := make([]string, len(h.Staff))
	for i, s := range h.Staff { // before the transaction, since it takes a while
		if len(s.Password) < shortestPassword {
			return errPassword
		}
		if hashes[i], err = NewPasswordHash(s.Password, d.random); err != nil {
			return err
		}
	}
	return d.store.Do(ctx, func(tx *store.Tx) error {
		there, err := tx.Founded(ctx)
		if err != nil || there {
			return errors.Join(err, founded(there))
		}
		return d.found(ctx, tx, h, hashes)
	})
}

func founded(there bool) error {
	if there {
		return ErrFounded
	}
	return nil
}

func (d *Desk) found(ctx context.Context, tx *store.Tx, h Hospital, hashes []string) error {
	if h.Practice {
		if err := tx.SetSetting(ctx, settingPractice, "true"); err != nil {
			return err
		}
	}
	if err := d.foundPlaces(ctx, tx, h); err != nil {
		return err
	}
	known := map[booking.VisitorID]bool{}
	for _, in := range h.Patients {
		if err := d.foundPatient(ctx, tx, in, known); err != nil {
			return err
		}
	}
	for _, i := range h.Interpreters {
		phone, err := d.readPhone(i.Phone)
		if err != nil {
			return fmt.Errorf("desk: the number of interpreter %s: %w", i.ID, err)
		}
		i.Phone = phone
		if err := tx.AddInterpreter(ctx, i); err != nil {
			return err
		}
	}
	for i, s := range h.Staff {
		err := tx.AddStaff(ctx, store.Staff{ID: s.ID, Name: s.Name, Email: foldEmail(s.Email), Hash: hashes[i], Holds: s.Holds})
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) foundPlaces(ctx context.Context, tx *store.Tx, h Hospital) error {
	for _, site := range h.Sites {
		if err := tx.AddSite(ctx, site); err != nil {
			return err
		}
	}
	for _, ward := range h.Wards {
		if err := tx.AddWard(ctx, ward); err != nil {
			return err
		}
	}
	for _, bed := range h.Beds {
		id, err := d.newID()
		if err != nil {
			return err
		}
		if err := tx.AddBed(ctx, id, bed.Ward, bed.Bay, bed.Name); err != nil {
			return err
		}
	}
	for _, device := range h.Devices {
		if err := tx.AddDevice(ctx, device); err != nil {
			return err
		}
	}
	for _, session := range h.Sessions {
		if err := tx.AddSession(ctx, session); err != nil {
			return err
		}
	}
	for _, p := range h.Protected {
		if err := tx.AddProtected(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// foundPatient writes one patient with their circle. known are the visitors
// written already, who may be in several circles.
func (d *Desk) foundPatient(ctx context.Context, tx *store.Tx, in Inpatient, known map[booking.VisitorID]bool) error {
	if err := tx.AddPatient(ctx, in.Patient); err != nil {
		return err
	}
	stay, err := d.newID()
	if err != nil {
		return err
	}
	in.Stay.Patient = in.Patient.ID
	if err := tx.AddStay(ctx, stay, in.Stay); err != nil {
		return err
	}
	if in.Consent.ID != "" {
		in.Consent.Patient = in.Patient.ID
		if err := tx.AddConsent(ctx, in.Consent); err != nil {
			return err
		}
	}
	for _, m := range in.Circle {
		if !known[m.Visitor.ID] {
			phone, err := d.readPhone(m.Visitor.Phone)
			if err != nil {
				return fmt.Errorf("desk: the number of visitor %s: %w", m.Visitor.ID, err)
			}
			m.Visitor.Phone, known[m.Visitor.ID] = phone, true
			if err := tx.AddVisitor(ctx, m.Visitor); err != nil {
				return err
			}
		}
		if m.Status == booking.MemberApproved && m.ApprovedAt.IsZero() {
			m.ApprovedAt = d.now()
		}
		m.Patient = in.Patient.ID
		if err := tx.AddMember(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// Practice reports whether this hospital is for practice: nobody in it is real.
func (d *Desk) Practice(ctx context.Context) (bool, error) {
	return view(ctx, d, func(tx *store.Tx) (bool, error) {
		value, _, err := tx.Setting(ctx, settingPractice)
		return value == "true", err
	})
}

// PracticeLink returns the token of a new link for a member of a circle, or for
// an interpreter, sent to nobody: a practice hospital shows it to whoever plays
// that part. It refuses in any other hospital.
func (d *Desk) PracticeLink(ctx context.Context, member booking.MemberID, interpreter booking.InterpreterID) (token string, err error) {
	if err := d.onlyInPractice(ctx); err != nil {
		return "", err
	}
	link, err := do(ctx, d, func(tx *store.Tx) (string, error) {
		i := booking.Invite{Interpreter: interpreter, Expires: d.now().Add(inviteLife)}
		if member != "" {
			m, err := tx.Member(ctx, member)
			if err != nil {
				return "", err
			}
			i.Patient, i.Visitor = m.Patient, m.Visitor.ID
		}
		return d.newLink(ctx, tx, i)
	})
	return link[strings.LastIndex(link, "/")+1:], err
}

// practicePairingLife is long, since the code is printed once, at the start, and
// opens nothing but a practice hospital.
const practicePairingLife = 24 * time.Hour

// PracticePairing returns a new pairing code for a device of a practice
// hospital.
func (d *Desk) PracticePairing(ctx context.Context, id booking.DeviceID) (code string, err error) {
	if err := d.onlyInPractice(ctx); err != nil {
		return "", err
	}
	p, err := d.beginPairing(ctx, booking.System, id, practicePairingLife)
	return p.Code, err
}

func (d *Desk) onlyInPractice(ctx context.Context) error {
	practice, err := d.Practice(ctx)
	if err == nil && !practice {
		err = booking.ErrMayNot
	}
	return err
}
