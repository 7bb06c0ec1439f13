package sfu

import (
	"math/rand/v2"
	"testing"
	"time"
)

// A pipe is a network as an estimator sees it: it carries so much, holds up what
// is more in a queue, drops what the queue does not hold, and loses some anyway.
// Time is what the test says it is.
type pipe struct {
	t       *testing.T
	e       *estimator
	rate    float64 // bit/s
	queue   time.Duration
	loss    float64
	jitter  time.Duration
	random  *rand.Rand
	now     time.Duration
	free    time.Duration // when the last bit of what was sent will have gone
	unacked []ack
	probes  uint16
	delay   time.Duration // the longest wait in the queue, since it was last reset
	video   float64       // what is sent of video, 0: as much as is estimated
	most    float64       // of video that there is to send
	steady  bool          // no probes but those the test sends
}

func newPipe(t *testing.T, rate float64) *pipe {
	return &pipe{t: t, e: newEstimator(), rate: rate, queue: 300 * time.Millisecond, most: 2_000_000, random: rand.New(rand.NewPCG(1, 2))}
}

func (p *pipe) send(size int, probe uint16) {
	wait := max(p.free-p.now, 0)
	a := ack{sent: p.now, size: size, probe: probe}
	if wait > p.queue || p.random.Float64() < p.loss {
		a.lost = true
	} else {
		p.delay = max(p.delay, wait)
		p.free = max(p.free, p.now) + time.Duration(float64(size)*8/p.rate*float64(time.Second))
		a.came = p.free + 20*time.Millisecond
		if p.jitter > 0 {
			a.came += time.Duration(p.random.Int64N(int64(p.jitter)))
		}
	}
	p.unacked = append(p.unacked, a)
}

// run sends sound, as much picture as the estimate allows, and a probe every
// few seconds, for a time.
func (p *pipe) run(d time.Duration) {
	const step = time.Millisecond
	var owed float64
	for end := p.now + d; p.now < end; p.now += step {
		if p.now%(20*time.Millisecond) == 0 {
			p.send(160, 0)
		}
		if p.now%(33*time.Millisecond) == 0 {
			video := p.video
			if video == 0 {
				video = min(float64(p.e.estimate())-64_000, p.most)
			}
			for owed += video * 0.033 / 8; owed >= 1100; owed -= 1100 {
				p.send(1100, 0)
			}
		}
		if p.now%(3*time.Second) == time.Second && !p.steady {
			p.probe(1.5 * float64(p.e.estimate()))
		}
		if p.now%(100*time.Millisecond) == 0 {
			p.feedback()
		}
	}
}

func (p *pipe) probe(rate float64) {
	p.probes++
	began := p.now
	for i := range probePackets + 2 {
		p.now = began + time.Duration(float64(i*probeSize*8)/rate*float64(time.Second))
		p.send(probeSize, p.probes)
	}
	p.now = began
}

func (p *pipe) feedback() {
	var acks []ack
	rest := p.unacked[:0]
	for _, a := range p.unacked {
		if a.lost && p.now-a.sent > 100*time.Millisecond || !a.lost && a.came < p.now {
			acks = append(acks, a)
		} else {
			rest = append(rest, a)
		}
	}
	p.unacked = rest
	p.e.heard(acks, start.Add(p.now))
}

func (p *pipe) expect(what string, low, high float64) {
	p.t.Helper()
	if got := float64(p.e.estimate()); got < low || got > high {
		p.t.Errorf("%s: the estimate is %.0f kbit/s, want %.0f to %.0f", what, got/1000, low/1000, high/1000)
	}
}

func TestAnEstimateFindsWhatANetworkCarries(t *testing.T) {
	for _, tt := range []struct {
		name      string
		rate      float64
		most      float64
		loss      float64
		jitter    time.Duration
		low, high float64
	}{
		{"a LAN", 50e6, 3e6, 0, 0, 2.5e6, 20e6},
		{"a good line", 2e6, 4e6, 0, 0, 1.4e6, 2.3e6},
		{"a narrow one", 600e3, 2e6, 0, 0, 400e3, 750e3},
		{"a very narrow one", 250e3, 2e6, 0, 0, 150e3, 320e3},
		{"a trickle", 110e3, 2e6, 0, 0, 60e3, 150e3},
		{"Wi-Fi that holds packets up", 4e6, 2e6, 0, 8 * time.Millisecond, 1.2e6, 20e6},
		{"a line that loses 5 in 100", 4e6, 2e6, 0.05, 0, 0.9e6, 20e6},
		{"a line that loses 20 in 100", 4e6, 2e6, 0.20, 0, 400e3, 20e6},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPipe(t, tt.rate)
			p.loss, p.jitter, p.most = tt.loss, tt.jitter, tt.most
			p.run(30 * time.Second)
			p.expect("after half a minute", tt.low, tt.high)
			p.delay = 0
			p.run(30 * time.Second)
			p.expect("after a minute", tt.low, tt.high)
			if p.delay > 280*time.Millisecond && tt.rate > 200e3 {
				t.Errorf("sound waited %v in the queue", p.delay)
			}
		})
	}
}

