package desk

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/intake"
	"github.com/wardvisit/wardvisit/booking/store"
)

// An Order is a file to be imported.
type Order struct {
	File   *intake.File
	DryRun bool // only say what would come of it
	Tell   bool // families of what concerns them; else nothing is sent to them, now or later
}

// An Imported is what has come of a file, or would.
type Imported struct {
	Kind     intake.Kind
	Rows     int
	Tallies  []Tally
	Problems []intake.Problem // by line; where there is one, nothing was imported
	Unlisted int              // problems beyond those
	Done     bool             // it is imported
}

// A Tally counts one sort of thing that a file says.
type Tally struct {
	What                 string // "patients"
	Made, Changed, Alike int    // Alike were there already
}

// errUndone ends a transaction that was only to see what would come of it.
var errUndone = errors.New("desk: undone")

// lastImport is the setting that every import writes first, so that two of them
// happen one after the other.
const lastImport = "last_import"

// MayImport reports whether an actor may import anything: whoever runs the
// program, from its command line, and ward managers into their own wards.
func MayImport(by booking.Actor) bool {
	return by.MaySomewhere(booking.DecideRules)
}

// mayManage reports whether an actor may import into a ward.
func mayManage(by booking.Actor, ward booking.WardID) bool {
	return by.May(booking.DecideRules, ward)
}

// Import makes what a file says, all of it or nothing. Every problem is found and
// listed, also those that only the database sees, and a file with one changes
// nothing; what is there already as the file says is left alone, so importing a
// file twice is importing it once. A dry run is the same transaction, undone at
// its end.
func (d *Desk) Import(ctx context.Context, by booking.Actor, o Order) (Imported, error) {
	if !MayImport(by) {
		return Imported{}, booking.ErrMayNot
	}
	if !o.File.OK() && o.File.Rows == 0 { // no need to hold everybody up
		return Imported{Kind: o.File.Kind, Problems: o.File.Problems, Unlisted: o.File.Unlisted}, nil
	}
	quiet := *d
	quiet.hushed = !o.Tell
	run := func(tx *store.Tx) (Imported, error) {
		i := newImporter(&quiet, tx, by, o)
		if err := i.all(ctx); err != nil {
			return Imported{}, err
		}
		done := i.report()
		if len(done.Problems) > 0 || o.DryRun {
			return done, errUndone
		}
		done.Done = true
		return done, tx.AddEvent(ctx, booking.Event{
			At: i.now, By: by, Action: booking.Imported, Subject: "file " + hex.EncodeToString(o.File.Sum[:8]), Reason: done.summary(),
		})
	}
	var done Imported
	var err error
	if o.DryRun {
		done, err = do(ctx, d, run)
	} else {
		done, err = create(ctx, d, by, makesImport(o), run)
	}
	if errors.Is(err, errUndone) {
		err = nil
	}
	return done, err
}

// makesImport is an import as its key remembers it: by what came of it, in
// numbers.
func makesImport(o Order) creation[Imported] {
	return creation[Imported]{
		act: "import", asked: []any{o.File.Kind, hex.EncodeToString(o.File.Sum[:]), o.Tell},
		id: func(made Imported) string {
			said, _ := json.Marshal(made) // numbers and our own words
			return string(said)
		},
		find: func(_ context.Context, _ *store.Tx, id string) (made Imported, err error) {
			err = json.Unmarshal([]byte(id), &made)
			return made, err
		},
	}
}

// summary says the tallies in a line: "patients: 12 made, 0 changed, 3 alike".
func (i Imported) summary() string {
	var said []string
	for _, t := range i.Tallies {
		said = append(said, fmt.Sprintf("%s: %d made, %d changed, %d alike", t.What, t.Made, t.Changed, t.Alike))
	}
	return strings.Join(said, "; ")
}

// An importer is one import in one transaction.
type importer struct {
	*store.Tx
	desk *Desk
	by   booking.Actor
	now  time.Time
	file intake.File // its problems are those of the rows and of the database
	tell bool

	sites   []booking.Site
	places  []booking.Ward // every ward, as the import found or made it
	tables  map[booking.WardID]booking.Timetable
	tongues []booking.Tongue
	tallies []Tally
}

func newImporter(d *Desk, tx *store.Tx, by booking.Actor, o Order) *importer {
	i := &importer{Tx: tx, desk: d, by: by, now: d.now(), file: *o.File, tell: o.Tell, tables: map[booking.WardID]booking.Timetable{}}
	i.file.Problems = slices.Clone(o.File.Problems) // the act may be run again
	return i
}

