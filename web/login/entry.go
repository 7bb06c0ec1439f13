package login

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/wardvisit/wardvisit/booking"
)

// An entry is one request's dealings with the doors. It belongs to the goroutine
// that serves the request, and so has no lock.
type entry struct {
	w      http.ResponseWriter
	r      *http.Request
	passed map[booking.ActorKind]answer // each door asked once
}

type answer struct {
	actor booking.Actor
	err   error
}

type entryKey struct{}

// Middleware lets the handlers behind it ask who is asking. It looks at no
// cookie by itself.
func (d *Doors) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e := &entry{w: w, r: r, passed: map[booking.ActorKind]answer{}}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), entryKey{}, e)))
	})
}

func entryOf(ctx context.Context) *entry {
	e, ok := ctx.Value(entryKey{}).(*entry)
	if !ok {
		panic("login: asked outside Doors.Middleware") // a route was wired wrongly
	}
	return e
}

// Actor returns who is signed in at the door of kind, as the desk knows them now.
// It returns ErrSignInNeeded when nobody is, or ErrDeviceUnknown at the iPads'
// door. The answer stands for the rest of the request, and counts as use of the
// login.
func (d *Doors) Actor(ctx context.Context, kind booking.ActorKind) (booking.Actor, error) {
	e := entryOf(ctx)
	if a, asked := e.passed[kind]; asked {
		return a.actor, a.err
	}
	e.w.Header().Add("Vary", "Cookie")
	actor, err := d.ask(ctx, e, kind, true)
	e.passed[kind] = answer{actor, err}
	return actor, err
}

// Recheck asks again, for a response that goes on for long: it sees a sign-out in
// another tab and a role that was taken away. It does not count as use, or a
// board on a wall would keep its login alive all night.
func (d *Doors) Recheck(ctx context.Context, kind booking.ActorKind) (booking.Actor, error) {
	return d.ask(ctx, entryOf(ctx), kind, false)
}

func (d *Doors) ask(ctx context.Context, e *entry, kind booking.ActorKind, use bool) (booking.Actor, error) {
	if kind == booking.DeviceActor {
		return d.askDevice(ctx, e, use)
	}
	door, ok := d.people[kind]
	if !ok {
		return booking.Actor{}, booking.ErrSignInNeeded // the program itself has no door
	}
	cookie, err := e.r.Cookie(door.Cookie.Name)
	if err != nil {
		return booking.Actor{}, booking.ErrSignInNeeded
	}
	held, err := door.Load(ctx, cookie.Value)
	if err != nil {
		return booking.Actor{}, fmt.Errorf("login: load: %w", err)
	}
	id := door.GetString(held, door.idKey())
	if id == "" {
		return booking.Actor{}, booking.ErrSignInNeeded
	}
	actor, err := door.who(ctx, id, time.UnixMicro(door.GetInt64(held, sinceKey)))
	if err == nil {
		err = d.stands(ctx, door.GetString(held, sessionKey))
	}
	var refusal *booking.Refusal
	switch {
	case errors.As(err, &refusal): // they are gone, and so is the login
		return booking.Actor{}, errors.Join(booking.ErrSignInNeeded, d.close(held, e, door))
	case err != nil:
		return booking.Actor{}, fmt.Errorf("login: who is %s %s: %w", kind, id, err)
	}
	if use {
		err = d.use(held, e, door)
	}
	return actor, err
}

// A login holds the id of its owner under the name of its door, so that the token
// of one door is worth nothing at another; and when it was last used.
func (d *door) idKey() string { return string(d.kind) }

const (
	usedKey  = "used"
	sinceKey = "since" // when it began, in microseconds, as exactly as the desk writes instants
)

// sessionKey holds what whoever let this login in calls it, if it was not us.
const sessionKey = "session"

// stands refuses a login that whoever let it in has ended.
func (d *Doors) stands(ctx context.Context, session string) error {
	if session == "" || d.session == nil {
		return nil
	}
	return d.session(ctx, session)
}

// browserKey holds what a browser is known by at a door: random, worth nothing by
// itself, and kept when the same person signs in there again.
const browserKey = "browser"

// useEvery is how often a login that is in use is written again. Once a minute is
// exact enough for limits of hours, and saves a commit on nearly every page.
const useEvery = time.Minute

func (d *Doors) use(held context.Context, e *entry, door *door) error {
	if door.IdleTimeout == 0 || d.now().Sub(time.Unix(door.GetInt64(held, usedKey), 0)) < useEvery {
		return nil
	}
	return d.keep(held, e, door)
}

func (d *Doors) keep(held context.Context, e *entry, door *door) error {
	door.Put(held, usedKey, d.now().Unix())
	token, expiry, err := door.Commit(held)
	if err != nil {
		return fmt.Errorf("login: keep: %w", err)
	}
	door.WriteSessionCookie(held, e.w, token, expiry)
	return nil
}

func (d *Doors) close(held context.Context, e *entry, door *door) error {
	if err := door.Destroy(held); err != nil {
		return fmt.Errorf("login: close: %w", err)
	}
	door.WriteSessionCookie(held, e.w, "", time.Time{})
	return nil
}

// SignIn opens the door of actor's kind to this browser, under a new token: one
// that somebody may have planted in it before is worth nothing after.
func (d *Doors) SignIn(ctx context.Context, actor booking.Actor) error {
	return d.SignInBy(ctx, actor, "")
}

