package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/intake"
	"github.com/wardvisit/wardvisit/booking/store"
)

// visit imports one visit: booked as staff would book it, but for the ward's
// grid, since it was promised to its family elsewhere.
func (i *importer) visit(ctx context.Context, row intake.Visit) error {
	p, w, err := i.inpatient(ctx, row.MRN)
	if err != nil || row.Bad {
		return err
	}
	when, err := whenOf(row, w.Site.Zone)
	if err != nil {
		return err
	}
	tongue, err := i.tongue(row.Language)
	if err != nil {
		return err
	}
	members, err := i.members(ctx, p, row.Phones)
	if err != nil {
		return err
	}
	there, err := i.booked(ctx, p, row, when, tongue, members)
	if err != nil || there {
		return err
	}
	standing, err := i.Standing(ctx, p.ID, members[0].Visitor.ID)
	if err != nil {
		return err
	}
	if err := standing.MayVisit(i.now); err != nil {
		return met(columnOf(err), err)
	}
	aside, err := i.rules(ctx, standing, when, row.Kind)
	if err != nil {
		return met("time", err)
	}
	c := claim{when: when, kind: row.Kind, via: booking.ViaImport, aside: aside}
	if err := i.bookNow(ctx, standing, c, Details{Members: memberIDs(members), Tongue: tongue}); err != nil {
		return met(columnOf(err), err)
	}
	i.count("visits", made)
	return nil
}

