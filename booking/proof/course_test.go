package proof

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/intake"
)

// course is what becomes of visits besides being booked: what wards decide, where
// patients go, who waits, and what is done to many at once.
var course = []act{
	{"set rules aside", 4, (*client).override},
	{"close an afternoon", 2, (*client).close},
	{"open again", 3, (*client).reopen},
	{"cancel what is closed", 1, (*client).cancelClosed},
	{"protect a time", 1, (*client).protect},
	{"unprotect it", 3, (*client).unprotect},
	{"change the rules", 1, (*client).changePolicy},
	{"change a session", 1, (*client).changeSession},
	{"transfer", 5, (*client).transfer},
	{"take a transfer back", 2, (*client).untransfer},
	{"discharge", 2, (*client).discharge},
	{"take a discharge back", 5, (*client).undischarge},
	{"admit again", 2, (*client).admit},
	{"die", 1, (*client).die},
	{"be alive after all", 4, (*client).revive},
	{"ask for a time", 3, (*client).ask},
	{"take a question back", 1, (*client).takeBack},
	{"grant", 3, (*client).grant},
	{"answer no", 1, (*client).refuse},
	{"wait", 6, (*client).wait},
	{"leave the waiting list", 1, (*client).leaveWaiting},
	{"take a freed time", 3, (*client).takeFreed},
	{"decline a freed time", 1, (*client).declineFreed},
	{"book a series", 3, (*client).bookSeries},
	{"stop a series", 2, (*client).stopSeries},
	{"say goodbye", 3, (*client).goodbye},
	{"keep what is flagged", 2, (*client).keepFlagged},
	{"tell of what was put back", 2, (*client).tellPutBack},
	{"import", 2, (*client).bulk},
	{"follow interpreters up", 1, (*client).followUp},
	{"match interpreters", 1, (*client).match},
	{"ask a substitute", 2, (*client).substitute},
	{"go without an interpreter", 1, (*client).goWithout},
	{"take time off", 1, (*client).timeOff},
}

// matron manages every ward.
func (w *world) matron() booking.Actor {
	by := sister(1)
	for n := 2; n <= w.size.wards; n++ {
		by.Wards[wardID(n)] = booking.Roles{booking.WardManager}
	}
	return by
}

func (c *client) ward() booking.WardID { return wardID(1 + c.r.IntN(c.size.wards)) }

// any picks one of some things.
func pickAny[T any](c *client, of []T) (one T, err error) {
	if len(of) == 0 {
		return one, errIdle
	}
	return of[c.r.IntN(len(of))], nil
}

// override books beside the slots, for a reason.
func (c *client) override() error {
	n, which := c.patient(), c.r.IntN(2)
	want := desk.Occasion{Patient: patientID(n), Visitor: visitorID(n, which), Start: c.when().Add(5 * time.Minute), Length: 20 * time.Minute}
	for _, rule := range []*booking.Refusal{booking.ErrNotASlot, booking.ErrClosed, booking.ErrProtected, booking.ErrTooLate} {
		want.Overrides = append(want.Overrides, booking.Override{Rule: rule.Code, Reason: "they come from far"})
	}
	held, err := c.HoldFor(c.ctx, c.matron(), want)
	if err != nil {
		return err
	}
	_, err = c.Book(c.ctx, c.matron(), held.ID)
	return err
}

func (c *client) close() error {
	day := dateOf(c.when())
	_, err := c.Close(c.ctx, c.matron(), booking.Closure{
		Ward: c.ward(), From: day, To: day, Start: 15 * 60, End: 16 * 60, Reason: "deep clean", Owner: "Sister Khan", ReviewOn: day,
	}, "")
	return err
}

func (c *client) closure() (booking.Closure, error) {
	rules, err := c.Rules(c.ctx, c.matron(), c.ward())
	if err != nil {
		return booking.Closure{}, err
	}
	return pickAny(c, rules.Closures)
}

func (c *client) reopen() error {
	closed, err := c.closure()
	if err != nil {
		return err
	}
	return c.Reopen(c.ctx, c.matron(), closed.ID)
}

func (c *client) cancelClosed() error {
	closed, err := c.closure()
	if err != nil {
		return err
	}
	_, err = c.CancelClosed(c.ctx, c.matron(), closed.ID)
	return err
}

func (c *client) protect() error {
	_, err := c.Protect(c.ctx, c.matron(), booking.ProtectedTime{
		Ward: c.ward(), Days: booking.EveryDay, Start: booking.ClockTime(14*60 + 15*c.r.IntN(8)), End: 17 * 60, Purpose: "rest",
	})
	return err
}

func (c *client) unprotect() error {
	ward := c.ward()
	rules, err := c.Rules(c.ctx, c.matron(), ward)
	if err != nil {
		return err
	}
	p, err := pickAny(c, rules.Protected)
	if err != nil {
		return err
	}
	return c.Unprotect(c.ctx, c.matron(), ward, p.ID)
}

func (c *client) changePolicy() error {
	ward := c.ward()
	rules, err := c.Rules(c.ctx, c.matron(), ward)
	if err != nil {
		return err
	}
	p := rules.Ward.Policy
	p.Clean = time.Duration(5+5*c.r.IntN(2)) * time.Minute
	_, err = c.SavePolicy(c.ctx, c.matron(), ward, p, p.Version)
	return err
}

