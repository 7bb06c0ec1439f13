package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/desk/desktest"
	"github.com/wardvisit/wardvisit/booking/store/storetest"
	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/signalingtest"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// goneWithin is what is promised: whoever may not be here any more is gone by then.
const goneWithin = 5 * time.Second

// A ward is the practice hospital in this process, with a visit to which Anna waits
// to be let in, and whose iPad is in the room.
type ward struct {
	t        *testing.T // now
	whole    *testing.T // that everything lasts for
	server   *server
	seals    *ticket.Sealer
	visit    desk.Visit
	admin    booking.Actor
	ipad     *desktop
	steady   *desktop // of a nurse whose login stands
	anna     *signalingtest.Browser
	annaSeat string
	tickets  int
	accounts int
}

// A desktop is a browser with cookies, and what it has live.
type desktop struct {
	key    *desktest.IPad // of an iPad
	ward   *ward
	client *http.Client
	id     booking.StaffID // who is signed in
	room   *signalingtest.Browser
	spare  string          // a ticket that it has not used
	gone   <-chan struct{} // closed when its live page is told to go
}

func newWard(t *testing.T, database string) *ward {
	t.Helper()
	cfg := config{listen: "127.0.0.1:0", database: database, mediaUDP: "127.0.0.1:0", turn: noRelay, logLevel: "error", videoCodec: "vp8"}
	s, err := open(t.Context(), cfg, true, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	hurry := make(chan struct{})
	close(hurry)
	go func() { ended <- s.run(ctx, hurry) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		s.close()
	})
	w := &ward{t: t, whole: t, server: s}
	key, err := secret(t.Context(), s.store, "ticket_key")
	if err == nil {
		w.seals, err = ticket.New(key, time.Now)
	}
	if err == nil {
		w.admin, err = s.desk.SignIn(t.Context(), "ines.costa@practice.example", practicePassword)
	}
	if err != nil {
		t.Fatal(err)
	}
	w.begin()
	return w
}

// begin starts a visit: its iPad comes in, and Anna, who waits.
func (w *ward) begin() {
	w.t.Helper()
	start := time.Now().Truncate(5 * time.Minute)
	for in := 5 * time.Minute; w.visit.ID == "" && in <= 25*time.Minute; in += 5 * time.Minute {
		v, err := w.server.desk.BookAt(w.t.Context(), booking.System, desk.BookedVisit{
			Patient: practiceID[booking.PatientID]("patient 0"), Members: []booking.MemberID{practiceID[booking.MemberID]("member 0 0")},
			Start: start.Add(in), Length: 20 * time.Minute,
		})
		var refusal *booking.Refusal
		if err != nil && !errors.As(err, &refusal) {
			w.t.Fatal(err)
		}
		w.visit = v
	}
	if w.visit.ID == "" {
		w.t.Fatal("there is no time for a visit")
	}
	w.ipad = w.pair(w.visit.Device)
	if _, err := w.server.desk.Start(w.t.Context(), booking.System, w.visit.Reference); err != nil {
		w.t.Fatal(err)
	}
	w.ipad.comesIn("device")
	w.annaSeat = string(w.visit.People[0].ID)
	w.tickets++
	now := time.Now()
	sealed, err := w.seals.Seal(ticket.Ticket{Room: string(w.visit.ID), Seat: w.annaSeat, Role: ticket.Visitor, Browser: "hers",
		ID: fmt.Sprint("ticket ", w.tickets), NotBefore: now, Expires: now.Add(time.Minute)})
	if err != nil {
		w.t.Fatal(err)
	}
	w.anna = w.join(sealed, 7)
}

