package booking

import (
	"log/slog"
	"slices"
	"strings"
	"time"
)

// A Mode is how an interpreter works.
type Mode string

// The modes of interpreting.
const (
	Spoken Mode = "spoken"
	Sign   Mode = "sign"
)

// A Tongue is a language in a mode: what a visit asks for, and what an
// interpreter offers. Language is a BCP 47 tag ("pl", "bfi"). The zero Tongue is
// no interpreter.
type Tongue struct {
	Language string
	Mode     Mode
}

// inWriting is the private subtag (BCP 47, 2.2.7) of a language that is typed as it
// is spoken. To type what is said is work of its own, with people, hours and
// bookings of its own, and is to the book one more language.
const inWriting = "-x-typed"

// InWriting is a language typed as it is spoken, by a speech-to-text reporter, for
// somebody who cannot hear it.
func InWriting(language string) Tongue { return Tongue{language + inWriting, Spoken} }

// Typed reports whether t is a language in writing: its interpreter is a
// speech-to-text reporter.
func (t Tongue) Typed() bool { return strings.HasSuffix(t.Language, inWriting) }

// Tag is t's language as others know it, in whichever mode.
func (t Tongue) Tag() string { return strings.TrimSuffix(t.Language, inWriting) }

// IsZero reports whether t asks for nobody.
func (t Tongue) IsZero() bool { return t == Tongue{} }

// A Level is what stands behind an interpreter's word in one tongue. It follows
// the two voluntary registers of the United Kingdom: the National Register of
// Public Service Interpreters (nrpsi.org.uk) for speech, and NRCPD (nrcpd.org.uk)
// for sign.
type Level string

// The levels. A trainee works towards the qualification, under supervision, and
// NRCPD keeps them out of settings where a mistake could weigh on somebody's
// life. Who is qualified holds a diploma in interpreting (of level 6, or the
// DPSI). Who is registered is on the register too, and so has a code of conduct,
// checks, and somebody to complain to.
const (
	Trainee    Level = "trainee"
	Qualified  Level = "qualified"
	Registered Level = "registered"
)

// Levels are all of them, the least first.
var Levels = []Level{Trainee, Qualified, Registered}

// Meets reports whether l is as high as least.
func (l Level) Meets(least Level) bool { return slices.Index(Levels, l) >= slices.Index(Levels, least) }

// LeastLevel is what a visit of kind k demands. What is said at a goodbye, or when
// a family decides with the ward, cannot be said again.
func (k VisitKind) LeastLevel() Level {
	if k == EndOfLife || k == FamilyMeeting {
		return Registered
	}
	return Trainee
}

// Hours are when an interpreter works on one weekday, in their own zone.
type Hours struct {
	Weekday    time.Weekday
	Start, End ClockTime
}

// An Interpreter is a person with tongues and hours, booked like a device.
type Interpreter struct {
	ID      InterpreterID
	Name    string
	Phone   string
	Email   string
	Zone    *time.Location
	Tongues []Tongue
	Levels  map[Tongue]Level // those that are not Qualified
	Hours   []Hours
	Rest    time.Duration // between the end of one visit and the beginning of the next
	Away    []TimeOff
	Closed  bool // they have left
	Version int  // counted from 1, of what coordinators change
}

// LogValue keeps an interpreter's name and numbers out of every log.
func (i Interpreter) LogValue() slog.Value { return slog.StringValue("interpreter " + string(i.ID)) }

// Speaks reports whether i offers t.
func (i Interpreter) Speaks(t Tongue) bool {
	for _, have := range i.Tongues {
		if have == t {
			return true
		}
	}
	return false
}

// LevelIn is the level at which i offers t: nobody is registered unless somebody
// said so.
func (i Interpreter) LevelIn(t Tongue) Level {
	if l, said := i.Levels[t]; said {
		return l
	}
	return Qualified
}

// Off reports whether any of when lies in a time that i has taken off.
func (i Interpreter) Off(when Interval) bool {
	return slices.ContainsFunc(i.Away, func(off TimeOff) bool { return off.When.Overlaps(when) })
}

// Works reports whether the whole of when lies in one of i's spells of work.
func (i Interpreter) Works(when Interval) bool {
	day := DateOf(when.Start(), i.Zone)
	for _, h := range i.Hours {
		if h.Weekday != day.Weekday() {
			continue
		}
		spell := Session{Start: h.Start, End: h.End}
		opens := Instants(day, h.Start, i.Zone)
		if len(opens) > 0 && !when.Start().Before(opens[0]) && !when.End().After(spell.closes(day, i.Zone)) {
			return true
		}
	}
	return false
}

// LongestRest bounds the rest between two visits: with more, somebody who works
// mornings would interpret once a day and wonder why.
const LongestRest = 4 * time.Hour

// CheckRest refuses a rest that is no length of time, or too long.
func CheckRest(d time.Duration) error {
	if d < 0 || d > LongestRest || d%time.Minute != 0 {
		return ErrBadRest
	}
	return nil
}

// CheckHours refuses hours that end before they begin, or meet others on the same
// day.
func CheckHours(hours []Hours) error {
	for n, h := range hours {
		if h.Weekday < time.Sunday || h.Weekday > time.Saturday || h.Start < 0 || h.Start >= h.End || h.End > 24*60 {
			return ErrBadHours
		}
		for _, other := range hours[:n] {
			if h.Weekday == other.Weekday && h.Start < other.End && other.Start < h.End {
				return ErrHoursMeet
			}
		}
	}
	return nil
}

// An Absence is why an interpreter is away. It is one of a few words, so that
// nobody is asked what is wrong with them.
type Absence string

// The reasons for an absence.
const (
	OnLeave      Absence = "leave"
	Ill          Absence = "illness"
	InTraining   Absence = "training"
	AwayForOther Absence = "other"
)

// Absences are all of them, in the order in which pages ask.
var Absences = []Absence{OnLeave, Ill, InTraining, AwayForOther}

// TimeOffID is opaque, like every identifier.
type TimeOffID string

// TimeOff is when an interpreter is away, whatever their hours say.
type TimeOff struct {
	ID          TimeOffID
	Interpreter InterpreterID
	When        Interval
	Why         Absence
}

// longestTimeOff bounds one absence; a mistyped year is not a wish.
const longestTimeOff = 366 * 24 * time.Hour

// NewTimeOff is time off from one instant to another. It refuses one that is over,
// ends before it begins, is for no reason, or lasts longer than a year.
func NewTimeOff(from, to, now time.Time, why Absence) (TimeOff, error) {
	when, err := NewInterval(from, to.Sub(from))
	switch {
	case err != nil, !to.After(now), when.Length() > longestTimeOff:
		return TimeOff{}, ErrBadTimeOff
	case !slices.Contains(Absences, why):
		return TimeOff{}, ErrBadChoice
	}
	return TimeOff{When: when, Why: why}, nil
}
