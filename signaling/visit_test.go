package signaling_test

import (
	"strings"
	"testing"

	"github.com/pion/webrtc/v4"

	"github.com/wardvisit/wardvisit/signaling"
	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/signalingtest"
)

func connected(v signalingtest.View) bool { return v.Media == webrtc.PeerConnectionStateConnected }

// visit has patient, visitor and interpreter meet.
func visit(t *testing.T) (h *house, patient, visitor, interpreter *signalingtest.Browser) {
	t.Helper()
	h = open(t)
	patient, visitor, interpreter = h.join("patient"), h.join("visitor"), h.join("interpreter")
	h.order(signaling.Admit{Seat: "visitor"})
	h.order(signaling.Admit{Seat: "interpreter"})
	h.seesAndHears(patient, "visitor", "interpreter")
	h.seesAndHears(visitor, "patient", "interpreter")
	h.seesAndHears(interpreter, "patient", "visitor")
	return h, patient, visitor, interpreter
}

func TestEachOfThreeGetsExactlyTheOtherTwo(t *testing.T) {
	h, patient, visitor, interpreter := visit(t)
	for seat, b := range map[string]*signalingtest.Browser{"patient": patient, "visitor": visitor, "interpreter": interpreter} {
		got := gets(b)
		if len(got) != 2 || got[id(seat)] {
			t.Errorf("%s got packets of %d people, itself among them: %v", seat, len(got), got[id(seat)])
		}
		for slot := range 5 {
			audio, video := b.Arrived(slot)
			if len(audio.From) > 1 || len(video.From) > 1 {
				t.Errorf("%s got several people in slot %d", seat, slot)
			}
			if audio.Jumps+video.Jumps+video.PictureJumps+video.Blind > 0 {
				t.Errorf("%s, slot %d: a broken stream: %+v %+v", seat, slot, audio, video)
			}
		}
	}
	people := patient.View().People.People
	if len(people) != 2 || people[0].Name != "Name of visitor" || people[1].About != "About interpreter" {
		t.Errorf("the patient's side was told of %+v", people)
	}
	for _, secret := range []string{"Name of", "About", "candidate", "127.0.0.1"} {
		if strings.Contains(h.log.String(), secret) {
			t.Errorf("the log has %q in it:\n%s", secret, h.log)
		}
	}
}

func TestNothingPassesBeforeAdmission(t *testing.T) {
	h := open(t)
	patient, visitor := h.join("patient"), h.join("visitor")
	h.wait(patient, "media", connected)
	h.wait(visitor, "media", connected)
	// Both are up and send. So much has come in that something would have gone out.
	h.until("many packets", func() bool { return h.media.Totals().Received > 300 })
	if n := h.media.Totals().Forwarded; n != 0 {
		t.Errorf("%d packets were forwarded", n)
	}
	if n := patient.Total() + visitor.Total(); n != 0 {
		t.Errorf("%d packets arrived", n)
	}
	v := visitor.View()
	if v.Standing != protocol.Waiting || v.People != nil || v.Slots != nil {
		t.Errorf("who waits was told %+v", v)
	}
	if got := patient.View().People; len(got.People) != 0 {
		t.Errorf("the patient's side was told of %+v", got)
	}
	h.order(signaling.Say{Text: "Soon."})
	h.wait(visitor, "the ward's words", func(v signalingtest.View) bool { return len(v.Said) == 1 && v.Said[0] == "Soon." })
	h.order(signaling.Admit{Seat: "visitor"})
	h.seesAndHears(visitor, "patient")
	h.seesAndHears(patient, "visitor")
	if said := patient.View().Said; len(said) != 0 {
		t.Errorf("the patient's side was told %q", said)
	}
}

func TestToHoldSilencesBothWays(t *testing.T) {
	h, patient, visitor, interpreter := visit(t)
	h.order(signaling.Hold{Seat: "visitor"})
	v := h.wait(visitor, "held", func(v signalingtest.View) bool { return v.Standing == protocol.Held })
	if v.People != nil || v.Slots != nil {
		t.Errorf("who is held knows %+v", v)
	}
	h.wait(patient, "the visitor gone", func(signalingtest.View) bool { return slotOf(patient, "visitor") < 0 })
	before := counts(h, patient, visitor, interpreter, "visitor")
	h.seesAndHears(patient, "interpreter") // time passes, and packets
	h.seesAndHears(interpreter, "patient")
	if after := counts(h, patient, visitor, interpreter, "visitor"); after != before {
		t.Errorf("packets to or from who is held: %d, then %d", before, after)
	}
	h.order(signaling.Admit{Seat: "visitor"})
	h.seesAndHears(visitor, "patient", "interpreter")
	h.seesAndHears(patient, "visitor", "interpreter")
	_, video := patient.Arrived(slotOf(patient, "visitor"))
	if video.Jumps+video.PictureJumps+video.Blind > 0 {
		t.Errorf("after the hold the stream is broken: %+v", video)
	}
}

