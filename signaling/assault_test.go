package signaling_test

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"net"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/stun/v4"
	"github.com/pion/webrtc/v4"

	"github.com/wardvisit/wardvisit/signaling"
	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/sfu"
	"github.com/wardvisit/wardvisit/signaling/signalingtest"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// An intruder has a ticket and was admitted, and sends what no browser sends, well
// encrypted. It is a webrtc.TrackLocal, to have a way to write whatever it likes.
type intruder struct {
	h      *house
	pc     *webrtc.PeerConnection
	socket *websocket.Conn
	answer string
	slots  []uint32 // what it is sent comes under these

	mu   sync.Mutex
	out  webrtc.TrackLocalWriter // guarded by mu
	ssrc uint32                  // guarded by mu
	kind uint8                   // guarded by mu; the payload type
}

// intrude has an intruder take a seat and be let in.
func (h *house) intrude(seat string) *intruder {
	h.t.Helper()
	in := &intruder{h: h}
	var set webrtc.SettingEngine
	set.SetIncludeLoopbackCandidate(true)
	set.SetIPFilter(net.IP.IsLoopback)
	media := &webrtc.MediaEngine{}
	in.must(media.RegisterDefaultCodecs())
	api := webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithSettingEngine(set), webrtc.WithInterceptorRegistry(&interceptor.Registry{}))
	var err error
	in.pc, err = api.NewPeerConnection(webrtc.Configuration{})
	in.must(err)
	_, err = in.pc.AddTransceiverFromTrack(in, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
	in.must(err)
	for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
		for range 5 {
			_, err = in.pc.AddTransceiverFromKind(kind, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
			in.must(err)
		}
	}
	up := make(chan struct{})
	var once sync.Once
	in.pc.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		if state == webrtc.PeerConnectionStateConnected {
			once.Do(func() { close(up) })
		}
	})
	in.join(seat)
	select {
	case <-up:
	case <-time.After(within):
		h.t.Fatal("the intruder's connection did not come up")
	}
	h.order(signaling.Admit{Seat: seat})
	return in
}

func (in *intruder) must(err error) {
	in.h.t.Helper()
	if err != nil {
		in.h.t.Fatal(err)
	}
}

func (in *intruder) join(seat string) {
	in.h.t.Helper()
	offer, err := in.pc.CreateOffer(nil)
	in.must(err)
	in.must(in.pc.SetLocalDescription(offer))
	in.socket, err = signalingtest.Dial(in.h.ctx(), in.h.url(), "https://ward.example")
	in.must(err)
	in.h.write(in.socket, protocol.Join{V: protocol.Version, Ticket: in.h.ticket(seat), SDP: offer.SDP, Audio: true, Video: true})
	_, frame, err := in.socket.ReadMessage()
	in.must(err)
	notice, err := protocol.DecodeNotice(frame)
	in.must(err)
	welcome, ok := notice.(protocol.Welcome)
	if !ok {
		in.h.t.Fatalf("the intruder was told %+v", notice)
	}
	in.answer = welcome.SDP
	for _, line := range regexp.MustCompile(`a=ssrc:(\d+) cname`).FindAllStringSubmatch(in.answer, -1) {
		ssrc, err := strconv.ParseUint(line[1], 10, 32)
		in.must(err)
		in.slots = append(in.slots, uint32(ssrc))
	}
	if len(in.slots) == 0 {
		in.h.t.Fatal("the answer names no SSRC")
	}
	in.must(in.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: in.answer}))
}

// leave gives the seat up.
func (in *intruder) leave() {
	in.h.t.Helper()
	in.h.write(in.socket, protocol.Leave{})
	_ = in.socket.SetReadDeadline(time.Now().Add(within))
	for {
		if _, _, err := in.socket.ReadMessage(); err != nil {
			break
		}
	}
	_ = in.socket.Close()
	_ = in.pc.GracefulClose()
}

// send sends an RTP packet with the intruder's own numbers unless it has others.
func (in *intruder) send(header rtp.Header, payload []byte) {
	in.mu.Lock()
	defer in.mu.Unlock()
	header.Version = 2
	if header.SSRC == 0 {
		header.SSRC = in.ssrc
	}
	if header.PayloadType == 0 {
		header.PayloadType = in.kind
	}
	_, _ = in.out.WriteRTP(&header, payload) // a datagram may be lost, and the connection be over
}

func (in *intruder) report(packets ...rtcp.Packet) { _ = in.pc.WriteRTCP(packets) }

// Bind is called by Pion when the answer is set.
func (in *intruder) Bind(ctx webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, codec := range ctx.CodecParameters() {
		if codec.MimeType == webrtc.MimeTypeVP8 {
			in.out, in.ssrc, in.kind = ctx.WriteStream(), uint32(ctx.SSRC()), uint8(codec.PayloadType)
			return codec, nil
		}
	}
	return webrtc.RTPCodecParameters{}, webrtc.ErrUnsupportedCodec
}

// Unbind does nothing: what is sent after it is lost.
func (in *intruder) Unbind(webrtc.TrackLocalContext) error { return nil }

// ID is the track's.
func (in *intruder) ID() string { return "video" }

