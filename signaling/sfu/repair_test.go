package sfu

import (
	"slices"
	"testing"
	"time"

	"github.com/pion/rtcp"
)

var start = time.Date(2026, 11, 24, 14, 0, 0, 0, time.UTC)

func TestTheRingForgetsTheOldest(t *testing.T) {
	r := newRing(ringPackets, ringCell)
	buf := make([]byte, ringCell)
	for seq := uint16(65000); seq != 65000+ringPackets+10; seq++ {
		r.put(&packet{seq: seq, ts: uint32(seq), marker: seq%2 == 0, payload: []byte{byte(seq), 1}})
	}
	if _, ok := r.get(65005, buf); ok {
		t.Error("what was overwritten came back")
	}
	p, ok := r.get(65100, buf)
	if !ok || p.ts != 65100 || !p.marker || !slices.Equal(p.payload, []byte{65100 & 0xFF, 1}) {
		t.Errorf("got %+v, %v", p, ok)
	}
	r.put(&packet{seq: 65100, payload: []byte("another")})
	if p, ok := r.get(65100, buf); !ok || len(p.payload) != 2 {
		t.Errorf("a second packet of one number took the place of the first: %q", p.payload)
	}
	long := uint16((65100 + ringPackets) % 65536)
	r.put(&packet{seq: long, payload: make([]byte, ringCell+1)})
	if _, ok := r.get(long, buf); ok {
		t.Error("what was too long to keep came back")
	}
	if _, ok := r.get(65101, buf[:1]); ok {
		t.Error("a payload was cut")
	}
}

func TestGapsAreAskedForUntilTheyCome(t *testing.T) {
	var g gaps
	ask, hopeless := g.jump(65534, 2, start)
	if !slices.Equal(ask, []uint16{65535, 0, 1}) || hopeless {
		t.Fatalf("jump = %v, %v", ask, hopeless)
	}
	g.came(0)
	if due := g.due(start.Add(askAgain / 2)); len(due) != 0 {
		t.Errorf("asked again at once for %v", due)
	}
	now := start
	for range askTimes - 1 {
		now = now.Add(askAgain)
		if due := g.due(now); !slices.Equal(due, []uint16{65535, 1}) {
			t.Errorf("due = %v", due)
		}
	}
	if due := g.due(now.Add(askAgain)); len(due) != 0 || len(g.missing) != 0 {
		t.Errorf("asked for ever: %v", due)
	}
	if _, hopeless := g.jump(10, 10+maxGaps+2, now); !hopeless || len(g.missing) != 0 {
		t.Error("a great loss was not given up")
	}
}

func TestASourceAsksForWhatIsLostAndForFewKeyframes(t *testing.T) {
	src := newSource(&Peer{ssrc: 1}, Video, vp8Coding).layers[0]
	src.watch(1)
	for _, seq := range []uint16{10, 11} {
		if nack, _, _ := src.note(&packet{seq: seq, ssrc: 5}, start); nack != nil {
			t.Errorf("asked for something at %d", seq)
		}
	}
	nack, _, _ := src.note(&packet{seq: 14, ssrc: 5}, start)
	want := &rtcp.TransportLayerNack{SenderSSRC: 1, MediaSSRC: 5, Nacks: []rtcp.NackPair{{PacketID: 12, LostPackets: 1}}}
	if got, ok := nack.(*rtcp.TransportLayerNack); !ok || got.String() != want.String() {
		t.Errorf("asked %v, want %v", nack, want)
	}
	if src.askKeyframe(start) == nil {
		t.Error("the first keyframe was not asked for")
	}
	if src.askKeyframe(start.Add(keyframeEvery/2)) != nil {
		t.Error("a second was asked for at once")
	}
	if ask := src.tick(start.Add(keyframeEvery)); len(ask) != 2 {
		t.Errorf("on the tick asked for %v, want what is missing and the second keyframe", ask)
	}
	src.note(&packet{seq: 15, ssrc: 5, starts: true}, start)
	if ask := src.tick(start.Add(time.Hour)); len(ask) != 1 {
		t.Errorf("after it came asked for %v", ask)
	}
}

