package web

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/booking/store/storetest"
	"github.com/wardvisit/wardvisit/web/login"
)

// A wardHouse is the same hospital with staff in it, and with rooms that write
// down what they are told.
type wardHouse struct {
	*familyHouse
	rooms *toldRooms
}

// toldRooms stand where the network would be.
type toldRooms struct {
	mu    sync.Mutex
	told  []RoomOrder
	rooms []string
	down  bool
}

func (r *toldRooms) Tell(_ context.Context, room string, order RoomOrder) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.told, r.rooms = append(r.told, order), append(r.rooms, room)
	if r.down {
		return errors.New("the room is not there")
	}
	return nil
}

// take returns what was told since it was last asked.
func (r *toldRooms) take() []RoomOrder {
	r.mu.Lock()
	defer r.mu.Unlock()
	told := r.told
	r.told, r.rooms = nil, nil
	return told
}

const (
	nurse        = "nurse@willow.example"
	otherNurse   = "nurse@harbour.example"
	manager      = "manager@northgate.example"
	goodPassword = "correct horse battery staple"

	elsie booking.MemberID = "00000000-0000-4000-8000-000000000091" // friend of a second Thomas Arkwright

	firstIPad   booking.DeviceID = "00000000-0000-4000-8000-000000000011"
	harbourIPad booking.DeviceID = "00000000-0000-4000-8000-000000000013"
)

func newWardHouse(t *testing.T) *wardHouse {
	t.Helper()
	return newWardHouseOn(t, storetest.SQLite(t))
}

// newWardHouseOn is newWardHouse on a database of its own.
func newWardHouseOn(t *testing.T, where string) *wardHouse {
	t.Helper()
	h := &wardHouse{familyHouse: &familyHouse{hour: noon}, rooms: &toldRooms{}}
	now := func() time.Time { return h.hour }
	var err error
	if h.store, err = store.Open(t.Context(), where, store.MayLose); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.store.Close() })
	h.desk, err = desk.New(desk.Config{Store: h.store, Now: now, PublicURL: "https://visits.example", Pepper: make([]byte, 32)})
	if err != nil {
		t.Fatal(err)
	}
	hospital := familyHospital(t)
	hospital.Patients = append(hospital.Patients, familyPatient("Thomas Arkwright", willow, true, relative(elsie, "Elsie Moor", "Friend")))
	hospital.Beds = append(hospital.Beds, desk.Bed{Ward: willow, Bay: "Bay 1", Name: hospital.Patients[5].Stay.Bed})
	for i, who := range []struct {
		email string
		wards []booking.WardID
	}{{nurse, []booking.WardID{willow}}, {otherNurse, []booking.WardID{harbour}}, {manager, []booking.WardID{willow, harbour}}} {
		var held []booking.Grant
		for _, ward := range who.wards {
			held = append(held, booking.Grant{Role: booking.Nurse, Ward: ward})
		}
		hospital.Staff = append(hospital.Staff, desk.NewStaff{
			ID: booking.StaffID("00000000-0000-4000-8000-00000000050" + string(rune('0'+i))), Name: "Sister Khan",
			Email: who.email, Password: goodPassword, Holds: held,
		})
	}
	if err := h.desk.Found(t.Context(), hospital); err != nil {
		t.Fatal(err)
	}
	h.Server = h.restarted(t)
	return h
}

// restarted is another process at the same database.
func (h *wardHouse) restarted(t *testing.T) *Server {
	t.Helper()
	now := func() time.Time { return h.hour }
	s, err := New(Config{
		Desk: h.desk, Rooms: h.rooms, Practice: true,
		Doors:     login.New(login.Config{Store: h.store.Logins(now), People: h.desk, Devices: h.desk, Now: now}),
		PublicURL: &url.URL{Scheme: "https", Host: "visits.example"},
		People:    []PracticePerson{{Name: "Anna Arkwright", About: "Daughter", Start: "Be a relative", Href: "/visits", Phone: "+447700900111"}},
		Now:       now, Log: slog.New(slog.NewTextHandler(&h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// staff is the browser of somebody of the staff who has signed in.
func (h *wardHouse) staff(t *testing.T, email string) *phone {
	t.Helper()
	p := h.phone(t)
	p.post("/ward/sign-in", "email", email, "password", goodPassword).leads("/ward/today")
	return p
}

// booked is a visit that begins so long after now.
func (h *wardHouse) booked(t *testing.T, in time.Duration, tongue booking.Tongue, members ...booking.MemberID) desk.Visit {
	t.Helper()
	v, err := h.desk.BookAt(t.Context(), booking.System, desk.BookedVisit{
		Patient: patientOf(members[0]), Members: members, Tongue: tongue, Start: h.hour.Add(in), Length: 20 * time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// bookedAt is a visit of twenty minutes, at any time.
func bookedAt(patient booking.PatientID, member booking.MemberID, start time.Time) desk.BookedVisit {
	return desk.BookedVisit{Patient: patient, Members: []booking.MemberID{member}, Start: start, Length: 20 * time.Minute}
}

var bsl = booking.Tongue{Language: "bfi", Mode: booking.Sign}

// paired is an iPad's browser, paired as a ward pairs it.
func (h *wardHouse) paired(t *testing.T, by *phone, id booking.DeviceID, ward booking.WardID) *phone {
	t.Helper()
	shown := by.post("/ward/ipads/"+string(id)+"/pair?ward="+string(ward)).shows(http.StatusOK, "type this code")
	p := h.phone(t)
	p.key = newKey(t)
	p.post("/ipad/pair", p.key.pairs(t, pairingCode(t, shown))...).leads("/ipad")
	return p
}

var shownCode = regexp.MustCompile(`class="wv-code"[^>]*>([^<]+)<`)

func pairingCode(t *testing.T, s screen) string {
	t.Helper()
	found := shownCode.FindStringSubmatch(s.text)
	if found == nil {
		t.Fatalf("no code in %s", s.words())
	}
	return found[1]
}

// seatOf is the seat of somebody at a visit.
func (h *wardHouse) seatOf(t *testing.T, v desk.Visit, name string) booking.ParticipantID {
	t.Helper()
	v, err := h.desk.Visit(t.Context(), booking.System, v.Reference)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(v.People, func(p booking.Participant) bool { return strings.HasPrefix(p.Name, name) })
	if i < 0 {
		t.Fatalf("no %s at the visit", name)
	}
	return v.People[i].ID
}

// arrives seats somebody in the room, as the room would tell the desk.
func (h *wardHouse) arrives(t *testing.T, v desk.Visit, seat string) {
	t.Helper()
	if _, err := h.desk.Arrive(t.Context(), v.ID, seat, ""); err != nil {
		t.Fatal(err)
	}
}

// inLobby is a visit that is started, whose iPad is in the room, and where Anna
// waits.
func (h *wardHouse) inLobby(t *testing.T, by *phone) (v desk.Visit, anna booking.ParticipantID) {
	t.Helper()
	v = h.booked(t, 10*time.Minute, booking.Tongue{}, "00000000-0000-4000-8000-0000000000a1")
	h.paired(t, by, v.Device, willow)
	by.post("/ward/visits/" + string(v.Reference) + "/start").leads("/ward/today")
	h.arrives(t, v, desk.SeatOfPatient)
	anna = h.seatOf(t, v, "Anna")
	h.arrives(t, v, string(anna))
	return v, anna
}
