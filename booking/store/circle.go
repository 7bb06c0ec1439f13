package store

import (
	"context"
	"errors"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

const (
	visitorColumns = `w.id, w.name, w.phone, w.email, w.verified_at`
	visitorByID    = `SELECT ` + visitorColumns + ` FROM visitors AS w WHERE w.id = $1`
	visitorByPhone = `SELECT ` + visitorColumns + ` FROM visitors AS w WHERE w.phone = $1`
	addVisitor     = `INSERT INTO visitors (id, name, phone, email, verified_at) VALUES ($1, $2, $3, $4, $5)`
	verifyVisitor  = `UPDATE visitors SET verified_at = $2 WHERE id = $1`
)

func visitorDest(v *booking.Visitor) (dest []any, fill func()) {
	var verified stamp
	return []any{&v.ID, &v.Name, &v.Phone, &v.Email, &verified}, func() { v.Verified = verified.Time }
}

func scanVisitor(row scanner) (v booking.Visitor, err error) {
	dest, fill := visitorDest(&v)
	err = row.Scan(dest...)
	fill()
	return v, err
}

// Visitor returns a visitor, or ErrNoSuchPerson.
func (tx *Tx) Visitor(ctx context.Context, id booking.VisitorID) (booking.Visitor, error) {
	return one(ctx, tx, "visitor", booking.ErrNoSuchPerson, scanVisitor, visitorByID, id)
}

// VisitorByPhone returns whose number this is, or ErrNoSuchPerson.
func (tx *Tx) VisitorByPhone(ctx context.Context, phone string) (booking.Visitor, error) {
	return one(ctx, tx, "visitor by phone", booking.ErrNoSuchPerson, scanVisitor, visitorByPhone, phone)
}

const memberOfSome = `
SELECT ` + visitorColumns + ` FROM visitors AS w
WHERE  w.id = $1 AND EXISTS (SELECT 1 FROM circle_members AS m WHERE m.visitor_id = w.id AND m.status <> 'removed')`

// SomeVisitor returns a visitor who is in somebody's circle, or ErrNoSuchPerson.
func (tx *Tx) SomeVisitor(ctx context.Context, id booking.VisitorID) (booking.Visitor, error) {
	return one(ctx, tx, "visitor of somebody", booking.ErrNoSuchPerson, scanVisitor, memberOfSome, id)
}

// AddVisitor saves a new visitor.
func (tx *Tx) AddVisitor(ctx context.Context, v booking.Visitor) error {
	return tx.save(ctx, "add visitor", addVisitor, v.ID, v.Name, v.Phone, v.Email, at(v.Verified))
}

// VerifyVisitor saves that a visitor's phone has proved to be theirs.
func (tx *Tx) VerifyVisitor(ctx context.Context, id booking.VisitorID, now time.Time) error {
	return tx.save(ctx, "verify visitor", verifyVisitor, id, at(now))
}

const (
	selectMembers = `
SELECT m.id, m.patient_id, m.relationship, m.status, m.approved_at, m.paused_why, m.agreed_by,
       CASE WHEN x.id IS NULL THEN 0 ELSE 1 END, ` + visitorColumns + `
FROM   circle_members AS m JOIN visitors AS w ON w.id = m.visitor_id
       LEFT JOIN bars AS x ON x.patient_id = m.patient_id AND x.visitor_id = m.visitor_id AND x.lifted_at IS NULL`

	memberByID      = selectMembers + ` WHERE m.id = $1`
	memberByPerson  = selectMembers + ` WHERE m.patient_id = $1 AND m.visitor_id = $2`
	circleOfPatient = selectMembers + ` WHERE m.patient_id = $1 AND m.status <> 'removed' ORDER BY m.id`
	circlesOf       = selectMembers + ` WHERE m.visitor_id = $1 AND m.status <> 'removed' ORDER BY m.id`
)

func scanMember(row scanner) (m booking.CircleMember, err error) {
	var approved stamp
	var barred int
	dest, fill := visitorDest(&m.Visitor)
	err = row.Scan(append([]any{&m.ID, &m.Patient, &m.Relationship, &m.Status, &approved, &m.PausedWhy, &m.AgreedBy, &barred}, dest...)...)
	fill()
	m.ApprovedAt, m.Barred = approved.Time, barred == 1
	return m, err
}

// Member returns a member of some circle, or ErrNoSuchPerson.
func (tx *Tx) Member(ctx context.Context, id booking.MemberID) (booking.CircleMember, error) {
	return one(ctx, tx, "member", booking.ErrNoSuchPerson, scanMember, memberByID, id)
}

// MemberOf returns what a visitor is in a patient's circle; the zero
// CircleMember when nothing.
func (tx *Tx) MemberOf(ctx context.Context, patient booking.PatientID, visitor booking.VisitorID) (booking.CircleMember, error) {
	m, err := one(ctx, tx, "member of", errNothing, scanMember, memberByPerson, patient, visitor)
	if errors.Is(err, errNothing) {
		return booking.CircleMember{}, nil
	}
	return m, err
}

// Circle are the members of a patient's circle, without those removed.
func (tx *Tx) Circle(ctx context.Context, patient booking.PatientID) ([]booking.CircleMember, error) {
	return all(ctx, tx, "circle", scanMember, circleOfPatient, patient)
}

// Circles are what a visitor is in every circle, without those they were
// removed from.
func (tx *Tx) Circles(ctx context.Context, visitor booking.VisitorID) ([]booking.CircleMember, error) {
	return all(ctx, tx, "circles", scanMember, circlesOf, visitor)
}

const (
	addMember = `
INSERT INTO circle_members (id, patient_id, visitor_id, relationship, status, approved_at, agreed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)`

	saveMember = `UPDATE circle_members SET relationship = $2, status = $3, approved_at = $4, paused_why = $5, agreed_by = $6 WHERE id = $1`
)

// AddMember saves a new member of a circle.
func (tx *Tx) AddMember(ctx context.Context, m booking.CircleMember) error {
	return tx.save(ctx, "add member", addMember, m.ID, m.Patient, m.Visitor.ID, m.Relationship, m.Status, at(m.ApprovedAt), m.AgreedBy)
}

// SaveMember saves what has changed of a member.
func (tx *Tx) SaveMember(ctx context.Context, m booking.CircleMember) error {
	return tx.save(ctx, "save member", saveMember, m.ID, m.Relationship, m.Status, at(m.ApprovedAt), m.PausedWhy, m.AgreedBy)
}

const standing = `
SELECT ` + patientColumns + `, COALESCE(b.bay, ''), COALESCE(b.name, ''), s.ward_id,
       COALESCE(a.name, ''), COALESCE(a.phone, ''), COALESCE(a.enabled, false), h.id, COALESCE(h.name, ''), COALESCE(h.zone, ''),
       COALESCE((SELECT max(q.version) FROM policies AS q WHERE q.ward_id = a.id), 0),
       c.id, c.patient_id, c.basis, c.given_by, c.recorded_by, c.at, c.review_on, c.withdrawn_at,
       m.id, m.patient_id, m.relationship, m.status, m.approved_at, CASE WHEN x.id IS NULL THEN 0 ELSE 1 END,
       ` + visitorColumns + `
FROM   patients AS p
       LEFT JOIN stays AS s ON s.patient_id = p.id AND s.to_at IS NULL LEFT JOIN beds AS b ON b.id = s.bed_id
       LEFT JOIN wards AS a ON a.id = s.ward_id LEFT JOIN sites AS h ON h.id = a.site_id
       LEFT JOIN consents AS c ON c.id = (
           SELECT l.id FROM consents AS l WHERE l.patient_id = p.id ORDER BY l.at DESC, l.id DESC LIMIT 1)
       LEFT JOIN circle_members AS m ON m.patient_id = p.id AND m.visitor_id = $2 LEFT JOIN visitors AS w ON w.id = m.visitor_id
       LEFT JOIN bars AS x ON x.patient_id = m.patient_id AND x.visitor_id = m.visitor_id AND x.lifted_at IS NULL
WHERE  p.id = $1`

// Standing returns everything that decides whether a visitor may visit a
// patient. The ward is zero when the patient lies nowhere.
func (tx *Tx) Standing(ctx context.Context, patient booking.PatientID, visitor booking.VisitorID) (booking.Standing, error) {
	if !isID(visitor) {
		visitor = "" // a form may name a visitor by what is no id at all
	}
	s, err := one(ctx, tx, "standing", booking.ErrNoSuchPatient, tx.scanStanding, standing, patient, orNull(visitor))
	if err == nil && s.Ward.ID != "" {
		tx.keepWard(s.Ward)
		s.Ward, err = tx.Ward(ctx, s.Ward.ID)
	}
	return s, err
}

func (tx *Tx) scanStanding(row scanner) (s booking.Standing, err error) {
	var approved, verified, given, withdrawn stamp
	var review day
	var barred int
	var zone string
	a, c, m, v := &s.Ward, &s.Consent, &s.Member, &s.Member.Visitor
	err = row.Scan(append(patientDest(&s.Patient), &s.Bay, &s.Bed, into(&a.ID),
		&a.Name, &a.Phone, &a.Enabled, into(&a.Site.ID), &a.Site.Name, &zone, &a.Policy.Version,
		into(&c.ID), into(&c.Patient), into(&c.Basis), into(&c.By), into(&c.RecordedBy), &given, &review, &withdrawn,
		into(&m.ID), into(&m.Patient), into(&m.Relationship), into(&m.Status), &approved, &barred,
		into(&v.ID), into(&v.Name), into(&v.Phone), into(&v.Email), &verified)...)
	c.At, c.ReviewOn, c.WithdrawnAt = given.Time, review.Date, withdrawn.Time
	m.ApprovedAt, m.Barred, v.Verified = approved.Time, barred == 1, verified.Time
	if err == nil && a.ID != "" {
		a.Site.Zone, err = tx.store.zone(zone)
	}
	return s, err
}

const (
	addBar = `
INSERT INTO bars (id, patient_id, visitor_id, reason, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6)`

	liftBar = `
UPDATE bars SET lifted_by = $3, lifted_at = $4 WHERE patient_id = $1 AND visitor_id = $2 AND lifted_at IS NULL`
)

// AddBar keeps a visitor from a patient.
func (tx *Tx) AddBar(ctx context.Context, id string, m booking.CircleMember, reason, by string, now time.Time) error {
	return tx.save(ctx, "add bar", addBar, id, m.Patient, m.Visitor.ID, reason, by, at(now))
}

// LiftBar lifts the bar that stands, and reports whether there was one.
func (tx *Tx) LiftBar(ctx context.Context, m booking.CircleMember, by string, now time.Time) (bool, error) {
	n, err := tx.run(ctx, "lift bar", liftBar, m.Patient, m.Visitor.ID, by, at(now))
	return n > 0, err
}
