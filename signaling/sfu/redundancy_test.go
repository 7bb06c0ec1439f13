package sfu

import (
	"bytes"
	"context"
	"encoding/binary"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtp"
)

// redundant makes the payload of RFC 2198, of frames a step of timestamps apart,
// the newest last.
func redundant(payloadType uint8, step int, frames ...string) []byte {
	var heads, bodies []byte
	for i, frame := range frames {
		bodies = append(bodies, frame...)
		if i == len(frames)-1 {
			heads = append(heads, payloadType)
			break
		}
		ago := (len(frames) - 1 - i) * step
		heads = binary.BigEndian.AppendUint32(heads, uint32(0x80|payloadType)<<24|uint32(ago)<<10|uint32(len(frame)))
	}
	return append(heads, bodies...)
}

func TestBlocksAreReadAsTheyWereWritten(t *testing.T) {
	var blocks [mostBlocks]block
	n := readBlocks(redundant(111, 960, "one", "", "three"), &blocks)
	if n != 3 {
		t.Fatalf("%d blocks were read of 3", n)
	}
	for i, want := range []block{{111, 1920, []byte("one")}, {111, 960, nil}, {111, 0, []byte("three")}} {
		if got := blocks[i]; got.payloadType != want.payloadType || got.ago != want.ago || !bytes.Equal(got.payload, want.payload) {
			t.Errorf("block %d is %+v, want %+v", i, got, want)
		}
	}
	for name, bad := range map[string][]byte{
		"nothing":              nil,
		"half a head":          {0xEF, 0, 0},
		"no newest frame":      {0xEF, 0, 0, 0},
		"longer than it is":    {0xEF, 0x0F, 0x00, 9, 111, 'a'},
		"more than anyone has": redundant(111, 1, slices.Repeat([]string{"a"}, mostBlocks+1)...),
	} {
		if n := readBlocks(bad, &blocks); n != 0 {
			t.Errorf("%s: %d blocks were read", name, n)
		}
	}
}

// A voice is somebody whose sound goes to somebody else.
type voice struct {
	*intake
	to *stream
	*wire
}

func newVoice(repeats int) voice {
	s := &SFU{cfg: Config{Now: func() time.Time { return start }}}
	p := &Peer{sfu: s, ssrc: 1}
	p.arrivals.Recorder = twcc.NewRecorder(1)
	p.sources[Audio] = newSource(p, Audio, opus)
	p.terms.codings[111], p.terms.codings[63] = opus, repeatedOpus
	st, w := newWire(Audio)
	st.peer, st.plain, st.redundant, st.repeats = &Peer{sfu: s}, 111, 63, repeats
	st.show(p.sources[Audio])
	return voice{&intake{peer: p, ssrc: 5}, st, w}
}

// say sends a packet, of several frames if there are any more.
func (v voice) say(seq uint16, frames ...string) {
	payloadType, payload := uint8(111), []byte(frames[0])
	if len(frames) > 1 {
		payloadType, payload = 63, redundant(111, 960, frames...)
	}
	header := rtp.Header{Version: 2, PayloadType: payloadType, SequenceNumber: seq, Timestamp: uint32(int16(seq)) * 960, SSRC: 5}
	wire, err := (&rtp.Packet{Header: header, Payload: payload}).Marshal()
	if err != nil {
		panic(err)
	}
	v.take(wire, start)
}

// heard are the frames that each packet sent on is made of, by its number.
func (v voice) heard(t *testing.T) map[uint16][]string {
	t.Helper()
	all := map[uint16][]string{}
	for _, p := range v.sent {
		if all[p.seq] != nil {
			t.Errorf("number %d was sent twice", p.seq)
		}
		if p.payloadType == 111 {
			all[p.seq] = []string{string(p.payload)}
			continue
		}
		var blocks [mostBlocks]block
		n := readBlocks(p.payload, &blocks)
		for i, b := range blocks[:n] {
			if b.payloadType != 111 || (b.ago == 0) != (i == n-1) {
				t.Errorf("block %d of number %d is %d and from %d before", i, p.seq, b.payloadType, b.ago)
			}
			all[p.seq] = append(all[p.seq], string(b.payload))
		}
	}
	return all
}

