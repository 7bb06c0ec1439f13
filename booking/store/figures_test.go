package store_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
)

// A past is a small hospital's last weeks, kept beside the database, to be counted one
// by one.
type past struct {
	visits   []booking.Visit
	stays    []pastStay
	tongues  map[booking.PatientID]booking.Tongue
	requests []booking.Request
	waits    []booking.WaitlistEntry
}

type pastStay struct {
	patient  booking.PatientID
	ward     booking.WardID
	from, to time.Time
}

const pastPatients, pastDevices, pastWards = 9, 3, 2

func invent(t *testing.T, s *store.Store, raw *sql.DB, r *rand.Rand) *past {
	t.Helper()
	p := &past{tongues: map[booking.PatientID]booking.Tongue{}}
	say := func(format string, args ...any) {
		t.Helper()
		if _, err := raw.ExecContext(t.Context(), fmt.Sprintf(format, args...)); err != nil {
			t.Fatal(err)
		}
	}
	do(t, s, func(ctx context.Context, tx *store.Tx) error {
		site := booking.Site{ID: id[booking.SiteID]('h', 2), Name: "St Other's", Zone: time.UTC}
		if err := tx.AddSite(ctx, site); err != nil {
			return err
		}
		other := booking.Ward{ID: id[booking.WardID]('w', 2), Site: site, Name: "Ward 2", Phone: "2", Enabled: true, Policy: booking.Policy{
			Version: 1, Earliest: 24 * time.Hour, HoldFor: 10 * time.Minute, People: 2}}
		if err := tx.AddWard(ctx, other); err != nil {
			return err
		}
		for n := 2; n <= pastDevices; n++ {
			if err := tx.AddDevice(ctx, booking.Device{ID: id[booking.DeviceID]('d', n), Tag: fmt.Sprintf("iPad %d", n), Ward: other.ID, State: booking.DeviceReady}); err != nil {
				return err
			}
		}
		for n := 2; n <= pastPatients; n++ {
			patient := booking.Patient{ID: id[booking.PatientID]('p', n), MRN: fmt.Sprintf("M%d", n), Name: "P", Alias: "p", State: booking.PatientActive}
			if err := tx.AddPatient(ctx, patient); err != nil {
				return err
			}
		}
		return nil
	})
	for n := 1; n <= pastPatients; n++ {
		patient := id[booking.PatientID]('p', n)
		tongue := []booking.Tongue{{}, {Language: "pl", Mode: booking.Spoken}, {Language: "bfi", Mode: booking.Sign}}[r.IntN(3)]
		p.tongues[patient] = tongue
		say(`UPDATE patients SET language = '%s', mode = '%s' WHERE id = '%s'`, tongue.Language, tongue.Mode, patient)
		p.lie(say, r, n)
	}
	for n := range 80 {
		p.visits = append(p.visits, liveVisit(t, s, r, n+1))
	}
	do(t, s, func(ctx context.Context, tx *store.Tx) error { return p.ask(ctx, tx, r) })
	return p
}

func someWard(r *rand.Rand) booking.WardID { return id[booking.WardID]('w', 1+r.IntN(pastWards)) }

// someTime is in the four weeks before noon, on the hour.
func someTime(r *rand.Rand) time.Time { return noon.Add(-time.Duration(r.IntN(4*7*24)) * time.Hour) }

// lie puts a patient into a bed of their own in one ward and then another, of which the
// last may be for good.
func (p *past) lie(say func(string, ...any), r *rand.Rand, n int) {
	from := someTime(r)
	for m := range 1 + r.IntN(3) {
		stay := pastStay{id[booking.PatientID]('p', n), someWard(r), from, from.Add(time.Duration(1+r.IntN(200)) * time.Hour)}
		bed := id[string]('b', 10*n+m)
		say(`INSERT INTO beds (id, ward_id, bay, name) VALUES ('%s', '%s', 'Bay', '%d-%d')`, bed, stay.ward, n, m)
		left := "'" + stay.to.Format("2006-01-02T15:04:05.000000Z") + "'"
		if from = stay.to; stay.to.After(noon) {
			stay.to, left = time.Time{}, "NULL"
		}
		say(`INSERT INTO stays (id, patient_id, ward_id, bed_id, from_at, to_at) VALUES ('%s', '%s', '%s', '%s', '%s', %s)`,
			id[string]('s', 10*n+m), stay.patient, stay.ward, bed, stay.from.Format("2006-01-02T15:04:05.000000Z"), left)
		p.stays = append(p.stays, stay)
		if stay.to.IsZero() {
			return
		}
	}
}

