package trial_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/pion/webrtc/v4"
	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"

	"github.com/wardvisit/wardvisit/signaling/sfu"
	"github.com/wardvisit/wardvisit/signaling/ticket"
	"github.com/wardvisit/wardvisit/signaling/trial"
	"github.com/wardvisit/wardvisit/signaling/turn"
)

const within = 20 * time.Second

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A hospital is a media server and a relay at real sockets, open to trials.
type hospital struct {
	*trial.Server
	t        *testing.T
	relay    *turn.Server
	registry *prometheus.Registry
}

func newHospital(t *testing.T, change ...func(*trial.Config)) *hospital {
	t.Helper()
	return newHospitalAt(t, time.Now, change...)
}

// newHospitalAt is one whose relay goes by a clock of its own.
func newHospitalAt(t *testing.T, now func() time.Time, change ...func(*trial.Config)) *hospital {
	t.Helper()
	media, err := sfu.New(sfu.Config{
		Listen: netip.MustParseAddrPort("127.0.0.1:0"), Loopback: true, MaxSlots: 2, Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := listener.Addr().String()
	relay, err := turn.New(turn.Config{
		Key: make([]byte, ticket.MinKey), Listen: netip.MustParseAddrPort(at), Listeners: []net.Listener{listener}, Routes: media.Routes(),
		URLs: []string{"turn:" + at + "?transport=udp", "turn:" + at + "?transport=tcp"}, Log: slog.New(slog.DiscardHandler), Now: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	h := &hospital{t: t, relay: relay, registry: prometheus.NewRegistry()}
	cfg := trial.Config{Media: media, Relay: relay, Registry: h.registry, Log: slog.New(slog.DiscardHandler), Now: time.Now}
	for _, c := range change {
		c(&cfg)
	}
	if h.Server, err = trial.New(cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		h.Stop()
		if err := errors.Join(relay.Close(), media.Close()); err != nil {
			t.Error(err)
		}
	})
	return h
}

// browser makes a connection that would receive one sound, and its offer.
func browser(t *testing.T) (*webrtc.PeerConnection, string) {
	t.Helper()
	set := webrtc.SettingEngine{}
	set.SetIncludeLoopbackCandidate(true)
	pc, err := webrtc.NewAPI(webrtc.WithSettingEngine(set)).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pc.GracefulClose() })
	init := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}
	if _, err := pc.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio, init); err != nil {
		t.Fatal(err)
	}
	offer, err := pc.CreateOffer(nil)
	if err != nil {
		t.Fatal(err)
	}
	return pc, offer.SDP
}

// goBy has a browser go by the path it was answered with.
func goBy(t *testing.T, pc *webrtc.PeerConnection, offer string, answer trial.Answer) <-chan struct{} {
	t.Helper()
	up := make(chan struct{})
	pc.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		if state == webrtc.PeerConnectionStateConnected {
			close(up)
		}
	})
	if r := answer.Relay; r != nil {
		err := pc.SetConfiguration(webrtc.Configuration{
			ICETransportPolicy: webrtc.ICETransportPolicyRelay,
			ICEServers:         []webrtc.ICEServer{{URLs: r.URLs, Username: r.Username, Credential: r.Password}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := pc.SetLocalDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer}); err != nil {
		t.Fatal(err)
	}
	if err := pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer.SDP}); err != nil {
		t.Fatal(err)
	}
	return up
}

func (h *hospital) begin(path trial.Path) (pc *webrtc.PeerConnection, offer string, answer trial.Answer) {
	h.t.Helper()
	pc, offer = browser(h.t)
	answer, err := h.Begin(h.t.Context(), path, offer)
	if err != nil {
		h.t.Fatal(err)
	}
	return pc, offer, answer
}

// until waits for something to become true.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	for tick := time.NewTicker(5 * time.Millisecond); !ok(); {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