func TestAnEstimateFollowsANetworkThatChanges(t *testing.T) {
	p := newPipe(t, 3e6)
	p.run(10 * time.Second)
	p.expect("at first", 1.5e6, 4.5e6)
	p.rate = 300e3
	p.run(4 * time.Second)
	p.expect("four seconds into a narrow stretch", 100e3, 420e3)
	p.rate = 3e6
	p.run(15 * time.Second)
	p.expect("fifteen seconds after it", 1e6, 4.5e6)
}

func TestAProbeTellsAWidePipeFromANarrowOne(t *testing.T) {
	for _, tt := range []struct {
		rate      float64
		low, high float64
	}{{2e6, 150e3, 20e6}, {64e3, 0, 90e3}} {
		p := newPipe(t, tt.rate)
		p.e.rate, p.e.loss.rate = 60e3, 60e3 // as after a long trickle
		p.video, p.steady = 1, true          // nothing but sound is sent
		p.run(2 * time.Second)
		p.probe(200e3)
		p.run(time.Second)
		p.expect("after a probe", tt.low, tt.high)
	}
}

func TestWithoutAProbeAnEstimateStaysNearWhatIsSent(t *testing.T) {
	p := newPipe(t, 100e6)
	p.e.rate = 100_000
	p.video, p.steady = 1, true
	p.run(30 * time.Second)
	p.expect("of sound alone", 90e3, 140e3)
}

// A machine that does nothing for a moment looks like a queue. Whoever sends little
// then does not learn from it that little is all that passes; a second sign is
// believed.
func TestAHitchIsNotANarrowNetwork(t *testing.T) {
	p := newPipe(t, 5_000_000)
	p.run(5 * time.Second)
	p.video, p.steady = 40_000, true
	p.run(5 * time.Second)
	before, acked, now := p.e.rate, p.e.acked.rate(), start.Add(p.now)
	sign := func(later time.Duration) {
		now = now.Add(later)
		p.e.trend.state = overused
		p.e.byDelay(now)
	}
	if acked > before/3 {
		t.Fatalf("%.0f is sent of %.0f", acked, before)
	}
	sign(0)
	if p.e.rate != before/2 {
		t.Errorf("one sign takes the estimate from %.0f to %.0f", before, p.e.rate)
	}
	sign(signAgain)
	if p.e.rate != decreaseTo*acked {
		t.Errorf("the second takes it to %.0f, where %.0f comes", p.e.rate, acked)
	}
}

func TestLossThatDoesNotYieldIsTheNetworksOwn(t *testing.T) {
	l := lossLimit{rate: 1e6}
	now := start
	hear := func(lost int, seconds int) {
		for range seconds * 2 {
			now = now.Add(lossEvery)
			l.heard(lost, 100, 0.8*l.rate, now)
		}
	}
	hear(0, 5)
	was := l.rate
	hear(20, 2)
	if l.rate > 0.8*was {
		t.Errorf("with sudden loss it is %.0f, was %.0f", l.rate, was)
	}
	hear(20, 4)
	was = l.rate
	hear(20, 10)
	if l.rate < was {
		t.Errorf("with steady loss it falls on, from %.0f to %.0f", was, l.rate)
	}
	was = l.rate
	hear(50, 1)
	if l.rate > was {
		t.Errorf("with still more loss it rises, from %.0f to %.0f", was, l.rate)
	}
}

func TestAnOutageIsNoLoss(t *testing.T) {
	p := newPipe(t, 4e6)
	p.run(10 * time.Second)
	was := float64(p.e.estimate())
	p.loss = 1
	p.run(1500 * time.Millisecond)
	p.loss = 0
	p.run(2 * time.Second)
	p.expect("after a second and a half of nothing", 0.8*was, 20e6)
}