// liveVisit takes a visit through some of its life.
func liveVisit(t *testing.T, s *store.Store, r *rand.Rand, n int) booking.Visit {
	t.Helper()
	start := someTime(r)
	when, err := booking.NewInterval(start, 30*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	v := booking.Visit{
		Kind: booking.Ordinary, ID: id[booking.VisitID]('x', n), Reference: booking.NewReference([6]byte{byte(n % 20), byte(n / 20)}),
		Patient: id[booking.PatientID]('p', 1+r.IntN(pastPatients-2)), Ward: someWard(r), Device: id[booking.DeviceID]('d', 1+r.IntN(pastDevices)),
		State: booking.Held, When: when, Via: booking.ViaWeb, BookedBy: booking.Actor{Kind: booking.VisitorActor, ID: "v", Name: "V"},
		PolicyVersion: 1, HeldUntil: start, Version: 1,
	}
	why := []booking.Reason{booking.ByFamily, booking.ByWard, booking.NoShowVisitor, booking.Sensitive, booking.PatientAsleep}[r.IntN(5)]
	var path []booking.State
	switch r.IntN(5) {
	case 0:
		path, why = []booking.State{booking.Cancelled}, booking.HoldLapsed
	case 1:
		path = []booking.State{booking.Booked, booking.Cancelled}
	case 2:
		path = []booking.State{booking.Booked}
	default:
		path, why = []booking.State{booking.Booked, booking.Preparing, booking.Lobby, booking.Live, booking.Ended}, booking.RanToEnd
	}
	do(t, s, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.AddVisit(ctx, v, id[booking.VisitorID]('v', 1)); err != nil {
			return err
		}
		for _, state := range path {
			v.State, v.HeldUntil = state, time.Time{}
			switch state {
			case booking.Booked:
				v.BookedAt = start.Add(-time.Duration(r.IntN(100*3600)) * time.Second)
			case booking.Preparing:
				v.OpenedAt = start.Add(-time.Duration(r.IntN(300)) * time.Second)
			case booking.Live:
				v.StartedAt = start.Add(time.Duration(r.IntN(300)) * time.Second)
			case booking.Ended, booking.Cancelled:
				v.EndedAt, v.Reason = start.Add(time.Duration(301+r.IntN(3000))*time.Second), why
			}
			if err := tx.SaveVisit(ctx, &v); err != nil {
				return err
			}
		}
		return nil
	})
	return v
}

// ask adds requests and entries on the waiting list, one of each for each patient.
func (p *past) ask(ctx context.Context, tx *store.Tx, r *rand.Rand) error {
	for n := 1; n <= pastPatients; n++ {
		patient, visitor := id[booking.PatientID]('p', n), id[booking.VisitorID]('v', 1)
		q := booking.Request{ID: id[booking.RequestID]('q', n), Patient: patient, Visitor: visitor, Ward: someWard(r), State: booking.RequestOpen, AskedAt: someTime(r)}
		if err := tx.AddRequest(ctx, q); err != nil {
			return err
		}
		if q.State = []booking.RequestState{booking.RequestOpen, booking.RequestRefused, booking.RequestWithdrawn}[r.IntN(3)]; q.State != booking.RequestOpen {
			q.Answer, q.AnsweredBy, q.AnsweredAt = "No", "S", noon
			if err := tx.CloseRequest(ctx, q); err != nil {
				return err
			}
		}
		p.requests = append(p.requests, q)
		e := booking.WaitlistEntry{
			ID: id[booking.EntryID]('e', n), Patient: patient, Visitor: visitor, Ward: someWard(r), Kind: booking.Ordinary,
			From: booking.DateOf(noon, time.UTC), To: booking.DateOf(noon, time.UTC), Since: someTime(r), State: booking.EntryWaiting,
		}
		if err := tx.AddEntry(ctx, e); err != nil {
			return err
		}
		p.waits = append(p.waits, e)
	}
	return nil
}