// counted is how often a path's trials came to a result.
func (h *hospital) counted(path trial.Path, result string) (n float64) {
	h.t.Helper()
	families, err := h.registry.Gather()
	if err != nil {
		h.t.Fatal(err)
	}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			labels := map[string]string{}
			for _, l := range m.GetLabel() {
				labels[l.GetName()] = l.GetValue()
			}
			if labels["path"] == string(path) && labels["result"] == result {
				n += m.GetCounter().GetValue()
			}
		}
	}
	return n
}

func TestAPathIsTriedForReal(t *testing.T) {
	for _, path := range []trial.Path{trial.UDP, trial.RelayUDP, trial.RelayTCP} {
		t.Run(string(path), func(t *testing.T) {
			t.Parallel()
			h := newHospital(t)
			pc, offer, answer := h.begin(path)
			if !answer.Offered || (answer.Relay != nil) != (path != trial.UDP) {
				t.Fatalf("offered %v, by a relay %v", answer.Offered, answer.Relay != nil)
			}
			select {
			case <-goBy(t, pc, offer, answer):
			case <-time.After(within):
				t.Fatal("the path never came up")
			}
			if path == trial.UDP && h.relay.Open() != 0 {
				t.Error("straight on leads by a relay")
			} else if path != trial.UDP {
				until(t, "it leads by a relay", func() bool { return h.relay.Open() == 1 })
			}
			until(t, "the trial is over, having been seen", func() bool { return h.Open() == 0 })
			until(t, "its relay is closed", func() bool { return h.relay.Open() == 0 })
			if n := h.counted(path, "through"); n != 1 {
				t.Errorf("%v counted as through", n)
			}
		})
	}
}

// A credential that was given for a trial is worth nothing when it is over.
func TestATrialsCredentialDiesWithIt(t *testing.T) {
	h := newHospital(t, func(c *trial.Config) { c.Life = 50 * time.Millisecond })
	pc, offer, answer := h.begin(trial.RelayTCP)
	until(t, "the trial is over", func() bool { return h.Open() == 0 })
	up := goBy(t, pc, offer, answer)
	gathered := webrtc.GatheringCompletePromise(pc)
	select {
	case <-gathered:
	case <-up:
		t.Fatal("a connection came up after the trial was over")
	case <-time.After(within):
		t.Fatal("gathering never ended")
	}
	if strings.Contains(pc.LocalDescription().SDP, "typ relay") {
		t.Error("a relay was opened after the trial was over")
	}
}

