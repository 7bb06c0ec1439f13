package sfu

import (
	"bytes"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// broken is somebody's way out, on which everything breaks.
type broken struct{ webrtc.TrackLocalWriter }

func (broken) WriteRTP(*rtp.Header, []byte) (int, error) { panic("broken") }

// What breaks on the way to one receiver ends that receiver's time: not that of
// the sender whose packet it was, and not that of the others.
func TestAFaultOnTheWayToOneEndsThatOneAlone(t *testing.T) {
	s := newSFU(t)
	anna, ben, carla := connect(t, s), connect(t, s), connect(t, s)
	ben.peer.Show(0, Audio, anna.peer)
	carla.peer.Show(0, Audio, anna.peer)
	seq := uint16(0)
	heard := func(c *client) func() bool {
		c.mu.Lock()
		before := len(c.came[Audio])
		c.mu.Unlock()
		return func() bool {
			seq++
			anna.send(Audio, seq, 'a')
			return len(c.came[Audio]) > before+3
		}
	}
	ben.until("sound", heard(ben))
	st := ben.peer.slots[0][Audio]
	st.mu.Lock()
	st.out = broken{}
	st.mu.Unlock()
	carla.until("sound, although another is broken", heard(carla))
	for _, c := range []*client{anna, carla} {
		select {
		case <-c.peer.done:
			t.Error("another was ended with the broken one")
		default:
		}
	}
	select {
	case <-ben.peer.done:
	case <-time.After(within):
		t.Error("the broken one goes on")
	}
}

// A connection over TCP that breaks ends alone, and is told of.
func TestAFaultEndsOneTCPConnection(t *testing.T) {
	var log bytes.Buffer
	m := &tcpMux{log: slog.New(slog.NewTextHandler(&log, nil))}
	ours, theirs := net.Pipe()
	defer theirs.Close()
	var work sync.WaitGroup
	work.Go(func() {
		defer m.guard(ours)
		panic("broken")
	})
	work.Wait()
	if _, err := theirs.Read(make([]byte, 1)); err == nil || !strings.Contains(log.String(), "a TCP connection broke") {
		t.Errorf("read %v; logged %q", err, &log)
	}
}
