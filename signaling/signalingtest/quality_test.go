package signalingtest_test

import (
	"context"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"

	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/signalingtest"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// A party is a server and who has joined a room of it.
type party struct {
	t    *testing.T
	ctx  context.Context
	load signalingtest.Load
	ids  uint32
}

func newParty(t *testing.T) *party {
	ctx, cancel := context.WithTimeout(context.Background(), 90*time.Second)
	load, stop := server(t)
	t.Cleanup(func() { stop(ctx); cancel() })
	return &party{t: t, ctx: ctx, load: load}
}

// join has one more person join, and waits until their media is up.
func (p *party) join(seat string, change func(*signalingtest.Options)) *signalingtest.Browser {
	p.t.Helper()
	sealed, err := p.load.Seal("room", seat, ticket.Visitor)
	if err != nil {
		p.t.Fatal(err)
	}
	p.ids++
	opt := signalingtest.Options{
		URL: p.load.URL, Origin: p.load.Origin, Ticket: sealed, ID: p.ids, Slots: 2, Now: time.Now,
		Layers: signalingtest.ThreeLayers,
	}
	if change != nil {
		change(&opt)
	}
	b, err := signalingtest.Join(p.ctx, opt)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(b.Close)
	if _, err := b.Wait(p.ctx, func(v signalingtest.View) bool { return v.Media == webrtc.PeerConnectionStateConnected }); err != nil {
		p.t.Fatalf("%s's media did not come up: %v", seat, err)
	}
	return b
}

// until waits for something, and returns how long it took.
func (p *party) until(what string, within time.Duration, true func() bool) time.Duration {
	p.t.Helper()
	began := time.Now()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for !true() {
		select {
		case <-ticker.C:
		case <-p.ctx.Done():
			p.t.Fatalf("the test took too long, waiting for %s", what)
		}
		if time.Since(began) > within {
			p.t.Fatalf("no %s within %v", what, within)
		}
	}
	return time.Since(began)
}

// during lets a time go by.
func (p *party) during(d time.Duration) {
	select {
	case <-time.After(d):
	case <-p.ctx.Done():
	}
}

func picture(b *signalingtest.Browser) signalingtest.Arrived {
	_, video := b.Arrived(0)
	return video
}

// shows reports whether one layer has come, and nothing else, for some packets.
func shows(b *signalingtest.Browser, layer int) func() bool {
	var was signalingtest.Arrived
	return func() bool {
		is := picture(b)
		only := is.Layers[layer] > was.Layers[layer]+10
		for other := range is.Layers {
			if other != layer && is.Layers[other] != was.Layers[other] {
				was = is
				return false
			}
		}
		return only
	}
}

func TestALossIsRepaired(t *testing.T) {
	p := newParty(t)
	up, down := &signalingtest.Link{}, &signalingtest.Link{}
	p.join("anna", func(o *signalingtest.Options) { o.Up = up })
	ben := p.join("ben", func(o *signalingtest.Options) { o.Down = down })
	p.until("picture", 10*time.Second, func() bool { return picture(ben).Packets > 50 })
	up.Set(0, 0, 0.05)
	down.Set(0, 0, 0.05)
	before := picture(ben)
	p.during(8 * time.Second)
	up.Set(0, 0, 0)
	down.Set(0, 0, 0)
	p.during(2 * time.Second) // for the last repairs
	after := picture(ben)
	packets, missing := after.Packets-before.Packets, after.Missing-before.Missing
	t.Logf("%d packets, of which %d never came; layers %v", packets, missing, after.Layers)
	if packets < 200 { // of some 400 that the middle layer has, if nothing holds it up
		t.Errorf("only %d packets came", packets)
	}
	if missing > packets/200 {
		t.Errorf("%d of %d packets never came", missing, packets)
	}
	if after.From[1] != after.Packets || after.Blind > 0 {
		t.Errorf("it came from %v, %d packets before a keyframe", after.From, after.Blind)
	}
}

func TestALayerGoesBySizeOnScreen(t *testing.T) {
	p := newParty(t)
	anna := p.join("anna", nil)
	ben := p.join("ben", nil)
	view := func(height int) {
		slots := []protocol.Drawn{{Slot: 0, Width: height * 16 / 9, Height: height}}
		if err := ben.Send(protocol.View{Slots: slots}); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		height, layer int
	}{{720, 2}, {300, 1}, {120, 0}, {720, 2}} {
		view(step.height)
		took := p.until("layer of the right size", 15*time.Second, shows(ben, step.layer))
		t.Logf("%d pixels: layer %d after %v", step.height, step.layer, took)
	}
	anna.SendLayer("h", false) // as by a browser short of power
	p.until("next layer while the highest is not sent", 10*time.Second, shows(ben, 1))
	anna.SendLayer("h", true)
	p.until("highest layer again", 15*time.Second, shows(ben, 2))
	if v := picture(ben); v.Jumps+v.PictureJumps+v.Blind > 0 || v.From[1] != v.Packets {
		t.Errorf("%+v", v)
	}
}

func TestANarrowPipeGetsLessAndThenMore(t *testing.T) {
	p := newParty(t)
	anna := p.join("anna", nil)
	down := &signalingtest.Link{}
	ben := p.join("ben", func(o *signalingtest.Options) { o.Down = down })
	took := p.until("better layer than the lowest on a LAN", 10*time.Second, func() bool { return picture(ben).Layer >= 1 })
	t.Logf("layer %d after %v", picture(ben).Layer, took)

	const queue = 300 * time.Millisecond
	down.Set(300_000, queue, 0)
	took = p.until("lowest layer alone on a narrow pipe", 10*time.Second, shows(ben, 0))
	before, sound := picture(ben), newEar(anna, ben)
	p.during(4 * time.Second)
	frames, part, sent := picture(ben).Frames-before.Frames, sound.part(), sound.sent()
	t.Logf("300 kbit/s: the lowest layer after %v, %d pictures while %d sounds were sent, of which came %.2f", took, frames, sent, part)
	if frames < 8*sent/50 { // 50 sounds are a second, however busy the machine
		t.Errorf("%d pictures", frames)
	}
	if part < 0.95 {
		t.Errorf("%.2f of the sound came", part)
	}

	down.Set(96_000, queue, 0) // sound is 57 of it
	took = p.until("pause on a trickle", 10*time.Second, func() bool { return paused(ben) })
	t.Logf("96 kbit/s: paused after %v", took)
	p.during(2 * time.Second)
	before, sound = picture(ben), newEar(anna, ben)
	p.during(3 * time.Second)
	if part := sound.part(); part < 0.95 {
		t.Errorf("on a trickle %.2f of the sound came", part)
	}
	if more := picture(ben).Packets - before.Packets; more > 30 {
		t.Errorf("on a trickle %d packets of a paused picture came", more)
	}

	down.Set(0, 0, 0)
	took = p.until("picture again", 15*time.Second, func() bool { return !paused(ben) && picture(ben).Packets > before.Packets+50 })
	t.Logf("all is well: a picture after %v", took)
	took = p.until("good picture again", 30*time.Second, func() bool { return picture(ben).Layer >= 1 })
	t.Logf("layer %d after %v more", picture(ben).Layer, took)
	if v := picture(ben); v.From[1] != v.Packets {
		t.Errorf("%+v", v)
	}
}

// An ear compares the sound that one sends with what another hears of it.
type ear struct {
	from, to          *signalingtest.Browser
	sentWas, heardWas int
}

func newEar(from, to *signalingtest.Browser) *ear {
	e := &ear{from: from, to: to}
	e.sentWas, e.heardWas = e.sent(), e.heard()
	return e
}

func (e *ear) sent() int {
	sound, _ := e.from.Sent()
	return sound - e.sentWas
}

func (e *ear) heard() int {
	audio, _ := e.to.Arrived(0)
	return audio.Packets - e.heardWas
}

// part returns what part of it came.
func (e *ear) part() float64 { return float64(e.heard()) / float64(max(e.sent(), 1)) }

// paused reports whether b has been told that its first slot's picture is held back.
func paused(b *signalingtest.Browser) bool {
	slots := b.View().Slots
	return slots != nil && slots.Slots[0].Paused
}