func TestWhatWasLostIsInWhatComes(t *testing.T) {
	v := newVoice(0)
	v.say(10, "a")
	v.say(12, "b", "c")      // 11 is lost
	v.say(14, "b", "c", "?") // so is 13, but not told of: two before is 12
	v.say(11, "b")           // late
	v.say(14, "b", "c", "?") // again
	heard := v.heard(t)
	want := map[uint16][]string{10: {"a"}, 11: {"b"}, 12: {"c"}, 13: {"c"}, 14: {"?"}}
	for seq, frames := range want {
		if !slices.Equal(heard[seq], frames) {
			t.Errorf("of number %d was heard %q, want %q", seq, heard[seq], frames)
		}
	}
	if len(heard) != len(want) {
		t.Errorf("heard %v", heard)
	}
}

func TestFramesAreRepeatedForWhoLoses(t *testing.T) {
	for repeats, want := range [][][]string{
		{{"a"}, {"b"}, {"c"}, {"e"}},
		{{"a"}, {"a", "b"}, {"b", "c"}, {"e"}}, // the one before e never came
		{{"a"}, {"a", "b"}, {"a", "b", "c"}, {"c", "e"}},
	} {
		v := newVoice(repeats)
		for i, frame := range []string{"a", "b", "c", "", "e"} {
			if frame != "" {
				v.say(uint16(65534+i), frame)
			}
		}
		heard := v.heard(t)
		for i, seq := range []uint16{65534, 65535, 0, 2} {
			if !slices.Equal(heard[seq], want[i]) {
				t.Errorf("%d times: number %d has %q, want %q", repeats, seq, heard[seq], want[i])
			}
		}
	}
}

func TestNobodyHearsWhatWasSaidBeforeTheyWereLetIn(t *testing.T) {
	v := newVoice(2)
	src := v.peer.sources[Audio]
	v.say(1, "secret")
	v.to.show(nil)
	v.say(2, "secret")
	if n := len(v.sent); n != 1 {
		t.Fatalf("%d packets were sent", n)
	}
	other := newVoice(2)
	other.to.show(src)
	v.say(4, "secret", "open") // 3, lost, was before too
	v.say(5, "open")
	for _, p := range other.sent {
		if bytes.Contains(p.payload, []byte("secret")) {
			t.Errorf("heard %q", p.payload)
		}
	}
	if len(other.sent) != 2 {
		t.Errorf("%d packets were heard of 2", len(other.sent))
	}
}

func TestSoundIsNotSentAgain(t *testing.T) {
	v := newVoice(2)
	v.say(1, "a")
	v.say(2, "b")
	v.to.setRepeats(0)
	v.to.resend(2, start)
	if len(v.sent) != 2 {
		t.Error("a number of sound was sent twice, and need not be the same")
	}
}

func TestWhatDoesNotFitIsNotRepeated(t *testing.T) {
	v := newVoice(2)
	long := string(bytes.Repeat([]byte{'a'}, soundCell+1))
	v.say(1, long)
	v.say(2, long)
	v.say(3, string(bytes.Repeat([]byte{'b'}, soundCell)))
	v.say(4, string(bytes.Repeat([]byte{'c'}, redundantMost-soundCell)))
	for seq, frames := range v.heard(t) {
		if len(frames) != 1 {
			t.Errorf("number %d has %d frames", seq, len(frames))
		}
	}
	v = newVoice(2)
	v.say(1, "a")
	v.say(30, "b") // in the place of 14, and a long silence after 1
	if heard := v.heard(t)[30]; !slices.Equal(heard, []string{"b"}) {
		t.Errorf("after a silence %q was sent", heard)
	}
}

func TestHowOftenFramesAreRepeated(t *testing.T) {
	for _, c := range []struct {
		estimate int
		lost     float64
		pictures bool
		want     int
	}{
		{64_000, 0, true, 0}, {64_000, 0.3, true, 0}, {250_000, 0, true, 0}, {250_000, 0.02, true, 1}, {250_000, 0.2, true, 1},
		{1_000_000, 0, true, 1}, {1_000_000, 0.02, true, 1}, {500_000, 0.05, true, 2}, {1_000_000, 0.2, true, 2},
		{1_000_000, 0, false, 0}, {1_000_000, 0.02, false, 1}, {1_000_000, 0.2, false, 2},
	} {
		if got := repeats(c.estimate, c.lost, c.pictures); got != c.want {
			t.Errorf("at %d bit/s, of which %v is lost, each frame is repeated %d times, want %d", c.estimate, c.lost, got, c.want)
		}
	}
}

