package signaling_test

import (
	"testing"

	"github.com/wardvisit/wardvisit/signaling"
	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/signalingtest"
)

// lookAt has a member of staff look at somebody, and waits until they do.
func (h *house) lookAt(staff, who *signalingtest.Browser, seat string) {
	h.t.Helper()
	if err := staff.Send(protocol.Look{Seat: seat}); err != nil {
		h.t.Fatal(err)
	}
	h.wait(who, "to be told of the look", func(v signalingtest.View) bool { return v.Looked })
	h.seesAndHears(staff, seat)
	if slot := slotOf(staff, seat); slot != 0 {
		h.t.Errorf("they are in slot %d", slot)
	}
}

// from is how many packets of a seat b has had in all.
func from(b *signalingtest.Browser, seat string) (n int) {
	for slot := range 5 {
		audio, video := b.Arrived(slot)
		n += audio.From[id(seat)] + video.From[id(seat)]
	}
	return n
}

// longEnough waits until so much has come from everybody's browser that something
// of it would have been passed on.
func (h *house) longEnough() {
	h.t.Helper()
	received := h.media.Totals().Received
	h.until("many packets", func() bool { return h.media.Totals().Received > received+120 })
}

func TestStaffLookAtWhoWaitsAlone(t *testing.T) {
	h := open(t)
	patient, visitor, other, staff := h.join("patient"), h.join("visitor"), h.join("visitor-2"), h.join("staff")
	for _, b := range []*signalingtest.Browser{patient, visitor, other, staff} {
		h.wait(b, "media", connected)
	}
	h.lookAt(staff, visitor, "visitor")
	h.longEnough()
	for name, b := range map[string]*signalingtest.Browser{"the patient's side": patient, "who is looked at": visitor, "who waits too": other} {
		if n := b.Total(); n != 0 {
			t.Errorf("%d packets came to %s", n, name)
		}
	}
	if got := gets(staff); len(got) != 1 || !got[id("visitor")] {
		t.Errorf("staff got packets of %d people", len(got))
	}
	if v := other.View(); v.Looked || v.Slots != nil || v.People != nil {
		t.Errorf("who waits too was told %+v", v)
	}
	if v := staff.View(); v.People != nil || v.Standing != protocol.Waiting {
		t.Errorf("staff were told %+v", v)
	}
	if people := patient.View().People.People; len(people) != 0 {
		t.Errorf("the patient's side was told of %+v", people)
	}
	if v := visitor.View(); v.Slots != nil || v.People != nil {
		t.Errorf("who is looked at was told %+v", v)
	}

	h.order(signaling.Admit{Seat: "visitor"}) // which ends the look
	h.wait(visitor, "admitted, and looked at no longer", func(v signalingtest.View) bool {
		return v.Standing == protocol.Admitted && !v.Looked
	})
	h.wait(staff, "nobody in slot 0", func(signalingtest.View) bool { return slotOf(staff, "visitor") < 0 })
	h.seesAndHears(patient, "visitor")
	h.seesAndHears(visitor, "patient")
	had := staff.Total()
	h.longEnough()
	if now := staff.Total(); now != had || from(staff, "patient")+from(patient, "staff")+from(visitor, "staff") != 0 {
		t.Errorf("%d packets to staff after the look", now-had)
	}
}

func TestWhoIsLookedAtSwitchesOffWhatTheyLike(t *testing.T) {
	h := open(t)
	visitor, staff := h.join("visitor"), h.join("staff")
	h.lookAt(staff, visitor, "visitor")
	if err := visitor.Send(protocol.State{Audio: true}); err != nil { // the camera off
		t.Fatal(err)
	}
	if err := visitor.Send(protocol.Ping{N: 1}); err != nil {
		t.Fatal(err)
	}
	h.wait(visitor, "the answer", func(v signalingtest.View) bool { return v.Pong == 1 })
	h.longEnough()
	audio, video := staff.Arrived(0)
	h.longEnough()
	if a, v := staff.Arrived(0); v.Packets != video.Packets || a.Packets == audio.Packets {
		t.Errorf("%d packets of picture and %d of sound with the camera off", v.Packets-video.Packets, a.Packets-audio.Packets)
	}
}

