package signaling

import (
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/signaling/protocol"
)

func TestALack(t *testing.T) {
	never := time.Duration(-1)
	for _, tt := range []struct {
		name            string
		due             bool
		came, live, now time.Duration // since it was switched on
		want            string
	}{
		{"just switched on", true, never, never, 0, ""},
		{"not yet long", true, never, never, nothingFor - 1, ""},
		{"nothing ever came", true, never, never, nothingFor, protocol.NothingComes},
		{"it ceased to come", true, 20 * time.Second, 20 * time.Second, 25 * time.Second, protocol.NothingComes},
		{"an encoder saves data", true, 24600 * time.Millisecond, 20 * time.Second, 25 * time.Second, ""},
		{"quiet for a moment", true, 20 * time.Second, 13 * time.Second, 20 * time.Second, ""},
		{"quiet from the start", true, 8 * time.Second, never, 8 * time.Second, protocol.OnlySilence},
		{"quiet since long", true, 30 * time.Second, 20 * time.Second, 30 * time.Second, protocol.OnlySilence},
		{"it need not come", false, never, never, time.Hour, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			on := time.Now()
			at := func(d time.Duration) time.Time {
				if d == never {
					return time.Time{}
				}
				return on.Add(d)
			}
			var l lack
			l.judge(tt.due, time.Time{}, time.Time{}, on)
			if l.judge(tt.due, at(tt.came), at(tt.live), at(tt.now)); l.what != tt.want {
				t.Errorf("it lacks %q, want %q", l.what, tt.want)
			}
			if l.judge(tt.due, at(tt.now), at(tt.now), at(tt.now)); l.what != "" {
				t.Errorf("once it comes, it lacks %q", l.what)
			}
		})
	}
}

func TestALackBeginsAnewWithTheSwitch(t *testing.T) {
	on := time.Now()
	var l lack
	l.judge(true, time.Time{}, time.Time{}, on)
	l.judge(false, time.Time{}, time.Time{}, on.Add(time.Minute))
	if l.judge(true, time.Time{}, time.Time{}, on.Add(2*time.Minute)); l.what != "" {
		t.Errorf("switched on again, it lacks %q at once", l.what)
	}
}

// In a bubble nothing ever comes of anybody: what is said of that, to whom, and
// when.
func TestWhoIsNotHeardIsToldAndSoAreTheOthers(t *testing.T) {
	inBubble(t, func(b *bubble) {
		patient, atBed := b.sit("patient")
		anna, c := b.sit("anna")
		b.do(func() {
			b.room.hear(patient, atBed, protocol.State{})
			b.room.mediaChanged(anna, c, 1)
		})
		time.Sleep(nothingFor - time.Second)
		if got := last[protocol.Trouble](c); got != (protocol.Trouble{}) {
			t.Errorf("told too early: %+v", got)
		}
		time.Sleep(2 * time.Second)
		nothing := protocol.Trouble{Audio: protocol.NothingComes, Video: protocol.NothingComes}
		if got := last[protocol.Trouble](c); got != nothing {
			t.Errorf("told %+v", got)
		}
		if p := last[protocol.People](atBed); len(p.People) != 1 || !p.People[0].Unheard || !p.People[0].Unseen {
			t.Errorf("the others were told %+v", p)
		}
		again := newConn(b.server, nil)
		b.do(func() { b.room.comeBack(anna, again, protocol.Join{Audio: true, Video: true}, nil, "") })
		if got := last[protocol.Trouble](again); got != nothing {
			t.Errorf("after a lost socket, told %+v", got)
		}
		b.do(func() { b.room.hear(anna, again, protocol.State{Video: true}) })
		time.Sleep(2 * watchEvery)
		if got := last[protocol.Trouble](again); got != (protocol.Trouble{Video: protocol.NothingComes}) {
			t.Errorf("with the microphone off, told %+v", got)
		}
		b.do(func() { b.room.mediaChanged(anna, c, 2) }) // of a connection on its way back nothing is due
		time.Sleep(2 * watchEvery)
		if p := last[protocol.People](atBed); len(p.People) != 1 || p.People[0].Unseen || !p.People[0].Reconnecting {
			t.Errorf("while they reconnect, the others were told %+v", p)
		}
		b.do(func() {
			if anna.picture.what != "" || anna.told.trouble != (protocol.Trouble{}) {
				t.Errorf("while they reconnect, they lack %q, and were told %+v", anna.picture.what, anna.told.trouble)
			}
		})
		if got := last[protocol.Trouble](atBed); got != (protocol.Trouble{}) {
			t.Errorf("who has nothing switched on was told %+v", got)
		}
	})
}