// all goes through every row of the file, whatever its kind.
func (i *importer) all(ctx context.Context) (err error) {
	if err := i.SetSetting(ctx, lastImport, i.now.Format(time.RFC3339)); err != nil {
		return err
	}
	if i.places, err = i.Wards(ctx); err != nil {
		return err
	}
	if i.sites, err = i.Sites(ctx); err != nil {
		return err
	}
	switch i.file.Kind {
	case intake.Wards:
		return each(ctx, i, i.file.Wards, func(w intake.Ward) int { return w.Line }, i.ward)
	case intake.Devices:
		if err := i.touchAll(ctx, i.devicesNamed); err != nil {
			return err
		}
		return each(ctx, i, i.file.Devices, func(d intake.Device) int { return d.Line }, i.device)
	case intake.Patients:
		if err := i.touchAll(ctx, i.patientsNamed); err != nil {
			return err
		}
		return each(ctx, i, i.file.Patients, func(p intake.Patient) int { return p.Line }, i.patient)
	case intake.Relatives:
		if err := i.touchAll(ctx, i.patientsNamed); err != nil {
			return err
		}
		return each(ctx, i, i.file.Relatives, func(r intake.Relative) int { return r.Line }, i.relative)
	case intake.Visits:
		if i.tongues, err = i.Tongues(ctx); err != nil {
			return err
		}
		if err := i.touchAll(ctx, i.patientsNamed, i.devicesWanted, i.interpretersWanted); err != nil {
			return err
		}
		return each(ctx, i, i.file.Visits, func(v intake.Visit) int { return v.Line }, i.visit)
	}
	return fmt.Errorf("desk: no import of %q", i.file.Kind)
}

// touchAll touches what the rows are about, kind after kind and each in order of
// id, before any row is looked at: as an act on one of them would, so that the
// import and they wait for each other in no circle.
func (i *importer) touchAll(ctx context.Context, finders ...func(context.Context) ([]store.Resource, error)) error {
	for _, find := range finders {
		found, err := find(ctx)
		if err != nil {
			return err
		}
		slices.SortFunc(found, func(a, b store.Resource) int { return strings.Compare(a.ID, b.ID) })
		for _, r := range slices.Compact(found) {
			if err := i.Touch(ctx, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// A flaw is a problem of one row, found at the desk.
type flaw struct {
	column string
	text   string
	err    *booking.Refusal // what the row met, when text is empty
}

func (f *flaw) Error() string { return "desk: a row: " + f.column + ": " + f.text }

// Unwrap makes every flaw a refusal: the row is undone, and the import goes on to
// find the others.
func (f *flaw) Unwrap() error {
	if f.err != nil {
		return f.err
	}
	return booking.ErrBadChoice
}

// wrong refuses a row in a sentence.
func wrong(column, format string, args ...any) error {
	return &flaw{column: column, text: fmt.Sprintf(format, args...)}
}

// met refuses a row for a rule that it met. What is no refusal stays a fault.
func met(column string, err error) error {
	var own *flaw
	var refusal *booking.Refusal
	if errors.Is(err, store.ErrAgain) || errors.As(err, &own) || !errors.As(err, &refusal) {
		return err
	}
	return &flaw{column: column, err: refusal}
}

// each tries every row on its own, and lists what is wrong with it.
func each[R any](ctx context.Context, i *importer, rows []R, line func(R) int, try func(context.Context, R) error) error {
	for _, row := range rows {
		tallies := slices.Clone(i.tallies)
		err := i.Attempt(ctx, func() error { return try(ctx, row) })
		var own *flaw
		var broken *store.Broken
		switch {
		case err == nil:
			continue
		case errors.As(err, &own) && own.err == nil:
			i.file.Add(intake.Problem{Line: line(row), Column: own.column, Text: own.text})
		case errors.As(err, &own):
			i.file.Add(intake.Problem{Line: line(row), Column: own.column, Code: own.err.Code})
		case errors.As(err, &broken):
			i.file.Add(intake.Problem{Line: line(row), Text: "The database does not take this row, by its rule " + broken.Constraint + ". Look at its numbers and days again."})
		default:
			var refusal *booking.Refusal
			if !errors.As(err, &refusal) || errors.Is(err, store.ErrAgain) {
				return err
			}
			i.file.Add(intake.Problem{Line: line(row), Code: refusal.Code})
		}
		i.tallies = tallies
	}
	return nil
}

// What has become of a thing that a row says.
type fate int

const (
	made fate = iota
	changed
	alike
)

// count counts something towards the report.
func (i *importer) count(what string, f fate) {
	n := slices.IndexFunc(i.tallies, func(t Tally) bool { return t.What == what })
	if n < 0 {
		n = len(i.tallies)
		i.tallies = append(i.tallies, Tally{What: what})
	}
	switch t := &i.tallies[n]; f {
	case made:
		t.Made++
	case changed:
		t.Changed++
	default:
		t.Alike++
	}
}

// note writes down that a row has made or changed something.
func (i *importer) note(ctx context.Context, subject string, ward booking.WardID, f fate) error {
	reason := map[fate]string{made: "made", changed: "changed"}[f]
	if reason == "" {
		return nil
	}
	return i.AddEvent(ctx, booking.Event{At: i.now, By: i.by, Action: booking.Imported, Subject: subject, Ward: ward, Reason: reason})
}

func (i *importer) report() Imported {
	i.file.Sort()
	return Imported{
		Kind: i.file.Kind, Rows: i.file.Rows, Tallies: i.tallies, Problems: i.file.Problems, Unlisted: i.file.Unlisted,
	}
}
