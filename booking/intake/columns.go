package intake

import (
	"encoding/csv"
	"slices"
	"strings"
)

// A Kind is what the rows of a file are.
type Kind string

// The kinds of file, in the order in which an empty hospital takes them: each
// row names what an earlier kind brought.
const (
	Wards     Kind = "wards"
	Devices   Kind = "devices"
	Patients  Kind = "patients"
	Relatives Kind = "relatives"
	Visits    Kind = "visits"
)

// Kinds are all of them, in that order.
var Kinds = []Kind{Wards, Devices, Patients, Relatives, Visits}

// MostBytes is how large a file may be: every kind at its most rows, with every
// cell longer than people write it, is half of it.
const MostBytes = 16 << 20

// How many rows a file may have. An import is one transaction, in which nobody
// else books; a visit costs it about ten times what any other row does.
const (
	mostRows   = 20_000
	mostVisits = 2_000
)

// Most is how many rows a file of this kind may have.
func (k Kind) Most() int {
	if k == Visits {
		return mostVisits
	}
	return mostRows
}

// A Column is what a file may say of each row.
type Column struct {
	Name    string // as the header names it
	Needed  bool   // the file must have it, and every row must fill it
	Says    string // what it holds, in a sentence
	Example string
}

// Columns are what a file of a kind may have; nil for a kind that there is not.
func Columns(k Kind) []Column { return columns[k] }

var columns = map[Kind][]Column{
	Wards: slices.Concat([]Column{
		{"site", true, "The hospital's name.", "Northgate Hospital"},
		{"time_zone", false, "Where its clocks are. Needed only for a new hospital, which only the command line can bring in.", "Europe/London"},
		{"ward", true, "The ward's name.", "Willow Ward"},
		{"phone", true, "The number for families to ring, as people read it.", "0113 496 0107"},
		{"open", false, "Whether visits may be booked: yes or no. A new ward, which only the command line can bring in, is open unless it says no.", "yes"},
	}, policyColumns(), []Column{
		{"visiting", false, "Its weekly visiting times, with ; between them: days, times, then length, step, for, people, every, from and until as needed.",
			"Mon-Fri 14:00-16:00 length 30 step 15; Sat,Sun 10:00-12:00 for staff"},
	}),
	Devices: {
		{"tag", true, "What is written on the iPad's back. No two have the same.", "WIL-01"},
		{"ward", true, "The ward it belongs to.", "Willow Ward"},
		{"site", false, "The hospital; needed only where two hospitals have a ward of this name.", "Northgate Hospital"},
		{"zone", false, "The bay where it is at home; empty for the whole ward, or for what is known.", "Bay 2"},
		{"dedicated", false, "Whether it never leaves that bay: yes or no.", "no"},
	},
	Patients: {
		{"mrn", true, "The hospital number. No two patients have the same.", "M1234567"},
		{"name", true, "The patient's full name.", "Thomas Arkwright"},
		{"alias", true, "What boards and locked screens may show.", "Mr A."},
		{"ward", true, "The ward where the patient lies.", "Willow Ward"},
		{"site", false, "The hospital; needed only where two hospitals have a ward of this name.", "Northgate Hospital"},
		{"bay", false, "The bay; empty in a ward without bays.", "Bay 2"},
		{"bed", true, "The bed. One that is new is made.", "Bed 4"},
		{"infection", false, "How an infection spreads: none, contact, droplet or airborne. Empty for none, or for what is known.", "none"},
		{"consent", false, "On whose word video visits rest: own, best interests, parent or attorney. Empty if nobody has said yes yet.", "own"},
		{"consent_by", false, "Who said yes, if not the patient.", "June Arkwright"},
		{"consent_until", false, "The last day on which the consent counts; empty if it need not be asked again.", "2026-12-31"},
	},
	Relatives: {
		{"mrn", true, "The patient's hospital number.", "M1234567"},
		{"name", true, "The relative's full name.", "Anna Arkwright"},
		{"phone", true, "Their mobile number; abroad, with + and the country's code.", "07700 900 111"},
		{"relationship", true, "What they are to the patient.", "Daughter"},
		{"email", false, "Their email address.", "anna@example.org"},
	},
	Visits: {
		{"mrn", true, "The patient's hospital number.", "M1234567"},
		{"phones", true, "The numbers of the relatives who come, with / between them. They must be on the patient's list.", "07700 900 111 / 07700 900 112"},
		{"date", true, "The day: 2026-11-24, or 24/11/2026 with the day first.", "2026-11-24"},
		{"time", true, "When it begins by the hospital's clock: 14:00 or 2pm. In the hour that happens twice in autumn, add first or second.", "14:00"},
		{"minutes", true, "How long it lasts.", "30"},
		{"kind", false, "Ordinary, end of life or family meeting. Ordinary if empty.", "ordinary"},
		{"interpreter", false, "The language to interpret, by name or by code; empty for none.", "Polish"},
	},
}

// policyColumns are the ward's own rules: whatever is left empty stays as it is,
// or begins as is usual.
func policyColumns() []Column {
	all := make([]Column, 0, len(rules))
	for _, r := range rules {
		all = append(all, Column{r.column, false, r.says + " Empty for what is usual, or for what the ward has.", r.example})
	}
	all = append(all, Column{weekStarts, false, "The day on which the week begins in which visits are counted.", "Monday"})
	return all
}

// Template is an empty file of a kind: its header line.
func Template(k Kind) string {
	var names []string
	for _, c := range columns[k] {
		names = append(names, c.Name)
	}
	return line(names)
}

// Sample is a file of a kind with one row, which shows how cells are written.
func Sample(k Kind) string {
	var cells []string
	for _, c := range columns[k] {
		cells = append(cells, c.Example)
	}
	return Template(k) + line(cells)
}

func line(cells []string) string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.UseCRLF = true   // as spreadsheets write it
	_ = w.Write(cells) // a strings.Builder refuses nothing
	w.Flush()
	return b.String()
}

// ParseKind returns the kind that a word means, in any case.
func ParseKind(s string) (Kind, bool) {
	k := Kind(strings.ToLower(strings.TrimSpace(s)))
	return k, slices.Contains(Kinds, k)
}
