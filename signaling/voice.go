package signaling

import (
	"cmp"
	"slices"
	"time"

	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/sfu"
)

const (
	// saySpeakingEvery is the least time between two words of who speaks: often
	// enough to follow a conversation, too seldom to flicker.
	saySpeakingEvery = 500 * time.Millisecond
	// soundIsOld is when the newest sound no longer says anything of now: an
	// Opus encoder that has nothing to say still sends a packet each 400 ms.
	soundIsOld = 600 * time.Millisecond
	silence    = 127 // dBov below the loudest, as sfu.Activity says it
)

// How a voice rises and falls each time that it is listened to, and how loud it
// must be, in dB over silence, to begin and to go on speaking. A word is speech
// at once; a breath between two words does not end it; a fan is never one.
const (
	rise      = 0.7
	fall      = 0.25
	beginsAt  = silence - 45
	goesOnFor = silence - 55
)

// A voice is how loud somebody is, smoothed. The zero voice is silent.
type voice struct {
	loud   float64 // dB over silence
	speaks bool
}

// hear adds what has lately come.
func (v *voice) hear(a sfu.Activity, now time.Time) {
	loud := 0.0
	if a.Levelled && now.Sub(a.SoundAt) < soundIsOld {
		loud = float64(silence - a.Level)
	}
	pace := fall
	if loud > v.loud {
		pace = rise
	}
	v.loud += pace * (loud - v.loud)
	v.speaks = v.loud >= beginsAt || v.speaks && v.loud >= goesOnFor
}

// listen hears what somebody says whose sound flows, and nothing of anybody else.
func (r *Room) listen(s *seat, a sfu.Activity, now time.Time) {
	if !s.sends(sfu.Audio, r.covered) {
		s.voice = voice{}
		return
	}
	s.voice.hear(a, now)
	if s.voice.speaks {
		s.spokeAt = now
	}
}

// saySpeaking tells those in the visit who speaks, if that has changed.
func (r *Room) saySpeaking(now time.Time) {
	if now.Sub(r.saidSpeaking) < saySpeakingEvery {
		return
	}
	admitted := r.admitted()
	var speaking []*seat
	for _, s := range admitted {
		if s.voice.speaks {
			speaking = append(speaking, s)
		}
	}
	slices.SortStableFunc(speaking, func(a, b *seat) int { return cmp.Compare(b.voice.loud, a.voice.loud) })
	seats := []string{}
	for _, s := range speaking {
		seats = append(seats, s.ticket.Seat)
	}
	for _, s := range admitted {
		if !slices.Equal(s.told.speaking, seats) {
			s.told.speaking = seats
			s.tell(protocol.Speaking{Seats: seats})
			r.saidSpeaking = now
		}
		r.want(s) // whoever spoke last is to be seen well
	}
}
