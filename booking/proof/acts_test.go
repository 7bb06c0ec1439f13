package proof

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/desk/desktest"
)

// An act is one thing that somebody does in a storm.
type act struct {
	name   string
	weight int // how often it is done, beside the others
	do     func(c *client) error
}

// everything is what can be done to a booking, and to what a booking needs.
var everything = slices.Concat(daily, course, fleet, upheaval)

// daily is what is done every day.
var daily = []act{
	{"book", 18, (*client).book},
	{"hold and forget", 6, (*client).holdOnly},
	{"release", 3, (*client).release},
	{"move", 9, (*client).move},
	{"cancel", 9, (*client).cancel},
	{"cancel an old page", 2, (*client).cancelOld},
	{"add people", 3, (*client).addPeople},
	{"move for the family", 4, (*client).staffMove},
	{"cancel for the ward", 3, (*client).staffCancel},
	{"book for now", 7, (*client).bookNow},
	{"bring the visit on", 16, (*client).bringOn},
	{"clean", 5, (*client).clean},
	{"sweep", 2, (*client).sweep},
	{"let time pass", 2, (*client).tick},
	{"answer an offer", 5, (*client).answer},
	{"withdraw consent", 1, (*client).withdrawConsent},
	{"record consent", 4, (*client).recordConsent},
	{"bar", 1, (*client).bar},
	{"lift a bar", 2, (*client).unbar},
	{"pair again", 1, (*client).pairAgain},
	{"look at the day", 3, (*client).look},
}

// patient is anybody.
func (c *client) patient() int { return 1 + c.r.IntN(c.patients()) }

// when is one of few slots, tomorrow and the day after, so that many want each.
func (c *client) when() time.Time {
	return on(1+c.r.IntN(2), 14, 0).Add(time.Duration(c.r.IntN(10)) * visitStep)
}

// tongue is one that somebody needs, now and then.
func (c *client) tongue() booking.Tongue {
	switch c.r.IntN(5) {
	case 0:
		return spokenPolish
	case 1:
		return signed
	}
	return booking.Tongue{}
}

// errFewAlternatives says that somebody lost a slot and was left with less than there
// was.
var errFewAlternatives = errors.New("a slot was lost without three others in its place")

// offered asks for what is offered to whoever lost a slot, and returns why they
// lost it. Somebody may close the ward, or bar them, between two looks; so it is
// only wrong if there is enough both before and after.
func (c *client) offered(by booking.Actor, n int, want time.Time, lost error) error {
	if !errors.Is(lost, booking.ErrSlotTaken) {
		return lost
	}
	for range 3 {
		instead, err := c.Alternatives(c.ctx, by, patientID(n), want, 3)
		if isRefusal(err) != nil || err == nil && len(instead) == 3 {
			return lost
		}
		if err != nil {
			return err
		}
		there, err := c.Offering(c.ctx, by, patientID(n), dateOf(want).AddDays(-1), 14)
		if isRefusal(err) != nil {
			return lost
		}
		if err != nil {
			return err
		}
		free := 0
		for _, day := range there.Days {
			free += len(day.Slots)
		}
		if free < 3 {
			return lost
		}
	}
	return errFewAlternatives
}

func (c *client) hold() (desk.Visit, booking.Actor, error) {
	n, which, start := c.patient(), c.r.IntN(2), c.when()
	by := relative(n, which)
	held, err := c.Hold(c.ctx, by, patientID(n), visitorID(n, which), start)
	return held, by, c.offered(by, n, start, err)
}

func (c *client) holdOnly() error {
	_, _, err := c.hold()
	return err
}

func (c *client) book() error {
	held, by, err := c.hold()
	if err != nil {
		return err
	}
	if tongue := c.tongue(); !tongue.IsZero() {
		if _, err := c.Describe(c.ctx, by, held.ID, desk.Details{Tongue: tongue, Needs: []booking.Need{booking.NeedCaptions}}); err != nil {
			return err
		}
	}
	if _, err = c.Book(c.ctx, by, held.ID); err != nil || c.r.IntN(4) > 0 {
		return err
	}
	_, err = c.Book(c.ctx, by, held.ID) // pressed twice
	return err
}