// RID is none.
func (in *intruder) RID() string { return "" }

// StreamID is the stream's.
func (in *intruder) StreamID() string { return "me" }

// Kind is a picture.
func (in *intruder) Kind() webrtc.RTPCodecType { return webrtc.RTPCodecTypeVideo }

// vp8Key is how a keyframe begins.
var vp8Key = []byte{0x90, 0xE0, 0x80, 1, 1, 0x20, 0x10, 0, 0, 0x9D, 1, 0x2A, 64, 1, 180, 0}

// An assault is one thing that an intruder does; n counts on.
type assault struct {
	name string
	do   func(in *intruder, n int)
	felt func(sfu.Totals) uint64 // what it brings about, if that can be counted
}

var assaults = []assault{
	{name: "padding longer than what it pads", do: func(in *intruder, n int) {
		payload := append(append([]byte(nil), vp8Key[:n%len(vp8Key)]...), 255)
		in.send(rtp.Header{SequenceNumber: uint16(n), Padding: true}, payload)
	}},
	{name: "as many contributors as a header can name", do: func(in *intruder, n int) {
		in.send(rtp.Header{SequenceNumber: uint16(n), CSRC: make([]uint32, 15)}, vp8Key[:n%3])
	}},
	{name: "extensions of a thousand bytes, which lie about their length", do: func(in *intruder, n int) {
		lies := make([]byte, 4*(n%250))
		_, _ = rand.Read(lies)
		header := rtp.Header{SequenceNumber: uint16(n), Extension: true, ExtensionProfile: []uint16{0x1234, 0xFFFF}[n%2]}
		_ = header.SetExtension(0, lies)
		in.send(header, vp8Key)
	}},
	{name: "pictures cut short anywhere, and of nonsense", do: func(in *intruder, n int) {
		payload := make([]byte, 1+n%40)
		_, _ = rand.Read(payload)
		copy(payload, vp8Key[:n%len(vp8Key)])
		in.send(rtp.Header{SequenceNumber: uint16(n * 7919), Timestamp: uint32(n) << 20, PayloadType: uint8(96 + n%32)}, payload)
	}},
	{name: "five thousand streams", do: func(in *intruder, n int) {
		in.send(rtp.Header{SequenceNumber: uint16(n), SSRC: 1_000_000 + uint32(n)}, vp8Key)
	}},
	{name: "reports on thousands of streams", do: func(in *intruder, n int) {
		in.report(&rtcp.PictureLossIndication{SenderSSRC: 1, MediaSSRC: uint32(n)}, &rtcp.SenderReport{SSRC: uint32(n) << 8})
	}},
	{name: "requests for everything that was ever sent", do: func(in *intruder, n int) {
		nack := &rtcp.TransportLayerNack{SenderSSRC: 1, MediaSSRC: in.slots[n%len(in.slots)]}
		for i := range 250 {
			nack.Nacks = append(nack.Nacks, rtcp.NackPair{PacketID: uint16(17 * i), LostPackets: 0xFFFF})
		}
		in.report(nack)
	}, felt: func(t sfu.Totals) uint64 { return t.Resent }},
	{name: "requests for keyframes", do: func(in *intruder, n int) {
		ssrc := in.slots[n%len(in.slots)]
		in.report(&rtcp.PictureLossIndication{SenderSSRC: 1, MediaSSRC: ssrc},
			&rtcp.FullIntraRequest{SenderSSRC: 1, MediaSSRC: ssrc, FIR: []rtcp.FIREntry{{SSRC: ssrc, SequenceNumber: uint8(n)}}})
	}, felt: func(t sfu.Totals) uint64 { return t.Keyframes }},
	{name: "lies about what came when", do: func(in *intruder, n int) {
		cc := &rtcp.TransportLayerCC{SenderSSRC: 1, MediaSSRC: in.slots[0], BaseSequenceNumber: uint16(n * 31), PacketStatusCount: 8191,
			ReferenceTime: uint32(n) * 7919 & 0xFFFFFF, FbPktCount: uint8(n)}
		cc.PacketChunks = []rtcp.PacketStatusChunk{&rtcp.RunLengthChunk{PacketStatusSymbol: rtcp.TypeTCCPacketNotReceived, RunLength: 8191}}
		cc.Header = rtcp.Header{Count: rtcp.FormatTCC, Type: rtcp.TypeTransportSpecificFeedback, Length: uint16(cc.MarshalSize()/4) - 1}
		in.report(cc, &rtcp.ReceiverReport{SSRC: 1, Reports: []rtcp.ReceptionReport{{SSRC: in.slots[0], FractionLost: 255, TotalLost: 1<<24 - 1}}},
			&rtcp.ReceiverEstimatedMaximumBitrate{SenderSSRC: 1, Bitrate: float32(n), SSRCs: in.slots}, &rtcp.Goodbye{Sources: in.slots})
	}},
	{name: "strangers at the media port", do: func(in *intruder, n int) { in.throwStones(n) }},
}

