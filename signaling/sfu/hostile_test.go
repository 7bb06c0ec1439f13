package sfu

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"
	"time"

	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

// FuzzVP8 holds that what we rewrite is within the payload.
func FuzzVP8(f *testing.F) {
	for _, p := range [][]byte{keyframe, delta, {0x90, 0x80, 0x92}, {0x10, 0, 0, 0, 0x9D, 0x01, 0x2A, 0, 5, 0xD0, 2}} {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		v := parseVP8(payload)
		if v.pictureAt != 0 && v.pictureAt+2 > len(payload) || v.levelAt >= max(len(payload), 1) {
			t.Fatalf("%+v of %d bytes", v, len(payload))
		}
		shifted := bytes.Clone(payload)
		v.shift(shifted, 3, 5)
		v.shift(shifted, 0, 0)
		if !bytes.Equal(shifted, payload) {
			t.Fatalf("shifted there and back %x is %x", payload, shifted)
		}
	})
}

// FuzzH264 holds that a keyframe is only what has an SPS somewhere in it.
func FuzzH264(f *testing.F) {
	for _, p := range [][]byte{{0x67, 0x42}, {0x78, 0, 2, 0x67, 0x42, 0, 1, 0x68}, {0x7C, 0x87, 1}, {0x78, 0xFF, 0xFF, 0x67}} {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		if !startsH264(payload) {
			return
		}
		if !slices.ContainsFunc(payload, func(b byte) bool { return b&0x1F == nalSPS }) {
			t.Fatalf("%x is no keyframe", payload)
		}
	})
}

// FuzzRTX has somebody repair what there is not, and what there is with something else.
func FuzzRTX(f *testing.F) {
	f.Add([]byte{0x80, 97, 0, 7, 0, 0, 0, 9, 0, 0, 0, 6, 3, 0xE8, 'a'}, uint16(1000), true)
	f.Add([]byte{0xA0, 97, 0, 7, 0, 0, 0, 9, 0, 0, 0, 6, 3, 0xE8, 0, 3}, uint16(1000), true)
	f.Add([]byte{0x80, 97, 0, 7, 0, 0, 0, 9, 0, 0, 0, 6, 3}, uint16(1000), false)
	f.Fuzz(func(t *testing.T, wire []byte, seq uint16, known bool) {
		p, ok := parse(wire, &extensions{wide: 3})
		if !ok {
			return
		}
		was := p
		if !p.unwrap(77, known) {
			return
		}
		if !known || !p.repair || p.ssrc != 77 || !bytes.Equal(was.payload[2:], p.payload) ||
			binary.BigEndian.Uint16(was.payload) != p.seq || len(p.payload) == 0 {
			t.Fatalf("%+v of %+v", p, was)
		}
	})
}

// A ledger is the network's edge for one receiver: it fails the test when one
// number of one SSRC is sent twice with another content, which would give the
// key of its encryption away, or when something longer than a packet is.
type ledger struct {
	t    *testing.T
	sent map[uint64][]byte // by SSRC and number, of the latest
}

func (l *ledger) WriteRTP(header *rtp.Header, payload []byte) (int, error) {
	wire, err := (&rtp.Packet{Header: *header, Payload: payload}).Marshal()
	if err != nil {
		l.t.Fatal(err)
	}
	at := uint64(header.SSRC)<<16 | uint64(header.SequenceNumber)
	if was := l.sent[at]; was != nil && !bytes.Equal(was, wire) {
		l.t.Fatalf("number %d of %d was %x and is %x", header.SequenceNumber, header.SSRC, was, wire)
	}
	l.sent[at] = wire
	// The number may come round again; it is then another of the encryption's.
	delete(l.sent, at^0x8000)
	return len(payload), nil
}

func (l *ledger) Write([]byte) (int, error) { panic("streams write headers and payloads") }

// hostile returns a Peer that sends whatever it likes, and two that are shown it:
// one by retransmissions and one without.
func hostile(t *testing.T) (p *Peer, watchers []*stream) {
	s := &SFU{cfg: Config{Now: func() time.Time { return start }}}
	p = &Peer{sfu: s, ssrc: 1}
	p.arrivals.Recorder = twcc.NewRecorder(1)
	p.sources[Audio] = newSource(p, Audio, opus)
	p.sources[Video] = newSource(p, Video, vp8Coding, "h", "m", "l")
	p.terms.codings[111], p.terms.codings[96], p.terms.repair[97] = opus, vp8Coding, true
	p.terms.ids = extensions{wide: 3, loud: 4, rid: 5, repairedRID: 6}
	for _, again := range []uint32{78, 0} {
		watcher := &Peer{sfu: s}
		st := &stream{
			kind: Video, want: usualWant, peer: watcher, out: &ledger{t, map[uint64][]byte{}},
			header: rtp.Header{Version: 2, SSRC: 77}, again: rtp.Header{Version: 2, SSRC: again},
		}
		st.show(p.sources[Video])
		watchers = append(watchers, st)
	}
	return p, watchers
}

