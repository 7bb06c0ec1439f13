package sfu

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
	"go.uber.org/goleak"
)

const within = 20 * time.Second

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func newSFU(t *testing.T) *SFU {
	t.Helper()
	s, err := New(Config{
		Listen: netip.MustParseAddrPort("127.0.0.1:0"), Loopback: true, MaxSlots: 2,
		Log: slog.New(slog.DiscardHandler), Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// A client is a connection with one track of each kind and one slot.
type client struct {
	t    *testing.T
	pc   *webrtc.PeerConnection
	peer *Peer
	out  [kinds]*webrtc.TrackLocalStaticRTP

	layers *layered // of the picture, in place of out[Video]

	mu    sync.Mutex
	heard []rtcp.Packet        // guarded by mu: what was said of what we send
	came  [kinds][]*rtp.Packet // guarded by mu
	told  []rtcp.Packet        // guarded by mu: what was said of what we receive
}

func newClientAPI(t *testing.T) *webrtc.API {
	media, err := newMediaEngine(VP8)
	if err != nil {
		t.Fatal(err)
	}
	set := webrtc.SettingEngine{LoggerFactory: quiet{}}
	set.SetIncludeLoopbackCandidate(true)
	set.SetIPFilter(net.IP.IsLoopback)
	set.DisableSRTPReplayProtection(true) // to see what is sent twice
	return webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithSettingEngine(set),
		webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
}

func codecOf(kind Kind) webrtc.RTPCodecCapability {
	if kind == Audio {
		return soundCodec
	}
	return VP8.capability()
}

func connect(t *testing.T, s *SFU) *client { return connectLayered(t, s) }

// connectLayered connects a client that sends its picture in layers, or in one.
func connectLayered(t *testing.T, s *SFU, rids ...string) *client {
	t.Helper()
	pc, err := newClientAPI(t).NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		t.Fatal(err)
	}
	c := &client{t: t, pc: pc}
	t.Cleanup(func() { _ = pc.GracefulClose() })
	for kind := range kinds {
		if c.out[kind], err = webrtc.NewTrackLocalStaticRTP(codecOf(kind), kind.String(), "me"); err != nil {
			t.Fatal(err)
		}
		for _, direction := range []webrtc.RTPTransceiverDirection{webrtc.RTPTransceiverDirectionSendonly, webrtc.RTPTransceiverDirectionRecvonly} {
			init := webrtc.RTPTransceiverInit{Direction: direction}
			if kind == Video && len(rids) > 0 && direction == webrtc.RTPTransceiverDirectionSendonly {
				c.layer(rids...)
				continue
			}
			if direction == webrtc.RTPTransceiverDirectionRecvonly {
				_, err = pc.AddTransceiverFromKind(kind.codecType(), init)
			} else {
				var tr *webrtc.RTPTransceiver
				if tr, err = pc.AddTransceiverFromTrack(c.out[kind], init); err == nil {
					go c.listen(&c.heard, tr.Sender().ReadRTCP)
				}
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	pc.OnTrack(func(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
		go c.listen(&c.told, receiver.ReadRTCP)
		c.receive(track)
	})
	up := make(chan struct{})
	var once sync.Once
	pc.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		if state == webrtc.PeerConnectionStateConnected {
			once.Do(func() { close(up) })
		}
	})
	c.negotiate(s)
	select {
	case <-up:
	case <-time.After(within):
		t.Fatal("the connection did not come up")
	}
	return c
}

func (c *client) negotiate(s *SFU) {
	c.t.Helper()
	offer, err := c.pc.CreateOffer(nil)
	if err == nil {
		err = c.pc.SetLocalDescription(offer)
	}
	if err != nil {
		c.t.Fatal(err)
	}
	peer, answer, err := s.Connect(context.Background(), offer.SDP, Options{Changed: func(State) {}})
	if err != nil {
		c.t.Fatal(err)
	}
	c.peer = peer
	if err := c.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) listen(to *[]rtcp.Packet, read func() ([]rtcp.Packet, interceptor.Attributes, error)) {
	for {
		packets, _, err := read()
		if err != nil {
			return
		}
		c.mu.Lock()
		*to = append(*to, packets...)
		c.mu.Unlock()
	}
}

func (c *client) receive(track *webrtc.TrackRemote) {
	kind := Audio
	if track.Kind() == webrtc.RTPCodecTypeVideo {
		kind = Video
	}
	for {
		p, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		c.mu.Lock()
		c.came[kind] = append(c.came[kind], p)
		c.mu.Unlock()
	}
}

func (c *client) send(kind Kind, seq uint16, payload ...byte) {
	c.t.Helper()
	p := &rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: seq, Timestamp: uint32(seq) * 3000, Marker: true}, Payload: payload}
	if err := c.out[kind].WriteRTP(p); err != nil {
		c.t.Fatal(err)
	}
}

// until waits for something that the client sees, trying every few milliseconds.
func (c *client) until(what string, true func() bool) {
	c.t.Helper()
	for deadline := time.Now().Add(within); ; {
		c.mu.Lock()
		yes := true()
		c.mu.Unlock()
		if yes {
			return
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("waited in vain for %s", what)
		}
		<-time.After(5 * time.Millisecond)
	}
}

var (
	keyframe = []byte{0x90, 0xE0, 0x80, 1, 1, 0x20, 0, 'k'}
	delta    = []byte{0x90, 0xE0, 0x80, 2, 2, 0x20, 1, 'd'}
)

func count[P rtcp.Packet](packets []rtcp.Packet) (n int) {
	for _, p := range packets {
		if _, ok := p.(P); ok {
			n++
		}
	}
	return n
}

func TestWhatIsSentIsShown(t *testing.T) {
	s := newSFU(t)
	anna, ben := connect(t, s), connect(t, s)
	if mids := anna.peer.Slots(); len(mids) != 1 || mids[0].Audio == "" || mids[0].Video == "" || mids[0].Audio == mids[0].Video {
		t.Fatalf("slots %+v", mids)
	}
	ben.peer.Show(0, Audio, anna.peer)
	ben.peer.Show(0, Video, anna.peer)
	ben.peer.Show(7, Video, anna.peer) // no such slot: nothing happens
	seq := uint16(100)
	ben.until("sound and picture", func() bool {
		seq++
		anna.send(Audio, seq, 'a')
		anna.send(Video, seq, keyframe...)
		return len(ben.came[Audio]) > 3 && len(ben.came[Video]) > 3
	})
	ben.mu.Lock()
	defer ben.mu.Unlock()
	if p := ben.came[Audio][0]; string(p.Payload) != "a" || !p.Marker {
		t.Errorf("sound came as %+v", p)
	}
	if p := ben.came[Video][0]; string(p.Payload) != string(keyframe) {
		t.Errorf("picture came as %q", p.Payload)
	}
}

func TestALossIsRepairedBothWays(t *testing.T) {
	s := newSFU(t)
	anna, ben := connect(t, s), connect(t, s)
	ben.peer.Show(0, Video, anna.peer)
	n := uint16(0)
	ben.until("a keyframe", func() bool {
		n++
		anna.send(Video, n, keyframe...)
		return len(ben.came[Video]) > 0
	})
	anna.send(Video, n+1, delta...)
	anna.send(Video, n+3, delta...) // n+2 is lost on the way up
	anna.until("a request for what is lost", func() bool {
		for _, p := range anna.heard {
			if nack, ok := p.(*rtcp.TransportLayerNack); ok && nack.Nacks[0].PacketID == n+2 {
				return true
			}
		}
		return false
	})
	anna.send(Video, n+2, delta...)
	times := func(seq uint16) (times int) {
		for _, p := range ben.came[Video] {
			if p.SequenceNumber == seq {
				times++
			}
		}
		return times
	}
	ben.until("all of it", func() bool { return times(n+1) == 1 && times(n+2) == 1 && times(n+3) == 1 })
	ben.mu.Lock()
	ssrc := ben.came[Video][0].SSRC
	ben.mu.Unlock()
	nack := &rtcp.TransportLayerNack{MediaSSRC: ssrc, Nacks: []rtcp.NackPair{{PacketID: n + 1}}} // on the way down
	if err := ben.pc.WriteRTCP([]rtcp.Packet{nack}); err != nil {
		t.Fatal(err)
	}
	more := n + 3
	ben.until("it again", func() bool { // Pion looks for repair when something else comes
		more++
		anna.send(Video, more, delta...)
		return times(n+1) == 2
	})
	ben.until("the counts", func() bool { got := s.Totals(); return got.Resent == 1 && got.Asked >= 1 })
}

func TestRequestsForKeyframesBecomeFew(t *testing.T) {
	s := newSFU(t)
	anna, ben := connect(t, s), connect(t, s)
	n := uint16(0)
	anna.until("something to arrive", func() bool { // which nobody sees
		n++
		anna.send(Video, n, delta...)
		return s.Totals().Received > 0
	})
	began := time.Now()
	ben.peer.Show(0, Video, anna.peer)
	anna.until("a request", func() bool { return count[*rtcp.PictureLossIndication](anna.heard) >= 1 })
	anna.send(Video, n+1, delta...)
	// Ben has nothing yet, so it is asked for again; a receiver that asks too
	// changes nothing.
	anna.until("another", func() bool { return count[*rtcp.PictureLossIndication](anna.heard) >= 3 })
	anna.mu.Lock()
	asked := count[*rtcp.PictureLossIndication](anna.heard)
	anna.mu.Unlock()
	if most := int(time.Since(began)/keyframeEvery) + 1; asked > most {
		t.Errorf("asked %d times in %v", asked, time.Since(began))
	}
	ben.until("a keyframe", func() bool {
		n++
		anna.send(Video, n+1, keyframe...)
		return len(ben.came[Video]) > 0
	})
	anna.mu.Lock()
	asked = count[*rtcp.PictureLossIndication](anna.heard)
	anna.mu.Unlock()
	anna.until("one more", func() bool {
		anna.peer.Keyframe()
		return count[*rtcp.PictureLossIndication](anna.heard) > asked
	})
}

func TestReportsGoBothWays(t *testing.T) {
	s := newSFU(t)
	anna, ben := connect(t, s), connect(t, s)
	ben.peer.Show(0, Audio, anna.peer)
	seq := uint16(1)
	ben.until("sound", func() bool {
		seq++
		anna.send(Audio, seq, 'a')
		return len(ben.came[Audio]) > 0
	})
	track := anna.pc.GetSenders()[0].GetParameters().Encodings[0].SSRC
	report := &rtcp.SenderReport{SSRC: uint32(track), NTPTime: ntpTime(time.Now()), RTPTime: 5000}
	if err := anna.pc.WriteRTCP([]rtcp.Packet{report}); err != nil {
		t.Fatal(err)
	}
	anna.until("a receiver report", func() bool { return count[*rtcp.ReceiverReport](anna.heard) > 0 })
	ben.until("a sender report", func() bool {
		for _, p := range ben.told {
			if sr, ok := p.(*rtcp.SenderReport); ok && sr.PacketCount > 0 && sr.SSRC == ben.came[Audio][0].SSRC {
				return true
			}
		}
		return false
	})
}

func TestNothingIsSentToAnAddressThatWasMerelyNamed(t *testing.T) {
	s := newSFU(t)
	victim, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = victim.Close() }()
	_, port, _ := net.SplitHostPort(victim.LocalAddr().String())
	offer := strings.ReplaceAll(goodOffer(), "a=rtcp-mux\r\n",
		"a=rtcp-mux\r\na=candidate:1 1 udp 2130706431 127.0.0.1 "+port+" typ host\r\n")
	p, answer, err := s.Connect(context.Background(), offer, Options{Changed: func(State) {}})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for _, want := range []string{"a=ice-lite", "a=setup:active", "a=candidate:"} {
		if !strings.Contains(answer, want) {
			t.Errorf("the answer has no %s", want)
		}
	}
	_ = victim.SetReadDeadline(time.Now().Add(time.Second)) // agents that check do so at once
	if n, _, err := victim.ReadFromUDP(make([]byte, 1500)); err == nil {
		t.Errorf("%d bytes were sent to whom it may not concern", n)
	}
}

