package login

import (
	"context"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/wardvisit/wardvisit/booking"
)

// People knows who a login belongs to, as they are now. It refuses once they are
// gone.
type People interface {
	// Staff is asked about a login that began at an instant.
	Staff(ctx context.Context, id booking.StaffID, since time.Time) (booking.Actor, error)
	VisitorActor(ctx context.Context, id booking.VisitorID) (booking.Actor, error)
	InterpreterActor(ctx context.Context, id booking.InterpreterID) (booking.Actor, error)
}

// Devices knows which device a token belongs to. It refuses one that is not, or no
// longer, good.
type Devices interface {
	DeviceActor(ctx context.Context, token string) (booking.Actor, error)
	// DeviceStill is asked while a page stays open, also after the token has run out.
	DeviceStill(ctx context.Context, token string) (booking.Actor, error)
}

// Config is what the doors are hung in.
type Config struct {
	Store   scs.CtxStore // keeps logins; forgets each when it expires
	People  People
	Devices Devices
	// Session is asked of a login that was let in by somebody else whether they have
	// ended it: it refuses then. It may be nil.
	Session func(ctx context.Context, id string) error
	Secure  bool // the public address is https
	Now     func() time.Time
}

// Doors are the four ways in.
type Doors struct {
	people  map[booking.ActorKind]*door
	devices Devices
	store   scs.CtxStore
	session func(ctx context.Context, id string) error
	secure  bool
	now     func() time.Time
}

// A door is one kind of person's way in.
type door struct {
	*scs.SessionManager
	kind booking.ActorKind
	who  func(ctx context.Context, id string, since time.Time) (booking.Actor, error)
}

// How long a login lasts at each door.
const (
	// A long day on a ward is twelve and a half hours: nobody signs in twice in
	// one shift, and nobody inherits the login of the last.
	staffLife = 13 * time.Hour
	// Longer than any visit, since whoever let a family in must be able to press
	// End without signing in first; short enough that a computer left alone at
	// noon is nobody's by mid-afternoon.
	staffIdle = 2 * time.Hour

	// A relative books up to a fortnight ahead, and on the day must not meet a
	// code that goes to a phone in another room. There is no idle limit for the
	// same reason.
	visitorLife = 30 * 24 * time.Hour

	// An interpreter is at work: a login that lay unused for a week belongs to
	// somebody who has stopped.
	interpreterLife = 30 * 24 * time.Hour
	interpreterIdle = 7 * 24 * time.Hour
)

// StaffLife is how long a login of staff lasts at most.
const StaffLife = staffLife

// The names of the cookies.
const (
	staffCookie       = "wardvisit_staff"
	visitorCookie     = "wardvisit_visitor"
	interpreterCookie = "wardvisit_interpreter"
	deviceCookie      = "wardvisit_device"
)

// New hangs the doors.
func New(c Config) *Doors {
	d := &Doors{devices: c.Devices, store: c.Store, session: c.Session, secure: c.Secure, now: c.Now, people: map[booking.ActorKind]*door{}}
	add := func(kind booking.ActorKind, cookie string, life, idle time.Duration, who func(context.Context, string, time.Time) (booking.Actor, error)) {
		// Not scs.New: that starts a goroutine for a store in memory, which
		// nothing stops. What it would add is a key that keeps managers apart
		// in one context; here each login is loaded into a context of its own.
		m := &scs.SessionManager{
			Store:            clocked{c.Store, c.Now},
			HashTokenInStore: true,
			Codec:            scs.GobCodec{},
			Lifetime:         life,
			IdleTimeout:      idle,
			Cookie: scs.SessionCookie{
				Name:     cookie,
				Path:     "/",
				HttpOnly: true,
				Secure:   c.Secure,
				SameSite: http.SameSiteLaxMode, // a link in a text message must find its reader signed in
				// A ward's computer is shared: closing the browser signs staff out.
				Persist: kind != booking.StaffActor,
			},
		}
		d.people[kind] = &door{m, kind, who}
	}
	add(booking.StaffActor, staffCookie, staffLife, staffIdle, func(ctx context.Context, id string, since time.Time) (booking.Actor, error) {
		return c.People.Staff(ctx, booking.StaffID(id), since)
	})
	add(booking.VisitorActor, visitorCookie, visitorLife, 0, func(ctx context.Context, id string, _ time.Time) (booking.Actor, error) {
		return c.People.VisitorActor(ctx, booking.VisitorID(id))
	})
	add(booking.InterpreterActor, interpreterCookie, interpreterLife, interpreterIdle, func(ctx context.Context, id string, _ time.Time) (booking.Actor, error) {
		return c.People.InterpreterActor(ctx, booking.InterpreterID(id))
	})
	return d
}

// clocked tells the store when a login expires by the clock that the store goes
// by. scs knows only the machine's, and in a test the two may be years apart.
type clocked struct {
	scs.CtxStore
	now func() time.Time
}

// CommitCtx keeps a login until as long after now as scs meant.
func (c clocked) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	left := time.Until(expiry) //nolint:forbidigo // scs made expiry by this clock, so it alone can say how long is left
	return c.CtxStore.CommitCtx(ctx, token, b, c.now().Add(left))
}
