package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// An AuditQuery is what is searched for in the audit of a ward. What is empty is not
// asked for.
type AuditQuery struct {
	Ward     booking.WardID
	Kind     booking.ActorKind
	Actor    string // an id
	Action   booking.Action
	Subjects []string // any of these
	From, To time.Time
	Before   int64 // only what is numbered below
	Most     int
}

const (
	auditColumns = `
SELECT e.seq, e.at, e.actor_kind, e.actor_id, e.action, e.subject, e.ward_id, e.reason FROM audit_events AS e
WHERE  e.seq < $1 AND e.at >= $2 AND e.at < $3
  AND  ($4 = '' OR e.actor_kind = $4) AND ($5 = '' OR e.actor_id = $5) AND ($6 = '' OR e.action = $6)`
	auditOrder  = ` ORDER BY e.seq DESC LIMIT $8`
	auditOfWard = auditColumns + ` AND e.ward_id = $7` + auditOrder
	// What belongs to no ward, such as signing in, is shown where whoever did it works.
	auditOfStaff = auditColumns + ` AND e.ward_id IS NULL AND e.actor_kind = 'staff'
  AND  e.actor_id IN (SELECT CAST(r.staff_id AS text) ` + rolesInWard + `w.id = $7)` + auditOrder
	auditOfSubjects = auditColumns + ` AND (e.ward_id = $7 OR e.ward_id IS NULL) AND e.subject IN`
)

// rolesInWard are the roles that somebody holds in a ward, wherever they are held: an
// everywhere is in every ward.
const rolesInWard = `FROM staff_roles AS r JOIN wards AS w ON r.place = '' OR r.ward_id = w.id OR r.site_id = w.site_id WHERE `

// everBefore and everAfter are bounds for what has none.
var (
	everBefore = time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC)
	everAfter  = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
)

// SearchAudit returns what is recorded, the latest number first.
func (tx *Tx) SearchAudit(ctx context.Context, q AuditQuery) ([]booking.Recorded, error) {
	if q.From.IsZero() {
		q.From = everBefore
	}
	if q.To.IsZero() {
		q.To = everAfter
	}
	args := []any{q.Before, at(q.From), at(q.To), string(q.Kind), q.Actor, string(q.Action), q.Ward, q.Most}
	var found []booking.Recorded
	search := func(query string, args []any) error {
		more, err := all(ctx, tx, "search the audit", scanRecorded, query, args...)
		found = append(found, more...)
		return err
	}
	if len(q.Subjects) > 0 {
		for chunk := range slices.Chunk(q.Subjects, subjectsAtOnce) {
			query, these := inSubjects(chunk)
			if err := search(query, append(slices.Clone(args), these...)); err != nil {
				return nil, err
			}
		}
	} else {
		for _, query := range []string{auditOfWard, auditOfStaff} {
			if err := search(query, args); err != nil {
				return nil, err
			}
		}
	}
	slices.SortFunc(found, func(a, b booking.Recorded) int { return cmp.Compare(b.Seq, a.Seq) })
	return found[:min(len(found), q.Most)], nil
}

// subjectsAtOnce is how many subjects one statement asks for: always as many, so that
// there is one statement to keep prepared.
const subjectsAtOnce = 32

func inSubjects(subjects []string) (query string, args []any) {
	for i := range subjectsAtOnce {
		args = append(args, subjects[min(i, len(subjects)-1)])
	}
	places := placesFor(1, subjectsAtOnce+8)
	_, places, _ = strings.Cut(places, "$8, ")
	return auditOfSubjects + " (" + places + auditOrder, args
}

// aboutPatient are the subjects that are about a patient, and where they stand.
var aboutPatient = []struct{ kind, query string }{
	{"visit", `SELECT id FROM visits WHERE patient_id = $1`},
	{"member", `SELECT id FROM circle_members WHERE patient_id = $1`},
	{"invite", `SELECT id FROM invites WHERE patient_id = $1`},
	{"request", `SELECT id FROM requests WHERE patient_id = $1`},
	{"entry", `SELECT id FROM waitlist_entries WHERE patient_id = $1`},
}

// SubjectsOf are the subjects of whatever is recorded about a patient.
func (tx *Tx) SubjectsOf(ctx context.Context, id booking.PatientID) ([]string, error) {
	subjects := []string{"patient " + string(id)}
	for _, about := range aboutPatient {
		ids, err := all(ctx, tx, "subjects of a patient", scalar[string], about.query, id)
		if err != nil {
			return nil, err
		}
		for _, one := range ids {
			subjects = append(subjects, about.kind+" "+one)
		}
	}
	return subjects, nil
}

const everInWard = `
SELECT DISTINCT p.id, p.name, p.mrn FROM patients AS p JOIN stays AS s ON s.patient_id = p.id WHERE s.ward_id = $1 ORDER BY p.id`

