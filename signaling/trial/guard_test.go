package trial_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/signaling/trial"
)

// A trial that breaks as it ends lets go of its place all the same, and hurts no
// other.
func TestATrialThatBreaksEndsAlone(t *testing.T) {
	var breaks atomic.Bool
	h := newHospitalAt(t, func() time.Time {
		if breaks.Load() {
			panic("planted")
		}
		return time.Now()
	}, func(c *trial.Config) { c.MaxOpen = 1 })
	pc, offer, answer := h.begin(trial.UDP)
	up := goBy(t, pc, offer, answer)
	<-up
	breaks.Store(true) // the relay is asked for the time as the trial's credential ends
	if err := pc.Close(); err != nil {
		t.Fatal(err)
	}
	until(t, "the end of the trial", func() bool { return h.Open() == 0 })
	breaks.Store(false)
	if n := h.counted(trial.UDP, "fault"); n != 1 {
		t.Errorf("%v faults are counted", n)
	}
	pc, offer, answer = h.begin(trial.UDP)
	select {
	case <-goBy(t, pc, offer, answer):
	case <-time.After(within):
		t.Error("no trial comes up after it")
	}
}
