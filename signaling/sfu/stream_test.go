package sfu

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/pion/rtp"
)

// A wire is the network's edge: what a stream writes ends here.
type wire struct {
	sent []packet
	keep bool
}

func (w *wire) WriteRTP(header *rtp.Header, payload []byte) (int, error) {
	if w.keep {
		p := packet{payloadType: header.PayloadType, marker: header.Marker, seq: header.SequenceNumber, ts: header.Timestamp, ssrc: header.SSRC}
		p.payload = append(p.payload, payload...)
		p.vp8 = parseVP8(p.payload)
		w.sent = append(w.sent, p)
	}
	return len(payload), nil
}

func (w *wire) Write([]byte) (int, error) { panic("streams write headers and payloads") }

func newWire(kind Kind) (*stream, *wire) {
	w := &wire{keep: true}
	return &stream{kind: kind, out: w, want: usualWant, header: rtp.Header{Version: 2, SSRC: 77}}, w
}

// video makes a packet as Chromium does.
func video(seq uint16, ts uint32, picture uint16, level uint8, key bool) packet {
	payload := []byte{0x90, 0xE0, 0, 0, level, 0x20, 1, 'x'}
	binary.BigEndian.PutUint16(payload[2:], longPicture|picture)
	if key {
		payload[6] = 0
	}
	p := packet{seq: seq, ts: ts, ssrc: 5, marker: true, payload: payload}
	p.look(vp8Coding)
	return p
}

func TestAStreamGoesOnWithAnotherSource(t *testing.T) {
	now := start
	st, w := newWire(Video)
	anna, ben := newSource(&Peer{}, Video, vp8Coding), newSource(&Peer{}, Video, vp8Coding)
	send := func(src *source, p packet) { src.layers[0].take(&p, now) }
	st.show(anna)
	send(anna, video(65534, 4294967000, 32766, 254, true))
	send(anna, video(65535, 704, 32767, 255, false))
	send(anna, video(0, 3704, 0, 0, false))
	if st.show(anna) {
		t.Error("to show the same is a change")
	}
	now = now.Add(time.Second)
	st.show(ben)
	send(anna, video(1, 6704, 1, 1, true)) // no longer shown
	send(ben, video(500, 9, 40, 40, false))
	send(ben, video(501, 3009, 41, 41, true))
	send(ben, video(500, 9, 40, 40, false)) // late, from before the keyframe
	send(ben, video(502, 6009, 42, 42, false))

	if len(w.sent) != 5 {
		t.Fatalf("%d packets were sent", len(w.sent))
	}
	for i, p := range w.sent[1:] {
		last := w.sent[i]
		if p.seq != last.seq+1 || p.vp8.picture != (last.vp8.picture+1)&pictureBits || p.vp8.level != last.vp8.level+1 {
			t.Errorf("packet %d: %d, picture %d, level %d after %d, %d, %d", i+1,
				p.seq, p.vp8.picture, p.vp8.level, last.seq, last.vp8.picture, last.vp8.level)
		}
		if p.ssrc != 77 {
			t.Errorf("packet %d has SSRC %d", i+1, p.ssrc)
		}
	}
	if step := w.sent[3].ts - w.sent[2].ts; step != videoClock {
		t.Errorf("a second's pause is %d of the timestamp", step)
	}
	if !w.sent[3].vp8.starts {
		t.Error("the new source did not begin at a keyframe")
	}
}

func TestAStreamResendsWhatItSent(t *testing.T) {
	now := start
	st, w := newWire(Video)
	anna, ben := newSource(&Peer{}, Video, vp8Coding), newSource(&Peer{}, Video, vp8Coding)
	for _, src := range []*source{anna, ben} {
		st.show(src)
		for i := range uint16(10) {
			p := video(1000+i, uint32(i)*3000, i, uint8(i), i == 0)
			src.layers[0].take(&p, now)
		}
	}
	sent := w.sent
	w.sent = nil
	st.resend(sent[15].seq, now) // ben's
	if len(w.sent) != 1 {
		t.Fatalf("%d packets were resent", len(w.sent))
	}
	if got, want := w.sent[0], sent[15]; got.seq != want.seq || got.ts != want.ts || string(got.payload) != string(want.payload) {
		t.Errorf("resent %+v, which was %+v", got, want)
	}
	st.resend(sent[5].seq, now)    // anna's, who is no longer shown
	st.resend(sent[19].seq+1, now) // not sent yet
	if len(w.sent) != 1 {
		t.Errorf("resent %+v", w.sent[1:])
	}
	for range 2 * resendsPerTick {
		st.resend(sent[15].seq, now)
	}
	if len(w.sent) != resendsPerTick {
		t.Errorf("%d packets were resent in one tick", len(w.sent))
	}
	st.show(nil)
	st.resend(sent[15].seq, now)
	if len(w.sent) != resendsPerTick {
		t.Error("resent after the end")
	}
}

func TestALongStreamIsNotTakenForAnEarlierOne(t *testing.T) {
	now := start
	st, w := newWire(Audio)
	src := newSource(&Peer{}, Audio, opus)
	st.show(src)
	w.keep = false
	for i := range 200000 {
		p := packet{seq: uint16(i), ts: uint32(i) * 960, payload: []byte{1}}
		src.layers[0].take(&p, now)
	}
	if st.packets != 200000 {
		t.Errorf("%d of 200000 packets were sent", st.packets)
	}
}

func TestNothingIsAllocatedForAPacket(t *testing.T) {
	now := start
	src := newSource(&Peer{}, Video, vp8Coding)
	for range 5 {
		st, w := newWire(Video)
		w.keep = false
		st.show(src)
	}
	p := video(1, 1, 1, 1, true)
	src.layers[0].take(&p, now)
	seq := uint16(1)
	allocated := testing.AllocsPerRun(1000, func() {
		seq++
		p := video0(seq)
		src.layers[0].take(&p, now)
	})
	if allocated > 0 {
		t.Errorf("%v allocations for a packet to five receivers", allocated)
	}
}

var payload0 = video(0, 0, 1, 1, false).payload

func video0(seq uint16) packet {
	return packet{seq: seq, ssrc: 5, payload: payload0, vp8: parseVP8(payload0)}
}

func BenchmarkForwardToFive(b *testing.B) {
	now := start
	src := newSource(&Peer{}, Video, vp8Coding)
	for range 5 {
		st, w := newWire(Video)
		w.keep = false
		st.show(src)
	}
	p := video(0, 0, 1, 1, true)
	src.layers[0].take(&p, now)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		p := video0(uint16(i))
		src.layers[0].take(&p, now)
	}
}
