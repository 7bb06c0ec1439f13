package sfu

import (
	"encoding/binary"
	"testing"

	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

// A layered is a client's picture in three layers. What it sends of a layer is
// marked with its name.
type layered struct {
	c      *client
	tracks map[string]*webrtc.TrackLocalStaticRTP
	sender *webrtc.RTPSender
	n      map[string]uint16 // packets sent, by layer
}

// layer has a client offer its picture in layers.
func (c *client) layer(rids ...string) {
	c.t.Helper()
	c.layers = &layered{c: c, tracks: map[string]*webrtc.TrackLocalStaticRTP{}, n: map[string]uint16{}}
	for _, rid := range rids {
		track, err := webrtc.NewTrackLocalStaticRTP(VP8.capability(), "video", "me", webrtc.WithRTPStreamID(rid))
		if err != nil {
			c.t.Fatal(err)
		}
		c.layers.tracks[rid] = track
		if c.layers.sender != nil {
			if err := c.layers.sender.AddEncoding(track); err != nil {
				c.t.Fatal(err)
			}
			continue
		}
		tr, err := c.pc.AddTransceiverFromTrack(track, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly})
		if err != nil {
			c.t.Fatal(err)
		}
		c.layers.sender = tr.Sender()
		go c.listen(&c.heard, tr.Sender().ReadRTCP)
	}
}

// frame sends a frame of one packet in one layer. Its timestamps and picture ids
// begin elsewhere in each layer, and its height is told in keyframes.
func (s *layered) frame(rid string, key bool) {
	s.c.t.Helper()
	s.n[rid]++
	n := s.n[rid] + uint16(rid[0])*500
	payload := []byte{0x90, 0xE0, 0, 0, byte(n), 0x20, 1, 0, 0, 0x9D, 0x01, 0x2A, 0, 0, 0, 0, rid[0]}
	binary.BigEndian.PutUint16(payload[2:], longPicture|n)
	if key {
		payload[6] = 0
	}
	binary.LittleEndian.PutUint16(payload[14:], uint16(usualHeights[ranks[rid]]))
	p := &rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: n, Timestamp: uint32(n) * 3000, Marker: true}, Payload: payload}
	for _, extension := range s.sender.GetParameters().HeaderExtensions {
		value := map[string]string{sdp.SDESMidURI: "2", sdp.SDESRTPStreamIDURI: rid}[extension.URI]
		if value == "" {
			continue
		}
		if err := p.SetExtension(uint8(extension.ID), []byte(value)); err != nil {
			s.c.t.Fatal(err)
		}
	}
	if err := s.tracks[rid].WriteRTP(p); err != nil {
		s.c.t.Fatal(err)
	}
}

// sees returns how many frames came of each layer, and of them the latest.
func (c *client) sees() (of map[byte]int, latest byte) {
	of = map[byte]int{}
	for _, p := range c.came[Video] {
		latest = p.Payload[len(p.Payload)-1]
		of[latest]++
	}
	return of, latest
}

func TestEachGetsTheLayerThatFitsTheirScreen(t *testing.T) {
	s := newSFU(t)
	anna, ben, cleo := connectLayered(t, s, "h", "m", "l"), connect(t, s), connect(t, s)
	ben.peer.Want(0, Want{Height: 300})
	cleo.peer.Want(0, Want{Height: 90})
	ben.peer.Show(0, Video, anna.peer)
	cleo.peer.Show(0, Video, anna.peer)
	key := true
	send := func() {
		for _, rid := range []string{"h", "m", "l"} {
			anna.layers.frame(rid, key)
		}
	}
	ben.until("the middle layer", func() bool { send(); _, latest := ben.sees(); return latest == 'm' })
	cleo.until("the lowest layer", func() bool { send(); _, latest := cleo.sees(); return latest == 'l' })
	key = false
	ben.until("all keyframes on their way to be over", func() bool {
		send()
		return !parseVP8(ben.came[Video][len(ben.came[Video])-1].Payload).starts
	})
	ben.mu.Lock()
	before, _ := ben.sees()
	ben.mu.Unlock()
	ben.peer.Want(0, Want{Height: 720})
	ben.until("more of the middle layer, while the highest has no keyframe", func() bool {
		send()
		of, latest := ben.sees()
		return of['m'] > before['m']+20 && of['h'] == before['h'] && latest == 'm'
	})
	key = true
	ben.until("the highest layer", func() bool { send(); _, latest := ben.sees(); return latest == 'h' })
	// The highest is no longer sent, as by a browser whose power or network is short.
	ben.until("the middle layer again", func() bool {
		anna.layers.frame("m", key)
		anna.layers.frame("l", key)
		_, latest := ben.sees()
		return latest == 'm'
	})
	ben.peer.Want(0, Want{})
	ben.mu.Lock()
	defer ben.mu.Unlock()
	for i, p := range ben.came[Video][1:] {
		last := ben.came[Video][i]
		was, is := parseVP8(last.Payload), parseVP8(p.Payload)
		if p.SequenceNumber != last.SequenceNumber+1 || is.picture != (was.picture+1)&pictureBits ||
			is.level != was.level+1 || int32(p.Timestamp-last.Timestamp) <= 0 {
			t.Fatalf("packet %d: %d, picture %d, level %d at %d after %d, %d, %d at %d", i+1,
				p.SequenceNumber, is.picture, is.level, p.Timestamp, last.SequenceNumber, was.picture, was.level, last.Timestamp)
		}
	}
}
