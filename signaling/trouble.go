package signaling

import (
	"time"

	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/sfu"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

const (
	// nothingFor is how long nothing may come of what is switched on: an encoder
	// that says nothing still sends a packet each 400 ms, a camera that adapts to
	// the dark a picture each second.
	nothingFor = 5 * time.Second
	// silentFor is how long sound may have nothing in it at all, not even the
	// noise of a microphone: less than the ten seconds in which people are told.
	silentFor = 8 * time.Second
)

// A lack watches one kind of media of one person: whether what is switched on
// also comes. The zero lack is of what is not due.
type lack struct {
	due  time.Time // since when it should come; zero if it need not
	what string    // of protocol's, "" if nothing is lacking
}

// judge says what is lacking: due is whether something should come, came when
// something last did, and live when there last was something in it.
func (l *lack) judge(due bool, came, live, now time.Time) {
	switch {
	case !due:
		*l = lack{}
		return
	case l.due.IsZero():
		l.due = now
	}
	switch {
	case now.Sub(later(l.due, came)) >= nothingFor:
		l.what = protocol.NothingComes
	case now.Sub(later(l.due, live)) >= silentFor:
		l.what = protocol.OnlySilence
	default:
		l.what = ""
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// A plight is what is wrong for one person now, as the operator counts it.
type plight struct {
	unheard, unseen bool // nothing comes from them
	dark, deaf      bool // nothing comes to them, as their own page sees it
}

// examine looks whether what s has switched on comes, and tells s and everybody
// if that has changed.
func (r *Room) examine(s *seat, a sfu.Activity, now time.Time) {
	// While the media is on its way back nothing is due, nor from under the cover.
	due := s.up && !(r.covered && s.ticket.Role == ticket.Patient)
	live := a.NoisyAt
	if !a.Levelled {
		live = a.SoundAt // whether there is anything in it we are not told
	}
	before := s.plight
	s.sound.judge(due && s.audio, a.SoundAt, live, now)
	s.picture.judge(due && s.video, a.PictureAt, a.PictureAt, now)
	s.plight.unheard, s.plight.unseen = s.sound.what != "", s.picture.what != ""
	r.count(s, before)
	r.sayTrouble(s)
	if s.plight != before {
		r.arrange()
	}
}

// sayTrouble tells s what does not reach us, if that has changed.
func (r *Room) sayTrouble(s *seat) {
	trouble := protocol.Trouble{Audio: s.sound.what, Video: s.picture.what}
	if s.conn != nil && s.told.trouble != trouble {
		s.told.trouble = trouble
		s.tell(trouble)
	}
}

// forgive has the operator no longer count s, whose seat is given up.
func (r *Room) forgive(s *seat) {
	before := s.plight
	s.plight = plight{}
	r.count(s, before)
}

// count keeps the operator's figures when the plight of s was another before,
// and says so in the log: a server may be well while nobody sees anything.
func (r *Room) count(s *seat, before plight) {
	for _, one := range []struct {
		what     string
		was, now bool
	}{
		{unheard, before.unheard, s.plight.unheard},
		{unseen, before.unseen, s.plight.unseen},
		{dark, before.dark, s.plight.dark},
		{deaf, before.deaf, s.plight.deaf},
	} {
		switch {
		case one.now && !one.was:
			r.server.metrics.inTrouble.WithLabelValues(one.what).Inc()
			r.server.metrics.troubles.WithLabelValues(one.what).Inc()
			r.server.cfg.Log.Warn("somebody's call is in trouble", "what", one.what, "ticket", s.ticket,
				"sound", s.sound.what, "picture", s.picture.what)
		case one.was && !one.now:
			r.server.metrics.inTrouble.WithLabelValues(one.what).Dec()
			r.server.cfg.Log.Info("somebody's call is out of trouble", "what", one.what, "ticket", s.ticket)
		}
	}
}