func TestAConnectionIsNotMadeOfABadOffer(t *testing.T) {
	s := newSFU(t)
	for _, offer := range []string{"", session, strings.ReplaceAll(goodOffer(), "a=fingerprint", "a=nothing")} {
		if p, _, err := s.Connect(context.Background(), offer, Options{Changed: func(State) {}}); !errors.Is(err, ErrBadOffer) {
			t.Errorf("Connect = %v, %v", p, err)
		}
	}
	anna := connect(t, s)
	other := session + section("audio", "0", "sendonly")
	if _, err := anna.peer.Restart(context.Background(), other); !errors.Is(err, ErrBadOffer) {
		t.Errorf("Restart with other sections = %v", err)
	}
}

func TestVerbsOnNothingDoNothing(t *testing.T) {
	var p Peer
	p.Show(0, Video, &p)
	p.Clear()
	p.Keyframe()
	p.Close()
	if len(p.Slots()) != 0 || p.Report() != (Report{}) {
		t.Error("the zero Peer has something")
	}
	if _, err := p.Restart(context.Background(), goodOffer()); err == nil {
		t.Error("the zero Peer was restarted")
	}
	s := newSFU(t)
	anna := connect(t, s)
	anna.peer.Show(0, Audio, &p)
	anna.peer.Close()
	anna.peer.Close()
	anna.peer.Show(0, Audio, anna.peer)
}