// EverInWard are all who lie or lay in a ward: their ids, names and numbers.
func (tx *Tx) EverInWard(ctx context.Context, ward booking.WardID) ([]booking.Patient, error) {
	return all(ctx, tx, "patients of a ward, ever", func(row scanner) (p booking.Patient, err error) {
		err = row.Scan(&p.ID, &p.Name, &p.MRN)
		return p, err
	}, everInWard, ward)
}

const staffOfWard = `
SELECT s.id, s.name FROM staff AS s WHERE s.id IN (SELECT r.staff_id ` + rolesInWard + `w.id = $1) ORDER BY s.name, s.id`

// StaffOfWard are those who hold a ward, by their names.
func (tx *Tx) StaffOfWard(ctx context.Context, ward booking.WardID) ([]Staff, error) {
	return all(ctx, tx, "staff of a ward", func(row scanner) (s Staff, err error) {
		err = row.Scan(&s.ID, &s.Name)
		return s, err
	}, staffOfWard, ward)
}

// names say what a kind of thing is called, for the kinds that have names.
var names = map[string]string{
	"staff":       `SELECT name FROM staff WHERE id = $1`,
	"visitor":     `SELECT name FROM visitors WHERE id = $1`,
	"interpreter": `SELECT name FROM interpreters WHERE id = $1`,
	"device":      `SELECT tag FROM devices WHERE id = $1`,
	"ward":        `SELECT name FROM wards WHERE id = $1`,
	"patient":     `SELECT name || ', hospital number ' || mrn FROM patients WHERE id = $1`,
	"visit":       `SELECT v.reference || ', ' || p.name FROM visits AS v JOIN patients AS p ON p.id = v.patient_id WHERE v.id = $1`,
	"member":      `SELECT w.name || ', of ' || p.name FROM circle_members AS m JOIN visitors AS w ON w.id = m.visitor_id JOIN patients AS p ON p.id = m.patient_id WHERE m.id = $1`,
	"invite":      `SELECT w.name FROM invites AS i JOIN visitors AS w ON w.id = i.visitor_id WHERE i.id = $1`,
	"request":     `SELECT w.name || ', for ' || p.name FROM requests AS r JOIN visitors AS w ON w.id = r.visitor_id JOIN patients AS p ON p.id = r.patient_id WHERE r.id = $1`,
	"entry":       `SELECT w.name || ', for ' || p.name FROM waitlist_entries AS e JOIN visitors AS w ON w.id = e.visitor_id JOIN patients AS p ON p.id = e.patient_id WHERE e.id = $1`,
	"site":        `SELECT name FROM sites WHERE id = $1`,
	"bed":         `SELECT CASE WHEN b.bay = '' THEN b.name ELSE b.bay || ', ' || b.name END FROM beds AS b WHERE b.id = $1`,
	"task":        `SELECT p.name FROM tasks AS t JOIN patients AS p ON p.id = t.patient_id WHERE t.id = $1`,
}

// NameOf is what people call a thing, as things stand; empty when it has no name.
func (tx *Tx) NameOf(ctx context.Context, kind, id string) (string, error) {
	query, known := names[kind]
	if !known || !isID(id) {
		return "", nil
	}
	return one(ctx, tx, "name", nil, scalar[string], query, id)
}

// owners say which ward a thing is of.
var owners = map[string]string{
	"ward":      `SELECT id, id FROM wards WHERE id = $1`,
	"visit":     `SELECT id, ward_id FROM visits WHERE id = $1`,
	"reference": `SELECT id, ward_id FROM visits WHERE reference = $1`,
	"patient":   `SELECT p.id, (SELECT s.ward_id FROM stays AS s WHERE s.patient_id = p.id ORDER BY s.from_at DESC LIMIT 1) FROM patients AS p WHERE p.id = $1`,
	"device":    `SELECT id, ward_id FROM devices WHERE id = $1`,
	"request":   `SELECT id, ward_id FROM requests WHERE id = $1`,
	"entry":     `SELECT id, ward_id FROM waitlist_entries WHERE id = $1`,
	"offer":     `SELECT o.id, e.ward_id FROM slot_offers AS o JOIN waitlist_entries AS e ON e.id = o.entry_id WHERE o.id = $1`,
	"task":      `SELECT id, ward_id FROM tasks WHERE id = $1`,
	"session":   `SELECT id, ward_id FROM sessions WHERE id = $1`,
	"closure":   `SELECT id, ward_id FROM closures WHERE id = $1`,
	"protected": `SELECT id, ward_id FROM protected_times WHERE id = $1`,
}

// WhoseIs returns the id of a thing and the ward that it is of; nothing when there is
// no such thing. A visit can be asked for by its reference, as the kind "reference".
func (tx *Tx) WhoseIs(ctx context.Context, kind, name string) (id string, ward booking.WardID, err error) {
	query, known := owners[kind]
	if !known || kind != "reference" && !isID(name) {
		return "", "", nil
	}
	_, err = one(ctx, tx, "owner", nil, func(row scanner) (none struct{}, err error) {
		err = row.Scan(&id, into(&ward))
		return none, err
	}, query, name)
	return id, ward, err
}