// bookNow holds, fills in and confirms a visit in one go, as BookAt does.
func (i *importer) bookNow(ctx context.Context, s booking.Standing, c claim, details Details) error {
	a, err := i.desk.hold(ctx, i.Tx, i.by, s, c)
	if err != nil {
		return err
	}
	for _, step := range []func() error{
		func() error { return i.desk.describe(ctx, a, details) },
		func() error { return i.desk.confirm(ctx, a) },
	} {
		if err := a.load(ctx, a.rec.ID); err != nil {
			return err
		}
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func memberIDs(members []booking.CircleMember) (ids []booking.MemberID) {
	for _, m := range members {
		ids = append(ids, m.ID)
	}
	return ids
}

// columnOf is the column that a refused booking is about.
func columnOf(err error) string {
	for column, about := range map[string][]*booking.Refusal{
		"mrn":         {booking.ErrConsentNeeded, booking.ErrPatientAway, booking.ErrWardClosed},
		"phones":      {booking.ErrNotInCircle, booking.ErrNotApproved, booking.ErrPaused, booking.ErrNoSlots, booking.ErrNoSuchPerson, booking.ErrTooManyPeople, booking.ErrNobodyComing},
		"interpreter": {booking.ErrNoInterpreter},
	} {
		if slices.ContainsFunc(about, func(r *booking.Refusal) bool { return errors.Is(err, r) }) {
			return column
		}
	}
	return "time"
}

// whenOf is the time of a row by the clocks of a hospital.
func whenOf(row intake.Visit, zone *time.Location) (booking.Interval, error) {
	instants := booking.Instants(row.Date, row.Time, zone)
	var start time.Time
	switch {
	case len(instants) == 0:
		return booking.Interval{}, met("time", booking.ErrNoSuchLocalTime)
	case len(instants) == 1 && row.Which == "":
		start = instants[0]
	case row.Which == "":
		return booking.Interval{}, wrong("time", "The clocks show this time twice on that day. Add first or second: %s first is in %s, and second in %s.",
			row.Time, zoneName(instants[0], zone), zoneName(instants[1], zone))
	case row.Which == intake.First && len(instants) == 2:
		start = instants[0]
	case row.Which == intake.Second && len(instants) == 2:
		start = instants[1]
	default:
		at := slices.IndexFunc(instants, func(t time.Time) bool { return strings.EqualFold(zoneName(t, zone), string(row.Which)) })
		if at < 0 && len(instants) == 1 {
			return booking.Interval{}, wrong("time", "The clocks show this time once on that day, in %s. Write the time alone.", zoneName(instants[0], zone))
		}
		if at < 0 {
			return booking.Interval{}, wrong("time", "The clocks show this time in %s and in %s. Add first or second.", zoneName(instants[0], zone), zoneName(instants[1], zone))
		}
		start = instants[at]
	}
	when, err := booking.NewInterval(start, row.Length)
	if err != nil {
		return when, met("minutes", booking.ErrBadTime)
	}
	return when, nil
}

func zoneName(t time.Time, zone *time.Location) string {
	name, _ := t.In(zone).Zone()
	return name
}

// members are the people whom a row's numbers reach, in the order of the row.
func (i *importer) members(ctx context.Context, p booking.Patient, phones []string) (found []booking.CircleMember, err error) {
	for n, typed := range phones {
		phone, err := i.desk.readPhone(typed)
		if err != nil {
			return nil, met("phones", err)
		}
		visitor, err := i.VisitorByPhone(ctx, phone)
		if err != nil && !errors.Is(err, booking.ErrNoSuchPerson) {
			return nil, err
		}
		var m booking.CircleMember
		if err == nil {
			if m, err = i.MemberOf(ctx, p.ID, visitor.ID); err != nil {
				return nil, err
			}
		}
		switch {
		case m.ID == "" || m.Status == booking.MemberRemoved:
			return nil, wrong("phones", "Nobody with number %d of this cell is on the patient's list. Check it, or import relatives first.", n+1)
		case m.Barred:
			return nil, wrong("phones", "The person with number %d of this cell is barred from visiting this patient. Take them off the visit.", n+1)
		case m.Status != booking.MemberApproved:
			return nil, wrong("phones", "The person with number %d of this cell is not approved yet. Approve them on the patient's page first.", n+1)
		}
		if !slices.ContainsFunc(found, func(o booking.CircleMember) bool { return o.ID == m.ID }) {
			found = append(found, m)
		}
	}
	return found, nil
}

// booked reports whether the visit of a row is there already, and refuses one
// that is there otherwise.
func (i *importer) booked(ctx context.Context, p booking.Patient, row intake.Visit, when booking.Interval, tongue booking.Tongue, members []booking.CircleMember) (bool, error) {
	there, visitors, err := i.BeginningOf(ctx, p.ID, when.Start())
	if err != nil || there.Visit == "" {
		return false, err
	}
	var wanted []booking.VisitorID
	for _, m := range members {
		wanted = append(wanted, m.Visitor.ID)
	}
	slices.Sort(wanted)
	if there.When != when || there.Kind != row.Kind || there.Tongue != tongue || !slices.Equal(wanted, visitors) {
		return false, wrong("time", "The patient has a visit at this time that is not the same: its length, its kind, its language or who comes. Change that visit on the ward's pages, or leave the row out.")
	}
	i.count("visits", alike)
	return true, nil
}

// rules asks the ward's rules about a time: what is closed or protected, how near
// and how far, how many a week. It returns those that a goodbye sets aside.
func (i *importer) rules(ctx context.Context, s booking.Standing, when booking.Interval, kind booking.VisitKind) ([]booking.Override, error) {
	table, known := i.tables[s.Ward.ID]
	if !known {
		var err error
		if table, err = i.Timetable(ctx, s.Ward, booking.DateOf(i.now, s.Ward.Site.Zone)); err != nil {
			return nil, err
		}
		i.tables[s.Ward.ID] = table
	}
	o := &offerer{by: i.by, ward: s.Ward, bay: s.Bay, patient: s.Patient, now: i.now, kind: kind}
	slot, err := table.SlotAt(when.Start(), o.who())
	if err != nil || slot.When != when {
		slot = booking.Slot{When: when} // of no session: only the ward's closures and its bays' count
	}
	for _, broken := range append(table.Against(slot, s.Bay),
		s.Ward.Policy.Bookable(when.Start(), i.now, o.who()), o.roomInWeek(ctx, i.Tx, when.Start())) {
		if err := o.settle(broken); err != nil {
			return nil, err
		}
	}
	return o.used, nil
}

// tongue finds the language that a row names among those for which there is an
// interpreter: "Polish", "pl", "British Sign Language", "BSL".
func (i *importer) tongue(said string) (booking.Tongue, error) {
	if said == "" {
		return booking.Tongue{}, nil
	}
	if code, known := signLetters[strings.ToUpper(said)]; known {
		said = code
	}
	base := said
	if tag, err := language.Parse(said); err == nil {
		base = tag.String()
	}
	var known []string
	for _, t := range i.tongues {
		name := sayTongue(t)
		plain, _, _ := strings.Cut(name, " (")
		if same(t.Language, base) || same(name, said) || same(plain, said) {
			return t, nil
		}
		known = append(known, plain)
	}
	if len(known) == 0 {
		return booking.Tongue{}, wrong("interpreter", "There is no interpreter yet. Leave the cell empty, or add interpreters first.")
	}
	return booking.Tongue{}, wrong("interpreter", "There is no interpreter for this. Write one of: %s; or leave the cell empty.", strings.Join(known, ", "))
}

// signLetters are what people call sign languages for short.
var signLetters = map[string]string{"BSL": "bfi", "ISL": "isg", "ASL": "ase"}

// devicesWanted are the iPads of every ward in which the file's patients lie.
func (i *importer) devicesWanted(ctx context.Context) (found []store.Resource, err error) {
	looked := map[booking.WardID]bool{}
	for _, row := range i.file.Visits {
		_, w, err := i.inpatient(ctx, row.MRN)
		var own *flaw
		if errors.As(err, &own) || looked[w.ID] || err == nil && w.ID == "" {
			continue // the row is refused later
		}
		if err != nil {
			return nil, err
		}
		looked[w.ID] = true
		devices, err := i.Devices(ctx, w.ID)
		if err != nil {
			return nil, err
		}
		for _, d := range devices {
			found = append(found, deviceOf(d.ID))
		}
	}
	return found, nil
}

// interpretersWanted are all who speak what the file's visits ask for.
func (i *importer) interpretersWanted(ctx context.Context) (found []store.Resource, err error) {
	looked := map[string]bool{"": true}
	for _, row := range i.file.Visits {
		if looked[row.Language] {
			continue
		}
		looked[row.Language] = true
		tongue, err := i.tongue(row.Language)
		if err != nil {
			continue // the row is refused later
		}
		who, err := i.Interpreters(ctx, tongue)
		if err != nil {
			return nil, err
		}
		for _, person := range who {
			found = append(found, interpreterOf(person.ID))
		}
	}
	return found, nil
}
