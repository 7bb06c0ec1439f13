package signaling_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"github.com/wardvisit/wardvisit/signaling"
	"github.com/wardvisit/wardvisit/signaling/sfu"
	"github.com/wardvisit/wardvisit/signaling/signalingtest"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// within bounds every wait of these tests: far longer than anything takes on a
// busy machine.
const within = 20 * time.Second

// A house is a whole server for one test: media, websocket and a book.
type house struct {
	t      *testing.T
	media  *sfu.SFU
	server *signaling.Server
	http   *httptest.Server
	seals  *ticket.Sealer
	book   *book
	log    *lockedBuffer
	ids    atomic.Uint32
}

func open(t *testing.T, change ...func(*signaling.Config)) *house {
	t.Helper()
	ignore := goleak.IgnoreCurrent()
	h := &house{t: t, book: &book{}, log: &lockedBuffer{}}
	log := slog.New(slog.NewTextHandler(h.log, nil))
	var err error
	h.media, err = sfu.New(sfu.Config{
		Listen: netip.MustParseAddrPort("127.0.0.1:0"), Loopback: true, MaxSlots: 5, Log: log, Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	if h.seals, err = ticket.New(bytes.Repeat([]byte{7}, ticket.MinKey), time.Now); err != nil {
		t.Fatal(err)
	}
	cfg := signaling.Config{
		Media: h.media, Tickets: h.seals, Attendance: h.book, Origins: []string{"https://ward.example"},
		Log: log, Registry: prometheus.NewRegistry(), Now: time.Now,
	}
	for _, c := range change {
		c(&cfg)
	}
	if h.server, err = signaling.New(cfg); err != nil {
		t.Fatal(err)
	}
	h.http = httptest.NewServer(h.server)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), within)
		defer cancel()
		if err := h.server.Stop(ctx); err != nil {
			t.Error(err)
		}
		if err := h.media.Close(); err != nil {
			t.Error(err)
		}
		h.http.Close()
		goleak.VerifyNone(t, ignore)
	})
	return h
}

func (h *house) ctx() context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	h.t.Cleanup(cancel)
	return ctx
}

func (h *house) now() time.Time { return time.Now() }

func (h *house) url() string { return "ws" + strings.TrimPrefix(h.http.URL, "http") + "/signal" }

// ticket seals a ticket for a seat named as its role, or by its role and more:
// "patient", "visitor", "visitor-2", "interpreter".
func (h *house) ticket(seat string) string {
	role, _, _ := strings.Cut(seat, "-")
	return h.seal(ticket.Ticket{Room: "visit-1", Seat: seat, Role: ticket.Role(role), Name: "Name of " + seat, About: "About " + seat})
}

// seal seals a ticket that is good now.
func (h *house) seal(t ticket.Ticket) string {
	h.t.Helper()
	t.ID = fmt.Sprint("ticket-", h.ids.Add(1))
	t.NotBefore, t.Expires = time.Now(), time.Now().Add(time.Minute)
	sealed, err := h.seals.Seal(t)
	if err != nil {
		h.t.Fatal(err)
	}
	return sealed
}

// id is what a seat's packets are stamped with.
func id(seat string) uint32 {
	n := uint32(2166136261)
	for _, c := range []byte(seat) {
		n = (n ^ uint32(c)) * 16777619
	}
	return n
}

func (h *house) options(seat string) signalingtest.Options {
	return signalingtest.Options{
		URL: h.url(), Origin: "https://ward.example", Ticket: h.ticket(seat), ID: id(seat), Slots: 5, Now: time.Now,
		FramePackets: 2,
	}
}

func (h *house) try(opt signalingtest.Options) (*signalingtest.Browser, error) {
	b, err := signalingtest.Join(h.ctx(), opt)
	if err == nil {
		h.t.Cleanup(b.Close)
	}
	return b, err
}

func (h *house) join(seat string) *signalingtest.Browser {
	h.t.Helper()
	b, err := h.try(h.options(seat))
	if err != nil {
		h.t.Fatalf("%s: %v", seat, err)
	}
	return b
}

func (h *house) order(o signaling.Order) {
	h.t.Helper()
	if err := h.server.Order(h.ctx(), "visit-1", o); err != nil {
		h.t.Fatal(err)
	}
}

