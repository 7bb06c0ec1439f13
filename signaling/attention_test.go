package signaling_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/wardvisit/wardvisit/signaling"
	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/signalingtest"
)

func speaking(seats ...string) func(signalingtest.View) bool {
	return func(v signalingtest.View) bool { return slices.Equal(v.Speaking, seats) }
}

func TestWhoSpeaksIsSaidToThoseInTheVisit(t *testing.T) {
	h, patient, visitor, interpreter := visit(t)
	waiting := h.join("visitor-2")
	waiting.Speak(20)
	visitor.Speak(30)
	for _, b := range []*signalingtest.Browser{patient, visitor, interpreter} {
		h.wait(b, "the visitor to speak", speaking("visitor"))
	}
	interpreter.Speak(20) // louder
	h.wait(patient, "both to speak", speaking("interpreter", "visitor"))
	if err := interpreter.Send(protocol.State{Video: true}); err != nil { // muted, and still talking
		t.Fatal(err)
	}
	h.wait(patient, "the visitor alone", speaking("visitor"))
	visitor.Speak(100)
	h.wait(patient, "silence", speaking())
	patient.Speak(20)
	h.wait(visitor, "the patient to speak", speaking("patient"))
	if err := patient.Send(protocol.Cover{Covered: true}); err != nil {
		t.Fatal(err)
	}
	h.wait(visitor, "silence from under the cover", speaking())
	if v := waiting.View(); v.Speaking != nil {
		t.Errorf("who waits was told that %v speak", v.Speaking)
	}
}

func TestWhatDoesNotComeIsSaidToEverybodyConcerned(t *testing.T) {
	registry := prometheus.NewRegistry()
	h := open(t, func(c *signaling.Config) { c.Registry = registry })
	patient, visitor := h.join("patient"), h.join("visitor")
	h.order(signaling.Admit{Seat: "visitor"})
	h.seesAndHears(patient, "visitor")
	began := h.now()
	visitor.Mute(true, true)
	h.wait(visitor, "to be told", func(v signalingtest.View) bool {
		return v.Trouble == protocol.Trouble{Audio: protocol.NothingComes, Video: protocol.NothingComes}
	})
	if took := h.now().Sub(began).Seconds(); took > 10 {
		t.Errorf("they were told after %.1f s", took)
	}
	h.wait(patient, "to be told", func(v signalingtest.View) bool {
		return v.People.People[0].Unheard && v.People.People[0].Unseen
	})
	if n := gathered(t, registry, "wardvisit_call_in_trouble"); n != 2 {
		t.Errorf("the operator counts %v", n)
	}
	for _, want := range []string{"what=unheard ticket.room=visit-1 ticket.seat=visitor", "what=unseen"} {
		if !strings.Contains(h.log.String(), want) {
			t.Errorf("the log has no %q:\n%s", want, h.log)
		}
	}
	visitor.Mute(true, false) // the picture comes back
	h.wait(visitor, "the picture to come", func(v signalingtest.View) bool {
		return v.Trouble == protocol.Trouble{Audio: protocol.NothingComes}
	})
	visitor.Mute(false, false)
	h.wait(visitor, "all to be well", func(v signalingtest.View) bool { return v.Trouble == protocol.Trouble{} })
	h.wait(patient, "all to be well", func(v signalingtest.View) bool {
		return !v.People.People[0].Unheard && !v.People.People[0].Unseen
	})
	visitor.Speak(127)
	h.wait(visitor, "silence", func(v signalingtest.View) bool { return v.Trouble.Audio == protocol.OnlySilence })
	h.wait(patient, "unheard", func(v signalingtest.View) bool { return v.People.People[0].Unheard })
	if err := visitor.Send(protocol.Leave{}); err != nil {
		t.Fatal(err)
	}
	h.until("nobody in trouble", func() bool { return gathered(t, registry, "wardvisit_call_in_trouble") == 0 })
	if v := patient.View(); v.Trouble != (protocol.Trouble{}) {
		t.Errorf("the patient's side was told %+v", v.Trouble)
	}
}

// gathered is the sum of all of a metric.
func gathered(t *testing.T, registry *prometheus.Registry, name string) (sum float64) {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() == name {
			for _, m := range family.Metric {
				sum += m.GetGauge().GetValue() + m.GetCounter().GetValue()
			}
		}
	}
	return sum
}