// FuzzIntake has somebody send whatever they like, in whatever order, and
// somebody else ask for any of it again.
func FuzzIntake(f *testing.F) {
	packet := func(kind byte, seq uint16, ssrc byte, id byte, rid string, payload ...byte) []byte {
		head := []byte{0x90, kind, byte(seq >> 8), byte(seq), 0, 0, 0, 9, 0, 0, 0, ssrc, 0xBE, 0xDE, 0, 1, id << 4, rid[0], 0, 0}
		return append(head, payload...)
	}
	var script []byte
	for i, p := range [][]byte{
		packet(96, 1000, 5, 5, "l", keyframe...), packet(96, 1001, 5, 5, "l", delta...),
		packet(97, 1, 6, 6, "l", append([]byte{3, 0xEA}, delta...)...), packet(97, 2, 6, 6, "l", append([]byte{3, 0xE9}, keyframe...)...),
		packet(96, 3000, 7, 5, "h", keyframe...), packet(96, 9000, 5, 5, "l", delta...), packet(111, 1, 8, 4, "\x20", 'a'),
		packet(96, 1, 9, 5, "l", keyframe...), {0xA0, 96, 0, 7, 0, 0, 0, 9, 0, 0, 0, 5, 255}, {0x8F, 96, 0, 7, 0, 0, 0, 9, 0, 0, 0, 5, 255},
	} {
		script = append(append(script, byte(len(p)), byte(i/6)), p...)
	}
	f.Add(script)
	f.Fuzz(func(t *testing.T, script []byte) {
		p, watchers := hostile(t)
		intakes := map[uint32]*intake{}
		now := start
		for len(script) > 2 {
			n, what := min(int(script[0]), len(script)-2), script[1]
			wire := script[2 : 2+n]
			script = script[2+n:]
			now = now.Add(time.Duration(what) * time.Millisecond)
			for _, st := range watchers {
				st.aim(p.sources[Video], int(what)%layers)
			}
			if n >= rtpHeader {
				ssrc := binary.BigEndian.Uint32(wire[8:])
				if intakes[ssrc] == nil {
					intakes[ssrc] = &intake{peer: p, ssrc: ssrc}
				}
				intakes[ssrc].take(bytes.Clone(wire), now)
			}
			for _, st := range watchers {
				st.resend(st.sent.newest-uint16(what), now)
				st.report(now)
			}
			p.sources[Video].tick(now)
		}
	})
}

func FuzzTransportFeedback(f *testing.F) {
	for _, p := range []rtcp.Packet{
		&rtcp.TransportLayerCC{
			Header: rtcp.Header{Count: rtcp.FormatTCC, Type: rtcp.TypeTransportSpecificFeedback, Length: 5}, BaseSequenceNumber: 1, PacketStatusCount: 2, ReferenceTime: 0xFFFFFF,
			PacketChunks: []rtcp.PacketStatusChunk{&rtcp.RunLengthChunk{PacketStatusSymbol: rtcp.TypeTCCPacketReceivedSmallDelta, RunLength: 2}},
			RecvDeltas:   []*rtcp.RecvDelta{{Type: rtcp.TypeTCCPacketReceivedSmallDelta, Delta: 250}, {Type: rtcp.TypeTCCPacketReceivedSmallDelta, Delta: 500}},
		},
	} {
		wire, err := p.Marshal()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(wire, wire)
	}
	f.Fuzz(func(t *testing.T, first, second []byte) {
		var o outlet
		e := newEstimator()
		now := start
		for i := range 200 {
			now = now.Add(5 * time.Millisecond)
			o.number(1200, uint16(i/100), now)
		}
		for _, wire := range [][]byte{first, second} {
			packets, err := rtcp.Unmarshal(wire)
			if err != nil {
				continue
			}
			for _, packet := range packets {
				if report, ok := packet.(*rtcp.TransportLayerCC); ok {
					acks := o.heard(report)
					if len(acks) > 200 {
						t.Fatalf("%d of 200 packets came", len(acks))
					}
					now = now.Add(100 * time.Millisecond)
					e.heard(acks, now)
				}
			}
		}
		if got := e.estimate(); got < leastEstimate || got > mostEstimate {
			t.Fatalf("the estimate is %d", got)
		}
	})
}

func TestANackOfEverythingIsAnsweredInPart(t *testing.T) {
	p, watchers := hostile(t)
	src := p.sources[Video]
	st := watchers[0]
	st.aim(src, 0)
	for i := range uint16(200) {
		pkt := video(1000+i, uint32(i), i, uint8(i), i == 0)
		src.layers[0].take(&pkt, start)
	}
	all := &rtcp.TransportLayerNack{MediaSSRC: 77}
	for seq := uint16(0); seq < 65000; seq += 17 {
		all.Nacks = append(all.Nacks, rtcp.NackPair{PacketID: seq, LostPackets: 0xFFFF})
	}
	st.asked(all, start)
	// The lowest of three layers keeps a quarter of a ring.
	if want := uint64(ringPackets / 4); st.resent != want || want > resendsPerTick {
		t.Errorf("%d were sent again, want %d", st.resent, want)
	}
}
