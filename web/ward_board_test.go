package web

import (
	"slices"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
)

// boardVisit is a visit at two o'clock with one relative, as changed by change.
func boardVisit(t *testing.T, change func(v *desk.Visit)) desk.Visit {
	t.Helper()
	when, err := booking.NewInterval(noon.Add(2*time.Hour), 20*time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	v := desk.Visit{
		Visit:         booking.Visit{Reference: "BHD-7K2", State: booking.Booked, When: when},
		PatientRecord: booking.Patient{Alias: "Thomas A."},
		WardRecord:    booking.Ward{Site: booking.Site{Zone: time.UTC}, Policy: booking.Policy{OpensBefore: 15 * time.Minute}},
		Bed:           "Bed 2",
		DeviceRecord:  booking.Device{ID: "1", Tag: "iPad 1", State: booking.DeviceReady, Paired: true, Battery: 80, LastSeen: when.Start()},
		People:        []booking.Participant{{ID: "a", Role: booking.AsVisitor, Name: "Anna Arkwright", Relationship: "Daughter", Place: booking.Expected}},
	}
	change(&v)
	return v
}

func TestTheBoardSaysWhatToDoNext(t *testing.T) {
	two := noon.Add(2 * time.Hour)
	here := func(v *desk.Visit) { v.People[0].HereSince = two.Add(-3 * time.Minute) }
	spare := booking.Device{ID: "2", Tag: "iPad 2", State: booking.DeviceReady, Paired: true, Battery: 80, LastSeen: two}
	for _, tt := range []struct {
		name    string
		now     time.Time
		change  func(v *desk.Visit)
		urgency urgency
		do      string
		flags   []string
	}{
		{"long before", two.Add(-time.Hour), func(*desk.Visit) {}, quiet, "", nil},
		{"when it can be started", two.Add(-15 * time.Minute), func(*desk.Visit) {}, ready, "Take iPad 1 to Bed 2. Then press Start.", nil},
		{"with the family there", two.Add(-2 * time.Minute), here, awaited, "Take iPad 1 to Bed 2. Then press Start.", nil},
		{"late", two, func(*desk.Visit) {}, overdue, "Take iPad 1 to Bed 2. Then press Start.", nil},
		{"with an iPad to clean", two, func(v *desk.Visit) { v.DeviceRecord.State = booking.DeviceDirty }, overdue, "Clean iPad 1 and take it to Bed 2. Then press Start.", []string{"iPad 1 needs cleaning"}},
		{"with an iPad to pair", two, func(v *desk.Visit) { v.DeviceRecord.Paired = false }, overdue, "Pair iPad 1 and take it to Bed 2.", []string{"iPad 1 is not paired"}},
		{"with an iPad that is lost", two, func(v *desk.Visit) { v.DeviceRecord.Paired, v.DeviceRecord.State = false, booking.DeviceLost }, overdue, "Find another iPad or time, under To look at: iPad 1 is lost.", []string{"iPad 1 is lost"}},
		{"with another for one that is lost", two, func(v *desk.Visit) { v.DeviceRecord.State, v.StandIn = booking.DeviceLost, &spare }, overdue, "Take iPad 2 to Bed 2. Then press Start.", nil},
		{"with another iPad that works", two, func(v *desk.Visit) { v.DeviceRecord.Paired, v.StandIn = false, &spare }, overdue, "Take iPad 2 to Bed 2. Then press Start.", nil},
		{"with an iPad still in a visit", two, func(v *desk.Visit) { v.DeviceRecord.State = booking.DeviceInUse }, overdue, "Find another iPad and pair it: iPad 1 is in a visit.", nil},
		{"started", two, func(v *desk.Visit) { v.State = booking.Preparing }, awaited, "Take iPad 1 to Bed 2. It opens the visit by itself.", nil},
		{"nobody came yet", two, func(v *desk.Visit) { v.State = booking.Lobby }, watch, "The iPad is ready. Nobody has come yet.", nil},
		{"nobody came in five minutes", two.Add(5 * time.Minute), func(v *desk.Visit) { v.State = booking.Lobby; v.DeviceRecord.LastSeen = two.Add(5 * time.Minute) }, watch, "The iPad is ready. Nobody has come yet.", []string{"Nobody has come yet"}},
		{"somebody waits", two, func(v *desk.Visit) { v.State = booking.Lobby; here(v) }, answered, "Let in Anna Arkwright", nil},
		{"somebody waits to be let in again", two, func(v *desk.Visit) {
			v.State = booking.Live
			here(v)
			v.People[0].Place, v.Locked = booking.HeldBack, true
		}, answered, "Let in Anna Arkwright", []string{"Locked: nobody new can join"}},
		{"going on", two, func(v *desk.Visit) { v.State = booking.Live; here(v); v.People[0].Place = booking.Admitted }, watch, "The visit is going on.", nil},
		{"going on for too long", two.Add(20 * time.Minute), func(v *desk.Visit) {
			v.State = booking.Live
			here(v)
			v.People[0].Place, v.DeviceRecord.LastSeen = booking.Admitted, two.Add(20*time.Minute)
		}, overdue, "Time is up. End the visit.", nil},
		{"an iPad nobody hears from", two, func(v *desk.Visit) { v.DeviceRecord.LastSeen = two.Add(-time.Hour) }, overdue, "Take iPad 1 to Bed 2. Then press Start.", []string{"iPad 1 is offline"}},
		{"an iPad that is nearly empty", two, func(v *desk.Visit) { v.DeviceRecord.Battery = 12 }, overdue, "Take iPad 1 to Bed 2. Then press Start.", []string{"iPad 1 needs charging"}},
		{"an interpreter who said no", two.Add(-time.Hour), func(v *desk.Visit) {
			v.Tongue = booking.Tongue{Language: "pl", Mode: booking.Spoken}
			v.Interpreter = &booking.InterpreterBooking{State: booking.Declined}
		}, quiet, "", []string{"Polish interpreter declined"}},
		{"covered", two, func(v *desk.Visit) { v.State, v.Covered = booking.Preparing, true }, awaited, "Take iPad 1 to Bed 2. It opens the visit by itself.", []string{"Patient’s camera and sound are off"}},
		{"over", two.Add(time.Hour), func(v *desk.Visit) { v.State = booking.Ended }, quiet, "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			v := boardVisit(t, tt.change)
			b := newBoard(desk.Board{Ward: v.WardRecord, Date: booking.DateOf(tt.now, time.UTC), Visits: []desk.Visit{v}}, tt.now)
			card := slices.Concat(b.Doing, b.Later, b.Over)[0]
			if card.Urgency != tt.urgency || card.Do != tt.do || !slices.Equal(card.Flags, tt.flags) {
				t.Errorf("urgency %d, %q, flags %q; want %d, %q, %q", card.Urgency, card.Do, card.Flags, tt.urgency, tt.do, tt.flags)
			}
		})
	}
}

