package web

import (
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// A visitCard is one visit on the board.
type visitCard struct {
	desk.Visit
	Urgency     urgency
	Do          string // the next thing to do, as an instruction
	StateTag    tag
	People      []personRow
	IPad        ipadLine
	Interpreter *tag // nil when none is asked for
	Flags       []string
	CanStart    bool
	CanAdmit    bool // the iPad is in the room, so people can be let in
	CanEnd      bool
	now         time.Time
}

// A tag is a state in a word or two, in one of the design system's colours.
type tag struct{ Text, Colour string }

// A personRow is somebody expected at a visit.
type personRow struct {
	booking.Participant
	About     string // who they are to the patient
	Says      string // where they are
	For       string // how long they have waited
	Waits     bool
	CanAdmit  bool
	CanHold   bool
	CanRemove bool
}

// startsOn reports whether a visit could start on an iPad now.
func startsOn(d booking.Device) bool {
	return d.Paired && d.State == booking.DeviceReady
}

// newCard sets out a visit at now. The iPad on it is the one that the visit would
// start on, which need not be the one it was booked on.
func newCard(v desk.Visit, now time.Time) visitCard {
	if v.StandIn != nil {
		v.DeviceRecord = *v.StandIn
	}
	opens := visitCard{Visit: v}.Opens()
	c := visitCard{
		Visit:    v,
		now:      now,
		StateTag: stateTag(v.Visit),
		IPad:     newIPadLine(v.DeviceRecord, now),
		CanStart: v.State == booking.Booked && !now.Before(opens) && startsOn(v.DeviceRecord),
		CanAdmit: v.State == booking.Lobby || v.State == booking.Live,
		CanEnd:   v.State.Open() || v.State == booking.Booked && !now.Before(opens),
	}
	for _, p := range v.People {
		c.People = append(c.People, newPersonRow(p, v, c.CanAdmit, now))
	}
	c.Interpreter = interpreterTag(v)
	c.Urgency, c.Do = c.next(now)
	c.Flags = c.flags(now)
	return c
}

func stateTag(v booking.Visit) tag {
	switch v.State {
	case booking.Booked:
		return tag{"Booked", "blue"}
	case booking.Preparing:
		return tag{"Started", "yellow"}
	case booking.Lobby:
		return tag{"iPad ready", "yellow"}
	case booking.Live:
		return tag{"In the visit", "green"}
	case booking.Ended:
		return tag{"Ended", "grey"}
	}
	return tag{"Did not happen", "grey"}
}

func newPersonRow(p booking.Participant, v desk.Visit, canAdmit bool, now time.Time) personRow {
	row := personRow{
		Participant: p, About: p.Relationship,
		CanRemove: v.State.Open() && p.Place != booking.Removed, For: ago(p.HereSince, now),
	}
	if p.Role == booking.AsInterpreter && !v.Tongue.IsZero() {
		row.About = upperFirst(interpreterOf(v.Tongue))
	}
	here := !p.HereSince.IsZero()
	switch {
	case p.Place == booking.Removed:
		row.Says = "removed"
	case p.Waiting() && p.Elsewhere():
		row.Says, row.Waits = "waiting, on another phone than before", true
	case p.Waiting() && p.Place == booking.HeldBack:
		row.Says, row.Waits = "put back to wait", true
	case p.Waiting():
		row.Says, row.Waits = "waiting", true
	case p.Place == booking.Admitted && v.State.Over():
		row.Says = "was in the visit"
	case p.Place == booking.Admitted && here:
		row.Says, row.CanHold = "in the visit", v.State.Open()
	case p.Place == booking.Admitted:
		row.Says = "has left"
	case v.State.Over():
		row.Says = "did not come"
	case p.Role == booking.AsInterpreter && v.Interpreter != nil && v.Interpreter.State == booking.Offered:
		row.Says = "asked, no answer yet"
	default:
		row.Says = "not here yet"
	}
	row.CanAdmit = row.Waits && canAdmit
	return row
}

// next says how pressing a visit is, and what to do about it.
func (c visitCard) next(now time.Time) (urgency, string) {
	waiting := c.waiting()
	late := !now.Before(c.When.Start())
	if c.Waits() && (c.Visit.State != booking.Booked || !c.CanStart) {
		return c.waitingFor()
	}
	switch c.Visit.State {
	case booking.Booked:
		switch {
		case now.Before(c.Opens()):
			return quiet, ""
		case len(waiting) > 0:
			return awaited, c.fetch()
		case late:
			return overdue, c.fetch()
		}
		return ready, c.fetch()
	case booking.Preparing:
		return awaited, "Take " + c.DeviceRecord.Tag + " to " + bedOr(c.Bed) + ". It opens the visit by itself."
	case booking.Lobby, booking.Live:
		switch {
		case len(waiting) > 0:
			return answered, "Let in " + inWords(waiting)
		case !now.Before(c.When.End()):
			return overdue, "Time is up. End the visit."
		case c.Visit.State == booking.Lobby:
			return watch, "The iPad is ready. Nobody has come yet."
		}
		return watch, "The visit is going on."
	}
	return quiet, ""
}

// fetch says how to begin: with an iPad that is clean and knows itself.
func (c visitCard) fetch() string {
	d, to := c.DeviceRecord, " to "+bedOr(c.Bed)
	switch {
	case d.Paired && d.State == booking.DeviceDirty:
		return "Clean " + d.Tag + " and take it" + to + ". Then press Start."
	case startsOn(d):
		return "Take " + d.Tag + to + ". Then press Start."
	case !d.State.Usable(): // and the desk knows of none to stand in
		return "Find another iPad or time, under To look at: " + d.Tag + " is " + strings.ToLower(deviceTag(d).Text) + "."
	case !d.Paired:
		return "Pair " + d.Tag + " and take it" + to + "."
	}
	return "Find another iPad and pair it: " + d.Tag + " is " + unfit(d) + "."
}

// unfit says why a visit cannot start on an iPad.
func unfit(d booking.Device) string {
	if !d.Paired {
		return "not paired"
	}
	return strings.ToLower(deviceTag(d).Text)
}

func bedOr(bed string) string {
	if bed == "" {
		return "the patient"
	}
	return bed
}

func (c visitCard) waiting() []string {
	var names []string
	for _, p := range c.People {
		if p.Waits {
			names = append(names, p.Name)
		}
	}
	return names
}

// lateAfter is how long a family is given before the board remarks on it.
const lateAfter = 5 * time.Minute

// flags are what staff must look at before the visit can go well.
func (c visitCard) flags(now time.Time) []string {
	if c.Visit.State.Over() {
		return nil
	}
	var flags []string
	add := func(when bool, text string) {
		if when {
			flags = append(flags, text)
		}
	}
	flags = append(flags, flagsInWords(c.Visit.Flags)...)
	d, soon := c.DeviceRecord, c.Urgency > quiet
	add(!d.State.Usable(), d.Tag+" is "+strings.ToLower(deviceTag(d).Text))
	add(soon && !d.Paired && d.State.Usable(), d.Tag+" is not paired")
	add(soon && d.Paired && !d.Online(now), d.Tag+" is offline")
	add(soon && c.IPad.Low, d.Tag+" needs charging")
	add(c.CanClean(), d.Tag+" needs cleaning")
	if c.Interpreter != nil {
		add(c.Interpreter.Colour == "red", c.Interpreter.Text)
	}
	if noted := c.Noted(); noted != "" && !c.Waits() {
		flags = append(flags, noted)
	}
	if c.Waits() && c.Visit.State == booking.Booked && c.CanStart {
		_, says := c.waitingFor()
		flags = append(flags, says)
	}
	add(c.CanAdmit && !c.Waits() && !now.Before(c.When.Start().Add(lateAfter)) && c.nobodyCame(), "Nobody has come yet")
	if c.Unclean != nil {
		flags = append(flags, "Started on an iPad that was not clean. "+c.Unclean.By.Name+": “"+c.Unclean.Reason+"”")
	}
	add(c.Locked, "Locked: nobody new can join")
	add(c.Covered, "Patient’s camera and sound are off")
	return flags
}

func (c visitCard) nobodyCame() bool {
	return !slices.ContainsFunc(c.People, func(p personRow) bool {
		return p.Role == booking.AsVisitor && !p.HereSince.IsZero()
	})
}

// Zone is that of the ward.
func (c visitCard) Zone() *time.Location { return c.WardRecord.Site.Zone }

// To is where an act about the visit goes.
func (c visitCard) To(act string) string { return "/ward/visits/" + string(c.Reference) + "/" + act }

// Page is that of the visit, with what can be changed about it.
func (c visitCard) Page() string { return visitPath(c.Reference) }

// Key names the card in its page.
func (c visitCard) Key() string { return "visit-" + string(c.Reference) }

// Kind is how the card looks when it is the next.
func (c visitCard) Kind() string {
	switch {
	case c.Urgency >= overdue:
		return "wv-next--waiting"
	case c.Urgency == watch:
		return "wv-next--now"
	}
	return ""
}

// CanPair reports whether the visit's own iPad could be paired for it.
func (c visitCard) CanPair() bool {
	return c.Urgency > quiet && !c.DeviceRecord.Paired && c.DeviceRecord.State.Usable()
}

// Stuck reports whether the visit can start on no iPad until it is given another
// one, or another time, on the page of what is to be looked at.
func (c visitCard) Stuck() bool {
	return c.Urgency > quiet && c.Visit.State == booking.Booked && !c.DeviceRecord.State.Usable()
}

// ToReview is that page.
func (c visitCard) ToReview() string {
	return "/ward/review?ward=" + url.QueryEscape(string(c.WardRecord.ID))
}

// CanClean reports whether the visit waits for its iPad to be cleaned.
func (c visitCard) CanClean() bool {
	return c.Urgency > quiet && c.Visit.State == booking.Booked && c.DeviceRecord.State == booking.DeviceDirty
}

// CanStartUnclean reports whether the visit could be started if somebody answers for
// its iPad, which is not clean while no other is there.
func (c visitCard) CanStartUnclean() bool { return c.CanClean() && c.DeviceRecord.Paired }

// ToIPad is where an act about the visit's iPad goes.
func (c visitCard) ToIPad(act string) string { return c.IPad.To(act) }

// Opens is when the visit can be started.
func (c visitCard) Opens() time.Time { return c.When.Start().Add(-c.WardRecord.Policy.OpensBefore) }

// Urgent reports whether the visit is in hand.
func (c visitCard) Urgent() bool { return c.Urgency > quiet }

// Ending says why a visit that is over came to its end.
func (c visitCard) Ending() string { return endWords[c.Reason] }

// Late reports whether the visit should be further than it is.
func (c visitCard) Late() bool { return c.Urgency == overdue }

// NeedsInWords are what would help everybody in the visit, as staff say it, and what
// they must not say.
func (c visitCard) NeedsInWords() []string {
	return append(phoneNeeds(c.Needs), patientNeeds(c.PatientRecord)...)
}

// SomeWait reports whether anybody does.
func (c visitCard) SomeWait() bool { return len(c.waiting()) > 0 }
