package signalingtest

import (
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

const (
	audioBytes = 100
	// tick is the time of one packet of sound; every second one has a frame too.
	tick = 20 * time.Millisecond
)

// A Slot is what arrived in one slot.
type Slot struct {
	mu    sync.Mutex
	audio Arrived
	video Arrived
}

// Arrived is what arrived of one kind.
type Arrived struct {
	Packets int
	From    map[uint32]int // packets by the ID of who sent them
	Last    uint32         // who sent the newest
	// Jumps counts packets that were not the next after the one before: lost, or
	// out of order, or wrongly numbered.
	Jumps int
	// PictureJumps counts frames whose picture id was not the next.
	PictureJumps int
	// Blind counts packets from a new sender before its first keyframe.
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

// Arrived returns what has arrived in one slot.
func (b *Browser) Arrived(slot int) (audio, video Arrived) {
	b.mu.Lock()
	s := b.got[slot]
	b.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.audio.clone(), s.video.clone()
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
	api, err := newAPI()
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
	for i, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
		b.out[i] = &sender{kind: kind, key: true, loud: usualLoud}
		init := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly}
		t, err := b.pc.AddTransceiverFromTrack(b.out[i], init)
		if err != nil {
			return "", err
		}
		b.work.Add(1)
		go b.heed(b.out[i], t.Sender())
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

func newAPI() (*webrtc.API, error) {
	media := &webrtc.MediaEngine{}
	feedback := []webrtc.RTCPFeedback{{Type: "transport-cc"}, {Type: "nack"}, {Type: "nack", Parameter: "pli"}}
	for kind, codec := range map[webrtc.RTPCodecType]webrtc.RTPCodecParameters{
		webrtc.RTPCodecTypeAudio: {PayloadType: 109, RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, RTCPFeedback: feedback[:1]}},
		webrtc.RTPCodecTypeVideo: {PayloadType: 120, RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeVP8, ClockRate: 90000, RTCPFeedback: feedback}},
	} {
		if err := media.RegisterCodec(codec, kind); err != nil {
			return nil, fmt.Errorf("register %s: %w", codec.MimeType, err)
		}
		wide := webrtc.RTPHeaderExtensionCapability{URI: sdp.TransportCCURI}
		if err := media.RegisterHeaderExtension(wide, kind); err != nil {
			return nil, fmt.Errorf("register %s: %w", wide.URI, err)
		}
	}
	loud := webrtc.RTPHeaderExtensionCapability{URI: sdp.AudioLevelURI}
	if err := media.RegisterHeaderExtension(loud, webrtc.RTPCodecTypeAudio); err != nil {
		return nil, fmt.Errorf("register %s: %w", loud.URI, err)
	}
	set := webrtc.SettingEngine{}
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
		a.Last = stamp.From
	}
}

// noteFrame notes what a VP8 descriptor says, and returns what follows it.
func (a *Arrived) noteFrame(payload []byte) []byte {
	first, key, picture, rest, ok := readVP8(payload)
	if !ok {
		return nil
	}
	stamp, _ := readStamp(rest)
	if a.sighted == nil || stamp.From != a.Last {
		a.sighted = map[uint32]bool{}
	}
	if key {
		a.sighted[stamp.From] = true
	}
	if !a.sighted[stamp.From] {
		a.Blind++
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
	for {
		packets, _, err := from.ReadRTCP()
		if err != nil {
			return
		}
		for _, packet := range packets {
			switch packet.(type) {
			case *rtcp.PictureLossIndication, *rtcp.FullIntraRequest:
				s.mu.Lock()
				s.key = true
				s.mu.Unlock()
			}
		}
	}
}
