package sfu

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// section writes a media section as a browser does.
func section(kind, mid, direction string, more ...string) string {
	codec := "111 opus/48000/2"
	if kind == "video" {
		codec = "96 VP8/90000"
	}
	number, _, _ := strings.Cut(codec, " ")
	lines := []string{
		"m=" + kind + " 9 UDP/TLS/RTP/SAVPF " + number, "c=IN IP4 0.0.0.0", "a=mid:" + mid, "a=" + direction,
		"a=rtpmap:" + codec, "a=ice-ufrag:abcd", "a=ice-pwd:abcdefghijklmnopqrstuvwx", "a=setup:actpass", "a=rtcp-mux",
		"a=fingerprint:sha-256 " + strings.TrimSuffix(strings.Repeat("00:", 32), ":"),
	}
	return strings.Join(append(lines, more...), "\r\n") + "\r\n"
}

const session = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1 2 3\r\n"

func goodOffer() string {
	return session + section("audio", "0", "sendrecv") + section("video", "1", "sendonly") +
		section("audio", "2", "recvonly") + section("video", "3", "recvonly")
}

func TestAnOfferIsAPlan(t *testing.T) {
	p, err := readOffer(goodOffer(), VP8, 5)
	if err != nil {
		t.Fatal(err)
	}
	if !p.sends[Audio] || !p.sends[Video] || p.slots[Audio] != 1 || p.slots[Video] != 1 || len(p.mids) != 4 {
		t.Errorf("plan = %+v", p)
	}
}

func TestCandidatesOfAnOfferAreThrownAway(t *testing.T) {
	candidate := "a=candidate:1 1 udp 2130706431 192.0.2.1 53 typ host"
	offer := session + candidate + "\r\n" + section("audio", "0", "sendonly", candidate, "a=end-of-candidates")
	p, err := readOffer(offer, VP8, 5)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(p.sdp, "candidate") || strings.Contains(p.sdp, "192.0.2.1") {
		t.Errorf("kept in\n%s", p.sdp)
	}
}

var (
	layered3 = []string{"a=rid:h send", "a=rid:m send", "a=rid:l send", "a=simulcast:send h;~m;l"}
	layered4 = []string{"a=rid:h send", "a=rid:m send", "a=rid:l send", "a=rid:x send", "a=simulcast:send h;m;l;x"}
)

func TestAnOfferMayHaveThreeLayers(t *testing.T) {
	p, err := readOffer(session+section("video", "0", "sendonly", layered3...), VP8, 1)
	if err != nil || !slices.Equal(p.rids, []string{"h", "m", "l"}) {
		t.Errorf("readOffer = %+v, %v", p, err)
	}
}

func TestARoomHasOneCodec(t *testing.T) {
	offer := strings.NewReplacer("VP8", "H264").Replace(section("video", "0", "sendonly"))
	if _, err := readOffer(session+offer, H264, 1); !errors.Is(err, ErrBadOffer) {
		t.Errorf("H.264 in one packet a unit: %v", err)
	}
	offer += "a=fmtp:96 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n"
	if _, err := readOffer(session+offer, H264, 1); err != nil {
		t.Errorf("H.264 in a room of H.264: %v", err)
	}
	if _, err := readOffer(session+offer, VP8, 1); !errors.Is(err, ErrBadOffer) {
		t.Errorf("H.264 in a room of VP8: %v", err)
	}
}

func TestOffersOfNoUseAreRefused(t *testing.T) {
	for name, offer := range map[string]string{
		"empty":                 "",
		"not SDP":               "hello",
		"no sections":           session,
		"ICE-lite as we are":    session + "a=ice-lite\r\n" + section("audio", "0", "sendonly"),
		"a data channel":        session + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:0\r\n",
		"no mid":                session + strings.Replace(section("audio", "0", "sendonly"), "a=mid:0\r\n", "", 1),
		"one mid twice":         session + section("audio", "0", "sendonly") + section("video", "0", "sendonly"),
		"a very long mid":       session + section("audio", strings.Repeat("0", 17), "sendonly"),
		"two cameras":           session + section("video", "0", "sendonly") + section("video", "1", "sendrecv"),
		"an idle section":       session + section("audio", "0", "inactive"),
		"layers without names":  session + section("video", "0", "sendonly", "a=simulcast:send h;l"),
		"a fourth layer":        session + section("video", "0", "sendonly", layered4...),
		"an unknown layer":      session + section("video", "0", "sendonly", "a=rid:h send", "a=rid:q send", "a=simulcast:send h;q"),
		"one layer twice":       session + section("video", "0", "sendonly", "a=rid:h send", "a=rid:h send", "a=simulcast:send h;h"),
		"layers to choose from": session + section("video", "0", "sendonly", "a=rid:h send", "a=rid:l send", "a=simulcast:send h,l"),
		"layers to receive":     session + section("video", "0", "recvonly", "a=rid:h recv", "a=simulcast:recv h"),
		"layers both ways":      session + section("video", "0", "sendrecv", "a=rid:h send", "a=simulcast:send h recv h"),
		"a name without layers": session + section("video", "0", "sendonly", "a=rid:h send"),
		"layers of sound":       session + section("audio", "0", "sendonly", "a=rid:h send", "a=simulcast:send h"),
		"without our codec":     session + strings.Replace(section("video", "0", "sendonly"), "VP8", "H264", 1),
		"too many slots":        session + section("audio", "0", "recvonly") + section("audio", "1", "recvonly"),
		"far too many sections": session + strings.Repeat(section("audio", "0", "recvonly"), 100),
	} {
		t.Run(name, func(t *testing.T) {
			if p, err := readOffer(offer, VP8, 1); !errors.Is(err, ErrBadOffer) {
				t.Errorf("readOffer = %+v, %v", p, err)
			}
		})
	}
}

func FuzzOffer(f *testing.F) {
	f.Add(goodOffer())
	f.Add(session + section("audio", "0", "sendonly", "a=candidate:1 1 udp 2130706431 192.0.2.1 53 typ host"))
	f.Fuzz(func(t *testing.T, offer string) {
		p, err := readOffer(offer, VP8, 5)
		if err != nil {
			if !errors.Is(err, ErrBadOffer) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		if strings.Contains(p.sdp, "\na=candidate:") {
			t.Fatalf("a candidate was kept in\n%s", p.sdp)
		}
		if p.slots[Audio] > 5 || p.slots[Video] > 5 || len(p.mids) > 12 {
			t.Fatalf("plan = %+v", p)
		}
	})
}