func (c *client) changeSession() error {
	ward := c.ward()
	rules, err := c.Rules(c.ctx, c.matron(), ward)
	if err != nil {
		return err
	}
	s, err := pickAny(c, rules.Sessions)
	if err != nil {
		return err
	}
	s.End = booking.ClockTime(17*60 - 30*c.r.IntN(2))
	_, err = c.SaveSessions(c.ctx, c.matron(), ward, []booking.Session{s})
	return err
}

func (c *client) bed() (booking.BedID, error) {
	beds, err := c.Beds(c.ctx, c.matron(), c.ward())
	if err != nil {
		return "", err
	}
	for _, i := range c.r.Perm(len(beds)) {
		if !beds[i].Taken {
			return beds[i].ID, nil
		}
	}
	return "", errIdle
}

func (c *client) transfer() error {
	bed, err := c.bed()
	if err != nil {
		return err
	}
	_, err = c.Transfer(c.ctx, c.matron(), patientID(c.patient()), bed, desk.Said{})
	return err
}

func (c *client) untransfer() error {
	_, err := c.CancelTransfer(c.ctx, c.matron(), patientID(c.patient()), desk.Said{})
	return err
}

func (c *client) discharge() error {
	_, err := c.Discharge(c.ctx, c.matron(), patientID(c.patient()), desk.Said{})
	return err
}

// leaver is somebody who left a ward lately.
func (c *client) leaver() (booking.Patient, error) {
	gone, err := c.Leavers(c.ctx, c.matron(), c.ward())
	if err != nil {
		return booking.Patient{}, err
	}
	one, err := pickAny(c, gone)
	return one.Patient, err
}

func (c *client) undischarge() error {
	p, err := c.leaver()
	if err != nil {
		return err
	}
	_, err = c.CancelDischarge(c.ctx, c.matron(), p.ID, desk.Said{})
	return err
}

func (c *client) admit() error {
	p, err := c.leaver()
	if err != nil {
		return err
	}
	bed, err := c.bed()
	if err != nil {
		return err
	}
	_, err = c.AdmitPatient(c.ctx, c.matron(), desk.Admission{MRN: p.MRN, Name: p.Name, Alias: p.Alias, Bed: bed}, desk.Said{})
	return err
}

func (c *client) die() error {
	_, err := c.Die(c.ctx, c.matron(), patientID(c.patient()), desk.Said{})
	return err
}

func (c *client) revive() error {
	p, err := c.leaver()
	if err != nil {
		return err
	}
	_, err = c.Revive(c.ctx, c.matron(), p.ID, desk.Said{})
	return err
}

func (c *client) ask() error {
	n := c.patient()
	when, err := booking.NewInterval(c.when().Add(4*time.Hour), 20*time.Minute)
	if err != nil {
		return err
	}
	_, err = c.Ask(c.ctx, relative(n, c.r.IntN(2)), desk.Plea{Patient: patientID(n), Times: []booking.Interval{when}, Note: "after work"})
	return err
}

func (c *client) takeBack() error {
	by := relative(c.patient(), c.r.IntN(2))
	asked, err := c.Requests(c.ctx, by)
	if err != nil {
		return err
	}
	one, err := pickAny(c, asked)
	if err != nil {
		return err
	}
	_, err = c.TakeBack(c.ctx, by, one.ID)
	return err
}

func (c *client) question() (booking.RequestID, error) {
	asked, err := c.RequestsOf(c.ctx, c.matron(), c.ward())
	if err != nil {
		return "", err
	}
	one, err := pickAny(c, asked)
	return one.ID, err
}

func (c *client) grant() error {
	id, err := c.question()
	if err != nil {
		return err
	}
	_, err = c.Grant(c.ctx, c.matron(), id, 1, "they work late")
	return err
}

func (c *client) refuse() error {
	id, err := c.question()
	if err != nil {
		return err
	}
	_, err = c.Refuse(c.ctx, c.matron(), id, "We are short of staff that evening.")
	return err
}

func (c *client) wait() error {
	n, which, day := c.patient(), c.r.IntN(2), dateOf(c.when())
	_, err := c.Wait(c.ctx, relative(n, which), desk.WaitFor{Patient: patientID(n), Visitor: visitorID(n, which), From: day, To: day})
	return err
}

func (c *client) leaveWaiting() error {
	by := relative(c.patient(), c.r.IntN(2))
	waits, err := c.Waits(c.ctx, by)
	if err != nil {
		return err
	}
	one, err := pickAny(c, waits)
	if err != nil {
		return err
	}
	return c.LeaveWaiting(c.ctx, by, one.ID)
}

// freed is a time that is kept for somebody who waits.
func (c *client) freed() (by booking.Actor, id booking.SlotOfferID, err error) {
	for _, i := range c.r.Perm(2 * c.patients()) {
		by = relative(1+i/2, i%2)
		slots, err := c.FreedSlots(c.ctx, by)
		if err != nil {
			return by, "", err
		}
		if len(slots) > 0 {
			return by, slots[0].ID, nil
		}
	}
	return by, "", errIdle
}