func (w *ward) join(sealed string, id uint32) *signalingtest.Browser {
	w.t.Helper()
	b, err := w.tryJoin(sealed, id)
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

func (w *ward) tryJoin(sealed string, id uint32) (*signalingtest.Browser, error) {
	site := w.server.public.String()
	ctx, cancel := context.WithTimeout(w.t.Context(), patience)
	defer cancel()
	b, err := signalingtest.Join(ctx, signalingtest.Options{
		URL: "ws" + strings.TrimPrefix(site, "http") + signalOf, Origin: site, Ticket: sealed, ID: id, Slots: 5, Now: time.Now,
	})
	if err == nil {
		w.whole.Cleanup(b.Close)
	}
	return b, err
}

const signalOf = "/signal"

func (w *ward) desktop() *desktop {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return &desktop{ward: w, client: &http.Client{Jar: jar, Timeout: time.Minute}}
}

// post sends a form, and returns the page that it leads to.
func (d *desktop) post(path string, pairs ...string) string {
	d.ward.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	res, err := d.client.PostForm(d.ward.server.public.String()+path, form)
	if err != nil {
		d.ward.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		d.ward.t.Fatalf("%s: %s, %v\n%s", path, res.Status, err, body)
	}
	return string(body)
}

// pair makes a browser an iPad.
func (w *ward) pair(id booking.DeviceID) *desktop {
	w.t.Helper()
	code, err := w.server.desk.PracticePairing(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	d := w.desktop()
	if d.key, err = desktest.NewIPad(); err != nil {
		w.t.Fatal(err)
	}
	d.key.Origin = w.server.public.String()
	signature, err := d.key.SignCode(code)
	if err != nil {
		w.t.Fatal(err)
	}
	d.post("/ipad/pair", "pairing_code", code, "device_key", d.key.Text(), "signature", signature)
	return d
}

// signs are the fields with which an iPad asks for its seat.
func (d *desktop) signs() []string {
	d.ward.t.Helper()
	var c desk.Challenge
	if err := json.Unmarshal([]byte(d.post("/ipad/challenge", "device_key", d.key.Text())), &c); err != nil {
		d.ward.t.Fatal(err)
	}
	a, err := d.key.Seat(c)
	if err != nil {
		d.ward.t.Fatal(err)
	}
	return []string{"device_key", d.key.Text(), "nonce", a.Nonce, "signature", a.Signature}
}

// nurse is a browser in which a new nurse of the ward has signed in.
func (w *ward) nurse() *desktop {
	w.t.Helper()
	d := w.desktop()
	d.id = d.signIn()
	return d
}

// signIn has somebody new sign in.
func (d *desktop) signIn() booking.StaffID {
	w := d.ward
	w.t.Helper()
	w.accounts++
	email := fmt.Sprintf("nurse%d@practice.example", w.accounts)
	made, err := w.server.desk.AddAccount(w.t.Context(), w.admin, desk.NewAccount{Name: "Somebody New", Email: email, Holds: []booking.Grant{
		{Role: booking.Nurse, Ward: practiceWards[0].id()}, {Role: booking.Nurse, Ward: practiceWards[1].id()}}})
	if err == nil {
		err = w.server.desk.ChoosePassword(w.t.Context(), email, made.Code, "tram lantern quilt")
	}
	if err != nil {
		w.t.Fatal(err)
	}
	if page := d.post("/ward/sign-in", "email", email, "password", "tram lantern quilt"); !strings.Contains(page, "Today") {
		w.t.Fatalf("signed in, they see %s", page)
	}
	return made.Account.ID
}

func (d *desktop) ticket(as string) string {
	d.ward.t.Helper()
	var given struct{ Ticket string }
	fields := []string{"as", as, "ref", string(d.ward.visit.Reference)}
	if d.key != nil {
		fields = append(fields, d.signs()...)
	}
	if err := json.Unmarshal([]byte(d.post("/call/ticket", fields...)), &given); err != nil {
		d.ward.t.Fatal(err)
	}
	return given.Ticket
}

// comesIn enters the room, keeps a second ticket, and opens a live page.
func (d *desktop) comesIn(as string) {
	d.ward.t.Helper()
	d.room, d.spare = d.ward.join(d.ticket(as), 9), d.ticket(as)
	d.gone = d.follow(map[string]string{"device": "/ipad/events", "staff": "/ward/today/events?ward=" + string(practiceWards[0].id())}[as])
}

// follow opens a live page. What it returns is closed when the page is told to go.
func (d *desktop) follow(path string) <-chan struct{} {
	d.ward.t.Helper()
	r, err := http.NewRequestWithContext(d.ward.whole.Context(), http.MethodGet, d.ward.server.public.String()+path, nil)
	if err != nil {
		d.ward.t.Fatal(err)
	}
	res, err := d.client.Do(r)
	if err != nil || res.StatusCode != http.StatusOK {
		d.ward.t.Fatalf("%s: %v, %v", path, res, err)
	}
	gone := make(chan struct{})
	go func() {
		defer res.Body.Close()
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			if lines.Text() == "event: gone" {
				close(gone)
				return
			}
		}
	}()
	return gone
}

// look has a member of staff see and hear Anna.
func (d *desktop) look() {
	d.ward.t.Helper()
	d.comesIn("staff")
	if err := d.room.Send(protocol.Look{Seat: d.ward.annaSeat}); err != nil {
		d.ward.t.Fatal(err)
	}
	d.ward.flows(d.room)
}

// flows waits until many more packets have come to somebody.
func (w *ward) flows(to *signalingtest.Browser) {
	w.t.Helper()
	had := to.Total()
	eventually(w.t, "sound and picture", func() bool { return to.Total() > had+100 })
}

// goes insists that what a browser has live ends in time from act on, and that
// nothing brings it back.
func (d *desktop) goes(page bool, act func() error) {
	w := d.ward
	w.t.Helper()
	began := time.Now()
	if err := act(); err != nil {
		w.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(w.t.Context(), goneWithin)
	defer cancel()
	v, err := d.room.Wait(ctx, func(v signalingtest.View) bool { return v.Closed != 0 })
	if err != nil || v.Ended != protocol.Revoked || v.Closed != protocol.CloseEnded {
		w.t.Fatalf("after %v: ended %q, closed with %d, %v", time.Since(began), v.Ended, v.Closed, err)
	}
	w.t.Logf("its room closed after %v", time.Since(began).Round(time.Millisecond))
	if page {
		select {
		case <-d.gone:
			w.t.Logf("its page was told after %v", time.Since(began).Round(time.Millisecond))
		case <-ctx.Done():
			w.t.Error("its page goes on")
		}
	}
	var no *signalingtest.Refusal
	if err := d.room.Resume(w.t.Context()); !errors.As(err, &no) || no.Code != protocol.ResumeUnknown {
		w.t.Errorf("resumed: %v", err)
	}
	if _, err := w.tryJoin(d.spare, 9); !errors.As(err, &no) || no.Code != protocol.NotExpected {
		w.t.Errorf("with a ticket from before: %v", err)
	}
	had := d.room.Total() // what was on its way has come
	w.flows(w.steady.room)
	if now := d.room.Total(); now != had {
		w.t.Errorf("%d packets came after it was closed", now-had)
	}
}

// onEachEngine runs test on a new database of either, which may lose nothing.
func onEachEngine(t *testing.T, test func(t *testing.T, database string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, "sqlite:"+filepath.Join(t.TempDir(), "a.db")) })
	t.Run("postgres", func(t *testing.T) {
		where, stop, err := storetest.ThrowAway(t.Context())
		if err != nil && os.Getenv("CI") != "true" {
			t.Skip("SKIPPED: " + err.Error())
		} else if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(stop)
		db := storetest.Raw(t, where)
		eventually(t, "a database", func() bool { return db.PingContext(t.Context()) == nil })
		test(t, where)
	})
}

