package signalingtest_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/signaling"
	"github.com/wardvisit/wardvisit/signaling/sfu"
	"github.com/wardvisit/wardvisit/signaling/signalingtest"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// everybody is an Attendance that admits whoever comes.
type everybody struct{}

func (everybody) Arrive(context.Context, ticket.Ticket) (signaling.Arrival, error) {
	return signaling.Arrival{Standing: signaling.Admitted}, nil
}
func (everybody) Depart(context.Context, ticket.Ticket)                          {}
func (everybody) Cover(context.Context, ticket.Ticket, bool) error               { return nil }
func (everybody) Finish(context.Context, ticket.Ticket) error                    { return nil }
func (everybody) Gone(context.Context, []ticket.Ticket) ([]ticket.Ticket, error) { return nil, nil }

func TestALoadMeasuresAServer(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	load, stop := server(t)
	defer stop(ctx)
	load.Rooms, load.Duration = 2, 500*time.Millisecond
	report, err := load.Run(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if report.People != 6 || report.P99 == 0 || report.JoinP99 == 0 {
		t.Errorf("measured %+v", report)
	}
	if want := 2 * report.Sent; report.Received < want/2 || report.Received > want*2 {
		t.Errorf("%d sent, %d received, of some %d", report.Sent, report.Received, want)
	}
	if report.Lost > 0.05 { // a busy machine may drop a few
		t.Errorf("%.1f%% were lost on the loopback", 100*report.Lost)
	}
}

func server(t testing.TB) (signalingtest.Load, func(context.Context)) {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	media, err := sfu.New(sfu.Config{
		Listen: netip.MustParseAddrPort("127.0.0.1:0"), Loopback: true, MaxSlots: 5, Log: log, Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	seals, err := ticket.New(bytes.Repeat([]byte{3}, ticket.MinKey), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	s, err := signaling.New(signaling.Config{
		Media: media, Tickets: seals, Attendance: everybody{}, Origins: []string{"https://load.example"}, Log: log, Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(s)
	load := signalingtest.Load{
		URL: "ws" + strings.TrimPrefix(web.URL, "http"), Origin: "https://load.example", Now: time.Now,
		Seal: func(room, seat string, role ticket.Role) (string, error) {
			now := time.Now()
			return seals.Seal(ticket.Ticket{
				Room: room, Seat: seat, Role: role, ID: fmt.Sprint(room, seat),
				NotBefore: now, Expires: now.Add(ticket.MaxLife),
			})
		},
	}
	return load, func(ctx context.Context) {
		if err := s.Stop(ctx); err != nil {
			t.Error(err)
		}
		web.Close()
		if err := media.Close(); err != nil {
			t.Error(err)
		}
	}
}

// BenchmarkVisit is three people's visit for as long as it takes to forward b.N
// packets' worth of its time; run it with -cpuprofile to see where the time goes.
func BenchmarkVisit(b *testing.B) {
	ctx := context.Background()
	load, stop := server(b)
	defer stop(ctx)
	load.Rooms, load.Duration = 10, 3*time.Second
	for b.Loop() {
		report, err := load.Run(ctx)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(report.Received)/report.Seconds, "packets/s")
		b.ReportMetric(float64(report.P99.Microseconds()), "p99-µs")
		b.ReportMetric(float64(report.JoinP50.Microseconds()), "join-p50-µs")
	}
}
