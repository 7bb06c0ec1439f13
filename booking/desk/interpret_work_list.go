package desk

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// A KeptInterpreter is an interpreter on the list of coordinators.
type KeptInterpreter struct {
	booking.Interpreter
	Week int // visits from this Monday to the next
}

// keepsInterpreters refuses whoever may not change the list of interpreters, which is
// one for all wards.
func keepsInterpreters(by booking.Actor) error {
	if !by.MayEverywhere(booking.KeepInterpreters) {
		return booking.ErrMayNot
	}
	return nil
}

// Interpreters are all on the list, by name; who has left comes last.
func (d *Desk) Interpreters(ctx context.Context, by booking.Actor) ([]KeptInterpreter, error) {
	return view(ctx, d, func(tx *store.Tx) ([]KeptInterpreter, error) {
		if err := coordinates(by); err != nil {
			return nil, err
		}
		everybody, err := tx.AllInterpreters(ctx)
		if err != nil || len(everybody) == 0 {
			return nil, err
		}
		today := booking.DateOf(d.now(), everybody[0].Zone)
		monday := today.AddDays(-(int(today.Weekday()) + 6) % 7)
		from, _ := booking.DayBounds(monday, everybody[0].Zone)
		to, _ := booking.DayBounds(monday.AddDays(7), everybody[0].Zone)
		visits, err := tx.VisitsOfInterpreters(ctx, from, to)
		kept := make([]KeptInterpreter, len(everybody))
		for n, i := range everybody {
			kept[n] = KeptInterpreter{i, visits[i.ID]}
		}
		slices.SortStableFunc(kept, func(a, b KeptInterpreter) int {
			if a.Closed != b.Closed {
				if a.Closed {
					return 1
				}
				return -1
			}
			return cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
		})
		return kept, err
	})
}

// Interpreter is one of them.
func (d *Desk) Interpreter(ctx context.Context, by booking.Actor, id booking.InterpreterID) (KeptInterpreter, error) {
	all, err := d.Interpreters(ctx, by)
	n := slices.IndexFunc(all, func(k KeptInterpreter) bool { return k.ID == id })
	if err != nil || n < 0 {
		return KeptInterpreter{}, orElse(err, booking.ErrNoSuchInterpreter)
	}
	return all[n], nil
}

// A Skill is a language in a mode, and how well an interpreter is qualified in it.
type Skill struct {
	Tongue booking.Tongue
	Level  booking.Level
}

// InterpreterDetails are what a coordinator says of an interpreter.
type InterpreterDetails struct {
	Name, Phone, Email string
	Rest               time.Duration
	Skills             []Skill
}

// readInterpreter reads them as they were typed. A language said twice is offered once,
// as it was said last.
func (d *Desk) readInterpreter(n InterpreterDetails) (i booking.Interpreter, err error) {
	if i.Name, err = readText(n.Name, longestName); err != nil {
		return i, err
	}
	if i.Phone, err = d.readPhone(n.Phone); err != nil {
		return i, err
	}
	if i.Email, err = readEmail(n.Email); err != nil {
		return i, err
	}
	if i.Rest, err = n.Rest, booking.CheckRest(n.Rest); err != nil {
		return i, err
	}
	i.Levels = map[booking.Tongue]booking.Level{}
	for _, o := range n.Skills {
		_, err := language.Parse(o.Tongue.Tag())
		if err != nil || !slices.Contains(booking.Levels, o.Level) || o.Tongue.Mode != booking.Spoken && o.Tongue.Mode != booking.Sign {
			return i, booking.ErrBadChoice
		}
		if _, said := i.Levels[o.Tongue]; !said {
			i.Tongues = append(i.Tongues, o.Tongue)
		}
		i.Levels[o.Tongue] = o.Level
	}
	if len(i.Tongues) == 0 {
		return i, booking.ErrNoTongue
	}
	return i, nil
}

