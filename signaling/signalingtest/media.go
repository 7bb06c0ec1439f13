package signalingtest

import (
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/transport/v4/packetio"
	"github.com/pion/webrtc/v4"
)

const (
	audioBytes = 100
	// tick is the time of one packet of sound; every second one has a frame too.
	tick = 20 * time.Millisecond
)

// A Slot is what arrived in one slot.
type Slot struct {
	mu      sync.Mutex
	audio   Arrived
	video   Arrived
	missing missing // of video
}

// Arrived is what arrived of one kind.
type Arrived struct {
	Packets int
	From    map[uint32]int // packets by the ID of who sent them
	Last    uint32         // who sent the newest
	Layer   int            // of the newest; 0 is the lowest
	Layers  [3]int         // packets of each
	// Missing counts packets that never came, however often they were asked for.
	Missing int
	Frames  int // pictures begun
	// Jumps counts packets that were not the next after the one before: lost, or
	// out of order, or wrongly numbered.
	Jumps int
	// PictureJumps counts frames whose picture id was not the next.
	PictureJumps int
	// Blind counts packets from a new sender, or of another layer, before the
	// first keyframe.
	Blind int

	seq     uint16
	picture uint16
	sighted map[uint32]bool
}

// Total returns how many packets arrived in all slots.
func (b *Browser) Total() (n int) {
	for i := range b.opt.Slots {
		audio, video := b.Arrived(i)
		n += audio.Packets + video.Packets
	}
	return n
}

// Sent returns how many packets of sound it has sent, and of its picture in all
// layers.
func (b *Browser) Sent() (sound, picture int) {
	for _, s := range b.out {
		s.mu.Lock()
		if s.kind == webrtc.RTPCodecTypeAudio {
			sound += s.sent
		} else {
			picture += s.sent
		}
		s.mu.Unlock()
	}
	return sound, picture
}

// Arrived returns what has arrived in one slot.
func (b *Browser) Arrived(slot int) (audio, video Arrived) {
	b.mu.Lock()
	s := b.got[slot]
	b.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	audio, video = s.audio.clone(), s.video.clone()
	video.Missing = s.missing.givenUp
	return audio, video
}

func (a Arrived) clone() Arrived {
	from := map[uint32]int{}
	for id, n := range a.From {
		from[id] = n
	}
	a.From, a.sighted = from, nil
	return a
}

// connect makes the connection and its one offer.
func (b *Browser) connect() (string, error) {
	taps := &tap{b: b}
	if b.opt.Down != nil {
		taps.frames = make(chan delayed, tapQueue)
		b.work.Add(1)
		go taps.deliver()
	}
	api, err := newAPI(taps.buffer)
	if err != nil {
		return "", err
	}
	var config webrtc.Configuration
	if b.opt.Relay != nil {
		config.ICEServers = []webrtc.ICEServer{*b.opt.Relay}
		config.ICETransportPolicy = webrtc.ICETransportPolicyRelay
	}
	if b.pc, err = api.NewPeerConnection(config); err != nil {
		return "", err
	}
	if err := b.addSenders(); err != nil {
		return "", err
	}
	slots := map[*webrtc.RTPTransceiver]int{}
	for i := range b.opt.Slots {
		b.got = append(b.got, &Slot{})
		for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
			init := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}
			t, err := b.pc.AddTransceiverFromKind(kind, init)
			if err != nil {
				return "", err
			}
			slots[t] = i
		}
	}
	b.pc.OnTrack(func(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
		b.receive(b.got[slots[receiver.RTPTransceiver()]], track)
	})
	b.pc.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		b.update(func(v *View) { v.Media = state })
	})
	offer, err := b.pc.CreateOffer(nil)
	if err != nil {
		return "", err
	}
	if err := b.pc.SetLocalDescription(offer); err != nil {
		return "", err
	}
	return offer.SDP, nil
}

// addSenders adds the tracks it sends: sound, and each layer of its picture.
func (b *Browser) addSenders() error {
	b.layers = b.opt.Layers
	if len(b.layers) == 0 {
		layer := Layer{Height: 720, Packets: max(b.opt.FramePackets, 1), Bytes: b.opt.PacketBytes}
		if layer.Bytes == 0 {
			layer.Bytes = 1100
		}
		b.layers = []Layer{layer}
	}
	sound := &sender{kind: webrtc.RTPCodecTypeAudio, up: b.opt.Up, now: b.opt.Now, loud: [1]byte{usualLoud}}
	if _, err := b.addSender(sound); err != nil {
		return err
	}
	var first *webrtc.RTPTransceiver
	for _, layer := range b.layers {
		s := &sender{kind: webrtc.RTPCodecTypeVideo, rid: layer.RID, key: true, up: b.opt.Up, now: b.opt.Now}
		if first == nil {
			var err error
			if first, err = b.addSender(s); err != nil {
				return err
			}
			continue
		}
		s.mid = first.Mid
		b.out = append(b.out, s)
		if err := first.Sender().AddEncoding(s); err != nil {
			return err
		}
	}
	for _, s := range b.out[1:] {
		b.work.Add(1)
		go b.heed(s, first.Sender())
	}
	return nil
}

func (b *Browser) addSender(s *sender) (*webrtc.RTPTransceiver, error) {
	b.out = append(b.out, s)
	init := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly}
	t, err := b.pc.AddTransceiverFromTrack(s, init)
	if err == nil {
		s.mid = t.Mid
	}
	return t, err
}