func TestStaffInTheVisitStepOutToLook(t *testing.T) {
	h := open(t)
	patient, visitor, staff := h.join("patient"), h.join("visitor"), h.join("staff")
	h.order(signaling.Admit{Seat: "staff"})
	h.seesAndHears(patient, "staff")
	h.seesAndHears(staff, "patient")
	h.lookAt(staff, visitor, "visitor")
	h.longEnough() // whatever was on its way has landed
	out, in := from(patient, "staff"), from(staff, "patient")
	h.longEnough()
	if a, b := from(patient, "staff")-out, from(staff, "patient")-in; a+b+visitor.Total()+from(patient, "visitor") != 0 {
		t.Errorf("%d packets of staff to the patient, %d back, %d to who is looked at, %d from them", a, b, visitor.Total(), from(patient, "visitor"))
	}
	if people := patient.View().People.People; len(people) != 1 || people[0].Seat != "staff" {
		t.Errorf("the patient's side was told of %+v", people)
	}
	if err := staff.Send(protocol.Look{}); err != nil {
		t.Fatal(err)
	}
	h.wait(visitor, "looked at no longer", func(v signalingtest.View) bool { return !v.Looked })
	h.seesAndHears(staff, "patient")
	h.seesAndHears(patient, "staff")
}

func TestALookEndsWithEither(t *testing.T) {
	for _, tt := range []struct {
		name string
		end  func(h *house, visitor, staff *signalingtest.Browser) error
	}{
		{"staff leave", func(_ *house, _, staff *signalingtest.Browser) error { return staff.Send(protocol.Leave{}) }},
		{"staff lose their socket", func(_ *house, _, staff *signalingtest.Browser) error {
			staff.Cut()
			return nil
		}},
		{"staff are removed", func(h *house, _, _ *signalingtest.Browser) error {
			return h.server.Order(h.ctx(), "visit-1", signaling.Remove{Seat: "staff"})
		}},
		{"who is looked at loses their socket, and cannot be told", func(h *house, visitor, staff *signalingtest.Browser) error {
			visitor.Cut()
			h.wait(staff, "nobody", func(signalingtest.View) bool { return slotOf(staff, "visitor") < 0 })
			return visitor.Resume(h.ctx())
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := open(t)
			visitor, staff := h.join("visitor"), h.join("staff")
			h.lookAt(staff, visitor, "visitor")
			if err := tt.end(h, visitor, staff); err != nil {
				t.Fatal(err)
			}
			h.wait(visitor, "looked at no longer", func(v signalingtest.View) bool { return !v.Looked })
			forwarded := h.media.Totals().Forwarded
			h.longEnough()
			// What was sent before the order was counted is at most a tick's worth.
			if n := h.media.Totals().Forwarded - forwarded; n > 50 {
				t.Errorf("%d packets after the end of the look", n)
			}
		})
	}
}

func TestOnlyStaffLookAndOnlyAtWhoWaits(t *testing.T) {
	h := open(t)
	patient, visitor, staff := h.join("patient"), h.join("visitor"), h.join("staff")
	h.join("staff-2")
	h.order(signaling.Admit{Seat: "visitor"})
	refused := 0
	for _, tt := range []struct {
		name string
		who  *signalingtest.Browser
		seat string
	}{
		{"a visitor", visitor, "staff"}, {"the patient's side", patient, "staff"},
		{"at the patient's side", staff, "patient"}, {"at who is in the visit", staff, "visitor"},
		{"at each other", staff, "staff-2"}, {"at themselves", staff, "staff"}, {"at nobody", staff, "z"},
	} {
		before := len(tt.who.View().Refused)
		if err := tt.who.Send(protocol.Look{Seat: tt.seat}); err != nil {
			t.Fatal(err)
		}
		v := h.wait(tt.who, "a refusal", func(v signalingtest.View) bool { return len(v.Refused) > before })
		if got := v.Refused[before]; got != (protocol.Refused{Code: protocol.NotAllowed, Frame: "look"}) {
			t.Errorf("%s: %+v", tt.name, got)
		}
		refused++
	}
	h.longEnough()
	if staff.Total() != 0 || refused != 7 {
		t.Errorf("%d packets came to staff", staff.Total())
	}
}

func TestWhoOnlyLooksTakesNobodysPlace(t *testing.T) {
	h := open(t, func(c *signaling.Config) { c.Capacity = 2 })
	h.join("staff-1")
	h.join("staff-2")
	h.refused("staff-3", protocol.RoomFull, nil)
	h.join("patient")
	h.join("visitor")
	h.refused("visitor-2", protocol.RoomFull, nil)
}
