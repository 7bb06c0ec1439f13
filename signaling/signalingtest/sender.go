package signalingtest

import (
	"encoding/binary"
	"errors"
	"sync"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// A sender is one track that a Browser sends. It is a webrtc.TrackLocal that
// writes whole packets, which costs the load side less than Pion's own.
type sender struct {
	kind webrtc.RTPCodecType

	mu     sync.Mutex
	out    webrtc.TrackLocalWriter
	header rtp.Header
	wideID uint8
	key    bool // the next frame is to be a keyframe
	sent   int  // packets
	mute   bool // sends nothing, whatever the room is told
	loudID uint8
	loud   uint8 // dBov below the loudest; 127 is silence

	picture uint16
	level   uint8
}

// usualLoud is how loud a Browser is unless told otherwise: a quiet room.
const usualLoud = 90

// Mute has the Browser send no more packets of sound, or of pictures, or send
// them again; the room is told nothing.
func (b *Browser) Mute(sound, pictures bool) {
	for i, mute := range []bool{sound, pictures} {
		b.out[i].mu.Lock()
		b.out[i].mute = mute
		b.out[i].mu.Unlock()
	}
}

// Speak has the Browser be that loud from now on, in dBov below the loudest: 30
// is speech, 127 no sound at all.
func (b *Browser) Speak(level uint8) {
	b.out[0].mu.Lock()
	b.out[0].loud = level
	b.out[0].mu.Unlock()
}

// send sends until the Browser is closed.
func (b *Browser) send() {
	defer b.work.Done()
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	frame, bytes := max(b.opt.FramePackets, 1), b.opt.PacketBytes
	if bytes == 0 {
		bytes = 1100
	}
	buf := make([]byte, max(bytes, audioBytes))
	var wide uint16
	for n := 0; ; n++ {
		select {
		case <-b.stop:
			return
		case <-ticker.C:
		}
		stamp := Stamp{b.opt.ID, b.opt.Now()}
		b.out[0].sound(buf[:audioBytes], stamp, &wide)
		if n%2 == 0 {
			b.out[1].frame(buf[:bytes], frame, stamp, &wide)
		}
	}
}

func (s *sender) sound(buf []byte, stamp Stamp, wide *uint16) {
	s.mu.Lock()
	defer s.mu.Unlock()
	stamp.put(buf)
	s.write(buf, true, wide)
	s.header.Timestamp += 48000 / 50
}

func (s *sender) frame(buf []byte, packets int, stamp Stamp, wide *uint16) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.out == nil {
		return
	}
	key := s.key
	s.key = false
	for i := range packets {
		putVP8(buf, i == 0, key, s.picture, s.level)
		stamp.put(buf[vp8Header+1:])
		s.write(buf, i == packets-1, wide)
	}
	s.header.Timestamp += 90000 / 25
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
		var number [2]byte
		binary.BigEndian.PutUint16(number[:], *wide)
		_ = s.header.SetExtension(s.wideID, number[:]) // cannot fail with two bytes
	}
	if s.loudID != 0 {
		_ = s.header.SetExtension(s.loudID, []byte{s.loud & 0x7F})
	}
	_, _ = s.out.WriteRTP(&s.header, payload) // a datagram may be lost
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
	for _, extension := range ctx.HeaderExtensions() {
		switch extension.URI {
		case sdp.TransportCCURI:
			s.wideID = uint8(extension.ID)
		case sdp.AudioLevelURI:
			s.loudID = uint8(extension.ID)
		}
	}
	return codec, nil
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

// RID is empty: there is one layer.
func (s *sender) RID() string { return "" }

// StreamID is the stream's id in the offer.
func (s *sender) StreamID() string { return "me" }

// Kind is sound or picture.
func (s *sender) Kind() webrtc.RTPCodecType { return s.kind }
