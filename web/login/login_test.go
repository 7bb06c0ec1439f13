package login

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alexedwards/scs/v2/memstore"

	"github.com/wardvisit/wardvisit/booking"
)

// register is who exists; what is deleted from it has been revoked.
type register map[string]booking.Actor

var errDown = errors.New("the database is down")

func (r register) find(id string, kind booking.ActorKind, gone error) (booking.Actor, error) {
	if _, down := r["down"]; down {
		return booking.Actor{}, errDown
	}
	if a, ok := r[id]; ok && a.Kind == kind {
		return a, nil
	}
	return booking.Actor{}, gone
}

func (r register) Staff(_ context.Context, id booking.StaffID, _ time.Time) (booking.Actor, error) {
	return r.find(string(id), booking.StaffActor, booking.ErrSignInNeeded)
}

func (r register) VisitorActor(_ context.Context, id booking.VisitorID) (booking.Actor, error) {
	return r.find(string(id), booking.VisitorActor, booking.ErrSignInNeeded)
}

func (r register) InterpreterActor(_ context.Context, id booking.InterpreterID) (booking.Actor, error) {
	return r.find(string(id), booking.InterpreterActor, booking.ErrSignInNeeded)
}

func (r register) DeviceActor(_ context.Context, key string) (booking.Actor, error) {
	return r.find(key, booking.DeviceActor, booking.ErrDeviceUnknown)
}

func (r register) DeviceStill(ctx context.Context, token string) (booking.Actor, error) {
	return r.DeviceActor(ctx, token)
}

// logins is scs's own store in memory, with the methods that take a context.
type logins struct{ *memstore.MemStore }

func (l logins) FindCtx(_ context.Context, token string) ([]byte, bool, error) { return l.Find(token) }
func (l logins) DeleteCtx(_ context.Context, token string) error               { return l.Delete(token) }
func (l logins) CommitCtx(_ context.Context, token string, b []byte, expiry time.Time) error {
	return l.Commit(token, b, expiry)
}

var kinds = []booking.ActorKind{booking.StaffActor, booking.VisitorActor, booking.InterpreterActor, booking.DeviceActor}

func people() register {
	r := register{}
	for _, kind := range kinds {
		r["the-"+string(kind)] = booking.Actor{Kind: kind, ID: "the-" + string(kind), Name: "Somebody"}
	}
	return r
}

// A browser keeps cookies as browsers do.
type browser struct {
	t      *testing.T
	doors  *Doors
	jar    map[string]string
	header http.Header
}

func newBrowser(t *testing.T, doors *Doors) *browser {
	return &browser{t, doors, map[string]string{}, http.Header{"Accept": {"text/html"}}}
}

func newDoors(people register, secure bool) (*Doors, logins) {
	store := logins{memstore.NewWithCleanupInterval(0)}
	return New(Config{Store: store, People: people, Devices: people, Secure: secure, Now: time.Now}), store
}

// visit has handle serve one request, and returns the cookies that came back.
func (b *browser) visit(handle func(ctx context.Context)) []*http.Cookie {
	b.t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	maps.Copy(r.Header, b.header)
	for name, value := range b.jar {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	b.doors.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { handle(r.Context()) })).ServeHTTP(w, r)
	set := w.Result().Cookies()
	for _, c := range set {
		if c.MaxAge < 0 {
			delete(b.jar, c.Name)
		} else {
			b.jar[c.Name] = c.Value
		}
	}
	return set
}

func (b *browser) signIn(kind booking.ActorKind) []*http.Cookie {
	b.t.Helper()
	return b.visit(func(ctx context.Context) {
		var err error
		if kind == booking.DeviceActor {
			err = b.doors.SignInDevice(ctx, "the-device", 5*time.Minute)
		} else {
			err = b.doors.SignIn(ctx, booking.Actor{Kind: kind, ID: "the-" + string(kind)})
		}
		if err != nil {
			b.t.Errorf("sign in %s: %v", kind, err)
		}
	})
}

// who asks one door in a request of its own.
func (b *browser) who(kind booking.ActorKind) (id string, err error) {
	b.t.Helper()
	b.visit(func(ctx context.Context) {
		var a booking.Actor
		a, err = b.doors.Actor(ctx, kind)
		id = a.ID
	})
	return id, err
}