// agree notes what was agreed of what is received.
func (b *Browser) agree() {
	b.arriving.Lock()
	defer b.arriving.Unlock()
	for _, receiver := range b.pc.GetReceivers() {
		for _, extension := range receiver.GetParameters().HeaderExtensions {
			if extension.URI == sdp.TransportCCURI {
				b.wideID = uint8(extension.ID)
			}
		}
	}
}

// Payload types unlike the server's own.
const soundType, pictureType, againType = 109, 120, 121

func newAPI(buffers func(packetio.BufferPacketType, uint32) io.ReadWriteCloser) (*webrtc.API, error) {
	media := &webrtc.MediaEngine{}
	feedback := []webrtc.RTCPFeedback{{Type: "transport-cc"}, {Type: "nack"}, {Type: "nack", Parameter: "pli"}}
	for _, codec := range []webrtc.RTPCodecParameters{
		{PayloadType: soundType, RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, RTCPFeedback: feedback[:1]}},
		{PayloadType: pictureType, RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeVP8, ClockRate: 90000, RTCPFeedback: feedback}},
		{PayloadType: againType, RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeRTX, ClockRate: 90000, SDPFmtpLine: "apt=120"}},
	} {
		kind, uris := webrtc.RTPCodecTypeVideo, []string{
			sdp.TransportCCURI, sdp.SDESMidURI, sdp.SDESRTPStreamIDURI, sdp.SDESRepairRTPStreamIDURI}
		if codec.PayloadType == soundType {
			kind, uris = webrtc.RTPCodecTypeAudio, []string{sdp.TransportCCURI, sdp.SDESMidURI, sdp.AudioLevelURI}
		}
		if err := media.RegisterCodec(codec, kind); err != nil {
			return nil, fmt.Errorf("register %s: %w", codec.MimeType, err)
		}
		for _, uri := range uris {
			if err := media.RegisterHeaderExtension(webrtc.RTPHeaderExtensionCapability{URI: uri}, kind); err != nil {
				return nil, fmt.Errorf("register %s: %w", uri, err)
			}
		}
	}
	set := webrtc.SettingEngine{BufferFactory: buffers}
	set.SetIncludeLoopbackCandidate(true)
	set.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	set.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	set.SetIPFilter(func(ip net.IP) bool { return ip.To4() != nil })
	return webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithSettingEngine(set),
		webrtc.WithInterceptorRegistry(&interceptor.Registry{})), nil
}

// receive reads one track until the connection ends.
func (b *Browser) receive(slot *Slot, track *webrtc.TrackRemote) {
	buf := make([]byte, 1500)
	var header rtp.Header
	for {
		n, _, err := track.Read(buf)
		if err != nil {
			return
		}
		size, err := header.Unmarshal(buf[:n])
		if err != nil {
			continue
		}
		payload, now := buf[size:n], b.opt.Now()
		b.hearing.Do(func() {
			b.first = now
			close(b.heard)
		})
		slot.mu.Lock()
		if track.Kind() == webrtc.RTPCodecTypeVideo {
			slot.missing.note(&header)
			payload = slot.video.noteFrame(payload)
			slot.video.note(&header, payload)
		} else {
			slot.audio.note(&header, payload)
		}
		slot.mu.Unlock()
		stamp, ok := readStamp(payload)
		if ok && b.opt.Latency != nil {
			b.opt.Latency.Add(now.Sub(stamp.At))
		}
		if ok && b.opt.Saw != nil {
			b.opt.Saw(stamp, now)
		}
	}
}

func (a *Arrived) note(header *rtp.Header, payload []byte) {
	if a.From == nil {
		a.From = map[uint32]int{}
	}
	if a.Packets > 0 && header.SequenceNumber != a.seq+1 {
		a.Jumps++
	}
	a.seq = header.SequenceNumber
	a.Packets++
	if stamp, ok := readStamp(payload); ok {
		a.From[stamp.From]++
		a.Last, a.Layer = stamp.From, int(stamp.Layer)
		a.Layers[stamp.Layer%3]++
	}
}

// noteFrame notes what a VP8 descriptor says, and returns what follows it.
func (a *Arrived) noteFrame(payload []byte) []byte {
	first, key, picture, rest, ok := readVP8(payload)
	if !ok {
		return nil
	}
	stamp, _ := readStamp(rest)
	if a.sighted == nil || stamp.From != a.Last || int(stamp.Layer) != a.Layer {
		a.sighted = map[uint32]bool{}
	}
	if key {
		a.sighted[stamp.From] = true
	}
	if !a.sighted[stamp.From] {
		a.Blind++
	}
	if first {
		a.Frames++
	}
	if first && a.Packets > 0 && picture != (a.picture+1)&0x7FFF {
		a.PictureJumps++
	}
	a.picture = picture
	return rest
}

// heed reads what is asked of a sender.
func (b *Browser) heed(s *sender, from *webrtc.RTPSender) {
	defer b.work.Done()
	read := from.ReadRTCP
	if s.rid != "" {
		read = func() ([]rtcp.Packet, interceptor.Attributes, error) { return from.ReadSimulcastRTCP(s.rid) }
	}
	for {
		packets, _, err := read()
		if err != nil {
			return
		}
		for _, packet := range packets {
			switch packet := packet.(type) {
			case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
				s.mu.Lock()
				s.key = true
				s.mu.Unlock()
			case *rtcp.TransportLayerNack:
				for _, pair := range packet.Nacks {
					for _, seq := range pair.PacketList() {
						s.resend(seq)
					}
				}
			}
		}
	}
}
