package signalingtest

import (
	"encoding/binary"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// A sender is one track that a Browser sends, or one layer of it. It is a
// webrtc.TrackLocal that writes whole packets, which costs the load side less
// than Pion's own.
type sender struct {
	kind webrtc.RTPCodecType
	rid  string // of a layer; "" if there is but one
	mid  func() string
	up   *Link // nil: everything gets through
	now  func() time.Time
	kept kept // with a Link

	mu     sync.Mutex
	out    webrtc.TrackLocalWriter
	header rtp.Header
	again  rtp.Header // of what is sent again; SSRC 0 if not agreed
	wideID uint8
	number [2]byte
	key    bool    // the next frame is to be a keyframe
	off    bool    // sends nothing of this layer
	mute   bool    // sends nothing, whatever the room is told
	loud   [1]byte // dBov below the loudest; 127 is silence
	sent   int     // packets

	picture uint16
	level   uint8
}

// A Layer is one of the sizes in which a Browser sends its picture.
type Layer struct {
	RID     string
	Height  int
	Packets int // a frame
	Bytes   int // a packet
}

// ThreeLayers are what a browser of today sends of a 720p camera: some 1,400, 450
// and 120 kbit/s.
var ThreeLayers = []Layer{{"h", 720, 6, 1100}, {"m", 360, 2, 1050}, {"l", 180, 1, 550}}

// send sends until the Browser is closed.
func (b *Browser) send() {
	defer b.work.Done()
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	most := audioBytes
	for _, layer := range b.layers {
		most = max(most, layer.Bytes)
	}
	buf := make([]byte, most)
	var wide uint16
	for n := 0; ; n++ {
		select {
		case <-b.stop:
			return
		case <-ticker.C:
		}
		stamp := Stamp{From: b.opt.ID, At: b.opt.Now()}
		b.out[0].sound(buf[:audioBytes], stamp, &wide)
		for i, layer := range b.layers {
			if n%2 != 0 {
				break
			}
			stamp.Layer = uint8(len(b.layers) - 1 - i)
			b.out[1+i].frame(buf[:layer.Bytes], layer, stamp, &wide)
		}
	}
}

// SendLayer begins or stops sending one layer, as a browser does whose network
// or power falls short.
func (b *Browser) SendLayer(rid string, on bool) {
	for _, s := range b.out {
		s.mu.Lock()
		if s.kind == webrtc.RTPCodecTypeVideo && s.rid == rid {
			s.off = !on
		}
		s.mu.Unlock()
	}
}

// usualLoud is how loud a Browser is unless told otherwise: a quiet room.
const usualLoud = 90

// Mute has the Browser send no more packets of sound, or of pictures, or send
// them again; the room is told nothing.
func (b *Browser) Mute(sound, pictures bool) {
	for _, s := range b.out {
		s.mu.Lock()
		if s.mute = pictures; s.kind == webrtc.RTPCodecTypeAudio {
			s.mute = sound
		}
		s.mu.Unlock()
	}
}

// Speak has the Browser be that loud from now on, in dBov below the loudest: 30
// is speech, 127 no sound at all.
func (b *Browser) Speak(level uint8) {
	b.out[0].mu.Lock()
	b.out[0].loud[0] = level & 0x7F
	b.out[0].mu.Unlock()
}

func (s *sender) sound(buf []byte, stamp Stamp, wide *uint16) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stamp.put(buf)
	s.write(buf, true, wide)
	s.header.Timestamp += 48000 / 50
}

func (s *sender) frame(buf []byte, layer Layer, stamp Stamp, wide *uint16) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.header.Timestamp += 90000 / 25
	if s.out == nil || s.off {
		return
	}
	key := s.key
	s.key = false
	for i := range layer.Packets {
		putVP8(buf, i == 0, key, layer.Height, s.picture, s.level)
		stamp.put(buf[vp8Header+vp8Frame:])
		s.write(buf, i == layer.Packets-1, wide)
	}
	s.picture = (s.picture + 1) & 0x7FFF
	s.level++
}