// mine picks a visit of a relative that is as asked.
func (c *client) mine(suits func(v desk.Visit) bool) (by booking.Actor, v desk.Visit, err error) {
	by = relative(c.patient(), c.r.IntN(2))
	visits, err := c.Visits(c.ctx, by)
	if err != nil {
		return by, v, err
	}
	return by, v, c.pick(visits, suits, &v)
}

func (c *client) pick(visits []desk.Visit, suits func(v desk.Visit) bool, into *desk.Visit) error {
	for _, i := range c.r.Perm(len(visits)) {
		if suits(visits[i]) {
			*into = visits[i]
			return nil
		}
	}
	return errIdle
}

func booked(v desk.Visit) bool { return v.State == booking.Booked }
func held(v desk.Visit) bool   { return v.State == booking.Held }
func open(v desk.Visit) bool   { return v.State.Open() }

func (c *client) release() error {
	by, v, err := c.mine(held)
	if err != nil {
		return err
	}
	return c.Release(c.ctx, by, v.ID)
}

func (c *client) move() error {
	by, v, err := c.mine(booked)
	if err != nil {
		return err
	}
	_, err = c.Move(c.ctx, by, v.Reference, v.Version, c.when())
	return err
}

func (c *client) cancel() error {
	by, v, err := c.mine(booked)
	if err != nil {
		return err
	}
	_, err = c.Cancel(c.ctx, by, v.Reference, v.Version)
	return err
}

// errStaleTaken says that a page out of date was obeyed.
var errStaleTaken = errors.New("an old page was obeyed")

func (c *client) cancelOld() error {
	by, v, err := c.mine(booked)
	if err != nil {
		return err
	}
	now, err := c.Cancel(c.ctx, by, v.Reference, v.Version-1)
	switch {
	case errors.Is(err, booking.ErrStale), errors.Is(err, booking.ErrTooLate):
		return nil
	case err == nil && now.State != booking.Cancelled:
		return errStaleTaken
	}
	return err // somebody else cancelled it, or began it
}

func (c *client) addPeople() error {
	by, v, err := c.mine(booked)
	if err != nil {
		return err
	}
	var n int
	if _, err := fmt.Sscanf(string(v.Patient)[24:], "%d", &n); err != nil {
		return err
	}
	_, err = c.AddPeople(c.ctx, by, v.Reference, []booking.MemberID{memberID(n, c.r.IntN(2))})
	return err
}

// onWard picks a visit on the board of a ward, on one of the next days.
func (c *client) onWard(days int, suits func(v desk.Visit) bool) (ward int, v desk.Visit, err error) {
	ward = 1 + c.r.IntN(c.size.wards)
	board, err := c.Board(c.ctx, sister(ward), wardID(ward), dateOf(on(days, 12, 0)))
	if err != nil {
		return ward, v, err
	}
	return ward, v, c.pick(board.Visits, suits, &v)
}

func (c *client) staffMove() error {
	ward, v, err := c.onWard(1+c.r.IntN(2), booked)
	if err != nil {
		return err
	}
	_, err = c.Move(c.ctx, sister(ward), v.Reference, v.Version, c.when())
	return err
}

func (c *client) staffCancel() error {
	ward, v, err := c.onWard(1+c.r.IntN(2), booked)
	if err != nil {
		return err
	}
	_, err = c.Cancel(c.ctx, sister(ward), v.Reference, v.Version)
	return err
}

// bookNow books a visit that begins within minutes, at a time that no session
// offers.
func (c *client) bookNow() error {
	n := c.patient()
	_, err := c.BookAt(c.ctx, c.matron(), desk.BookedVisit{
		Patient: patientID(n), Members: []booking.MemberID{memberID(n, c.r.IntN(2))}, Tongue: c.tongue(),
		Start: c.clock().Add(time.Duration(1+c.r.IntN(40)) * time.Minute), Length: 15 * time.Minute,
	})
	return err
}

