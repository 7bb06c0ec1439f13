package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/store"
)

// relativesAtPages are how many are signed in, so that no two attempts under way
// are of one relative, whose second would give back the time of the first.
const relativesAtPages = 96

// attempts measures signed-in relatives who book over HTTP: each keeps a time, says
// who comes and books, three presses one after another. A new attempt begins so
// many times a second whether or not the earlier ones are done, as people do.
func attempts(ctx context.Context, p plan) ([]row, error) {
	var rows []row
	var missing []error
	for _, engine := range engines {
		measured, err := attemptsOn(ctx, p, engine)
		rows = append(rows, measured...)
		if err != nil {
			missing = append(missing, fmt.Errorf("%s: %w", engine.name, err))
		}
	}
	return rows, errors.Join(missing...)
}

func attemptsOn(ctx context.Context, p plan, e engine) (_ []row, err error) {
	at, remove, err := e.empty(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, remove()) }()
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	pepper := rand.Text() + rand.Text()
	hospital := inventHospital(relativesAtPages, time.Now())
	links, err := inviteAll(ctx, e, at, pepper, hospital)
	if err != nil {
		return nil, err
	}
	server, err := start(ctx, nil, at+"\n"+hex.EncodeToString([]byte(pepper))+"\n", "http://", self, "serve-pages")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	driver, err := openBare(ctx, e, at)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, driver.Close()) }()
	var phones []*bookingPhone
	for i, link := range links {
		b, err := newBookingPhone(ctx, server.said, i, link, hospital, driver)
		if err != nil {
			return nil, fmt.Errorf("relative %d: %w", i, err)
		}
		phones = append(phones, b)
	}
	// One after another they would all be of one ward, then all of the next.
	mathrand.New(mathrand.NewPCG(1, 1)).Shuffle(len(phones), func(i, j int) { phones[i], phones[j] = phones[j], phones[i] })
	return storm(ctx, e, p, phones)
}

// warmUp is how long there are attempts before they are counted, a quarter as many
// as then: a server that has just begun still plans each statement on each of its
// connections, which no later day is like.
const warmUp = 3 * time.Second

// storm begins an attempt at each tick of a clock, by the relatives in turn.
func storm(ctx context.Context, e engine, p plan, phones []*bookingPhone) ([]row, error) {
	if _, err := begin(ctx, max(1, p.attempts/4), warmUp, phones); err != nil {
		return nil, err
	}
	got, err := begin(ctx, p.attempts, p.acts, phones)
	if err != nil {
		return nil, err
	}
	if len(got.whole) == 0 {
		return nil, errors.Join(append(got.failed, errors.New("nothing was booked"))...)
	}
	slices.Sort(got.whole)
	slices.Sort(got.press)
	what := fmt.Sprintf("%s, %d booking attempts a second over HTTP: p50, p99 of a press", e.name, p.attempts)
	rows := []row{
		{what: what, ours: spread(got.press)},
		{what: "  p50, p99 of all three presses", ours: spread(got.whole)},
		{what: "  booked, refused, failed", ours: fmt.Sprintf("%d, %d, %d", len(got.whole), got.refused, len(got.failed))},
	}
	return rows, errors.Join(got.failed[:min(3, len(got.failed))]...)
}

// An outcome is what became of a number of attempts.
type outcome struct {
	whole, press []time.Duration // how long those took that booked something, and each press of theirs
	refused      int
	failed       []error
}

// begin begins so many attempts a second for so long, and waits for their end.
func begin(ctx context.Context, perSecond int, lasts time.Duration, phones []*bookingPhone) (got outcome, err error) {
	var all sync.WaitGroup
	var mu sync.Mutex
	tick := time.NewTicker(time.Second / time.Duration(perSecond))
	defer tick.Stop()
	for n := range int(lasts.Seconds() * float64(perSecond)) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return got, ctx.Err()
		}
		due := time.Now()
		all.Go(func() {
			took, booked, err := phones[n%len(phones)].attempt(ctx)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err != nil:
				got.failed = append(got.failed, err)
			case !booked:
				got.refused++
			default:
				got.whole, got.press = append(got.whole, time.Since(due)), append(got.press, took...)
			}
		})
	}
	all.Wait()
	return got, nil
}

func spread(sorted []time.Duration) string {
	return figure(milliseconds(quantile(sorted, 0.50))) + " ms, " + figure(milliseconds(quantile(sorted, 0.99))) + " ms"
}

