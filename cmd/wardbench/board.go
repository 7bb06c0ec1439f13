package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// A ward's worst day, and how soon everybody who watches it should see a change.
const (
	boardVisits  = 60
	boardStaff   = 40
	boardChanges = 12
	boardPromise = 500 * time.Millisecond
	// between two changes is a time that keeps no step with any clock of the server.
	boardPause = 630 * time.Millisecond
)

// boards measures a full ward's board that all its staff watch: from the press by
// which a nurse says an outcome, until each of them is told, and until each has
// fetched the board that shows it. The reference is sent the same bytes, by a
// handler that keeps, asks and sets out nothing.
func boards(ctx context.Context, _ plan) ([]row, error) {
	var rows []row
	var missing []error
	for _, engine := range engines {
		measured, err := boardOn(ctx, engine)
		rows = append(rows, measured...)
		if err != nil {
			missing = append(missing, fmt.Errorf("%s: %w", engine.name, err))
		}
	}
	return rows, errors.Join(missing...)
}

func boardOn(ctx context.Context, e engine) (_ []row, err error) {
	at, remove, err := e.empty(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, remove()) }()
	hospital := boardHospital(time.Now())
	visits, err := bookBoard(ctx, at, hospital)
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	pepper := hex.EncodeToString([]byte(rand.Text() + rand.Text()))
	server, err := start(ctx, nil, at+"\n"+pepper+"\n", "http://", self, "serve-pages")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	ward := hospital.Wards[0]
	query := "?ward=" + url.QueryEscape(string(ward.ID))
	day := booking.DateOf(visits[0].When.Start(), ward.Site.Zone).String()
	var staff []*boardReader
	for i, s := range hospital.Staff {
		b := newBoardReader(i, server.said, "/ward/today/events"+query, "/ward/today"+query+"&date="+day)
		if err := b.post(ctx, "/ward/sign-in", url.Values{"email": {s.Email}, "password": {s.Password}}); err != nil {
			return nil, err
		}
		staff = append(staff, b)
	}
	ours, err := watchBoard(ctx, server, staff, func(ctx context.Context, n int) error {
		note := url.Values{"outcome": {string(booking.OutcomeNotNow)}, "version": {fmt.Sprint(visits[n].Version)}}
		return staff[0].post(ctx, "/ward/visits/"+url.PathEscape(string(visits[n].Reference))+"/note", note)
	})
	if err != nil {
		return nil, err
	}
	reference, err := fanOut(ctx, self, staff[0].last)
	if err != nil {
		return nil, err
	}
	return boardRows(e, ours, reference), nil
}

// fanOut is the same by the reference, whose board is always the page given.
func fanOut(ctx context.Context, self string, page []byte) (got watched, err error) {
	server, err := start(ctx, nil, hex.EncodeToString(page)+"\n", "http://", self, "serve-fan")
	if err != nil {
		return got, err
	}
	defer func() { err = errors.Join(err, server.stop()) }()
	var readers []*boardReader
	for i := range boardStaff {
		readers = append(readers, newBoardReader(i, server.said, "/events", "/page"))
	}
	return watchBoard(ctx, server, readers, func(ctx context.Context, _ int) error {
		return readers[0].post(ctx, "/change", nil)
	})
}

// watched is what a number of changes took to reach everybody, and what the server
// spent on them.
type watched struct {
	told, shown []time.Duration // sorted: of each reader and change
	spent       time.Duration   // of a processor
	lasted      time.Duration
	memory      int
}

// watchBoard has everybody watch while changes are made one after another.
func watchBoard(ctx context.Context, server *process, readers []*boardReader, change func(context.Context, int) error) (got watched, err error) {
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()
	for _, b := range readers {
		stream, err := b.watch(ctx)
		if err != nil {
			return got, err
		}
		all.Go(func() { b.read(ctx, stream) })
	}
	before, err := server.processorTime()
	if err != nil {
		return got, err
	}
	began := time.Now()
	for n := range boardChanges {
		if err := got.change(ctx, readers, func() error { return change(ctx, n) }); err != nil {
			return got, fmt.Errorf("change %d: %w", n+1, err)
		}
	}
	after, err := server.processorTime()
	if err != nil {
		return got, err
	}
	got.spent, got.lasted = after-before, time.Since(began)
	slices.Sort(got.told)
	slices.Sort(got.shown)
	got.memory, err = server.memory()
	return got, err
}

