package booking

// A Finding is how far the search for an interpreter of a visit has come, and so whether
// somebody has to do something about it.
type Finding string

// The findings of a visit that needs an interpreter.
const (
	NobodyYet  Finding = "nobody"    // and nobody is asked
	AskedNow   Finding = "asked"     // and has not answered
	HandedBack Finding = "back"      // somebody had said yes, and is not coming
	Confirmed  Finding = "confirmed" // somebody has said yes
)

// Findings are all of them, in the order in which they want looking at.
var Findings = []Finding{NobodyYet, HandedBack, AskedNow, Confirmed}

// FindingOf is how a visit stands whose open offer, or else its last one, is b; nil
// when nobody was ever asked.
func FindingOf(b *InterpreterBooking) Finding {
	switch {
	case b == nil:
		return NobodyYet
	case b.State == Accepted:
		return Confirmed
	case b.State == Offered:
		return AskedNow
	case !b.SpokeAt.IsZero():
		return HandedBack
	}
	return NobodyYet
}

// Lacking reports whether nobody is to come, nor asked.
func (f Finding) Lacking() bool { return f == NobodyYet || f == HandedBack }

// An Obstacle is why an interpreter cannot come to a visit.
type Obstacle string

// What can stand in the way, in the order in which it is looked for.
const (
	NoObstacle   Obstacle = ""
	OtherTongue  Obstacle = "tongue"
	TooLowLevel  Obstacle = "level"
	NotAgain     Obstacle = "not_again" // said no, or is not to be asked for this visit again
	OffThen      Obstacle = "off"       // has taken time off
	TakenThen    Obstacle = "taken"     // is at another visit, or resting from one
	OutsideHours Obstacle = "hours"
)

// ObstacleTo is the first thing that keeps c from interpreting at w, or NoObstacle.
func (c Candidate) ObstacleTo(w Wanting) Obstacle {
	switch {
	case !c.Speaks(w.Tongue):
		return OtherTongue
	case !c.LevelIn(w.Tongue).Meets(w.Least):
		return TooLowLevel
	case w.Never[c.ID]:
		return NotAgain
	case c.Off(w.When):
		return OffThen
	case anyOverlap(c.Taken, w.When.Widen(c.Rest, c.Rest)):
		return TakenThen
	case !c.Works(w.When):
		return OutsideHours
	}
	return NoObstacle
}

// Yields reports whether o gives way to somebody who has said yes: hours are when
// people may be asked, not when they may come.
func (o Obstacle) Yields() bool { return o == NoObstacle || o == OutsideHours }

// Loads are how many visits c has on the day of another, and within the seven days
// around it.
func (c Candidate) Loads(w Wanting) (sameDay, week int) {
	cost := CostOf(w, c)
	return cost[dayLoad], cost[weekLoad]
}