func TestANetworkIsNarrowUntilItHasBeenWide(t *testing.T) {
	var w width
	now := start
	for i, step := range []struct {
		estimate int
		after    time.Duration
		want     bool
	}{
		{1_000_000, 0, false}, {350_000, time.Second, false}, {299_000, time.Second, true}, {350_000, time.Minute, true},
		{500_000, time.Second, true}, {299_000, 2 * time.Second, true}, {500_000, wideFor - 1, true}, {500_000, 1, false},
	} {
		now = now.Add(step.after)
		if got := w.look(step.estimate, now); got != step.want {
			t.Errorf("step %d: narrow is %v", i, got)
		}
	}
}

func TestWhoIsSentToANarrowNetworkIsAskedToSpare(t *testing.T) {
	v := newVoice(0)
	if v.peer.Sparing() || (&Peer{}).Sparing() {
		t.Error("spares for nobody")
	}
	v.to.peer.narrow.Store(true)
	if !v.peer.Sparing() {
		t.Error("does not spare")
	}
	v.to.show(nil)
	if v.peer.Sparing() {
		t.Error("spares for somebody who hears nothing")
	}
}

func TestNothingIsAllocatedForARepeatedFrame(t *testing.T) {
	v := newVoice(2)
	v.keep = false
	v.say(1, "a")
	payload := redundant(111, 960, "a", "b")
	seq := uint16(1)
	l := v.layer
	allocated := testing.AllocsPerRun(1000, func() {
		seq += 2 // each second one is lost
		p := packet{seq: seq, ts: uint32(seq) * 960, ssrc: 5, payload: payload}
		v.takeBlocks(&p, start)
	})
	if allocated > 0 || l.ring.misses(seq-1) {
		t.Errorf("%v allocations", allocated)
	}
}

// FuzzBlocks has somebody send whatever they like as redundant sound. What is read
// of it lies within it, in order.
func FuzzBlocks(f *testing.F) {
	f.Add(redundant(111, 960, "a"))
	f.Add(redundant(111, 960, "a", "bc"))
	f.Add(redundant(111, blockSpan-1, "a", "", "c"))
	f.Add([]byte{0xEF, 0xFF, 0xFF, 0xFF, 111, 1})
	f.Add(bytes.Repeat([]byte{0xFF}, 64))
	f.Fuzz(func(t *testing.T, b []byte) {
		var blocks [mostBlocks]block
		n := readBlocks(b, &blocks)
		size := 0
		for i, one := range blocks[:n] {
			size += earlierHead + len(one.payload)
			if one.ago >= blockSpan || i < n-1 && len(one.payload) >= blockSize {
				t.Errorf("block %d is %+v", i, one)
			}
		}
		if n > 0 && size-earlierHead+newestHead != len(b) {
			t.Errorf("%d bytes were read of %d", size, len(b))
		}
		v := newVoice(2)
		v.say(1, "a")
		p := packet{seq: 5, ts: 9000, ssrc: 5, payload: b}
		v.takeBlocks(&p, start)
		v.say(6, "b")
		v.heard(t)
	})
}

func TestWhoOffersRepeatedSoundFirstGetsIt(t *testing.T) {
	sound := func(first, second string) string {
		more := []string{"a=rtpmap:109 opus/48000/2", "a=rtpmap:63 red/48000/2", "a=fmtp:63 109/109"}
		return strings.NewReplacer("UDP/TLS/RTP/SAVPF 111", "UDP/TLS/RTP/SAVPF "+first+" "+second,
			"a=rtpmap:111 opus/48000/2", strings.Join(more, "\r\n")).Replace(goodOffer())
	}
	for name, c := range map[string]struct {
		offer string
		want  uint8
	}{
		"first": {sound("63", "109"), 63}, "last": {sound("109", "63"), 0}, "never": {goodOffer(), 0},
	} {
		p, _, err := newSFU(t).Connect(context.Background(), c.offer, Options{Changed: func(State) {}})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := p.slots[0][Audio].redundant; got != c.want {
			t.Errorf("%s: repeated sound goes as %d, want %d", name, got, c.want)
		}
	}
}
