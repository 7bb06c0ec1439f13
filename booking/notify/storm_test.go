package notify

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/booking/store/storetest"
)

// A badProvider is GOV.UK Notify on its worst day. Of ten messages it fails two,
// takes one and then says nothing, and has no time for another; and for ten minutes
// it is not there at all. It is asked over real HTTP.
type badProvider struct {
	storm *storm

	mu    sync.Mutex // guards the rest
	r     *rand.Rand
	calls int
	taken map[string][]int64 // by reference, each with when its notice was leased
}

func (p *badProvider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p.storm.isGone() {
		hangUp(w)
		return
	}
	p.mu.Lock()
	p.calls++
	fate := p.r.IntN(10)
	answer := func(status int, body any) {
		p.mu.Unlock()
		w.Header().Set("Retry-After", "7")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body)
	}
	switch {
	case fate < 2:
		answer(http.StatusInternalServerError, nil)
	case fate == 2:
		answer(http.StatusTooManyRequests, nil)
	case r.Method == http.MethodGet:
		found := []map[string]string{}
		if ref := r.URL.Query().Get("reference"); len(p.taken[ref]) > 0 {
			found = append(found, map[string]string{"id": "p-" + ref})
		}
		answer(http.StatusOK, map[string]any{"notifications": found})
	default:
		var order struct {
			Reference string `json:"reference"`
		}
		_ = json.NewDecoder(r.Body).Decode(&order)
		p.taken[order.Reference] = append(p.taken[order.Reference], p.storm.leasedAt(order.Reference))
		if fate > 3 {
			answer(http.StatusCreated, map[string]string{"id": "p-" + order.Reference})
			return
		}
		p.mu.Unlock()
		<-r.Context().Done() // until they give up
	}
}

func hangUp(w http.ResponseWriter) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
	}
}

// has is when each of those was leased that came of a notice.
func (p *badProvider) has(reference string) []int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.taken[reference])
}

func (p *badProvider) asked() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls
}

// A storm is an outbox with too much in it, a bad provider, and a dispatcher that
// is killed again and again.
type storm struct {
	*office
	raw       *sql.DB
	provider  *badProvider
	sender    Sender
	begins    time.Time
	sentFirst bool         // planted: a notice is settled before it is sent
	seq       atomic.Int64 // counts what happens, so that it can be said what came first

	leases sync.Map // notice -> when its last lease was asked for
	unsure sync.Map // notices of which nobody knew for a while whether they had gone

	calling   sync.WaitGroup   // visits off
	calledOff map[string]int64 // visits, with when everybody knew
	died      bool             // their patient: then nobody is told that they are off either
}

// isGone: the provider is away from the fifth minute to the fifteenth.
func (s *storm) isGone() bool {
	at := s.clock().Sub(s.begins)
	return at >= 5*time.Minute && at < 15*time.Minute
}

func (s *storm) leasedAt(id string) int64 {
	at, _ := s.leases.Load(id)
	n, _ := at.(int64)
	return n
}

// A shift is one process's time at the outbox. What a dead process would still do,
// it does not.
type shift struct {
	*storm
	dead     atomic.Bool
	underway atomic.Int64
	idle     atomic.Int64 // times that nothing was due
}

var errKilled = errors.New("the process is dead")

func (s *shift) LeaseNotice(ctx context.Context, now, until time.Time) (booking.Notice, bool, error) {
	if s.dead.Load() {
		return booking.Notice{}, false, errKilled
	}
	asked := s.seq.Add(1)
	s.underway.Add(1)
	n, found, err := s.store.LeaseNotice(ctx, now, until)
	if err != nil || !found {
		s.underway.Add(-1)
		if err == nil {
			s.idle.Add(1)
		}
		return n, found, err
	}
	s.leases.Store(n.ID, asked)
	if s.sentFirst {
		err = s.store.SettleNotice(ctx, n.ID, store.Outcome{At: now, Attempt: n.Attempt, Sent: true})
	}
	return n, found, err
}

func (s *shift) SettleNotice(ctx context.Context, id string, o store.Outcome) error {
	defer s.underway.Add(-1)
	if s.dead.Load() {
		s.unsure.Store(id, true)
		return errKilled
	}
	if s.sentFirst {
		return nil
	}
	return s.store.SettleNotice(ctx, id, o)
}

// watched remembers what it is not sure to have sent.
type watched struct {
	Sender
	storm *storm
}

func (w watched) Send(ctx context.Context, m Message) (Receipt, error) {
	receipt, err := w.Sender.Send(ctx, m)
	if err != nil && !strings.HasPrefix(failure(err).Code, "govuk_") {
		w.storm.unsure.Store(m.Reference, true)
	}
	return receipt, err
}

// forgetful never remembers that it has asked before.
type forgetful struct{ Sender }

func (f forgetful) Send(ctx context.Context, m Message) (Receipt, error) {
	m.Again = false
	return f.Sender.Send(ctx, m)
}

