package main

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/store"
)

// A made-up ward: beds that are always taken, by patients who each have two
// relatives, and visits all day in slots of twenty minutes.
const (
	patientsInWard = 24
	bedsInBay      = 6
	relativesEach  = 2
	patientsApart  = 8 // between those whom the iPads of one ward are with at once
	slotLength     = 20 * time.Minute
	firstSlot      = 10 * 60 // minutes after midnight
	lastSlot       = 20 * 60
)

// A group is a made-up group of hospitals, and what its visits are made with.
type group struct {
	loading
	desk.Hospital
	now    time.Time
	zone   *time.Location
	random *rand.Rand
	made   int                         // visits so far
	serial uint64                      // of the last id
	placed map[booking.DeviceID]berths // where each iPad is
}

// berths are a ward's first patient in the list, and which of the ward's iPads one
// is.
type berths struct{ patient, nth int }

func makeUp(l loading, now time.Time) *group {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err) // it is built in
	}
	g := &group{
		loading: l, now: now, zone: zone, random: rand.New(rand.NewPCG(l.seed, uint64(l.wards))), placed: map[booking.DeviceID]berths{},
	}
	g.Practice = true // so that nothing is ever sent to anybody
	site := booking.Site{ID: newID[booking.SiteID](g, now), Name: "Invented Hospitals", Zone: zone}
	g.Sites = []booking.Site{site}
	for n := range l.wards {
		g.addWard(n, site)
	}
	for n := range l.ipads {
		ward := n % l.wards
		d := booking.Device{ID: newID[booking.DeviceID](g, now), Tag: fmt.Sprintf("iPad %04d", n+1), Ward: g.Wards[ward].ID, State: booking.DeviceReady, Battery: -1}
		g.placed[d.ID] = berths{ward * patientsInWard, n / l.wards}
		g.Devices = append(g.Devices, d)
	}
	if l.withManager != "" {
		g.Staff = []desk.NewStaff{{
			ID: newID[booking.StaffID](g, now), Name: "Invented Manager", Email: "manager@invented.example", Password: l.withManager,
			Holds: []booking.Grant{{Role: booking.WardManager}},
		}}
	}
	return g
}

func (g *group) addWard(n int, site booking.Site) {
	ward := booking.Ward{
		ID: newID[booking.WardID](g, g.now), Site: site, Name: fmt.Sprintf("Ward %03d", n+1), Phone: "01632 960 000", Enabled: true,
		Policy: booking.Policy{
			Version: 1, Prepare: 10 * time.Minute, Clean: 10 * time.Minute, Earliest: 28 * 24 * time.Hour, Notice: time.Hour,
			ChangeCutoff: time.Hour, HoldFor: 10 * time.Minute, OpensBefore: 15 * time.Minute, Grace: 10 * time.Minute, People: 4,
		},
	}
	g.Wards = append(g.Wards, ward)
	begins := booking.DateOf(g.now, g.zone).AddDays(-g.days)
	for day := time.Sunday; day <= time.Saturday; day++ {
		g.Sessions = append(g.Sessions, booking.Session{
			ID: newID[booking.SessionID](g, g.now), Ward: ward.ID, Weekday: day, Start: firstSlot, End: lastSlot,
			Length: slotLength, Step: slotLength, ValidFrom: begins, Audience: booking.ForRelatives,
		})
	}
	for bed := range patientsInWard {
		g.addPatient(ward.ID, n*patientsInWard+bed, desk.Bed{Ward: ward.ID, Bay: fmt.Sprintf("Bay %d", bed/bedsInBay+1), Name: fmt.Sprintf("Bed %d", bed+1)})
	}
}

func (g *group) addPatient(ward booking.WardID, n int, bed desk.Bed) {
	since := g.now.AddDate(0, 0, -g.days-1)
	p := booking.Patient{
		ID: newID[booking.PatientID](g, since), MRN: fmt.Sprintf("X%07d", n+1), Name: fmt.Sprintf("Patient %05d", n+1), Alias: fmt.Sprintf("P %05d", n+1),
		State: booking.PatientActive, Infection: booking.NoInfection,
	}
	in := desk.Inpatient{
		Patient: p,
		Stay:    booking.Stay{Patient: p.ID, Ward: ward, Bay: bed.Bay, Bed: bed.Name, From: since},
		Consent: booking.Consent{ID: newID[booking.ConsentID](g, since), Patient: p.ID, Basis: booking.BasisOwn, By: p.Name, RecordedBy: "Nobody", At: since},
	}
	for i := range relativesEach {
		phone := fmt.Sprintf("+4477009%05d", n*relativesEach+i) // numbers for stories, and a practice hospital sends nothing
		in.Circle = append(in.Circle, booking.CircleMember{
			ID: newID[booking.MemberID](g, since), Patient: p.ID, Relationship: "Relative", Status: booking.MemberApproved, ApprovedAt: since,
			Visitor: booking.Visitor{ID: newID[booking.VisitorID](g, since), Name: fmt.Sprintf("Relative %d of %s", i+1, p.Alias), Phone: phone, Verified: since},
		})
	}
	g.Beds = append(g.Beds, bed)
	g.Patients = append(g.Patients, in)
}

// newID is one like the desk's own: in order of the instants at which things come
// to be, and the same for the same seed.
func newID[ID ~string](g *group, at time.Time) ID {
	g.serial++
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(at.UnixMilli())<<16)
	b[6] = 0x70
	binary.BigEndian.PutUint64(b[8:], 1<<63|g.serial<<16|g.random.Uint64()>>48)
	h := hex.EncodeToString(b[:])
	return ID(h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:])
}

// reference is one that no other visit of the group has: the numbers from 0 on,
// shuffled, as six letters.
func (g *group) reference(n int) booking.Reference {
	const letters, all = 26, 26 * 26 * 26 * 26 * 26 * 26
	shuffled := (uint64(n)*190_361_849 + g.seed) % all
	var digits [6]byte
	for i := range digits {
		digits[i] = byte(shuffled % letters)
		shuffled /= letters
	}
	return booking.NewReference(digits)
}

// round is one visit on every iPad on the nth day, by what has become of them:
// ended, cancelled, booked.
func (g *group) round(day booking.Date, n, round int) (lives [3][]store.Life, err error) {
	window := (lastSlot - firstSlot) / g.visitsADay
	for _, d := range g.Devices {
		at := g.placed[d.ID]
		in := g.Patients[at.patient+(7*n+5*round+patientsApart*at.nth)%patientsInWard]
		slots := max(1, (window-60)/20+1)
		begins := firstSlot + round*window + 20*g.random.IntN(slots)
		start, err := booking.Instant(day, booking.ClockTime(begins/20*20), g.zone)
		if err != nil {
			return lives, err
		}
		when, err := booking.NewInterval(start, slotLength)
		if err != nil {
			return lives, err
		}
		off := g.random.IntN(10) == 0
		became := 2
		switch {
		case off:
			became = 1
		case when.End().Before(g.now):
			became = 0
		}
		lives[became] = append(lives[became], g.life(d, in, when, became))
	}
	return lives, nil
}
