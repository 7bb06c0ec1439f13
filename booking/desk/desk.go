package desk

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// A Config is what a Desk needs to be one.
type Config struct {
	Store     *store.Store
	Now       func() time.Time
	Random    io.Reader // crypto/rand.Reader when nil
	PublicURL string    // of the site, as links in messages begin: "https://visits.example"
	Pepper    []byte    // the key of the hashes of codes; 32 bytes or more, kept with the database
	// FactorRoles need a second factor, until the hospital decides for itself.
	FactorRoles booking.Roles
	Region      string // where phone numbers typed without a country are from: "GB" when empty
}

// Desk is what people can ask for. Its methods may be called by many goroutines
// at once.
type Desk struct {
	store       *store.Store
	clock       func() time.Time
	random      io.Reader
	public      string
	pepper      []byte
	region      string
	factorRoles booking.Roles
	hashing     chan struct{} // one place for each password being checked
	ticks       *ticks
	key         string // of the act that creates; empty for none
	hushed      bool   // families are not told that they are coming; see Import
	looks       *looks
	reads       *reads
}

// ticks are what makes ids different. They are shared by every desk that Keyed
// makes of one.
type ticks struct {
	mu     sync.Mutex // guards lastID
	lastID uint64
	looked time.Time // when flags were last looked through

	reviewed booking.VisitID // the last one looked at then, if there were more
}

// New returns a Desk.
func New(c Config) (*Desk, error) {
	if c.Store == nil || c.Now == nil || len(c.Pepper) < 32 {
		return nil, errors.New("desk: needs a store, a clock and a pepper of 32 bytes")
	}
	if c.Random == nil {
		c.Random = rand.Reader
	}
	if c.Region == "" {
		c.Region = "GB"
	}
	return &Desk{
		store: c.Store, clock: c.Now, random: c.Random, public: strings.TrimRight(c.PublicURL, "/"),
		pepper: c.Pepper, factorRoles: c.FactorRoles, region: c.Region, hashing: make(chan struct{}, passwordsAtOnce), ticks: &ticks{},
		looks: &looks{seen: map[booking.WardID]look{}}, reads: &reads{seen: map[aRead]time.Time{}},
	}, nil
}

// now is the instant of an act, as exact as both engines keep it.
func (d *Desk) now() time.Time { return d.clock().UTC().Truncate(time.Microsecond) }

// newID returns a UUID of version 7: in order of time, so that indexes grow at
// their end and people stay in the order in which they were named, and random
// beyond it.
func (d *Desk) newID() (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(d.random, b[8:]); err != nil {
		return "", fmt.Errorf("desk: random: %w", err)
	}
	tick := d.tick()
	binary.BigEndian.PutUint64(b[:8], tick>>12<<16|tick&0xfff)
	b[6] = b[6]&0x0f | 0x70
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:], nil
}

// tick returns milliseconds with 12 more bits, and never the same twice.
func (d *Desk) tick() uint64 {
	now := uint64(d.clock().UnixMilli()) << 12
	d.ticks.mu.Lock()
	defer d.ticks.mu.Unlock()
	d.ticks.lastID = max(now, d.ticks.lastID+1)
	return d.ticks.lastID
}

// newSecret returns n random bytes to be put in a link or a cookie.
func (d *Desk) newSecret(n int) (string, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(d.random, b); err != nil {
		return "", fmt.Errorf("desk: random: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// newCode returns a one-time code, every one equally likely.
func (d *Desk) newCode() (string, error) {
	var limit uint32 = 1
	for range booking.CodeDigits {
		limit *= 10
	}
	bound := (1<<32 - 1) / limit * limit // beyond which the first codes would come up once more
	for {
		var b [4]byte
		if _, err := io.ReadFull(d.random, b[:]); err != nil {
			return "", fmt.Errorf("desk: random: %w", err)
		}
		if n := binary.BigEndian.Uint32(b[:]); n < bound {
			return fmt.Sprintf("%0*d", booking.CodeDigits, n%limit), nil
		}
	}
}

// hashSecret hashes what is too long to guess.
func hashSecret(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// hashCode hashes what is short enough to guess, with a key that is not in the
// table beside it. scope keeps two uses of the same code apart.
func (d *Desk) hashCode(scope, code string) string {
	mac := hmac.New(sha256.New, d.pepper)
	io.WriteString(mac, scope)
	mac.Write([]byte{0})
	io.WriteString(mac, code)
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// view runs a read.
func view[T any](ctx context.Context, d *Desk, fn func(tx *store.Tx) (T, error)) (out T, err error) {
	err = d.store.View(ctx, func(tx *store.Tx) error {
		out, err = fn(tx)
		return err
	})
	return out, err
}

// peek runs a read of one thing.
func peek[T any](d *Desk, fn func(tx *store.Tx) (T, error)) (out T, err error) {
	err = d.store.Look(func(tx *store.Tx) error {
		out, err = fn(tx)
		return err
	})
	return out, err
}

// do runs an act.
func do[T any](ctx context.Context, d *Desk, fn func(tx *store.Tx) (T, error)) (out T, err error) {
	err = d.store.Do(ctx, func(tx *store.Tx) error {
		out, err = fn(tx)
		return err
	})
	return out, err
}