func TestReceptionAddsUp(t *testing.T) {
	var r reception
	for _, seq := range []uint16{65534, 65535, 0, 3, 2} { // 1 is lost, 2 is late
		r.note(&packet{seq: seq, ssrc: 9, ts: uint32(seq) * 3000}, videoClock, start)
	}
	got := r.report()
	if got.SSRC != 9 || got.LastSequenceNumber != 65536+3 || got.TotalLost != 1 || got.FractionLost != 256/6 {
		t.Errorf("report = %+v", got)
	}
	r.note(&packet{seq: 4, ssrc: 9}, videoClock, start)
	if got := r.report(); got.FractionLost != 0 || got.TotalLost != 1 {
		t.Errorf("second report = %+v", got)
	}
	r.note(&packet{seq: 100, ssrc: 10}, videoClock, start)
	if got := r.report(); got.SSRC != 10 || got.TotalLost != 0 {
		t.Errorf("a new stream's report = %+v", got)
	}
}

func TestOneMomentHasOneTimeInSoundAndPicture(t *testing.T) {
	p := &Peer{ssrc: 1}
	for kind := range kinds {
		p.sources[kind] = newSource(p, kind, opus)
		p.sources[kind].layers[0].note(&packet{ssrc: uint32(kind)}, start)
	}
	theirs := ntpTime(start.Add(-17 * time.Hour)) // a tablet that thinks it is yesterday
	p.sources[Audio].layers[0].heardClock(&rtcp.SenderReport{SSRC: 0, NTPTime: theirs, RTPTime: 1000}, start)
	// The report on the picture is of half a second later and took 30 ms longer.
	later := start.Add(530 * time.Millisecond)
	p.sources[Video].layers[0].heardClock(&rtcp.SenderReport{SSRC: 1, NTPTime: theirs + 1<<31, RTPTime: 2000}, later)

	now := start.Add(time.Second)
	audioNTP, audioTS, _ := p.sources[Audio].layers[0].clockNow(now)
	videoNTP, videoTS, ok := p.sources[Video].layers[0].clockNow(now)
	if !ok || audioTS != 1000+audioClock {
		t.Fatalf("sound is at %d", audioTS)
	}
	// By the sender's own clock: one moment, seen from both.
	sound := float64(audioNTP-ntpTime(start))/(1<<32) - float64(audioTS-1000)/audioClock
	picture := float64(videoNTP-ntpTime(start))/(1<<32) - 0.5 - float64(videoTS-2000)/videoClock
	if d := sound - picture; d > 0.001 || d < -0.001 {
		t.Errorf("sound and picture are %.3f s apart", d)
	}
}

// FuzzRTCP has a receiver and a sender say whatever they like.
func FuzzRTCP(f *testing.F) {
	for _, p := range []rtcp.Packet{
		&rtcp.TransportLayerNack{MediaSSRC: 77, Nacks: []rtcp.NackPair{{PacketID: 1003, LostPackets: 0xFFFF}}},
		&rtcp.PictureLossIndication{MediaSSRC: 77},
		&rtcp.FullIntraRequest{FIR: []rtcp.FIREntry{{SSRC: 77}}},
		&rtcp.ReceiverReport{Reports: []rtcp.ReceptionReport{{SSRC: 77, FractionLost: 9}}},
		&rtcp.SenderReport{SSRC: 5, NTPTime: 1 << 63, RTPTime: 1 << 31},
	} {
		wire, err := p.Marshal()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(wire)
	}
	f.Fuzz(func(t *testing.T, wire []byte) {
		packets, err := rtcp.Unmarshal(wire)
		if err != nil {
			return
		}
		now := start
		st, out := newWire(Video)
		out.keep = false
		src := newSource(&Peer{}, Video, vp8Coding)
		l := src.layers[0]
		l.asked = start // a keyframe, just now: there is nobody to ask
		st.show(src)
		for i := range uint16(20) {
			p := video(1000+i, uint32(i), i, uint8(i), i == 0)
			l.take(&p, now)
		}
		for _, packet := range packets {
			st.asked(packet, now)
			if sr, ok := packet.(*rtcp.SenderReport); ok {
				l.heardClock(sr, now)
			}
		}
		if st.resent > resendsPerTick {
			t.Fatalf("%d packets were resent", st.resent)
		}
		st.report(now)
		l.report(now)
	})
}