// change makes one change, and waits until everybody has seen it.
func (w *watched) change(ctx context.Context, readers []*boardReader, press func() error) error {
	select {
	case <-time.After(boardPause):
	case <-ctx.Done():
		return ctx.Err()
	}
	for _, b := range readers {
		b.expect()
	}
	pressed := time.Now()
	if err := press(); err != nil {
		return err
	}
	for i, b := range readers {
		select {
		case s := <-b.seen:
			if s.err != nil {
				return fmt.Errorf("reader %d: %w", i, s.err)
			}
			w.told, w.shown = append(w.told, s.told.Sub(pressed)), append(w.shown, s.shown.Sub(pressed))
		case <-ctx.Done():
			return fmt.Errorf("reader %d was not told: %w", i, ctx.Err())
		}
	}
	return nil
}

func boardRows(e engine, ours, reference watched) []row {
	figures := func(sorted []time.Duration) string {
		var all []string
		for _, q := range []float64{0.50, 0.95, 0.99} {
			all = append(all, figure(milliseconds(quantile(sorted, q))))
		}
		return strings.Join(all, ", ") + " ms"
	}
	kept := "kept"
	if quantile(ours.shown, 0.95) > boardPromise {
		kept = "NOT KEPT"
	}
	return []row{
		{what: fmt.Sprintf("%s, a board of %d visits that %d watch (reference: a bare fan-out of the same bytes)", e.name, boardVisits, boardStaff)},
		{what: "  p50, p95, p99 from a press until one is told", ours: figures(ours.told), reference: figures(reference.told)},
		{what: "  and until the board shows it", ours: figures(ours.shown), reference: figures(reference.shown)},
		{what: fmt.Sprintf("  promise: p95 under %d ms", boardPromise.Milliseconds()), ours: kept},
		compare("  processor time of the server", " s", ours.spent.Seconds(), reference.spent.Seconds()),
		{what: fmt.Sprintf("  in that time, of %d changes", boardChanges), ours: figure(ours.lasted.Seconds()) + " s", reference: figure(reference.lasted.Seconds()) + " s"},
		compare("  memory of the server", " MB", float64(ours.memory)/1e6, float64(reference.memory)/1e6),
	}
}

// boardHospital is one ward with a bed, an iPad and a relative for every visit.
func boardHospital(now time.Time) desk.Hospital {
	h := inventHospital(1, now)
	ward := h.Wards[0].ID
	for i := 1; i < boardVisits; i++ {
		addInpatient(&h, i, now)
		h.Beds[i].Name = fmt.Sprintf("Bed %d", i+1)
		h.Patients[i].Stay.Bed = h.Beds[i].Name
	}
	for i := len(h.Devices); i < boardVisits; i++ {
		h.Devices = append(h.Devices, booking.Device{
			ID: newID[booking.DeviceID](), Tag: fmt.Sprintf("iPad %d", i+1), Ward: ward, State: booking.DeviceReady, Battery: -1,
		})
	}
	for i := range boardStaff {
		h.Staff = append(h.Staff, desk.NewStaff{
			ID: newID[booking.StaffID](), Name: fmt.Sprintf("Nurse %d", i+1), Email: fmt.Sprintf("nurse%d@bench.invalid", i+1),
			Password: rand.Text(), Holds: []booking.Grant{{Role: booking.Nurse, Ward: ward}},
		})
	}
	return h
}

// bookBoard founds the hospital and books every patient a visit that begins soon,
// so that outcomes can be said of all of them.
func bookBoard(ctx context.Context, at string, h desk.Hospital) (visits []desk.Visit, err error) {
	d, shut, err := openDesk(ctx, at, h)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, shut()) }()
	soon := time.Now().Truncate(time.Minute).Add(10 * time.Minute)
	for _, p := range h.Patients {
		visit, err := d.BookAt(ctx, booking.System, desk.BookedVisit{
			Patient: p.Patient.ID, Members: []booking.MemberID{p.Circle[0].ID}, Start: soon, Length: 20 * time.Minute,
		})
		if err != nil {
			return nil, err
		}
		visits = append(visits, visit)
	}
	return visits, nil
}

// statusError says that a page answers with something else than it should.
func statusError(r *http.Response) error {
	return fmt.Errorf("%s %s answers %s", r.Request.Method, r.Request.URL.Path, r.Status)
}