func TestTheBoardKnowsAnInterpreterWhoHasCome(t *testing.T) {
	for here, want := range map[bool]string{false: "Polish interpreter is coming", true: "Polish interpreter is here"} {
		v := boardVisit(t, func(v *desk.Visit) {
			v.Tongue = booking.Tongue{Language: "pl", Mode: booking.Spoken}
			v.Interpreter = &booking.InterpreterBooking{State: booking.Accepted}
			v.People = []booking.Participant{{ID: "i", Role: booking.AsInterpreter, Name: "Zofia Nowak", Place: booking.Expected}}
			if here {
				v.People[0].HereSince = noon
			}
		})
		if got := interpreterTag(v); got == nil || got.Text != want {
			t.Errorf("here %v: %v, want %q", here, got, want)
		}
	}
}

// That a visit is on again can be told whatever else has got in its way.
func TestAVisitThatIsOnAgainCanBeTold(t *testing.T) {
	v := desk.FlaggedVisit{Visit: boardVisit(t, func(*desk.Visit) {})}
	for _, tt := range []struct {
		kinds         []booking.FlagKind
		untold, alone bool
	}{
		{[]booking.FlagKind{booking.Untold}, true, true},
		{[]booking.FlagKind{booking.InterpreterOff, booking.Untold}, true, false},
		{[]booking.FlagKind{booking.InterpreterOff}, false, false},
	} {
		v.Flags = nil
		for _, kind := range tt.kinds {
			v.Flags = append(v.Flags, booking.Flag{Kind: kind})
		}
		if row := newFlaggedRow(v, noon); row.Untold != tt.untold || row.Alone != tt.alone || row.Elsewhere() == tt.alone {
			t.Errorf("%v: untold %v, alone %v, elsewhere %v", tt.kinds, row.Untold, row.Alone, row.Elsewhere())
		}
	}
}

func TestTheMostPressingVisitComesFirst(t *testing.T) {
	two := noon.Add(2 * time.Hour)
	startable := boardVisit(t, func(*desk.Visit) {})
	waiting := boardVisit(t, func(v *desk.Visit) {
		v.Reference, v.State, v.People[0].HereSince = "CCC-222", booking.Lobby, two
	})
	b := newBoard(desk.Board{Ward: waiting.WardRecord, Date: booking.DateOf(two, time.UTC), Visits: []desk.Visit{startable, waiting}}, two)
	if b.Next().Reference != "CCC-222" || len(b.Others()) != 1 || b.Names() != "Anna Arkwright" {
		t.Errorf("next is %s, with %d others, and %q waits", b.Next().Reference, len(b.Others()), b.Names())
	}
}

func TestAgo(t *testing.T) {
	// The same cases are in the test of the script that says it between two looks.
	for _, tt := range []struct {
		d    time.Duration
		want string
	}{
		{0, "less than a minute"},
		{-time.Minute, "less than a minute"},
		{time.Minute - 1, "less than a minute"},
		{time.Minute, "1 minute"},
		{2*time.Minute + 59*time.Second, "2 minutes"},
		{time.Hour, "1 hour"},
		{61 * time.Minute, "1 hour 1 minute"},
		{125 * time.Minute, "2 hours 5 minutes"},
	} {
		if got := ago(noon, noon.Add(tt.d)); got != tt.want {
			t.Errorf("%v: %q, want %q", tt.d, got, tt.want)
		}
	}
}

func TestInWords(t *testing.T) {
	for want, names := range map[string][]string{
		"": nil, "Anna": {"Anna"}, "Anna and David": {"Anna", "David"}, "Anna, David and June": {"Anna", "David", "June"},
	} {
		if got := inWords(names); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestPhoneWords(t *testing.T) {
	for e164, want := range map[string]string{
		"+447700900101": "07700 900101", "+48512345678": "+48 512 345 678", "not a number": "not a number", "": "",
	} {
		if got := phoneWords(e164); got != want {
			t.Errorf("%q: %q, want %q", e164, got, want)
		}
	}
}