// counts is how many packets have passed to or from a seat, after all that were
// on their way have landed.
func counts(h *house, patient, visitor, interpreter *signalingtest.Browser, seat string) (n int) {
	h.t.Helper()
	// What was sent before the order is a datagram on the loopback: it is read
	// before the sound that is sent after it is.
	h.seesAndHears(patient, "interpreter")
	h.seesAndHears(interpreter, "patient")
	n = visitor.Total()
	for _, b := range []*signalingtest.Browser{patient, interpreter} {
		for slot := range 5 {
			audio, video := b.Arrived(slot)
			n += audio.From[id(seat)] + video.From[id(seat)]
		}
	}
	return n
}

func TestWhoIsRemovedDoesNotComeBack(t *testing.T) {
	h, patient, visitor, _ := visit(t)
	resume := visitor.View().Welcome.Resume
	h.order(signaling.Remove{Seat: "visitor"})
	v := h.wait(visitor, "the end", func(v signalingtest.View) bool { return v.Closed != 0 })
	if v.Ended != protocol.WasRemoved || v.Closed != protocol.CloseEnded {
		t.Errorf("ended %q, closed %d", v.Ended, v.Closed)
	}
	h.wait(patient, "the visitor gone", func(signalingtest.View) bool { return slotOf(patient, "visitor") < 0 })
	h.until("the departure", func() bool { return h.book.has(&h.book.departed, "visitor") })
	h.refused("visitor", protocol.Removed, nil)
	h.refused("visitor", protocol.ResumeUnknown, func(opt *rawJoin) { opt.Ticket, opt.Resume, opt.SDP = "", resume, "" })
	h.seesAndHears(patient, "interpreter")
}

func TestALockedRoomIsShut(t *testing.T) {
	h := open(t)
	patient, visitor := h.join("patient"), h.join("visitor")
	h.order(signaling.Lock{Locked: true})
	h.wait(patient, "locked", func(v signalingtest.View) bool { return v.People != nil && v.People.Locked })
	h.order(signaling.Admit{Seat: "visitor"}) // who waits already may still come in
	h.seesAndHears(patient, "visitor")
	visitor.Cut() // and who was in may come back
	if err := visitor.Resume(h.ctx()); err != nil {
		t.Error(err)
	}
	if err := patient.Send(protocol.Leave{}); err != nil { // and so may the iPad, whose own room it is
		t.Fatal(err)
	}
	h.until("the patient's side gone", func() bool { return h.book.has(&h.book.departed, "patient") })
	h.seesAndHears(h.join("patient"), "visitor")
}

// A room is made anew by whoever comes first: after a restart, too.
func TestANewRoomIsAsTheWardLeftIt(t *testing.T) {
	h := open(t)
	h.book.set(func(b *book) { b.covered, b.locked, b.standing = true, true, signaling.Admitted })
	patient, visitor := h.join("patient"), h.join("visitor")
	h.wait(visitor, "a covered patient", func(v signalingtest.View) bool {
		return v.People != nil && v.People.Covered && v.People.Locked && len(v.People.People) == 1
	})
	h.seesAndHears(patient, "visitor")
	if visitor.Total() != 0 {
		t.Errorf("%d packets of a covered patient", visitor.Total())
	}
	h.order(signaling.Cover{}) // what is decided since counts more
	h.join("interpreter")
	h.seesAndHears(visitor, "patient")
}

func TestTheEndIsSilence(t *testing.T) {
	h, patient, visitor, interpreter := visit(t)
	h.order(signaling.End{})
	forwarded := patient.Total() + visitor.Total() + interpreter.Total()
	for _, b := range []*signalingtest.Browser{patient, visitor, interpreter} {
		v := h.wait(b, "the end", func(v signalingtest.View) bool { return v.Closed != 0 })
		if v.Ended != protocol.WardEnded || v.Closed != protocol.CloseEnded {
			t.Errorf("ended %q, closed %d", v.Ended, v.Closed)
		}
		h.wait(b, "the connection's end", func(v signalingtest.View) bool { return !connected(v) })
	}
	// All that can have been on its way is what was in the sockets' buffers.
	if n := patient.Total() + visitor.Total() + interpreter.Total() - forwarded; n > 50 {
		t.Errorf("%d packets arrived after the end", n)
	}
	h.refused("visitor", protocol.RoomOver, nil)
	h.refused("visitor-2", protocol.RoomOver, nil)
	for _, seat := range []string{"patient", "visitor", "interpreter"} {
		h.until("the departure of "+seat, func() bool { return h.book.has(&h.book.departed, seat) })
	}
}