func TestWaysAreWhatBrowsersAreGiven(t *testing.T) {
	h := newHospital(t)
	ways, err := h.Ways(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	_, _, answer := h.begin(trial.UDP)
	if len(ways[trial.UDP]) != 1 || len(ways[trial.TCP]) != 0 || !strings.Contains(answer.SDP, " "+ways[trial.UDP][0].Addr().String()+" ") {
		t.Errorf("ways %v, of\n%s", ways, answer.SDP)
	}
}

func TestWhatNeverComesUpIsBlocked(t *testing.T) {
	h := newHospital(t, func(c *trial.Config) { c.Life = 50 * time.Millisecond })
	h.begin(trial.UDP)
	until(t, "the trial is over", func() bool { return h.counted(trial.UDP, "blocked") == 1 })
}

func TestPathsThatAreNotOffered(t *testing.T) {
	h := newHospital(t, func(c *trial.Config) { c.Relay = nil })
	for _, path := range []trial.Path{trial.RelayUDP, trial.RelayTCP, trial.RelayTLS} {
		if _, _, answer := h.begin(path); answer.Offered || answer.SDP != "" {
			t.Errorf("%s: %+v", path, answer)
		}
		if n := h.counted(path, "not_offered"); n != 1 || h.Open() != 0 {
			t.Errorf("%s: %v counted, %d open", path, n, h.Open())
		}
	}
}

// However many come at once, no more are made than there is room for, and room
// is found again when they go.
func TestAFloodFillsTheRoomAndNoMore(t *testing.T) {
	const room = 8
	h := newHospital(t, func(c *trial.Config) { c.MaxOpen = room })
	_, offer := browser(t)
	results := make(chan error)
	for range 10 * room {
		go func() {
			_, err := h.Begin(t.Context(), trial.UDP, offer)
			results <- err
		}()
	}
	made, busy := 0, 0
	for range 10 * room {
		switch err := <-results; {
		case err == nil:
			made++
		case errors.Is(err, trial.ErrBusy):
			busy++
		default:
			t.Error(err)
		}
	}
	if made != room || busy != 9*room || h.Open() != room {
		t.Errorf("%d made, %d turned away, %d open; want %d, %d, %d", made, busy, h.Open(), room, 9*room, room)
	}
	h.Stop()
	if h.Open() != 0 {
		t.Errorf("%d are open after Stop", h.Open())
	}
	if _, err := h.Begin(t.Context(), trial.UDP, offer); !errors.Is(err, trial.ErrBusy) {
		t.Errorf("after Stop: %v", err)
	}
}

func TestJunkIsRefused(t *testing.T) {
	h := newHospital(t)
	_, good := browser(t)
	section := good[strings.Index(good, "m=audio"):]
	for name, offer := range map[string]string{
		"nothing":             "",
		"not SDP":             "m=\na=recvonly\n",
		"bytes":               strings.Repeat("\x00\xff", 100) + "m=audio\r\na=recvonly\r\n",
		"too long":            good + strings.Repeat("a=x\r\n", 4<<10),
		"two sections":        good + strings.Replace(section, "a=mid:0", "a=mid:1", 1),
		"one that sends":      strings.ReplaceAll(good, "a=recvonly", "a=sendrecv"),
		"of another kind":     strings.ReplaceAll(good, "m=audio", "m=application"),
		"without fingerprint": strings.ReplaceAll(good, "a=fingerprint", "a=toeprint"),
		"ICE-lite":            strings.Replace(good, "m=audio", "a=ice-lite\r\nm=audio", 1),
	} {
		if _, err := h.Begin(t.Context(), trial.UDP, offer); !errors.Is(err, trial.ErrBadOffer) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.Begin(t.Context(), "sideways", good); !errors.Is(err, trial.ErrBadOffer) {
		t.Errorf("a path of no name: %v", err)
	}
	if h.Open() != 0 {
		t.Errorf("%d are open", h.Open())
	}
	if n := h.counted("sideways", "refused"); n != 0 {
		t.Error("a stranger's word became a label")
	}
}

func TestAnAnswerHasOnePathAlone(t *testing.T) {
	const udp, tcp = "a=candidate:1 1 udp 2130706431 192.0.2.1 443 typ host\r\n", "a=candidate:2 1 TCP 1671430143 192.0.2.1 443 typ host tcptype passive\r\n"
	const rest = "v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
	for _, tt := range []struct {
		path         trial.Path
		answer, want string
		offered      bool
	}{
		{trial.UDP, rest + udp + tcp, rest + udp, true},
		{trial.TCP, rest + udp + tcp, rest + tcp, true},
		{trial.RelayTLS, rest + tcp + udp, rest + udp, true},
		{trial.TCP, rest + udp, rest, false},
		{trial.UDP, rest + "a=candidate:1 1\r\n", rest, false},
	} {
		if kept, offered := trial.Only(tt.path, tt.answer); kept != tt.want || offered != tt.offered {
			t.Errorf("%s of %q is %q, %v", tt.path, tt.answer, kept, offered)
		}
	}
}

func FuzzOffer(f *testing.F) {
	f.Add("m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=recvonly\r\na=candidate:1 1 udp 1 192.0.2.1 443 typ host")
	f.Add("m=audio\nm=video\na=recvonly\n")
	f.Fuzz(func(t *testing.T, text string) {
		if err := trial.ReadOffer(text); err == nil && strings.Count("\n"+text, "\nm=") != 1 {
			t.Errorf("took %q", text)
		}
		if kept, _ := trial.Only(trial.TCP, text); strings.Contains(kept, " udp ") && strings.Contains(kept, "a=candidate:1 1 udp ") && strings.HasPrefix(kept, "a=candidate:") {
			t.Errorf("kept %q", kept)
		}
	})
}