func (s *sender) write(payload []byte, marker bool, wide *uint16) {
	if s.out == nil || s.mute {
		return
	}
	s.sent++
	s.header.Marker = marker
	s.header.SequenceNumber++
	if s.wideID != 0 {
		*wide++
		binary.BigEndian.PutUint16(s.number[:], *wide)
	}
	if s.up != nil {
		if s.kind == webrtc.RTPCodecTypeVideo {
			s.kept.put(&s.header, payload)
		}
		if _, ok := s.up.pass(len(payload)+wireOverhead, s.now()); !ok {
			return
		}
	}
	_, _ = s.out.WriteRTP(&s.header, payload) // a datagram may be lost
}

// resend sends again what the server missed, as RFC 4588 has it. It has no
// transport-wide number: those count on in send.
func (s *sender) resend(seq uint16) {
	p, ok := s.kept.get(seq)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !ok || s.again.SSRC == 0 || s.out == nil {
		return
	}
	s.again.SequenceNumber++
	s.again.Marker, s.again.Timestamp = p.Marker, p.Timestamp
	payload := append([]byte{byte(seq >> 8), byte(seq)}, p.Payload...)
	if _, ok := s.up.pass(len(payload)+wireOverhead, s.now()); ok {
		_, _ = s.out.WriteRTP(&s.again, payload)
	}
}

// Bind is called by Pion when the answer is set.
func (s *sender) Bind(ctx webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(ctx.CodecParameters()) == 0 {
		return webrtc.RTPCodecParameters{}, errors.New("no codec")
	}
	codec := ctx.CodecParameters()[0]
	s.out = ctx.WriteStream()
	s.header = rtp.Header{Version: 2, PayloadType: uint8(codec.PayloadType), SSRC: uint32(ctx.SSRC())}
	for _, other := range ctx.CodecParameters() {
		if other.MimeType == webrtc.MimeTypeRTX && other.SDPFmtpLine == "apt="+strconv.Itoa(int(codec.PayloadType)) {
			s.again = rtp.Header{Version: 2, PayloadType: uint8(other.PayloadType), SSRC: uint32(ctx.SSRCRetransmission())}
		}
	}
	for _, extension := range ctx.HeaderExtensions() {
		s.extend(extension)
	}
	return codec, nil
}

// extend has packets carry a header extension. It cannot fail with values so short.
func (s *sender) extend(extension webrtc.RTPHeaderExtensionParameter) {
	id := uint8(extension.ID)
	switch extension.URI {
	case sdp.TransportCCURI:
		s.wideID = id
		_ = s.header.SetExtension(id, s.number[:])
	case sdp.AudioLevelURI:
		_ = s.header.SetExtension(id, s.loud[:])
	case sdp.SDESMidURI:
		_ = s.header.SetExtension(id, []byte(s.mid()))
		_ = s.again.SetExtension(id, []byte(s.mid()))
	case sdp.SDESRTPStreamIDURI:
		if s.rid != "" {
			_ = s.header.SetExtension(id, []byte(s.rid))
		}
	case sdp.SDESRepairRTPStreamIDURI:
		if s.rid != "" {
			_ = s.again.SetExtension(id, []byte(s.rid))
		}
	}
}

// Unbind is called by Pion when the connection closes.
func (s *sender) Unbind(webrtc.TrackLocalContext) error {
	s.mu.Lock()
	s.out = nil
	s.mu.Unlock()
	return nil
}

// ID is the track's id in the offer.
func (s *sender) ID() string { return s.kind.String() }

// RID is the layer's name, "" if there is but one.
func (s *sender) RID() string { return s.rid }

// StreamID is the stream's id in the offer.
func (s *sender) StreamID() string { return "me" }

// Kind is sound or picture.
func (s *sender) Kind() webrtc.RTPCodecType { return s.kind }