func TestThePatientsSideEndsTheVisit(t *testing.T) {
	h, patient, visitor, _ := visit(t)
	if err := visitor.Send(protocol.Finish{}); err != nil {
		t.Fatal(err)
	}
	v := h.wait(visitor, "a refusal", func(v signalingtest.View) bool { return len(v.Refused) > 0 })
	if v.Refused[0] != (protocol.Refused{Code: protocol.NotAllowed, Frame: "finish"}) || v.Closed != 0 {
		t.Errorf("a visitor's finish: %+v", v)
	}
	if err := patient.Send(protocol.Finish{}); err != nil {
		t.Fatal(err)
	}
	h.wait(visitor, "the end", func(v signalingtest.View) bool { return v.Ended == protocol.Finished && v.Closed != 0 })
	h.until("the book told", func() bool { return h.book.has(&h.book.finished, "patient") })
}

func TestTheBookKnowsWhatThePatientsSideCovers(t *testing.T) {
	h, patient, visitor, _ := visit(t)
	send := func(covered bool) {
		t.Helper()
		if err := patient.Send(protocol.Cover{Covered: covered}); err != nil {
			t.Fatal(err)
		}
	}
	send(true)
	covered := func(v signalingtest.View) bool { return v.People.Covered }
	h.wait(visitor, "covered", covered)
	written := func() (is bool) {
		h.book.set(func(b *book) { is = b.covered })
		return is
	}
	h.until("it written down", written)
	h.book.set(func(b *book) { b.refuse = signaling.ErrNotExpected }) // consent was withdrawn
	send(false)
	send(true)
	h.book.set(func(b *book) { b.refuse = nil })
	send(false) // what is refused is not done later; what is asked again is
	h.wait(visitor, "uncovered", func(v signalingtest.View) bool { return !covered(v) })
	h.until("that written down", func() bool { return !written() })
}

func TestToCoverStopsPictureAndSoundOfThePatientsSide(t *testing.T) {
	h, patient, visitor, interpreter := visit(t)
	if err := visitor.Send(protocol.Cover{Covered: true}); err != nil {
		t.Fatal(err)
	}
	h.wait(visitor, "a refusal", func(v signalingtest.View) bool { return len(v.Refused) == 1 })
	if err := patient.Send(protocol.Cover{Covered: true}); err != nil {
		t.Fatal(err)
	}
	h.wait(visitor, "covered", func(v signalingtest.View) bool { return v.People.Covered && v.People.People[0].Covered })
	h.seesAndHears(visitor, "interpreter") // whatever was on its way has landed
	audio, video := visitor.Arrived(slotOf(visitor, "patient"))
	h.seesAndHears(visitor, "interpreter")
	h.seesAndHears(patient, "visitor", "interpreter") // it still sees and hears
	audio2, video2 := visitor.Arrived(slotOf(visitor, "patient"))
	if audio2.Packets != audio.Packets || video2.Packets != video.Packets {
		t.Errorf("%d packets of sound and %d of picture from under the cover",
			audio2.Packets-audio.Packets, video2.Packets-video.Packets)
	}
	h.order(signaling.Cover{})
	h.seesAndHears(visitor, "patient")
	h.seesAndHears(interpreter, "patient")
}

func TestWhatIsSwitchedOffIsNotForwarded(t *testing.T) {
	h, patient, visitor, _ := visit(t)
	if err := visitor.Send(protocol.State{Audio: false, Video: true}); err != nil {
		t.Fatal(err)
	}
	h.wait(patient, "muted", func(v signalingtest.View) bool {
		return v.People != nil && !v.People.People[0].Audio && v.People.People[0].Video
	})
	slot := slotOf(patient, "visitor")
	h.seesAndHears(patient, "interpreter")
	audio, video := patient.Arrived(slot)
	h.until("more picture", func() bool { _, v := patient.Arrived(slot); return v.Packets > video.Packets+10 })
	if now, _ := patient.Arrived(slot); now.Packets != audio.Packets {
		t.Errorf("%d packets of sound from who is muted", now.Packets-audio.Packets)
	}
	if err := visitor.Send(protocol.State{Audio: true, Video: true}); err != nil {
		t.Fatal(err)
	}
	h.seesAndHears(patient, "visitor")
}

func TestASlotGoesOnUnbrokenWithAnotherPerson(t *testing.T) {
	h := open(t)
	opt := h.options("patient")
	opt.Slots = 1
	patient, err := h.try(opt)
	if err != nil {
		t.Fatal(err)
	}
	h.join("visitor")
	h.join("interpreter")
	h.order(signaling.Admit{Seat: "visitor"})
	h.order(signaling.Admit{Seat: "interpreter"})
	for _, seat := range []string{"visitor", "interpreter", "visitor", "interpreter"} {
		if err := patient.Send(protocol.Pin{Seat: seat}); err != nil {
			t.Fatal(err)
		}
		h.seesAndHears(patient, seat)
	}
	audio, video := patient.Arrived(0)
	if audio.Jumps+video.Jumps+video.PictureJumps+video.Blind > 0 {
		t.Errorf("the stream broke as its person changed: %+v %+v", audio, video)
	}
}