// wait waits for a Browser's view.
func (h *house) wait(b *signalingtest.Browser, what string, wanted func(signalingtest.View) bool) signalingtest.View {
	h.t.Helper()
	v, err := b.Wait(h.ctx(), wanted)
	if err != nil {
		h.t.Fatalf("waiting for %s: %v; people %+v, slots %+v, rest %+v", what, err, v.People, v.Slots, v)
	}
	return v
}

// until waits for something that nobody tells of.
func (h *house) until(what string, true func() bool) {
	h.t.Helper()
	deadline := time.Now().Add(within)
	for !true() {
		if time.Now().After(deadline) {
			h.t.Fatalf("waited in vain for %s", what)
		}
		<-time.After(5 * time.Millisecond)
	}
}

// slotOf returns the slot in which b sees a seat, -1 for none.
func slotOf(b *signalingtest.Browser, seat string) int {
	v := b.View()
	if v.Slots == nil {
		return -1
	}
	for _, s := range v.Slots.Slots {
		if s.Seat == seat {
			return s.Slot
		}
	}
	return -1
}

// seesAndHears waits until b gets sound and picture of each of seats, each in
// the slot that was said.
func (h *house) seesAndHears(b *signalingtest.Browser, seats ...string) {
	h.t.Helper()
	for _, seat := range seats {
		h.wait(b, "a slot for "+seat, func(signalingtest.View) bool { return slotOf(b, seat) >= 0 })
		audio, video := b.Arrived(slotOf(b, seat))
		heard, seen := audio.From[id(seat)], video.From[id(seat)]
		h.until("sound and picture of "+seat, func() bool {
			audio, video := b.Arrived(slotOf(b, seat))
			return audio.From[id(seat)] > heard+3 && video.From[id(seat)] > seen+3
		})
	}
}

// gets reports which stamps b has had in all slots.
func gets(b *signalingtest.Browser) map[uint32]bool {
	all := map[uint32]bool{}
	for i := range 5 {
		audio, video := b.Arrived(i)
		for from := range audio.From {
			all[from] = true
		}
		for from := range video.From {
			all[from] = true
		}
	}
	return all
}

// A book is an Attendance that lets everybody in: the patient's side at once,
// others to wait.
type book struct {
	mu       sync.Mutex
	refuse   error
	standing signaling.Standing // of others than the patient's side
	letIn    map[string]string  // the browser let in to each seat
	locked   bool
	covered  bool
	asked    []string // about whom, also while the gate is shut
	arrived  []string
	departed []string
	finished []string
	revoked  map[string]bool // logins
	unread   error           // what Gone answers
	calls    int             // of Gone
	gate     chan struct{}   // if not nil, Arrive waits for it
}

func (b *book) Arrive(ctx context.Context, t ticket.Ticket) (signaling.Arrival, error) {
	b.mu.Lock()
	b.asked = append(b.asked, t.Seat)
	gate := b.gate
	b.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return signaling.Arrival{}, ctx.Err()
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.refuse != nil {
		return signaling.Arrival{}, b.refuse
	}
	b.arrived = append(b.arrived, t.Seat)
	a := signaling.Arrival{Standing: signaling.Waiting, Locked: b.locked, Covered: b.covered}
	if b.standing != "" {
		a.Standing = b.standing
	}
	if t.Role == ticket.Patient || b.letIn[t.Seat] != "" && b.letIn[t.Seat] == t.Browser {
		a.Standing = signaling.Admitted
	}
	return a, nil
}

func (b *book) Depart(_ context.Context, t ticket.Ticket) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.departed = append(b.departed, t.Seat)
}

func (b *book) Cover(_ context.Context, _ ticket.Ticket, covered bool) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.refuse != nil {
		return b.refuse
	}
	b.covered = covered
	return nil
}

func (b *book) Finish(_ context.Context, t ticket.Ticket) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.finished = append(b.finished, t.Seat)
	return errors.New("the database is away")
}

func (b *book) Gone(_ context.Context, here []ticket.Ticket) (gone []ticket.Ticket, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	for _, t := range here {
		if b.revoked[t.Login] {
			gone = append(gone, t)
		}
	}
	if b.unread != nil {
		return nil, b.unread
	}
	return gone, nil
}

func (b *book) has(list *[]string, seat string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, have := range *list {
		if have == seat {
			return true
		}
	}
	return false
}

// set changes the book while a server uses it.
func (b *book) set(change func(*book)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change(b)
}

type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}
