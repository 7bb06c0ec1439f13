package desk

import (
	"context"
	"math"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// An AuditQuery is what is searched for in the audit of a ward. What is empty is not
// asked for.
type AuditQuery struct {
	Ward     booking.WardID
	Kind     booking.ActorKind
	Actor    string // an id
	Action   booking.Action
	Patient  booking.PatientID
	Visit    booking.Reference
	From, To booking.Date // both days belong to it
	Before   int64        // only what is numbered below; 0 for the latest
}

// reason says in the audit what was searched for.
func (q AuditQuery) reason() string {
	var said []string
	for _, part := range []struct{ name, value string }{
		{"who", strings.TrimSpace(string(q.Kind) + " " + q.Actor)}, {"what", string(q.Action)}, {"patient", string(q.Patient)},
		{"visit", string(q.Visit)}, {"from", dateOrNone(q.From)}, {"to", dateOrNone(q.To)},
	} {
		if part.value != "" {
			said = append(said, part.name+"="+part.value)
		}
	}
	return strings.Join(said, "; ")
}

func dateOrNone(d booking.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// An AuditRow is an event with what those in it are called, as things stand.
type AuditRow struct {
	booking.Recorded
	Who, Whose string // empty when they have no name
}

// An AuditPage is a part of the audit of a ward.
type AuditPage struct {
	Ward     booking.Ward
	Rows     []AuditRow
	Older    int64  // before which there is more; 0 when there is not
	Actor    string // the name of whoever was asked for
	Subject  string // and of the patient or visit
	Staff    []StaffName
	Head     booking.Head // of the chain
	Unsealed int          // events that are not in it yet
	Since    time.Time    // when the first of those was written
}

// A StaffName is somebody who holds a ward.
type StaffName struct {
	ID   booking.StaffID
	Name string
}

// auditRows are how many there are on a page.
const auditRows = 50

// Audit searches the audit of a ward, for whoever may read it; that they did is
// recorded too.
func (d *Desk) Audit(ctx context.Context, by booking.Actor, q AuditQuery) (AuditPage, error) {
	page, err := view(ctx, d, func(tx *store.Tx) (p AuditPage, err error) {
		search, err := auditSearch(ctx, tx, by, q, &p)
		if err != nil {
			return p, err
		}
		search.Most = auditRows + 1
		if p.Rows, err = auditNamed(ctx, tx, search, map[string]string{}); err != nil {
			return p, err
		}
		if len(p.Rows) > auditRows {
			p.Rows = p.Rows[:auditRows]
			p.Older = p.Rows[auditRows-1].Seq
		}
		staff, err := tx.StaffOfWard(ctx, q.Ward)
		for _, s := range staff {
			p.Staff = append(p.Staff, StaffName{s.ID, s.Name})
		}
		if err != nil {
			return p, err
		}
		if p.Head, err = tx.SealHead(ctx); err != nil {
			return p, err
		}
		p.Unsealed, p.Since, err = tx.Unsealed(ctx)
		return p, err
	})
	if err != nil {
		return AuditPage{}, err
	}
	return page, d.hasRead(ctx, auditEvent(by, q, booking.AuditRead))
}

func auditEvent(by booking.Actor, q AuditQuery, what booking.Action) booking.Event {
	return booking.Event{By: by, Action: what, Subject: "ward " + string(q.Ward), Ward: q.Ward, Reason: q.reason()}
}

// auditSearch asks whether by may search, and finds what the names in q stand for.
func auditSearch(ctx context.Context, tx *store.Tx, by booking.Actor, q AuditQuery, p *AuditPage) (s store.AuditQuery, err error) {
	if !by.May(booking.ReadAudit, q.Ward) {
		return s, booking.ErrNoSuchWard
	}
	if p.Ward, err = tx.Ward(ctx, q.Ward); err != nil {
		return s, err
	}
	s = store.AuditQuery{Ward: q.Ward, Kind: q.Kind, Actor: q.Actor, Action: q.Action, Before: q.Before}
	if s.Before == 0 {
		s.Before = math.MaxInt64
	}
	if !q.From.IsZero() {
		s.From, _ = booking.DayBounds(q.From, p.Ward.Site.Zone)
	}
	if !q.To.IsZero() {
		_, s.To = booking.DayBounds(q.To, p.Ward.Site.Zone)
	}
	if q.Actor != "" {
		if p.Actor, err = tx.NameOf(ctx, string(q.Kind), q.Actor); err != nil {
			return s, err
		}
	}
	switch {
	case q.Patient != "":
		return s, auditPatient(ctx, tx, q, p, &s)
	case q.Visit != "":
		return s, auditVisit(ctx, tx, q, p, &s)
	}
	return s, nil
}

// auditPatient asks for what is about a patient who lies, or lay, in the ward.
func auditPatient(ctx context.Context, tx *store.Tx, q AuditQuery, p *AuditPage, s *store.AuditQuery) (err error) {
	ever, err := tx.EverInWard(ctx, q.Ward)
	if err != nil {
		return err
	}
	for _, one := range ever {
		if one.ID == q.Patient {
			p.Subject = one.Name + ", hospital number " + one.MRN
			s.Subjects, err = tx.SubjectsOf(ctx, q.Patient)
			return err
		}
	}
	return booking.ErrNoSuchPatient
}

// auditVisit asks for what is about one visit of the ward.
func auditVisit(ctx context.Context, tx *store.Tx, q AuditQuery, p *AuditPage, s *store.AuditQuery) error {
	id, ward, err := tx.WhoseIs(ctx, "reference", string(q.Visit))
	if err != nil {
		return err
	}
	if ward != q.Ward {
		return booking.ErrNoSuchVisit
	}
	s.Subjects = []string{"visit " + id}
	p.Subject, err = tx.NameOf(ctx, "visit", id)
	return err
}

// auditNamed searches, and finds names, of which known are kept for the next time.
func auditNamed(ctx context.Context, tx *store.Tx, s store.AuditQuery, known map[string]string) ([]AuditRow, error) {
	found, err := tx.SearchAudit(ctx, s)
	if err != nil {
		return nil, err
	}
	name := func(thing string) (string, error) {
		if name, met := known[thing]; met {
			return name, nil
		}
		kind, id, _ := strings.Cut(thing, " ")
		name, err := tx.NameOf(ctx, kind, id)
		known[thing] = name
		return name, err
	}
	rows := make([]AuditRow, 0, len(found))
	for _, e := range found {
		row := AuditRow{Recorded: e}
		if row.Who, err = name(string(e.By.Kind) + " " + e.By.ID); err != nil {
			return nil, err
		}
		if row.Whose, err = name(e.Subject); err != nil {
			return nil, err
		}
		rows = append(rows, row)
	}
	return rows, nil
}

const (
	auditAtOnce    = 500  // rows of a file in one look
	mostAuditNames = 5000 // that are kept while a file is written
)

// AuditFile tells everything that a search finds to tell, the latest first, a part
// at a time; that it was taken is recorded before.
func (d *Desk) AuditFile(ctx context.Context, by booking.Actor, q AuditQuery, tell func(booking.Ward, []AuditRow) error) error {
	known := map[string]string{}
	for first := true; ; first = false {
		var p AuditPage
		rows, err := view(ctx, d, func(tx *store.Tx) ([]AuditRow, error) {
			search, err := auditSearch(ctx, tx, by, q, &p)
			if err != nil {
				return nil, err
			}
			search.Most = auditAtOnce
			return auditNamed(ctx, tx, search, known)
		})
		if err != nil {
			return err
		}
		if first {
			e := auditEvent(by, q, booking.AuditTaken)
			e.At, e.Quiet = d.now(), true
			if err := d.store.Do(ctx, func(tx *store.Tx) error { return tx.AddEvent(ctx, e) }); err != nil {
				return err
			}
		}
		if err := tell(p.Ward, rows); err != nil || len(rows) < auditAtOnce {
			return err
		}
		q.Before = rows[len(rows)-1].Seq
		if len(known) > mostAuditNames {
			clear(known)
		}
	}
}

// mostAuditPatients is how many patients of a name are offered to choose from.
const mostAuditPatients = 20

// AuditPatients are those who lie, or lay, in a ward and have a hospital number, or
// a name with this in it.
func (d *Desk) AuditPatients(ctx context.Context, by booking.Actor, ward booking.WardID, text string) (found []booking.Patient, err error) {
	if !by.May(booking.ReadAudit, ward) {
		return nil, booking.ErrNoSuchWard
	}
	ever, err := peek(d, func(tx *store.Tx) ([]booking.Patient, error) { return tx.EverInWard(ctx, ward) })
	text = strings.ToLower(strings.TrimSpace(text))
	for _, p := range ever {
		if strings.ToLower(p.MRN) == text {
			return []booking.Patient{p}, nil
		}
		if strings.Contains(strings.ToLower(p.Name), text) && len(found) < mostAuditPatients {
			found = append(found, p)
		}
	}
	return found, err
}

// AuditWards are the wards whose audit by may read.
func (d *Desk) AuditWards(ctx context.Context, by booking.Actor) (held []booking.Ward, err error) {
	all, err := peek(d, func(tx *store.Tx) ([]booking.Ward, error) { return tx.Wards(ctx) })
	for _, w := range all {
		if by.May(booking.ReadAudit, w.ID) {
			held = append(held, w)
		}
	}
	return held, err
}