func (b *browser) wantIn(kind booking.ActorKind) {
	b.t.Helper()
	if id, err := b.who(kind); err != nil || id != "the-"+string(kind) {
		b.t.Errorf("at the door of %s: %q, %v", kind, id, err)
	}
}

func (b *browser) wantOut(kind booking.ActorKind) {
	b.t.Helper()
	want := booking.ErrSignInNeeded
	if kind == booking.DeviceActor {
		want = booking.ErrDeviceUnknown
	}
	if id, err := b.who(kind); !errors.Is(err, want) || id != "" {
		b.t.Errorf("at the door of %s: %q, %v", kind, id, err)
	}
}

func TestFourKindsInOneBrowser(t *testing.T) {
	doors, _ := newDoors(people(), false)
	b := newBrowser(t, doors)
	for i, kind := range kinds {
		for _, other := range kinds[i:] {
			b.wantOut(other)
		}
		b.signIn(kind)
		for _, other := range kinds[:i+1] {
			b.wantIn(other)
		}
	}
	if len(b.jar) != 4 {
		t.Errorf("cookies: %v", b.jar)
	}
	for i, kind := range kinds {
		b.visit(func(ctx context.Context) {
			if err := doors.SignOut(ctx, kind); err != nil {
				t.Error(err)
			}
		})
		b.wantOut(kind)
		for _, other := range kinds[i+1:] {
			b.wantIn(other)
		}
	}
	if len(b.jar) != 0 {
		t.Errorf("cookies left: %v", b.jar)
	}
}

func TestCookies(t *testing.T) {
	for _, tt := range []struct {
		kind   booking.ActorKind
		name   string
		maxAge int // seconds; 0 ends with the browser
	}{
		{booking.StaffActor, "wardvisit_staff", 0},
		{booking.VisitorActor, "wardvisit_visitor", 30 * 24 * 3600},
		{booking.InterpreterActor, "wardvisit_interpreter", 7 * 24 * 3600},
		{booking.DeviceActor, "wardvisit_device", 5 * 60},
	} {
		for _, secure := range []bool{false, true} {
			doors, _ := newDoors(people(), secure)
			set := newBrowser(t, doors).signIn(tt.kind)
			if len(set) != 1 {
				t.Fatalf("%s: %d cookies", tt.kind, len(set))
			}
			c := set[0]
			site := http.SameSiteLaxMode
			if tt.kind == booking.DeviceActor {
				site = http.SameSiteStrictMode // no link leads to an iPad's pages
			}
			if c.Name != tt.name || !c.HttpOnly || c.Secure != secure || c.SameSite != site || c.Path != "/" || c.Domain != "" {
				t.Errorf("%s: %v", tt.kind, c)
			}
			if c.MaxAge < tt.maxAge-1 || c.MaxAge > tt.maxAge+1 {
				t.Errorf("%s: lives %d s, want %d", tt.kind, c.MaxAge, tt.maxAge)
			}
		}
	}
}

func TestNoCookieUnlessAsked(t *testing.T) {
	doors, _ := newDoors(people(), false)
	b := newBrowser(t, doors)
	for _, kind := range kinds {
		b.signIn(kind)
	}
	if set := b.visit(func(context.Context) {}); len(set) != 0 {
		t.Errorf("a style sheet was sent with %v", set)
	}
	stranger := newBrowser(t, doors)
	set := stranger.visit(func(ctx context.Context) {
		for _, kind := range kinds {
			_, _ = doors.Actor(ctx, kind) // refused, as the next test checks
		}
	})
	if len(set) != 0 {
		t.Errorf("a stranger was sent %v", set)
	}
}

func TestAPlantedTokenIsWorthless(t *testing.T) {
	doors, store := newDoors(people(), false)
	for _, planted := range []string{"chosen-by-the-attacker", ""} {
		attacker := newBrowser(t, doors)
		if planted == "" { // a login of the attacker's own
			attacker.signIn(booking.VisitorActor)
			planted = attacker.jar[visitorCookie]
		}
		victim := newBrowser(t, doors)
		victim.jar[visitorCookie] = planted
		victim.signIn(booking.VisitorActor)
		if victim.jar[visitorCookie] == planted {
			t.Error("signing in kept the planted token")
		}
		attacker.jar[visitorCookie] = planted
		attacker.wantOut(booking.VisitorActor)
		victim.wantIn(booking.VisitorActor)
		if _, found, err := store.Find(victim.jar[visitorCookie]); found || err != nil {
			t.Errorf("the store was given the token itself (%v)", err)
		}
	}
}