// throwStones sends, from a socket that nobody knows, what is no media: also
// checks that name the intruder's own connection, with a wrong password.
func (in *intruder) throwStones(n int) {
	conn, err := net.Dial("udp", in.h.media.Local()[0].String())
	in.must(err)
	defer conn.Close()
	ufrag := regexp.MustCompile(`a=ice-ufrag:(\S+)`).FindStringSubmatch(in.answer)[1]
	for i, name := range []string{"nobody:me", ufrag + ":me", strings.Repeat("x", 500)} {
		m, err := stun.Build(stun.TransactionID, stun.BindingRequest, stun.NewUsername(name),
			stun.NewShortTermIntegrity("wrong"), stun.Fingerprint)
		in.must(err)
		if i == n%3 {
			m.Raw = m.Raw[:len(m.Raw)-n%20]
		}
		_, _ = conn.Write(m.Raw)
	}
	hello := make([]byte, 200)
	_, _ = rand.Read(hello)
	copy(hello, []byte{22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 187, 1})
	_, _ = conn.Write(hello[:13+n%187])
	binary.BigEndian.PutUint16(hello, 0x9F60) // padding, an extension and fifteen contributors, and room for none
	_, _ = conn.Write(hello[:12+n%40])
}

// total is what somebody has got from others than the intruder.
func total(b *signalingtest.Browser) (n int) {
	for slot := range 5 {
		audio, video := b.Arrived(slot)
		for _, of := range []signalingtest.Arrived{audio, video} {
			for _, packets := range of.From {
				n += packets
			}
		}
	}
	return n
}

// Whatever an admitted person's machine sends, those in the same visit and in
// another go on seeing and hearing one another; what they are asked for in its
// name is bounded; nothing breaks, and nothing is kept.
func TestHostileMediaHurtsNobody(t *testing.T) {
	h := open(t)
	honest := []*signalingtest.Browser{h.join("patient"), h.join("visitor")}
	h.order(signaling.Admit{Seat: "visitor"})
	for _, seat := range []string{"patient", "visitor"} {
		opt := h.options(seat)
		opt.Ticket = h.seal(ticket.Ticket{Room: "visit-2", Seat: seat, Role: ticket.Role(seat)})
		b, err := h.try(opt)
		if err != nil {
			t.Fatal(err)
		}
		honest = append(honest, b)
	}
	if err := h.server.Order(h.ctx(), "visit-2", signaling.Admit{Seat: "visitor"}); err != nil {
		t.Fatal(err)
	}
	goOn := func(when string) {
		t.Helper()
		for i, b := range honest {
			before := total(b)
			h.until(fmt.Sprintf("sound and picture for the %d. of four, %s", i+1, when), func() bool { return total(b) > before+50 })
		}
	}
	goOn("at first")
	before := heap()
	for _, a := range assaults {
		h.assault(a, func() { goOn("under " + a.name) })
	}
	goOn("in the end")
	if grown := heap() - before; grown > 24<<20 {
		t.Errorf("%d MB are kept of what is over", grown>>20)
	}
	if log := h.log.String(); strings.Contains(log, "broke") {
		t.Errorf("something broke:\n%s", log)
	} else if !strings.Contains(log, "brought too many streams") {
		t.Errorf("whoever brought five thousand streams was not ended:\n%s", log)
	}
}

// assault has an intruder come, do one thing two thousand times and for as long
// as it takes the honest to be seen to go on, and leave.
func (h *house) assault(a assault, goOn func()) {
	h.t.Helper()
	in := h.intrude("visitor-2")
	defer in.leave()
	was, began := h.media.Totals(), time.Now()
	stop, done := make(chan struct{}), make(chan struct{})
	const burst, least = 20, 2500
	go func() {
		defer close(done)
		tick := time.NewTicker(4 * time.Millisecond) // or it is our own processor that falls short
		defer tick.Stop()
		for n := 0; ; n++ {
			a.do(in, n)
			if n%burst != 0 {
				continue
			}
			if n >= least {
				select {
				case <-stop:
					return
				default:
				}
			}
			<-tick.C
		}
	}()
	goOn()
	close(stop)
	<-done
	now, took := h.media.Totals(), time.Since(began)
	// Five people send, each with one picture: none is asked for a keyframe more
	// often than each 400 ms. Each of the intruder's ten slots is resent 128 packets
	// each tenth of a second at most, and the honest may have lost some.
	if asked, most := now.Keyframes-was.Keyframes, 5*(uint64(took/(400*time.Millisecond))+2); asked > most {
		h.t.Errorf("%s: %d keyframes were asked for in %v, want %d at most", a.name, asked, took, most)
	}
	if sent, most := now.Resent-was.Resent, 10*128*(uint64(took/(100*time.Millisecond))+2); sent > most {
		h.t.Errorf("%s: %d packets were sent again in %v, want %d at most", a.name, sent, took, most)
	}
	if a.felt != nil && a.felt(now) < a.felt(was)+2 {
		h.t.Errorf("%s: the server felt nothing of it", a.name)
	}
	h.t.Logf("%s: %v, %d keyframes asked for, %d packets sent again", a.name, took, now.Keyframes-was.Keyframes, now.Resent-was.Resent)
}

func heap() int64 {
	runtime.GC()
	runtime.GC() // what finalisers freed
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