// newStorm fills the outbox at s with so many notices.
func newStorm(t *testing.T, url string, notices int) *storm {
	t.Helper()
	s, err := store.Open(t.Context(), url, store.MayLose)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	o := officeAt(t, s)
	o.logger = slog.New(slog.DiscardHandler)
	st := &storm{office: o, raw: storetest.Raw(t, url), begins: o.clock(), calledOff: map[string]int64{}}
	st.provider = &badProvider{storm: st, r: rand.New(rand.NewPCG(4, 4)), taken: map[string][]int64{}}
	server := httptest.NewServer(st.provider)
	t.Cleanup(server.Close)
	gov, err := NewGovNotify(GovNotifyConfig{
		URL: server.URL, Key: "storm-" + testService + "-" + testSecret, SMSTemplate: "sms", EmailTemplate: "email", Now: o.clock,
		// Whoever does not answer is given up soon; in the real world after longer.
		Client: &http.Client{Timeout: 100 * time.Millisecond},
	})
	if err != nil {
		t.Fatal(err)
	}
	st.sender = watched{gov, st}
	err = s.Do(t.Context(), func(tx *store.Tx) error {
		for n := range notices {
			err := tx.AddNotice(t.Context(), booking.Notice{
				ID: fmt.Sprintf("0190c000-0000-7000-8000-%012d", n), Dedupe: fmt.Sprint("storm ", n),
				Kind: booking.NoticeInvite, Channel: booking.SMS, To: fmt.Sprintf("+4477%08d", n),
				Due: o.clock().Add(time.Duration(n%300) * 2 * time.Second), Expires: o.clock().Add(20 * 24 * time.Hour),
				Words: map[string]string{"hospital": "Northfield", "phone": "01632 960 123", "link": canaryLink},
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return st
}

// bookVisits has somebody book so many visits, days ahead.
func (s *storm) bookVisits(n int) (d *desk.Desk, ada booking.Actor, visits []desk.Visit) {
	s.t.Helper()
	ctx := s.t.Context()
	d, err := desk.New(desk.Config{Store: s.store, Now: s.clock, PublicURL: "https://visits.example", Pepper: make([]byte, 32)})
	h := smallHospital(s.clock())
	if err == nil {
		err = d.Found(ctx, h)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	patient := h.Patients[0].Patient.ID
	member, err := d.Invite(ctx, booking.System, patient, desk.Contact{Name: "Ada Bright", Phone: "07700 900123", Relationship: "Daughter"})
	if err != nil {
		s.t.Fatal(err)
	}
	ada = booking.Actor{Kind: booking.VisitorActor, ID: string(member.Visitor.ID)}
	day := s.clock().AddDate(0, 0, 3).Truncate(24 * time.Hour)
	for i := range n {
		held, err := d.Hold(ctx, ada, patient, member.Visitor.ID, day.AddDate(0, 0, i/8).Add(time.Duration(9+i%8)*time.Hour))
		if err != nil {
			s.t.Fatal(err)
		}
		v, err := d.Book(ctx, ada, held.ID)
		if err != nil {
			s.t.Fatal(err)
		}
		visits = append(visits, v)
	}
	return d, ada, visits
}

// owed is how many notices still wait, and when the next of them can be taken.
func (s *storm) owed() (waiting int, next time.Time) {
	s.t.Helper()
	rows, err := s.raw.QueryContext(s.t.Context(), `
SELECT due_at, COALESCE(leased_until, due_at) FROM outbox WHERE state IN ('pending', 'leased')`)
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var due, leased moment
		if err := rows.Scan(&due, &leased); err != nil {
			s.t.Fatal(err)
		}
		if leased.After(due.Time) {
			due = leased
		}
		if waiting == 0 || due.Before(next) {
			next = due.Time
		}
		waiting++
	}
	if err := rows.Err(); err != nil {
		s.t.Fatal(err)
	}
	return waiting, next
}

// A moment is a column of either engine.
type moment struct{ time.Time }

// Scan implements sql.Scanner.
func (m *moment) Scan(src any) (err error) {
	switch v := src.(type) {
	case time.Time:
		m.Time = v.UTC()
	case string:
		m.Time, err = time.Parse("2006-01-02T15:04:05.000000Z", v)
	default:
		err = fmt.Errorf("a moment from %T", src)
	}
	return err
}

// blow has one dispatcher after another at the outbox, each killed after a few
// messages and twenty seconds by the clock, until nothing is owed any more.
func (s *storm) blow() (killed int) {
	s.t.Helper()
	r := rand.New(rand.NewPCG(5, 5))
	for ; killed < 20_000; killed++ {
		waiting, next := s.owed()
		if waiting == 0 {
			return killed
		}
		if wait := next.Sub(s.clock()); wait > 0 {
			s.advance(wait)
		}
		work := &shift{storm: s}
		d := New(Config{Outbox: work, Now: s.clock, Log: s.logger,
			Senders: map[booking.Channel]Sender{booking.SMS: s.sender, booking.Email: s.sender}})
		ctx, cancel := context.WithCancel(s.t.Context())
		over := make(chan struct{})
		go func() {
			defer close(over)
			d.Run(ctx)
		}()
		enough := s.provider.asked() + 1 + r.IntN(120)
		eventually(s.t, "something to do, or nothing left", func() bool {
			d.Wake()
			return s.provider.asked() >= enough || work.idle.Load() > 0 && work.underway.Load() == 0
		})
		work.dead.Store(true)
		cancel()
		<-over
		s.advance(20 * time.Second)
	}
	s.t.Fatal("there is no end to it")
	return killed
}

// A verdict is what became of the notices.
type verdict struct {
	sent, withdrawn int
	lost            int // owed, and not there
	twice           int // there more than once, which nobody could have known
	doubled         int // there more than once, although it was known to have gone
	late            int // of a visit that everybody knew to be off
}

func (s *storm) verdict() (v verdict) {
	s.t.Helper()
	s.calling.Wait()
	rows, err := s.raw.QueryContext(s.t.Context(), `SELECT id, kind, state, COALESCE(CAST(visit_id AS text), '') FROM outbox`)
	if err != nil {
		s.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, kind, state, visit string
		if err := rows.Scan(&id, &kind, &state, &visit); err != nil {
			s.t.Fatal(err)
		}
		taken := s.provider.has(id)
		switch {
		case state == "withdrawn":
			v.withdrawn++
		case state != "sent" || len(taken) == 0:
			v.lost++
		default:
			v.sent++
		}
		if _, unsure := s.unsure.Load(id); len(taken) > 1 && unsure {
			v.twice++
		} else if len(taken) > 1 {
			v.doubled++
		}
		off, isOff := s.calledOff[visit]
		for _, leased := range taken {
			if isOff && (s.died || kind != string(booking.NoticeCancelled)) && leased > off {
				v.late++
			}
		}
	}
	if err := rows.Err(); err != nil {
		s.t.Fatal(err)
	}
	return v
}

// callOff cancels visits while messages about them are on their way.
func (s *storm) callOff(visits []desk.Visit, cancel func(v desk.Visit) error) {
	s.calling.Go(func() {
		for _, v := range visits {
			if err := cancel(v); err != nil {
				s.t.Error(err)
			}
			s.calledOff[string(v.ID)] = s.seq.Add(1)
		}
	})
}

// stormOf is how many notices to send.
func stormOf(few, many int) int {
	if os.Getenv("WARDVISIT_PROVE") == "full" {
		return many
	}
	return few
}

// None is lost, almost none goes twice, and none goes after what it tells of has
// been called off: whatever the provider does, and however often the program dies.
func TestStormOfMessages(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		notices := stormOf(160, 5000)
		s := newStorm(t, url, notices)
		d, ada, visits := s.bookVisits(16)
		s.callOff(visits[:8], func(v desk.Visit) error {
			_, err := d.Cancel(t.Context(), ada, v.Reference, v.Version)
			return err
		})
		killed := s.blow()
		v := s.verdict()
		t.Logf("%d times killed, %d requests: %+v", killed, s.provider.asked(), v)
		if v.lost+v.doubled+v.late > 0 {
			t.Errorf("%+v", v)
		}
		if v.twice > 1+notices/100 {
			t.Errorf("%d of %d went twice: that is not almost none", v.twice, notices)
		}
		if v.withdrawn < 8 || killed < 5 {
			t.Errorf("%d withdrawn, %d times killed: that was no storm", v.withdrawn, killed)
		}
	})
}

// When a patient has died, not one message about their visits leaves any more, not
// even that they are off: that is for a person to say.
func TestStormOfMessagesAfterADeath(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, url string) {
		s := newStorm(t, url, 40)
		d, _, visits := s.bookVisits(12)
		s.died = true
		s.callOff(visits, func(v desk.Visit) error {
			if len(s.calledOff) > 0 {
				return nil // once is enough
			}
			_, err := d.Die(t.Context(), booking.System, v.Patient, desk.Said{})
			return err
		})
		killed := s.blow()
		if v := s.verdict(); v.lost+v.doubled+v.late > 0 || v.withdrawn < 12 {
			t.Errorf("%d times killed: %+v", killed, v)
		}
	})
}

// Whoever settles before sending loses messages; whoever does not ask whether one
// has gone sends it twice; and whoever cancels a visit in one table alone tells
// people of it. Each is found.
func TestPlantedStormOfMessages(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		plant func(s *storm)
		found func(v verdict) bool
	}{
		{"settled before it is sent", func(s *storm) { s.sentFirst = true }, func(v verdict) bool { return v.lost > 0 }},
		{"never asks", func(s *storm) { s.sender = forgetful{s.sender} }, func(v verdict) bool { return v.twice > 2 }},
		{"nothing taken back", func(s *storm) {
			_, _, visits := s.bookVisits(4)
			s.callOff(visits, func(v desk.Visit) error {
				_, err := s.raw.ExecContext(s.t.Context(),
					`UPDATE visits SET state = 'cancelled', reason = 'by_family', ended_at = starts_at WHERE id = $1`, v.ID)
				return err
			})
		}, func(v verdict) bool { return v.late > 0 }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStorm(t, storetest.SQLite(t), 100)
			tt.plant(s)
			s.blow()
			if v := s.verdict(); !tt.found(v) {
				t.Errorf("not found: %+v", v)
			}
		})
	}
}