func TestWhatEndsALoginEndsWhatItHasLive(t *testing.T) {
	onEachEngine(t, func(t *testing.T, database string) {
		w := newWard(t, database)
		w.steady = w.nurse()
		w.steady.look()
		w.staffGo(t)
		w.iPadsGo(t)
		w.t = t
		if v := w.steady.room.View(); v.Closed != 0 {
			t.Errorf("whose login stands was closed with %d, %q", v.Closed, v.Ended)
		}
		if v := w.anna.View(); v.Closed != 0 {
			t.Errorf("who waits was closed with %d", v.Closed)
		}
		w.flows(w.steady.room)
		select {
		case <-w.steady.gone:
			t.Error("the page of whose login stands was told to go")
		default:
		}
	})
}

func (w *ward) staffGo(t *testing.T) {
	book := w.server.desk
	grant := booking.Grant{Role: booking.Nurse, Ward: practiceWards[0].id()}
	for _, tt := range []struct {
		name string
		act  func(ctx context.Context, d *desktop) error
	}{
		{"they sign out", func(_ context.Context, d *desktop) error { d.post("/ward/sign-out"); return nil }},
		{"somebody else signs in there", func(_ context.Context, d *desktop) error { d.signIn(); return nil }},
		{"their login runs out", func(ctx context.Context, d *desktop) error { return w.runsOut(ctx, d) }},
		{"their password is reset", func(ctx context.Context, d *desktop) error {
			_, err := book.ResetPassword(ctx, w.admin, d.id)
			return err
		}},
		{"their account is closed", func(ctx context.Context, d *desktop) error {
			_, err := book.CloseAccount(ctx, w.admin, d.id, true)
			return err
		}},
		{"their role in the ward is taken", func(ctx context.Context, d *desktop) error { return book.TakeRole(ctx, w.admin, d.id, grant) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w.t = t
			d := w.nurse()
			d.look()
			// Another's page belongs to who signs in there now, and goes on.
			d.goes(tt.name != "somebody else signs in there", func() error { return tt.act(t.Context(), d) })
		})
	}
}

// runsOut has the login of a browser run out, as nights have it.
func (w *ward) runsOut(ctx context.Context, d *desktop) error {
	for _, c := range d.client.Jar.Cookies(w.server.public) {
		if c.Name != "wardvisit_staff" {
			continue
		}
		sum := sha256.Sum256([]byte(c.Value))
		kept := base64.RawURLEncoding.EncodeToString(sum[:])
		logins := w.server.store.Logins(time.Now)
		held, found, err := logins.FindCtx(ctx, kept)
		if err != nil || !found {
			return fmt.Errorf("no login: %w", err)
		}
		return logins.CommitCtx(ctx, kept, held, time.Now())
	}
	return errors.New("no cookie")
}

func (w *ward) iPadsGo(t *testing.T) {
	book := w.server.desk
	for _, tt := range []struct {
		name string
		act  func(ctx context.Context) (next *desktop, err error)
	}{
		{"another browser has its key", func(context.Context) (*desktop, error) { return w.pair(w.visit.Device), nil }},
		{"it is lost", func(ctx context.Context) (*desktop, error) {
			_, err := book.ChangeDevice(ctx, booking.System, w.visit.Device, desk.Withdraw{State: booking.DeviceLost, Reason: "not on the ward"})
			return nil, err
		}},
	} {
		t.Run("of an iPad: "+tt.name, func(t *testing.T) {
			w.t = t
			var next *desktop
			w.ipad.goes(true, func() (err error) {
				next, err = tt.act(t.Context())
				return err
			})
			if w.ipad = next; next != nil {
				next.comesIn("device")
			}
		})
	}
}
