package intake

import (
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// How long a cell may be, in characters; longer than people write them, and
// short enough for a line of a board.
const (
	longestName     = 100
	longestNumber   = 40 // hospital numbers and telephone numbers
	longestTag      = 40
	longestRelation = 60
	longestEmail    = 254 // of an address that can be delivered to
	longestVisiting = 2000
	longestPhones   = 400
)

// A Ward is a row of a file of wards.
type Ward struct {
	Line     int
	Bad      bool // something is wrong with it already; so of every row
	Site     string
	Zone     string // an IANA name; empty when the row leaves it to the site
	Name     string
	Phone    string
	Open     *bool             // nil when the row does not say
	Visiting []booking.Session // without id and ward; ValidFrom is zero for the day of the import

	rules given
}

// A Place names a ward as people do.
type Place struct{ Site, Ward string } // Site may be empty

// A Device is a row of a file of devices.
type Device struct {
	Line      int
	Bad       bool
	Tag       string
	Place     Place
	Zone      string // empty when the row does not say
	Dedicated *bool  // nil when the row does not say
}

// A Patient is a row of a file of patients. Basis is empty when nobody has said
// yes to video visits yet.
type Patient struct {
	Line             int
	Bad              bool
	MRN, Name, Alias string
	Place            Place
	Bay, Bed         string
	Infection        booking.Infection // empty when the row does not say
	Basis            booking.Basis
	By               string       // who said yes
	Until            booking.Date // the zero Date is no end
}

// A Relative is a row of a file of relatives. Phone is as it was typed.
type Relative struct {
	Line         int
	Bad          bool
	MRN          string
	Name         string
	Phone        string
	Relationship string
	Email        string
}

// A Visit is a row of a file of visits, by the clock of the patient's hospital.
type Visit struct {
	Line     int
	Bad      bool
	MRN      string
	Phones   []string // as typed, of who is coming; at least one
	Date     booking.Date
	Time     booking.ClockTime
	Which    Which // of two instants, where the clocks show the time twice
	Length   time.Duration
	Kind     booking.VisitKind
	Language string // to interpret, as typed; empty for none
}

// row reads one record into the File, or lists what is wrong with it.
func (f *File) row(places []int, record []string, line int) {
	r := &row{file: f, places: places, record: record, line: line}
	if !r.whole() {
		return
	}
	switch f.Kind {
	case Wards:
		f.ward(r)
	case Devices:
		f.device(r)
	case Patients:
		f.patient(r)
	case Relatives:
		f.relative(r)
	case Visits:
		f.visit(r)
	}
}

func (f *File) ward(r *row) {
	w := Ward{
		Line: r.line, Site: r.needed("site", longestName), Zone: r.text("time_zone", longestName),
		Name: r.needed("ward", longestName), Phone: r.phone("phone", true), Open: r.yesNo("open"),
		rules: r.rules(), Visiting: r.visiting(),
	}
	r.once("ward", "This ward", w.Site, w.Name)
	w.Bad = r.bad
	f.Wards = append(f.Wards, w)
}

func (f *File) device(r *row) {
	d := Device{Line: r.line, Tag: r.needed("tag", longestTag), Place: r.place(), Zone: r.text("zone", longestTag), Dedicated: r.yesNo("dedicated")}
	if d.Dedicated != nil && *d.Dedicated && d.Zone == "" {
		r.problem("zone", "An iPad that never leaves its bay needs to say which bay. Fill in zone, or say no to dedicated.")
	}
	r.once("tag", "This iPad", d.Tag)
	d.Bad = r.bad
	f.Devices = append(f.Devices, d)
}

func (f *File) patient(r *row) {
	p := Patient{
		Line: r.line, MRN: r.needed("mrn", longestNumber), Name: r.needed("name", longestName),
		Alias: r.needed("alias", longestName), Place: r.place(), Bay: r.text("bay", longestTag), Bed: r.needed("bed", longestTag),
		Infection: booking.Infection(r.choice("infection", words("", append([]booking.Infection{booking.NoInfection}, booking.Infections...)...)...)),
		Basis:     basisOf[r.choice("consent", "", "own", "best_interests", "parent", "attorney")],
		By:        r.text("consent_by", longestName), Until: r.date("consent_until", false),
	}
	if p.Alias != "" && strings.EqualFold(p.Alias, p.Name) {
		r.problem("alias", "The alias is the patient's full name, and boards show it to everybody. Shorten it, such as Mr A.")
	}
	switch {
	case p.Basis == "" && (p.By != "" || !p.Until.IsZero()):
		r.problem("consent", "This says who consented or until when, but not on whose word. Fill in consent: own, best interests, parent or attorney.")
	case p.Basis == booking.BasisOwn && p.By == "":
		p.By = p.Name
	case p.Basis != "" && p.By == "":
		r.problem("consent_by", "Somebody consented for the patient. Write their name.")
	}
	r.once("mrn", "This patient", p.MRN)
	p.Bad = r.bad
	f.Patients = append(f.Patients, p)
}

var basisOf = map[string]booking.Basis{
	"own": booking.BasisOwn, "best_interests": booking.BasisBestInterests, "parent": booking.BasisParent, "attorney": booking.BasisAttorney,
}

func (f *File) relative(r *row) {
	v := Relative{
		Line: r.line, MRN: r.needed("mrn", longestNumber), Name: r.needed("name", longestName),
		Phone: r.phone("phone", true), Relationship: r.needed("relationship", longestRelation), Email: r.text("email", longestEmail),
	}
	r.once("phone", "This relative of this patient", v.MRN, digits(v.Phone))
	v.Bad = r.bad
	f.Relatives = append(f.Relatives, v)
}

func (f *File) visit(r *row) {
	v := Visit{Line: r.line, MRN: r.needed("mrn", longestNumber), Phones: r.phones("phones"), Date: r.date("date", true)}
	v.Time, v.Which = r.clock("time")
	if n, ok := r.number("minutes", shortestVisit, longestVisit); ok {
		v.Length = inMinutes(n)
	}
	v.Kind = booking.VisitKind(r.choice("kind", words(booking.Ordinary, booking.EndOfLife, booking.FamilyMeeting)...))
	v.Language = r.text("interpreter", longestName)
	r.once("time", "A visit of this patient at this time", v.MRN, v.Date.String(), v.Time.String(), string(v.Which))
	v.Bad = r.bad
	f.Visits = append(f.Visits, v)
}

// A visit may be as short as a good night and as long as a family meeting with
// an interpreter.
const (
	shortestVisit = 5
	longestVisit  = 240
)

// words are the values that a cell may name, the usual one first.
func words[T ~string](usual T, others ...T) []string {
	all := []string{string(usual)}
	for _, o := range others {
		all = append(all, string(o))
	}
	return all
}

// place reads which ward a row is about.
func (r *row) place() Place {
	return Place{Ward: r.needed("ward", longestName), Site: r.text("site", longestName)}
}
