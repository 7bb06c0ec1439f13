package sfu

import (
	"context"
	"strings"
	"testing"
	"time"
)

func TestAKeyframeOfH264IsKnown(t *testing.T) {
	for _, tt := range []struct {
		name string
		wire []byte
		want bool
	}{
		{"empty", nil, false},
		{"parameters alone", []byte{0x67, 0x42, 0xE0, 0x1F}, true},
		{"a picture that needs none before it, without parameters", []byte{0x65, 0x88}, false},
		{"another picture", []byte{0x41, 0x9A}, false},
		{"parameters and picture in one", []byte{0x78, 0, 4, 0x67, 0x42, 0xE0, 0x1F, 0, 2, 0x68, 0xCE, 0, 2, 0x65, 0x88}, true},
		{"parameters second", []byte{0x78, 0, 2, 0x09, 0xF0, 0, 4, 0x67, 0x42, 0xE0, 0x1F}, true},
		{"others in one", []byte{0x78, 0, 2, 0x68, 0xCE, 0, 2, 0x41, 0x9A}, false},
		{"one cut off", []byte{0x78, 0, 9, 0x67}, false},
		{"one of no length", []byte{0x78, 0, 0, 0x67, 0x42}, false},
		{"the first part of parameters", []byte{0x7C, 0x87, 0x42}, true},
		{"a later part of them", []byte{0x7C, 0x07, 0x42}, false},
		{"the first part of a picture", []byte{0x7C, 0x85, 0x88}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := startsH264(tt.wire); got != tt.want {
				t.Errorf("startsH264 = %v", got)
			}
		})
	}
}

func TestARoomOfH264IsAnsweredWithIt(t *testing.T) {
	s := newSFU(t)
	const fmtp = "a=fmtp:96 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"
	offer := strings.ReplaceAll(goodOffer(), "VP8", "H264")
	offer = strings.ReplaceAll(offer, "a=rtpmap:96 H264/90000\r\n",
		"a=rtpmap:96 H264/90000\r\n"+fmtp+"\r\na=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n")
	offer = strings.ReplaceAll(offer, "SAVPF 96", "SAVPF 96 97")
	p, answer, err := s.Connect(context.Background(), offer, Options{Codec: H264, Changed: func(State) {}})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for _, want := range []string{"H264/90000", "packetization-mode=1", "profile-level-id=42e01f", "rtx/90000", "apt=96", "useinbandfec=1;usedtx=1", "a=ssrc-group:FID"} {
		if !strings.Contains(answer, want) {
			t.Errorf("the answer has no %s", want)
		}
	}
	if strings.Contains(answer, "VP8") {
		t.Error("the answer has VP8")
	}
	if p.terms.codings[96] != h264Coding || !p.terms.repair[97] {
		t.Errorf("agreed on %v for 96, repair %v for 97", p.terms.codings[96], p.terms.repair[97])
	}
}

func TestLoudnessRisesAtOnceAndFallsSlowly(t *testing.T) {
	var l loudness
	now := start
	tell := func() (a Activity) { l.tell(&a, now); return a }
	if a := tell(); a.Levelled || a.Level != silence || !a.NoisyAt.IsZero() {
		t.Errorf("nothing told is %+v", a)
	}
	hear := func(level uint8) Activity {
		now = now.Add(20 * time.Millisecond)
		l.hear(level, now)
		return tell()
	}
	if a := hear(90); !a.Levelled || a.Level != 90 || !a.NoisyAt.Equal(now) {
		t.Errorf("a quiet room is %+v", a)
	}
	if a := hear(30); a.Level != 30 {
		t.Errorf("a word is %+v", a)
	}
	if a := hear(90); a.Level != 31 {
		t.Errorf("the breath after it is %+v", a)
	}
	noisy := now
	if a := hear(127); a.Level != 32 || !a.NoisyAt.Equal(noisy) {
		t.Errorf("digital silence is %+v", a)
	}
	now = now.Add(400 * time.Millisecond) // with DTX nothing comes in silence
	if a := tell(); a.Level != silence || !a.Levelled {
		t.Errorf("after nothing came it is %+v", a)
	}
	if a := hear(100); a.Level != 100 {
		t.Errorf("the first after it is %+v", a)
	}
}

func TestAWindowKnowsWhatWasSent(t *testing.T) {
	var w window
	if !w.open(7) || w.was(7) {
		t.Error("an empty window has something")
	}
	for _, seq := range []uint16{65534, 65535, 1} {
		if !w.open(seq) || !w.mark(seq) {
			t.Errorf("%d is not new", seq)
		}
	}
	if w.open(65535) || !w.open(0) || w.was(0) || !w.was(1) {
		t.Error("what was sent and what was not are mixed up")
	}
	if w.mark(0) {
		t.Error("a late one is the newest")
	}
	w.mark(lateBy)
	if w.open(0) || w.was(0) {
		t.Error("what is too old to know of may be sent")
	}
	w.mark(lateBy + 30000)
	if w.was(lateBy) || !w.open(lateBy+29999) || w.open(lateBy) {
		t.Error("after a long jump the past is not forgotten")
	}
}

func TestTransportWideTimesGoOn(t *testing.T) {
	var e epoch
	e.since(1<<epochBits - 2)
	if got := e.since(3); got != 5*epochUnit {
		t.Errorf("five units on, over the end, is %v", got)
	}
	if got := e.since(2); got != 4*epochUnit {
		t.Errorf("one back is %v", got)
	}
}

func TestAMeterMeasuresTheLastSecond(t *testing.T) {
	var m meter
	now := start
	for range 30 {
		m.add(1250) // in a tenth of a second: 100 kbit/s
		now = now.Add(tickEvery)
		m.tick(now)
	}
	if got := m.rate(); got != 100_000 {
		t.Errorf("100 kbit/s are measured as %d", got)
	}
	for range meterTicks {
		now = now.Add(tickEvery)
		m.tick(now)
	}
	if got := m.rate(); got != 0 {
		t.Errorf("nothing is measured as %d", got)
	}
}

func TestLayersAreAnsweredByName(t *testing.T) {
	s := newSFU(t)
	extensions := []string{"a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid", "a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
		"a=extmap:11 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id"}
	offer := session + section("audio", "0", "sendonly") + section("video", "1", "sendonly", append(extensions, layered3...)...)
	p, answer, err := s.Connect(context.Background(), offer, Options{Changed: func(State) {}})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for _, want := range []string{"a=rid:h recv", "a=rid:m recv", "a=rid:l recv", "a=simulcast:recv h;m;l", "sdes:repaired-rtp-stream-id"} {
		if !strings.Contains(answer, want) {
			t.Errorf("the answer has no %s", want)
		}
	}
	if p.terms.ids.rid != 10 || p.terms.ids.repairedRID != 11 {
		t.Errorf("agreed on %+v", p.terms.ids)
	}
}