// AddInterpreter puts somebody on the list. They are asked to nothing before they have
// hours. ErrPhoneTaken when somebody has the number, also one who has left.
func (d *Desk) AddInterpreter(ctx context.Context, by booking.Actor, n InterpreterDetails) (booking.Interpreter, error) {
	if err := keepsInterpreters(by); err != nil {
		return booking.Interpreter{}, err
	}
	i, err := d.readInterpreter(n)
	if err != nil {
		return i, err
	}
	making := creation[booking.Interpreter]{
		act: "add_interpreter", asked: []any{n}, id: func(made booking.Interpreter) string { return string(made.ID) },
		find: func(ctx context.Context, tx *store.Tx, id string) (booking.Interpreter, error) {
			return tx.Interpreter(ctx, booking.InterpreterID(id))
		},
	}
	return create(ctx, d, by, making, func(tx *store.Tx) (booking.Interpreter, error) {
		sites, err := tx.Sites(ctx)
		if err != nil || len(sites) == 0 {
			return i, orElse(err, booking.ErrNoSuchSite)
		}
		id, err := d.newID()
		if err != nil {
			return i, err
		}
		i.ID, i.Zone = booking.InterpreterID(id), sites[0].Zone
		if err := tx.AddInterpreter(ctx, i); err != nil {
			return i, err
		}
		return i, recordAbout(ctx, tx, by, d.now(), booking.InterpreterAdded, i.ID, "")
	})
}

// ChangeInterpreter changes what the list says of somebody who was at a version;
// ErrStale when they are at another. What they have agreed to stays theirs.
func (d *Desk) ChangeInterpreter(ctx context.Context, by booking.Actor, id booking.InterpreterID, version int, n InterpreterDetails) error {
	if err := keepsInterpreters(by); err != nil {
		return err
	}
	i, err := d.readInterpreter(n)
	if err != nil {
		return err
	}
	return d.changeInterpreter(ctx, by, id, booking.InterpreterChanged, func(tx *store.Tx, was booking.Interpreter) (string, error) {
		i.ID, i.Version = was.ID, version
		still, err := tx.ChangeInterpreter(ctx, i)
		if err == nil && !still {
			err = booking.ErrStale
		}
		return "", err
	})
}

// ClosingTouches are how many visits to come would need somebody else if an
// interpreter left now.
func (d *Desk) ClosingTouches(ctx context.Context, by booking.Actor, id booking.InterpreterID) (int, error) {
	return view(ctx, d, func(tx *store.Tx) (int, error) {
		if err := keepsInterpreters(by); err != nil {
			return 0, err
		}
		now := d.now()
		ids, err := tx.VisitsReserving(ctx, id, now, now.Add(lookAhead))
		return len(ids), err
	})
}

// CloseInterpreter takes somebody off the list: they are asked to nothing any more,
// their links open nothing, and others are asked to what they were to come to. touches
// is how many visits the page said that is; ErrStale when it is another number by now.
// Pressing twice closes once.
func (d *Desk) CloseInterpreter(ctx context.Context, by booking.Actor, id booking.InterpreterID, touches int) error {
	if err := keepsInterpreters(by); err != nil {
		return err
	}
	return d.store.Do(ctx, func(tx *store.Tx) error {
		who, err := tx.Interpreter(ctx, id)
		if err != nil || who.Closed {
			return err
		}
		when, err := booking.NewInterval(d.now(), lookAhead)
		if err != nil {
			return err
		}
		gone := booking.TimeOff{Interpreter: id, When: when}
		return d.handOver(ctx, tx, by, gone, touches, "left", func() error {
			if _, err := tx.CloseInterpreter(ctx, id, d.now()); err != nil {
				return err
			}
			return recordAbout(ctx, tx, by, d.now(), booking.InterpreterClosed, id, "")
		})
	})
}

// AddHoursFor is AddHours by a coordinator.
func (d *Desk) AddHoursFor(ctx context.Context, by booking.Actor, id booking.InterpreterID, h booking.Hours) error {
	if err := keepsInterpreters(by); err != nil {
		return err
	}
	return d.addHours(ctx, by, id, h)
}

// DropHoursFor is DropHours by a coordinator.
func (d *Desk) DropHoursFor(ctx context.Context, by booking.Actor, id booking.InterpreterID, h booking.Hours) error {
	if err := keepsInterpreters(by); err != nil {
		return err
	}
	return d.dropHours(ctx, by, id, h)
}

// recordAbout records what has been changed about an interpreter.
func recordAbout(ctx context.Context, tx *store.Tx, by booking.Actor, now time.Time, what booking.Action, id booking.InterpreterID, reason string) error {
	return tx.AddEvent(ctx, booking.Event{At: now, By: by, Action: what, Subject: "interpreter " + string(id), Reason: reason})
}