// bringOn takes a visit of today one step further: it is started, its iPad comes,
// somebody comes, is let in, and it is ended.
func (c *client) bringOn() error {
	ward, v, err := c.onWard(0, func(v desk.Visit) bool { return booked(v) || open(v) })
	if err != nil {
		return err
	}
	by := sister(ward)
	switch {
	case v.State == booking.Booked:
		_, err = c.Start(c.ctx, by, v.Reference)
	case v.State == booking.Preparing:
		_, err = c.Arrive(c.ctx, v.ID, desk.SeatOfPatient, "")
	case v.State == booking.Lobby && v.People[0].HereSince.IsZero():
		_, err = c.Arrive(c.ctx, v.ID, string(v.People[0].ID), "")
	case v.State == booking.Lobby:
		_, err = c.Admit(c.ctx, by, v.Reference, v.People[0].ID)
	case c.r.IntN(3) == 0:
		err = c.Finish(c.ctx, v.ID)
	default:
		_, err = c.End(c.ctx, by, v.Reference, booking.RanToEnd)
	}
	return err
}

func (c *client) device() (ward int, id booking.DeviceID) {
	ward = 1 + c.r.IntN(c.size.wards)
	return ward, deviceID(c.deviceOf(ward, 1+c.r.IntN(c.size.devices)))
}

func (c *client) clean() error {
	ward, id := c.device()
	return c.Cleaned(c.ctx, sister(ward), id, booking.Chlorine)
}

func (c *client) sweep() error {
	_, err := c.Sweep(c.ctx)
	return err
}

func (c *client) tick() error {
	c.advance(time.Minute)
	return nil
}

func (c *client) answer() error {
	by := interpreter(1 + c.r.IntN(interpreters))
	jobs, err := c.Jobs(c.ctx, by)
	if err != nil {
		return err
	}
	if len(jobs) == 0 {
		return errIdle
	}
	_, err = c.AnswerOffer(c.ctx, by, jobs[c.r.IntN(len(jobs))].Offer.ID, c.r.IntN(3) > 0)
	return err
}

func (c *client) withdrawConsent() error {
	n := c.patient()
	return c.WithdrawConsent(c.ctx, c.matron(), patientID(n))
}

func (c *client) recordConsent() error {
	n := c.patient()
	_, err := c.RecordConsent(c.ctx, c.matron(), booking.Consent{Patient: patientID(n), Basis: booking.BasisOwn})
	return err
}

func (c *client) bar() error {
	n := c.patient()
	_, err := c.Bar(c.ctx, c.matron(), memberID(n, 1), "not safe")
	return err
}

func (c *client) unbar() error {
	n := c.patient()
	_, err := c.Unbar(c.ctx, c.matron(), memberID(n, 1))
	return err
}

func (c *client) pairAgain() error {
	ward, id := c.device()
	p, err := c.BeginPairing(c.ctx, sister(ward), id)
	if err != nil {
		return err
	}
	browser, err := desktest.NewIPad()
	if err != nil {
		return err
	}
	_, _, err = browser.Pair(c.ctx, c.Desk, p.Code)
	return err
}

// errShown says that a page showed what could not be.
var errShown = errors.New("a page showed two visits on one iPad at the same time")

// look reads the pages that everybody reads all the time.
func (c *client) look() error {
	n := c.patient()
	if _, err := c.Offering(c.ctx, relative(n, 0), patientID(n), dateOf(on(1, 12, 0)), 2); err != nil {
		return err
	}
	ward := c.wardOf(n)
	board, err := c.Board(c.ctx, sister(ward), wardID(ward), dateOf(on(1, 12, 0)))
	if err != nil {
		return err
	}
	for i, a := range board.Visits {
		for _, b := range board.Visits[:i] {
			if booked(a) && booked(b) && a.Device == b.Device && a.DeviceTime().Overlaps(b.DeviceTime()) {
				return errShown
			}
		}
	}
	return nil
}