func (c *client) takeFreed() error {
	by, id, err := c.freed()
	if err != nil {
		return err
	}
	_, err = c.TakeSlot(c.ctx, by, id)
	return err
}

func (c *client) declineFreed() error {
	by, id, err := c.freed()
	if err != nil {
		return err
	}
	_, err = c.DeclineSlot(c.ctx, by, id)
	return err
}

func (c *client) bookSeries() error {
	by, v, err := c.mine(func(v desk.Visit) bool { return booked(v) && v.Series == "" })
	if err != nil {
		return err
	}
	_, err = c.BookSeries(c.ctx, by, v.Reference, desk.Repeat{EveryWeeks: 1, Count: 2})
	return err
}

func (c *client) stopSeries() error {
	by, v, err := c.mine(func(v desk.Visit) bool { return booked(v) && v.Series != "" })
	if err != nil {
		return err
	}
	_, err = c.StopSeries(c.ctx, by, v.Reference, c.r.IntN(2) == 0)
	return err
}

func (c *client) goodbye() error {
	n := c.patient()
	f := desk.Farewell{Patient: patientID(n), Members: []booking.MemberID{memberID(n, 0)}, Start: c.when(), Length: visitLength}
	plan, err := c.PlanGoodbye(c.ctx, c.matron(), f)
	if err != nil {
		return err
	}
	for _, d := range plan.Makeway {
		f.Making = append(f.Making, d.ID)
	}
	_, err = c.Goodbye(c.ctx, c.matron(), f)
	return err
}

func (c *client) flagged(kinds ...booking.FlagKind) (desk.FlaggedVisit, error) {
	review, err := c.Review(c.ctx, c.matron(), c.ward())
	if err != nil {
		return desk.FlaggedVisit{}, err
	}
	for _, i := range c.r.Perm(len(review)) {
		for _, f := range review[i].Flags {
			for _, kind := range kinds {
				if f.Kind == kind {
					return review[i], nil
				}
			}
		}
	}
	return desk.FlaggedVisit{}, errIdle
}

func (c *client) keepFlagged() error {
	v, err := c.flagged(booking.ClosedThen, booking.ProtectedThen, booking.OutsideTimes, booking.ConsentGone, booking.InterpreterOff)
	if err != nil {
		return err
	}
	_, err = c.KeepFlagged(c.ctx, c.matron(), v.Reference, "spoken to them")
	return err
}

func (c *client) tellPutBack() error {
	v, err := c.flagged(booking.Untold)
	if err != nil {
		return err
	}
	_, err = c.TellPutBack(c.ctx, c.matron(), v.Reference)
	return err
}

// errImport says that a file was refused by line, which is as good as a refusal.
var errImport = &booking.Refusal{Kind: booking.Conflict, Code: "a file with problems"}

// bulk imports three visits, all or none.
func (c *client) bulk() error {
	var b strings.Builder
	b.WriteString("mrn,phones,date,time,minutes\n")
	for range 1 + c.r.IntN(3) {
		n, start := c.patient(), c.when().In(london)
		fmt.Fprintf(&b, "M%05d,%s,%s,%s,30\n", n, phone(2*n), start.Format("2006-01-02"), start.Format("15:04"))
	}
	done, err := c.Import(c.ctx, c.matron(), desk.Order{File: intake.Read(intake.Visits, []byte(b.String())), Tell: true})
	if err == nil && !done.Done {
		return errImport
	}
	return err
}

func (c *client) followUp() error { return c.FollowUpInterpreters(c.ctx) }

func (c *client) match() error {
	_, err := c.MatchInterpreters(c.ctx, c.matron())
	return err
}

func (c *client) substitute() error {
	_, v, err := c.onWard(1+c.r.IntN(2), func(v desk.Visit) bool { return booked(v) && v.Interpreter != nil && v.Interpreter.Open() })
	if err != nil {
		return err
	}
	_, err = c.AskSubstitute(c.ctx, c.matron(), v.Reference, v.Interpreter.ID, desk.NotUnderstood)
	return err
}

func (c *client) goWithout() error {
	by, v, err := c.mine(func(v desk.Visit) bool { return booked(v) && !v.Tongue.IsZero() })
	if err != nil {
		return err
	}
	_, err = c.GoWithout(c.ctx, by, v.Reference)
	return err
}

// timeOff takes an interpreter off for an hour and a half, and gives it back.
func (c *client) timeOff() error {
	by, start := interpreter(1+c.r.IntN(interpreters)), c.when()
	off, err := booking.NewTimeOff(start, start.Add(90*time.Minute), c.clock(), booking.InTraining)
	if err != nil {
		return err
	}
	touched, err := c.TimeOffTouches(c.ctx, by, off.When)
	if err != nil {
		return err
	}
	if off, err = c.TakeTimeOff(c.ctx, by, off, len(touched)); err != nil {
		return err
	}
	err = c.DropTimeOff(c.ctx, by, off.ID)
	if errors.Is(err, booking.ErrStale) {
		return nil
	}
	return err
}