// SignInBy is SignIn for somebody whom another has let in, who calls it session, and
// may end it: see Config.Session.
func (d *Doors) SignInBy(ctx context.Context, actor booking.Actor, session string) error {
	e := entryOf(ctx)
	door, ok := d.people[actor.Kind]
	if !ok || actor.ID == "" {
		return fmt.Errorf("login: no door for %q", actor.Kind)
	}
	held, err := door.Load(ctx, e.token(door))
	browser := rand.Text()
	if err == nil {
		if known := door.GetString(held, browserKey); known != "" && door.GetString(held, door.idKey()) == actor.ID {
			browser = known
		}
		err = errors.Join(door.Clear(held), door.RenewToken(held))
	}
	if err != nil {
		return fmt.Errorf("login: sign in: %w", err)
	}
	door.Put(held, door.idKey(), actor.ID)
	door.Put(held, browserKey, browser)
	door.Put(held, sinceKey, d.now().UnixMicro())
	if session != "" {
		door.Put(held, sessionKey, session)
	}
	if err := d.keep(held, e, door); err != nil {
		return err
	}
	e.passed[actor.Kind] = answer{actor: actor}
	return nil
}

// Browser returns a mark of the browser that is signed in at the door of kind: the
// same for as long as it keeps its login, and another in every other browser. It
// signs nobody in. At the iPads' door it is "": a device is known by its key.
func (d *Doors) Browser(ctx context.Context, kind booking.ActorKind) (string, error) {
	e := entryOf(ctx)
	door, ok := d.people[kind]
	if !ok {
		return "", nil
	}
	held, err := door.Load(ctx, e.token(door))
	if err != nil {
		return "", fmt.Errorf("login: load: %w", err)
	}
	mark := door.GetString(held, browserKey)
	if mark == "" && door.GetString(held, door.idKey()) != "" { // a login from before there were marks
		mark = rand.Text()
		door.Put(held, browserKey, mark)
		err = d.keep(held, e, door)
	}
	return mark, err
}

// Session is what whoever let the login in at the door of kind calls it; "" when it was
// us.
func (d *Doors) Session(ctx context.Context, kind booking.ActorKind) (string, error) {
	e := entryOf(ctx)
	door, ok := d.people[kind]
	if !ok || e.token(door) == "" {
		return "", nil
	}
	held, err := door.Load(ctx, e.token(door))
	if err != nil {
		return "", fmt.Errorf("login: who let it in: %w", err)
	}
	return door.GetString(held, sessionKey), nil
}

// Mark names the login that is open at the door of kind, to whoever is to end what it
// let in when it ends: see Holder. Its cookie cannot be told from it.
func (d *Doors) Mark(ctx context.Context, kind booking.ActorKind) (string, error) {
	e := entryOf(ctx)
	door, ok := d.people[kind]
	if !ok || e.token(door) == "" {
		return "", booking.ErrSignInNeeded
	}
	return keptAs(e.token(door)), nil
}

// keptAs is by what the store is to find the login of a token.
func keptAs(token string) string {
	sum := sha256.Sum256([]byte(token)) // as scs does with HashTokenInStore
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Holder returns whose the login of a mark is, as the desk knows them now. It returns
// ErrSignInNeeded when the login has ended or they are gone. It does not count as use.
func (d *Doors) Holder(ctx context.Context, kind booking.ActorKind, mark string) (booking.Actor, error) {
	door, ok := d.people[kind]
	if !ok {
		return booking.Actor{}, booking.ErrSignInNeeded
	}
	kept, found, err := d.store.FindCtx(ctx, mark)
	if err != nil {
		return booking.Actor{}, fmt.Errorf("login: find: %w", err)
	}
	if !found {
		return booking.Actor{}, booking.ErrSignInNeeded
	}
	_, values, err := door.Codec.Decode(kept)
	if err != nil {
		return booking.Actor{}, fmt.Errorf("login: read: %w", err)
	}
	id, _ := values[door.idKey()].(string)
	since, _ := values[sinceKey].(int64)
	if id == "" {
		return booking.Actor{}, booking.ErrSignInNeeded
	}
	session, _ := values[sessionKey].(string)
	if err := d.stands(ctx, session); err != nil {
		return booking.Actor{}, err
	}
	return door.who(ctx, id, time.UnixMicro(since))
}

// SignOut closes one door and leaves the others as they are. At the iPads' door
// it makes this browser forget its key, which is still good: the desk unpairs.
func (d *Doors) SignOut(ctx context.Context, kind booking.ActorKind) error {
	e := entryOf(ctx)
	if kind == booking.DeviceActor {
		e.passed[kind] = answer{err: booking.ErrDeviceUnknown}
		d.setDevice(e, "", -1)
		return nil
	}
	e.passed[kind] = answer{err: booking.ErrSignInNeeded}
	door, ok := d.people[kind]
	if !ok || e.token(door) == "" {
		return nil
	}
	held, err := door.Load(ctx, e.token(door))
	if err != nil {
		return fmt.Errorf("login: sign out: %w", err)
	}
	return d.close(held, e, door)
}

func (e *entry) token(door *door) string {
	cookie, err := e.r.Cookie(door.Cookie.Name)
	if err != nil {
		return ""
	}
	return cookie.Value
}