func TestWhatIsWrittenReachesThoseInTheVisit(t *testing.T) {
	h, patient, visitor, interpreter := visit(t)
	reporter, waiting := h.join("reporter"), h.join("visitor-2")
	h.order(signaling.Admit{Seat: "reporter"})
	write := func(b *signalingtest.Browser, text string, done bool) {
		t.Helper()
		if err := b.Send(protocol.Line{Text: text, Done: done}); err != nil {
			t.Fatal(err)
		}
	}
	secret := "canary words"
	write(visitor, "Hello, "+secret, true)
	h.wait(patient, "the chat", func(v signalingtest.View) bool { return len(v.Lines) == 1 })
	write(reporter, "She says", false)
	h.wait(patient, "a caption", func(v signalingtest.View) bool { return len(v.Lines) == 2 })
	write(reporter, "She says hello.", true)
	v := h.wait(patient, "all of it", func(v signalingtest.View) bool { return len(v.Lines) == 2 && v.Lines[1].Done })
	if l := v.Lines[0]; l.Kind != protocol.Chat || l.Seat != "visitor" || l.Name != "Name of visitor" || l.Text != "Hello, "+secret {
		t.Errorf("the chat is %+v", l)
	}
	if l := v.Lines[1]; l.Kind != protocol.Caption || l.Text != "She says hello." {
		t.Errorf("the caption is %+v", l)
	}
	write(waiting, "let me in", true)
	h.wait(waiting, "a refusal", func(v signalingtest.View) bool {
		return len(v.Refused) == 1 && v.Refused[0] == protocol.Refused{Code: protocol.NotAllowed, Frame: "line"}
	})
	visitor.Cut()
	h.wait(patient, "reconnecting", func(v signalingtest.View) bool { return v.People.People[0].Reconnecting })
	write(interpreter, "while away", true)
	if err := visitor.Resume(h.ctx()); err != nil {
		t.Fatal(err)
	}
	h.wait(visitor, "the whole again", func(v signalingtest.View) bool { return len(v.Lines) == 3 })
	h.order(signaling.Admit{Seat: "visitor-2"})
	write(patient, "welcome", true)
	v = h.wait(waiting, "what is new", func(v signalingtest.View) bool { return len(v.Lines) > 0 })
	if len(v.Lines) != 1 || v.Lines[0].Text != "welcome" {
		t.Errorf("who is let in now reads %+v", v.Lines)
	}
	if strings.Contains(h.log.String(), secret) {
		t.Error("the log has what was written")
	}
}

func TestWhatIsNotDrawnIsNotSent(t *testing.T) {
	h, patient, visitor, _ := visit(t)
	pictures := func() (n int) {
		for slot := range 5 {
			_, video := patient.Arrived(slot)
			n += video.Packets
		}
		return n
	}
	quiet := func(when string) {
		t.Helper()
		n := patient.View().Pong + 1
		if err := patient.Send(protocol.Ping{N: n}); err != nil {
			t.Fatal(err)
		}
		h.wait(patient, "the view taken", func(v signalingtest.View) bool { return v.Pong == n })
		h.longEnough() // whatever was on its way has landed
		before, heard := pictures(), patient.Total()
		h.longEnough()
		if n := pictures() - before; n != 0 || patient.Total() == heard {
			t.Errorf("%s: %d packets of pictures, %d of sound", when, n, patient.Total()-heard)
		}
	}
	view := func(v protocol.View) {
		t.Helper()
		if err := patient.Send(v); err != nil {
			t.Fatal(err)
		}
	}
	view(protocol.View{})
	quiet("with no slot on the screen")
	large := []protocol.Drawn{{Slot: 0, Width: 640, Height: 360}, {Slot: 1, Width: 640, Height: 360}}
	view(protocol.View{Slots: large})
	h.seesAndHears(patient, "visitor", "interpreter")
	view(protocol.View{Slots: large, Saving: true})
	quiet("while data is saved")
	h.seesAndHears(visitor, "patient", "interpreter") // nobody else saves
	view(protocol.View{Slots: large})
	h.seesAndHears(patient, "visitor", "interpreter")
}