// tally counts everything one by one.
func (p *past) tally(ward booking.WardID, from, to time.Time) booking.Tally {
	in := func(t time.Time) bool { return !t.Before(from) && t.Before(to) }
	t := booking.Tally{Missed: map[booking.Why]int{}, Lead: booking.Spread{}, Opening: booking.Spread{}, Asked: map[booking.RequestState]int{}, Waited: map[booking.EntryState]int{}}
	devices, visited := map[booking.DeviceID]booking.DeviceTally{}, map[booking.PatientID]bool{}
	for _, v := range p.visits {
		if !in(v.When.Start()) {
			continue
		}
		if v.State == booking.Ended {
			visited[v.Patient] = true
		}
		switch {
		case v.Ward != ward:
		case v.State == booking.Cancelled && v.Reason != booking.HoldLapsed:
			t.Missed[v.Reason.Why()]++
		case v.State == booking.Ended:
			t.Held++
			lasted := v.EndedAt.Sub(v.StartedAt)
			t.Lasted += lasted
			d := devices[v.Device]
			devices[v.Device] = booking.DeviceTally{ID: v.Device, Visits: d.Visits + 1, Lasted: d.Lasted + lasted}
			t.Lead[v.StartedAt.Sub(v.BookedAt).Truncate(time.Hour)]++
			t.Opening[v.StartedAt.Sub(v.OpenedAt).Truncate(5*time.Second)]++
		}
	}
	for _, d := range devices {
		t.Devices = append(t.Devices, d)
	}
	for _, q := range p.requests {
		if q.Ward == ward && in(q.AskedAt) {
			t.Asked[q.State]++
		}
	}
	for _, e := range p.waits {
		if e.Ward == ward && in(e.Since) {
			t.Waited[e.State]++
		}
	}
	t.Patients = p.lay(ward, from, to, visited)
	return t
}

func (p *past) lay(ward booking.WardID, from, to time.Time, visited map[booking.PatientID]bool) (all []booking.TongueTally) {
	lay := map[booking.PatientID]bool{}
	for _, s := range p.stays {
		if s.ward == ward && s.from.Before(to) && (s.to.IsZero() || s.to.After(from)) {
			lay[s.patient] = true
		}
	}
	tongues := map[booking.Tongue]booking.TongueTally{}
	for patient := range lay {
		of := tongues[p.tongues[patient]]
		of.Tongue = p.tongues[patient]
		of.Lay++
		if !visited[patient] {
			of.Never++
		}
		tongues[of.Tongue] = of
	}
	for _, of := range tongues {
		all = append(all, of)
	}
	return all
}

// What the database counts is what there is, on both engines, whatever the days.
func TestTally(t *testing.T) {
	onBoth(t, func(t *testing.T, s *store.Store, raw *sql.DB) {
		r := rand.New(rand.NewPCG(2026, 11))
		p := invent(t, s, raw, r)
		told := 0
		for range 25 {
			from := someTime(r)
			to := from.Add(time.Duration(r.IntN(20*24)) * time.Hour)
			for n := 1; n <= pastWards; n++ {
				ward := id[booking.WardID]('w', n)
				want := p.tally(ward, from, to)
				var got booking.Tally
				if err := s.View(t.Context(), func(tx *store.Tx) (err error) {
					got, err = tx.Tally(t.Context(), ward, from, to)
					return err
				}); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(),
					cmpopts.SortSlices(func(a, b booking.DeviceTally) bool { return a.ID < b.ID }),
					cmpopts.SortSlices(func(a, b booking.TongueTally) bool { return a.Tongue.Language < b.Tongue.Language })); diff != "" {
					t.Fatalf("%s, %v to %v: %s", ward, from, to, diff)
				}
				told += got.Held + len(got.Missed) + len(got.Asked) + len(got.Patients)
			}
		}
		if told < 100 {
			t.Errorf("there was little to count: %d", told)
		}
	})
}