func TestWhoIsClosedIsShownToNobody(t *testing.T) {
	s := newSFU(t)
	anna, ben := connect(t, s), connect(t, s)
	ben.peer.Show(0, Audio, anna.peer)
	seq := uint16(1)
	ben.until("sound", func() bool {
		seq++
		anna.send(Audio, seq, 'a')
		return len(ben.came[Audio]) > 0
	})
	anna.peer.Close()
	if streams := *anna.peer.sources[Audio].streams.Load(); len(streams) != 0 {
		t.Errorf("%d streams show it still", len(streams))
	}
}

func TestThePortIsTheSameAtEveryAddress(t *testing.T) {
	s, err := New(Config{
		Listen: netip.MustParseAddrPort("0.0.0.0:0"), Loopback: true, MaxSlots: 1,
		Advertise: []netip.Addr{netip.MustParseAddr("203.0.113.7")},
		Log:       slog.New(slog.DiscardHandler), Now: time.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for _, addr := range s.Local() {
		if addr.Port() != s.Local()[0].Port() || !addr.Addr().Is4() {
			t.Errorf("listens at %v", addr)
		}
	}
	_, answer, err := s.Connect(context.Background(), goodOffer(), Options{Changed: func(State) {}})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(answer, " 203.0.113.7 ") || strings.Contains(answer, " 127.0.0.1 ") {
		t.Errorf("answered with\n%s", answer)
	}
	if routes := s.Routes(); len(routes) != 1 {
		t.Errorf("routes %v", routes)
	}
}