func TestATokenOpensOneDoor(t *testing.T) {
	doors, _ := newDoors(people(), false)
	b := newBrowser(t, doors)
	b.signIn(booking.VisitorActor)
	b.jar[staffCookie], b.jar[interpreterCookie], b.jar[deviceCookie] = b.jar[visitorCookie], b.jar[visitorCookie], b.jar[visitorCookie]
	for _, kind := range []booking.ActorKind{booking.StaffActor, booking.InterpreterActor, booking.DeviceActor} {
		b.wantOut(kind)
	}
	b.wantIn(booking.VisitorActor)
}

func TestSignedOutTokenIsWorthless(t *testing.T) {
	doors, _ := newDoors(people(), false)
	b := newBrowser(t, doors)
	b.signIn(booking.StaffActor)
	copied := maps.Clone(b.jar)
	b.visit(func(ctx context.Context) {
		if err := doors.SignOut(ctx, booking.StaffActor); err != nil {
			t.Error(err)
		}
		if _, err := doors.Actor(ctx, booking.StaffActor); !errors.Is(err, booking.ErrSignInNeeded) {
			t.Errorf("still in, in the same request: %v", err)
		}
	})
	b.jar = copied
	b.wantOut(booking.StaffActor)
}

func TestRevokedAtTheNextRequest(t *testing.T) {
	for _, kind := range kinds {
		register := people()
		doors, _ := newDoors(register, false)
		b := newBrowser(t, doors)
		b.signIn(kind)
		b.wantIn(kind)
		revoked := register["the-"+string(kind)]
		delete(register, "the-"+string(kind))
		b.wantOut(kind)
		if kind != booking.DeviceActor { // an unpaired iPad is told by the desk, each time
			register["the-"+string(kind)] = revoked
			b.wantOut(kind)
		}
	}
}

func TestRolesAreTodays(t *testing.T) {
	register := people()
	doors, _ := newDoors(register, false)
	b := newBrowser(t, doors)
	b.signIn(booking.StaffActor)
	held := register["the-staff"]
	held.Wards = map[booking.WardID]booking.Roles{"w1": {booking.Nurse}}
	register["the-staff"] = held
	b.visit(func(ctx context.Context) {
		if a, err := doors.Actor(ctx, booking.StaffActor); err != nil || !a.May(booking.RunVisits, "w1") {
			t.Errorf("%v, %v", a, err)
		}
	})
}

func TestAFaultIsNotASignOut(t *testing.T) {
	register := people()
	doors, _ := newDoors(register, false)
	b := newBrowser(t, doors)
	for _, kind := range kinds {
		b.signIn(kind)
	}
	register["down"] = booking.Actor{}
	for _, kind := range kinds {
		var refusal *booking.Refusal
		if _, err := b.who(kind); !errors.Is(err, errDown) || errors.As(err, &refusal) {
			t.Errorf("%s: %v", kind, err)
		}
	}
	delete(register, "down")
	for _, kind := range kinds {
		b.wantIn(kind)
	}
}

func TestLogins(t *testing.T) {
	for _, tt := range []struct {
		name string
		kind booking.ActorKind
		idle []time.Duration // one visit after each
		want bool            // still in after the last
	}{
		{"staff busy for one shift", booking.StaffActor, every(90*time.Minute, 8), true},
		{"staff busy into the next shift", booking.StaffActor, every(90*time.Minute, 9), false},
		{"staff who left a computer", booking.StaffActor, every(2*time.Hour+time.Minute, 1), false},
		{"a relative who booked a fortnight ahead", booking.VisitorActor, every(14*24*time.Hour, 2), true},
		{"a relative after a month", booking.VisitorActor, every(31*24*time.Hour, 1), false},
		{"an interpreter at work", booking.InterpreterActor, every(5*24*time.Hour, 5), true},
		{"an interpreter after a month", booking.InterpreterActor, every(5*24*time.Hour, 7), false},
		{"an interpreter who stopped", booking.InterpreterActor, every(8*24*time.Hour, 1), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				doors, _ := newDoors(people(), false)
				b := newBrowser(t, doors)
				b.signIn(tt.kind)
				var err error
				for _, pause := range tt.idle {
					time.Sleep(pause) // of the bubble's clock
					_, err = b.who(tt.kind)
				}
				if (err == nil) != tt.want {
					t.Errorf("in: %v (%v)", err == nil, err)
				}
			})
		})
	}
}