// inviteAll founds the hospital and has the ward send every relative a link.
func inviteAll(ctx context.Context, e engine, at, pepper string, h desk.Hospital) (links []string, err error) {
	s, err := store.Open(ctx, at)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	d, err := desk.New(desk.Config{Store: s, Now: time.Now, PublicURL: origin, Pepper: []byte(pepper)})
	if err != nil {
		return nil, err
	}
	if err := d.Found(ctx, h); err != nil {
		return nil, err
	}
	driver, err := openBare(ctx, e, at)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, driver.Close()) }()
	for _, p := range h.Patients {
		who := p.Circle[0].Visitor
		_, err := d.Invite(ctx, booking.System, p.Patient.ID, desk.Contact{Name: who.Name, Phone: who.Phone, Relationship: "Daughter"})
		if err != nil {
			return nil, err
		}
		words, err := driver.lastWords(ctx, "invite", who.Phone)
		if err != nil {
			return nil, err
		}
		links = append(links, words["link"])
	}
	return links, nil
}

// lastWords are those of the last notice of a kind that somebody is owed.
func (b *bare) lastWords(ctx context.Context, kind, to string) (words map[string]string, err error) {
	var text string
	err = b.QueryRowContext(ctx, `SELECT words FROM outbox WHERE kind = $1 AND recipient = $2 ORDER BY id DESC LIMIT 1`, kind, to).Scan(&text)
	if err != nil {
		return nil, err
	}
	return words, json.Unmarshal([]byte(text), &words)
}

// A bookingPhone is a relative who is signed in and books again and again.
type bookingPhone struct {
	client  *http.Client
	at      string
	patient booking.PatientID

	mu    sync.Mutex // guards times
	times []time.Time
}

// newBookingPhone signs a relative in as relatives do: by their link, and the code
// that is sent to their phone.
func newBookingPhone(ctx context.Context, at string, n int, link string, h desk.Hospital, driver *bare) (*bookingPhone, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	// Each from an address of their own, since the doors slow down whoever tries many
	// codes from one.
	from := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, byte(1+n/250), byte(1+n%250))}}
	b := &bookingPhone{
		client: &http.Client{Jar: jar, Timeout: 30 * time.Second, Transport: &http.Transport{DialContext: from.DialContext, MaxIdleConnsPerHost: 4},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		at: at, patient: h.Patients[n].Patient.ID, times: timesToAsk(h, time.Now()),
	}
	token := path.Base(link)
	if _, err := b.press(ctx, "/invitation/code", "token", token); err != nil {
		return nil, err
	}
	words, err := driver.lastWords(ctx, "code", h.Patients[n].Circle[0].Visitor.Phone)
	if err != nil {
		return nil, err
	}
	_, err = b.press(ctx, "/invitation/open", "token", token, "code", words["code"])
	return b, err
}

// errTaken says that a time cannot be had, which is no fault.
var errTaken = errors.New("the time is taken")

// press sends a form and returns where it leads.
func (b *bookingPhone) press(ctx context.Context, to string, pairs ...string) (string, error) {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, b.at+to, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := b.client.Do(r)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body) // so that the connection is used again
	switch response.StatusCode {
	case http.StatusSeeOther:
		return response.Header.Get("Location"), nil
	case http.StatusConflict:
		return "", errTaken
	}
	return "", fmt.Errorf("POST %s answers %s", to, response.Status)
}

// attempt books a time that the relative has not asked for before, and returns how
// long each press took, or that the time was taken.
func (b *bookingPhone) attempt(ctx context.Context) (took []time.Duration, booked bool, err error) {
	b.mu.Lock()
	if len(b.times) == 0 {
		b.mu.Unlock()
		return nil, false, errors.New("a relative has asked for every time there is: act for less long")
	}
	start := b.times[0]
	b.times = b.times[1:]
	b.mu.Unlock()
	timed := func(to string, pairs ...string) (string, error) {
		began := time.Now()
		next, err := b.press(ctx, to, pairs...)
		took = append(took, time.Since(began))
		return next, err
	}
	held, err := timed("/visits/hold", "key", rand.Text(), "patient", string(b.patient), "start", start.UTC().Format(time.RFC3339))
	if errors.Is(err, errTaken) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	form := strings.TrimSuffix(held, "who")
	if _, err := timed(form + "who"); err != nil {
		return nil, false, err
	}
	_, err = timed(form+"book", "key", rand.Text())
	return took, err == nil, err
}
