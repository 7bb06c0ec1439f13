package sfu

import "time"

// A Codec is how a room's pictures are coded. All connections of a room have
// the same one, since nothing is transcoded.
type Codec string

// The codecs. The zero Codec is VP8, which every browser has.
const (
	VP8  Codec = "VP8"
	H264 Codec = "H264"
)

// Options are how a connection is to be, and who hears of it. Its functions are
// called from goroutines that must not be kept.
type Options struct {
	Codec Codec
	// Changed is told how the connection fares.
	Changed func(State)
	// Paused is told when a slot's picture is held back because the receiver's
	// network carries no more than sound, and when it comes back.
	Paused func(slot int, paused bool)
}

// A Want is how much of a picture a receiver has use for.
type Want struct {
	// Height is that of the picture on the receiver's screen, in its pixels; 0
	// is that it is not to be seen, so that none is sent.
	Height int
	// Priority decides who gets what the network carries, when it carries too
	// little: the higher first.
	Priority int
}

// usualWant is what a slot wants until it is told otherwise.
var usualWant = Want{Height: 360}

// Want says how much of the picture in one of p's slots p has use for.
func (p *Peer) Want(i int, w Want) {
	if i < 0 || i >= len(p.slots) || p.slots[i][Video] == nil {
		return
	}
	st := p.slots[i][Video]
	st.mu.Lock()
	st.want = w
	st.mu.Unlock()
	p.steer(p.sfu.cfg.Now())
}

// Activity is what lately came from a Peer.
type Activity struct {
	SoundAt, PictureAt time.Time // of the newest packet; zero if none ever came
	// Level is how loud the sound is, in dBov below the loudest (RFC 6464): 0 to
	// 127, which is silence. Levelled says whether the browser tells it.
	Level    int
	Levelled bool
	// NoisyAt is when the level was last above 127: a live microphone is never
	// quite silent.
	NoisyAt time.Time
}

// Activity returns what lately came from p.
func (p *Peer) Activity() (a Activity) {
	if p.sfu == nil {
		return a
	}
	if src := p.sources[Audio]; src != nil {
		a.SoundAt = src.cameAt()
		src.loud.tell(&a, p.sfu.cfg.Now())
	}
	if src := p.sources[Video]; src != nil {
		a.PictureAt = src.cameAt()
	}
	return a
}
