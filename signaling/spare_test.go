package signaling

import (
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/signaling/protocol"
)

func TestWhoIsToSendLessIsToldOnce(t *testing.T) {
	inBubble(t, func(b *bubble) {
		anna, c := b.sit("anna")
		say := func(narrow bool) protocol.Sparing {
			b.do(func() { b.room.saySparing(anna, narrow) })
			return last[protocol.Sparing](c)
		}
		if got := say(true); !got.On {
			t.Errorf("told %+v", got)
		}
		again := newConn(b.server, nil)
		b.do(func() {
			b.room.comeBack(anna, again, protocol.Join{}, nil, "") // a new page may know nothing of it
			b.room.saySparing(anna, true)
		})
		if got := last[protocol.Sparing](again); !got.On {
			t.Errorf("after a lost socket, told %+v", got)
		}
		time.Sleep(2 * watchEvery) // nobody's network is narrow any more
		b.do(func() {
			if anna.told.sparing {
				t.Error("has not been told that it is over")
			}
			anna.standing = protocol.Waiting
			b.room.saySparing(anna, true)
			if anna.told.sparing {
				t.Error("who waits is sent to nobody, and was told to send less")
			}
		})
	})
}
