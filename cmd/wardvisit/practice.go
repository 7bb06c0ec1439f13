package main

import (
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// This file is the practice hospital: invented people in an invented place,
// with telephone numbers that Ofcom keeps for drama, so that nothing sent by
// mistake can reach anybody.

// practicePassword is every practice login's. It is printed at each start and
// opens nothing but a practice hospital.
const practicePassword = "practice makes perfect"

// practiceID names things of the practice hospital. The same name is the same id
// in every practice hospital, so that tests and tours can speak of them.
func practiceID[ID ~string](format string, args ...any) ID {
	return ID(uuid.NewSHA1(uuid.NameSpaceOID, fmt.Appendf(nil, "practice "+format, args...)).String())
}

// practicePolicy is what the practice wards have decided for themselves: like a
// real ward's, but with so little notice, and waiting rooms so early, that the
// next free time can be booked and held at one sitting.
func practicePolicy() booking.Policy {
	return booking.Policy{
		Version: 1,
		Prepare: 10 * time.Minute, Clean: 10 * time.Minute,
		Earliest: 14 * 24 * time.Hour, Notice: 2 * time.Minute, ChangeCutoff: 2 * time.Minute,
		HoldFor: 10 * time.Minute, OpensBefore: 30 * time.Minute, Grace: 10 * time.Minute,
		People: 4,
	}
}

type practiceWard struct {
	name, phone string
	devices     int
	slot        time.Duration
	windows     [][2]booking.ClockTime
	decides     func(p *booking.Policy) // what it has decided otherwise
	also        func(from booking.Date) []booking.Session
	protects    []booking.ProtectedTime
	spare       string // the bay with free beds; empty where there are no bays
	infected    string // the bay whose last iPad never leaves it
}

// Beds in which nobody lies, so that admitting and moving can be practised: so many
// in each ward, numbered from one on that nobody has.
const practiceFreeBeds, firstFreeBed = 2, 21

// Willow Ward is open day and night, since people practise at any hour.
var practiceWards = []practiceWard{
	{name: "Willow Ward", phone: "0113 496 0107", spare: "Bay 3", devices: 4, slot: 20 * time.Minute, windows: [][2]booking.ClockTime{{0, 24 * 60}}},
	{name: "Harbour Ward", phone: "0113 496 0112", spare: "Bay 3", devices: 3, slot: 30 * time.Minute, windows: [][2]booking.ClockTime{{11 * 60, 20 * 60}},
		decides: harbourDecides, protects: harbourProtects, infected: "Bay 2"},
	{name: "Intensive Care", phone: "0113 496 0130", devices: 2, slot: 15 * time.Minute, windows: [][2]booking.ClockTime{{11 * 60, 13 * 60}, {15 * 60, 20 * 60}},
		also: intensiveCareAlso},
}

// harbourDecides is a ward that gives each patient so many visits a week, and takes
// longer over an iPad from a bed with an infection.
func harbourDecides(p *booking.Policy) {
	p.WeeklyMin, p.WeeklyMax, p.WeekStarts = 2, 3, time.Monday
	p.Infected = map[booking.Infection]booking.Buffers{booking.Contact: {Prepare: 15 * time.Minute, Clean: 40 * time.Minute}}
}

var harbourProtects = []booking.ProtectedTime{
	{Days: booking.EveryDay, Start: 12 * 60, End: 13 * 60, Purpose: "Lunch"},
}

// intensiveCareAlso are times kept for goodbyes, and a family evening with more
// people every other week.
func intensiveCareAlso(from booking.Date) []booking.Session {
	var also []booking.Session
	for day := time.Sunday; day <= time.Saturday; day++ {
		also = append(also, booking.Session{
			Weekday: day, Start: 8 * 60, End: 11 * 60, Length: time.Hour, Step: time.Hour, ValidFrom: from, Audience: booking.ForEndOfLife,
		})
	}
	return append(also, booking.Session{
		Weekday: time.Wednesday, Start: 20 * 60, End: 21 * 60, Length: 30 * time.Minute, Step: 30 * time.Minute,
		ValidFrom: from, EveryWeeks: 2, People: 6, Audience: booking.ForRelatives,
	})
}

type practicePatient struct {
	name, alias string
	ward        int // of practiceWards
	bay, bed    string
	basis       booking.Basis // empty: nobody has consented yet
	circle      []practiceRelative
}

type practiceRelative struct {
	name, phone, relationship string
	status                    booking.MemberStatus
}

const approved = booking.MemberApproved

func (w practiceWard) id() booking.WardID { return practiceID[booking.WardID]("%s", w.name) }

// The first patient and the first of his circle are who the tour is about.
var practicePatients = []practicePatient{
	{"Thomas Arkwright", "Thomas A.", 0, "Bay 1", "Bed 2", booking.BasisOwn, []practiceRelative{
		{"Anna Arkwright", "+447700900101", "Daughter", approved},
		{"David Arkwright", "+447700900102", "Son", approved},
		{"June Arkwright", "+447700900103", "Sister", booking.MemberProposed}}},
	{"Maria Kowalska", "Maria K.", 0, "Bay 1", "Bed 4", booking.BasisOwn, []practiceRelative{
		{"Piotr Kowalski", "+447700900111", "Husband", approved}}},
	{"Joyce Bennett", "Joyce B.", 0, "Bay 2", "Bed 7", booking.BasisBestInterests, []practiceRelative{
		{"Colin Bennett", "+447700900121", "Husband", approved},
		{"Ruth Bennett-Shah", "+447700900122", "Daughter", approved}}},
	{"Thomas Arkwright", "Thomas A. (Bay 2)", 0, "Bay 2", "Bed 9", booking.BasisOwn, []practiceRelative{
		{"Elsie Moor", "+447700900131", "Friend", approved}}},
	{"Samuel Okafor", "Samuel O.", 0, "Side room", "Bed 12", "", []practiceRelative{
		{"Grace Okafor", "+447700900141", "Wife", approved}}},
	{"Helen Fairweather", "Helen F.", 1, "Bay 1", "Bed 1", booking.BasisOwn, []practiceRelative{
		{"Martin Fairweather", "+447700900151", "Brother", approved}}},
	{"Idris Rahman", "Idris R.", 1, "Bay 1", "Bed 3", booking.BasisOwn, []practiceRelative{
		{"Nadia Rahman", "+447700900161", "Daughter", approved}}},
	{"Peggy Lund", "Peggy L.", 1, "Bay 2", "Bed 6", booking.BasisAttorney, []practiceRelative{
		{"Astrid Lund", "+447700900171", "Niece", approved}}},
	{"Owen Pritchard", "Owen P.", 1, "Bay 2", "Bed 8", booking.BasisOwn, []practiceRelative{
		{"Megan Pritchard", "+447700900181", "Wife", approved}}},
	{"Lily Chen", "Lily C.", 2, "", "Bed 1", booking.BasisParent, []practiceRelative{
		{"Wei Chen", "+447700900191", "Father", approved}, {"Mei Chen", "+447700900192", "Mother", approved}}},
	{"Arthur Dunmore", "Arthur D.", 2, "", "Bed 3", booking.BasisBestInterests, []practiceRelative{
		{"Kate Dunmore", "+447700900201", "Wife", approved}}},
	{"Fatima Yusuf", "Fatima Y.", 2, "", "Bed 5", booking.BasisOwn, []practiceRelative{
		{"Hassan Yusuf", "+447700900211", "Son", approved}}},
}

// practiceHospital is the hospital as it is founded, at now.
func practiceHospital(now time.Time, zone *time.Location) desk.Hospital {
	site := booking.Site{ID: practiceID[booking.SiteID]("site"), Name: "Practice Hospital", Zone: zone}
	h := desk.Hospital{Practice: true, Sites: []booking.Site{site}}
	today := booking.DateOf(now, zone)
	tag := 0
	for _, w := range practiceWards {
		h.Wards = append(h.Wards, booking.Ward{ID: w.id(), Site: site, Name: w.name, Phone: w.phone, Enabled: true, Policy: w.policy()})
		for n := range w.devices {
			tag++
			d := booking.Device{ID: practiceID[booking.DeviceID]("iPad %d", tag), Tag: fmt.Sprintf("iPad %d", tag), Ward: w.id(), State: booking.DeviceReady, Battery: -1}
			if w.infected != "" && n == w.devices-1 {
				d.Zone, d.Dedicated = w.infected, true
			}
			h.Devices = append(h.Devices, d)
		}
		h.Sessions = append(h.Sessions, w.sessions(today)...)
		h.Protected = append(h.Protected, w.protected()...)
	}
	for i, p := range practicePatients {
		in := p.inpatient(i, now, today)
		h.Patients = append(h.Patients, in)
		h.Beds = append(h.Beds, desk.Bed{Ward: in.Stay.Ward, Bay: p.bay, Name: p.bed})
	}
	for _, w := range practiceWards {
		for n := range practiceFreeBeds {
			h.Beds = append(h.Beds, desk.Bed{Ward: w.id(), Bay: w.spare, Name: fmt.Sprintf("Bed %d", firstFreeBed+n)})
		}
	}
	h.Interpreters = practiceInterpreters(zone)
	h.Staff = practiceStaff()
	return h
}

func (w practiceWard) policy() booking.Policy {
	p := practicePolicy()
	if w.decides != nil {
		w.decides(&p)
	}
	return p
}

func (w practiceWard) protected() []booking.ProtectedTime {
	var all []booking.ProtectedTime
	for i, p := range w.protects {
		p.ID, p.Ward = practiceID[booking.ProtectedID]("protected %s %d", w.name, i), w.id()
		all = append(all, p)
	}
	return all
}

// clear is start, or the end of a time that the ward keeps free in which a visit
// would lie.
func (w practiceWard) clear(start time.Time, length time.Duration, zone *time.Location) time.Time {
	for _, p := range w.protects {
		day := booking.DateOf(start, zone)
		begins, ends := booking.Instants(day, p.Start, zone), booking.Instants(day, p.End, zone)
		if len(begins) > 0 && len(ends) > 0 && start.Before(ends[0]) && start.Add(length).After(begins[0]) {
			return ends[0]
		}
	}
	return start
}

func (w practiceWard) sessions(from booking.Date) []booking.Session {
	var all []booking.Session
	for day := time.Sunday; day <= time.Saturday; day++ {
		for i, window := range w.windows {
			all = append(all, booking.Session{
				ID: practiceID[booking.SessionID]("session %s %d %d", w.name, day, i), Ward: w.id(), Weekday: day,
				Start: window[0], End: window[1], Length: w.slot, Step: w.slot, ValidFrom: from, Audience: booking.ForRelatives,
			})
		}
	}
	if w.also != nil {
		for i, s := range w.also(from) {
			s.ID, s.Ward = practiceID[booking.SessionID]("session %s also %d", w.name, i), w.id()
			all = append(all, s)
		}
	}
	return all
}

func (p practicePatient) inpatient(i int, now time.Time, today booking.Date) desk.Inpatient {
	id := practiceID[booking.PatientID]("patient %d", i)
	ward := practiceWards[p.ward].id()
	in := desk.Inpatient{
		Patient: booking.Patient{ID: id, MRN: fmt.Sprintf("P%06d", 100234+37*i), Name: p.name, Alias: p.alias, State: booking.PatientActive},
		Stay:    booking.Stay{Patient: id, Ward: ward, Bay: p.bay, Bed: p.bed, From: now.Add(-72 * time.Hour)},
	}
	if p.bay != "" && p.bay == practiceWards[p.ward].infected {
		in.Patient.Infection = booking.Contact
	}
	if p.basis != "" {
		in.Consent = booking.Consent{ID: practiceID[booking.ConsentID]("consent %d", i), Patient: id, Basis: p.basis,
			By: p.name, RecordedBy: "Sister Amina Khan", At: now.Add(-48 * time.Hour), ReviewOn: today.AddDays(28)}
	}
	for j, r := range p.circle {
		m := booking.CircleMember{
			ID: practiceID[booking.MemberID]("member %d %d", i, j), Patient: id, Relationship: r.relationship, Status: r.status,
			Visitor: booking.Visitor{ID: practiceID[booking.VisitorID]("visitor %d %d", i, j), Name: r.name, Phone: r.phone},
		}
		if r.status == approved {
			m.ApprovedAt = now.Add(-24 * time.Hour)
		}
		in.Circle = append(in.Circle, m)
	}
	return in
}

func practiceInterpreters(zone *time.Location) []booking.Interpreter {
	var always []booking.Hours // practice happens at any hour
	for day := time.Sunday; day <= time.Saturday; day++ {
		always = append(always, booking.Hours{Weekday: day, Start: 0, End: 24 * 60})
	}
	return []booking.Interpreter{
		{ID: practiceID[booking.InterpreterID]("interpreter sign"), Name: "Bryn Morgan", Phone: "+447700900301", Zone: zone, Hours: always,
			Tongues: []booking.Tongue{{Language: "bfi", Mode: booking.Sign}},
			Levels:  map[booking.Tongue]booking.Level{{Language: "bfi", Mode: booking.Sign}: booking.Registered}},
		{ID: practiceID[booking.InterpreterID]("interpreter spoken"), Name: "Zofia Nowak", Phone: "+447700900302", Zone: zone, Hours: always,
			Tongues: []booking.Tongue{{Language: "pl", Mode: booking.Spoken}, {Language: "ur", Mode: booking.Spoken}},
			Levels:  map[booking.Tongue]booking.Level{{Language: "pl", Mode: booking.Spoken}: booking.Registered}},
		{ID: practiceID[booking.InterpreterID]("reporter"), Name: "Thea Hill", Phone: "+447700900303", Zone: zone, Hours: always,
			Tongues: []booking.Tongue{booking.InWriting("en")},
			Levels:  map[booking.Tongue]booking.Level{booking.InWriting("en"): booking.Registered}},
	}
}

func practiceStaff() []desk.NewStaff {
	in := func(role booking.StaffRole, which ...int) (held []booking.Grant) {
		for _, i := range which {
			held = append(held, booking.Grant{Role: role, Ward: practiceWards[i].id()})
		}
		return held
	}
	return []desk.NewStaff{
		{ID: practiceID[booking.StaffID]("amina.khan@practice.example"), Name: "Sister Amina Khan", Email: "amina.khan@practice.example", Password: practicePassword, Holds: in(booking.WardManager, 0)},
		{ID: practiceID[booking.StaffID]("leo.brook@practice.example"), Name: "Charge Nurse Leo Brook", Email: "leo.brook@practice.example", Password: practicePassword, Holds: in(booking.Nurse, 1)},
		{ID: practiceID[booking.StaffID]("tola.adeyemi@practice.example"), Name: "Dr Tola Adeyemi", Email: "tola.adeyemi@practice.example", Password: practicePassword, Holds: in(booking.Nurse, 2)},
		{ID: practiceID[booking.StaffID]("morag.reid@practice.example"), Name: "Morag Reid", Email: "morag.reid@practice.example", Password: practicePassword, Holds: in(booking.WardManager, 0, 1, 2)},
		{ID: practiceID[booking.StaffID]("ines.costa@practice.example"), Name: "Inês Costa", Email: "ines.costa@practice.example", Password: practicePassword, Holds: []booking.Grant{{Role: booking.Administrator}}},
		{ID: practiceID[booking.StaffID]("ivo.marin@practice.example"), Name: "Ivo Marin", Email: "ivo.marin@practice.example", Password: practicePassword, Holds: []booking.Grant{{Role: booking.InterpreterCoordinator}}},
	}
}