func every(d time.Duration, times int) []time.Duration {
	all := make([]time.Duration, times)
	for i := range all {
		all[i] = d
	}
	return all
}

func TestWatchingIsNotUsing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		doors, _ := newDoors(people(), false)
		b := newBrowser(t, doors)
		b.signIn(booking.StaffActor)
		var last error
		b.visit(func(ctx context.Context) { // a board's stream of events
			for range 5 {
				time.Sleep(30 * time.Minute)
				_, last = doors.Recheck(ctx, booking.StaffActor)
			}
		})
		if !errors.Is(last, booking.ErrSignInNeeded) {
			t.Errorf("a board kept its login alive: %v", last)
		}
	})
}

func TestRecheckSeesASignOutElsewhere(t *testing.T) {
	doors, _ := newDoors(people(), false)
	b := newBrowser(t, doors)
	b.signIn(booking.StaffActor)
	other := newBrowser(t, doors)
	other.jar = maps.Clone(b.jar)
	b.visit(func(ctx context.Context) {
		if _, err := doors.Actor(ctx, booking.StaffActor); err != nil {
			t.Fatal(err)
		}
		other.visit(func(ctx context.Context) {
			if err := doors.SignOut(ctx, booking.StaffActor); err != nil {
				t.Error(err)
			}
		})
		if _, err := doors.Recheck(ctx, booking.StaffActor); !errors.Is(err, booking.ErrSignInNeeded) {
			t.Errorf("%v", err)
		}
	})
}

func TestLoginsGoByTheClockTheyAreGiven(t *testing.T) {
	now := time.Now()
	var kept time.Time
	store := logins{memstore.NewWithCleanupInterval(0)}
	doors := New(Config{
		Store:  expiries{store, &kept},
		People: people(), Devices: people(), Now: func() time.Time { return now.AddDate(3, 0, 0) },
	})
	newBrowser(t, doors).signIn(booking.VisitorActor)
	if left := kept.Sub(now.AddDate(3, 0, 0)); left < visitorLife-time.Minute || left > visitorLife {
		t.Errorf("kept for %v of the given clock", left)
	}
}

type expiries struct {
	logins
	last *time.Time
}

func (e expiries) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	*e.last = expiry
	return e.logins.CommitCtx(ctx, token, b, expiry)
}

func TestDeviceTokens(t *testing.T) {
	doors, _ := newDoors(people(), false)
	b := newBrowser(t, doors)
	b.visit(func(ctx context.Context) {
		for _, token := range []string{"", strings.Repeat("k", maxToken+1)} {
			if err := doors.SignInDevice(ctx, token, time.Minute); err == nil {
				t.Errorf("a token of %d letters was taken", len(token))
			}
		}
	})
	b.jar[deviceCookie] = strings.Repeat("k", maxToken+1)
	b.wantOut(booking.DeviceActor)
	b.signIn(booking.DeviceActor)
	asked := func(ctx context.Context) {
		if _, err := doors.Actor(ctx, booking.DeviceActor); err != nil {
			t.Error(err)
		}
		if _, err := doors.Recheck(ctx, booking.DeviceActor); err != nil {
			t.Error(err)
		}
	}
	if set := b.visit(asked); len(set) != 0 {
		t.Errorf("a page renewed the cookie, with no proof: %v", set)
	}
}

func TestNoDoorForTheProgramItself(t *testing.T) {
	doors, _ := newDoors(people(), false)
	b := newBrowser(t, doors)
	b.visit(func(ctx context.Context) {
		for _, a := range []booking.Actor{booking.System, {Kind: booking.StaffActor}, {}} {
			if err := doors.SignIn(ctx, a); err == nil {
				t.Errorf("%q signed in", a.Kind)
			}
		}
		if _, err := doors.Actor(ctx, booking.SystemActor); !errors.Is(err, booking.ErrSignInNeeded) {
			t.Error(err)
		}
	})
}
