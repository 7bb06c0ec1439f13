package sfu

import (
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"
)

// A State is how a connection fares.
type State int

// The states. A Failed connection comes back only by Restart.
const (
	Connecting State = iota
	Connected
	Disconnected // silent for five seconds; may come back by itself
	Failed
	Closed // by either end
)

const (
	// tickEvery is how often a Peer reports arrivals and asks for what is
	// missing: what browsers themselves do.
	tickEvery = 100 * time.Millisecond
	// reportEvery is how many ticks there are between reports of the slow kind.
	reportEvery = 10
)

// A Peer is one browser's connection. The zero Peer is connected to nothing:
// it has no slots and sends nothing, and its verbs do nothing.
//
// Verbs may be called from any goroutine, and do not wait for the network.
type Peer struct {
	sfu     *SFU
	pc      *webrtc.PeerConnection
	ssrc    uint32 // of what we say ourselves
	sources [kinds]*source
	slots   []slot
	mids    []string // of all sections, for Restart to compare
	options Options
	terms   terms        // what was agreed of what the browser sends; set by the answer
	agreed  bool         // terms is set
	intakes atomic.Int32 // how many there are
	outlet  outlet
	up      atomic.Bool // connected at least once
	narrow  atomic.Bool // its network carries little

	estimator *estimator

	done chan struct{} // closed by Close

	mu     sync.Mutex
	closed bool           // guarded by mu
	loops  sync.WaitGroup // its goroutines; none is added once closed

	clock struct {
		sync.Mutex
		known  bool
		offset uint64
	}
	arrivals struct {
		sync.Mutex
		*twcc.Recorder
	}
	restart  sync.Mutex // one at a time
	steering sync.Mutex // likewise
	helm     helm       // guarded by steering
}

// A slot receives one person: a stream of each kind, nil where not offered.
type slot [kinds]*stream

// SlotMids are the media sections of one slot, "" where not offered.
type SlotMids struct{ Audio, Video string }

// A Report is how a connection fares, by the latest second's figures.
type Report struct {
	LostUp   float64 // part of what the browser sent that did not come, 0 to 1
	LostDown float64 // part of what was sent to it that did not come
	Estimate int     // what its network is believed to carry towards it, in bit/s
}

// Slots returns the media sections of each slot, in order.
func (p *Peer) Slots() []SlotMids {
	mids := make([]SlotMids, len(p.slots))
	if p.pc == nil {
		return mids
	}
	for _, t := range p.pc.GetTransceivers() {
		sender := t.Sender()
		if sender == nil || sender.Track() == nil {
			continue
		}
		for i, slot := range p.slots {
			switch sender.Track() {
			case webrtc.TrackLocal(slot[Audio]):
				mids[i].Audio = t.Mid()
			case webrtc.TrackLocal(slot[Video]):
				mids[i].Video = t.Mid()
			}
		}
	}
	return mids
}

// Show has what from sends of a kind flow in one of p's slots, in place of what
// flowed there; nothing, if from is nil. A picture begins at its next keyframe,
// which is asked for at once. When Show has returned, not one more packet of
// what was shown before is sent.
func (p *Peer) Show(i int, kind Kind, from *Peer) {
	if i < 0 || i >= len(p.slots) || p.slots[i][kind] == nil {
		return
	}
	var src *source
	if from != nil {
		src = from.sources[kind]
	}
	st, now := p.slots[i][kind], p.sfu.cfg.Now()
	if st.show(src) && src != nil {
		p.steer(now)
		st.keyframe(now)
	}
}

// Clear has nothing flow in any of p's slots.
func (p *Peer) Clear() {
	for i := range p.slots {
		for kind := range kinds {
			p.Show(i, kind, nil)
		}
	}
}

// Keyframe asks p's sender for a keyframe.
func (p *Peer) Keyframe() {
	if src := p.sources[Video]; src != nil {
		src.wantKeyframe(p.sfu.cfg.Now())
	}
}

// Report returns how the connection has fared.
func (p *Peer) Report() (r Report) {
	if p.estimator != nil { // nil in the zero Peer
		r.Estimate = p.estimator.estimate()
	}
	for kind := range kinds {
		if src := p.sources[kind]; src != nil { // nil in the zero Peer
			r.LostUp = max(r.LostUp, src.lost())
		}
		for _, slot := range p.slots {
			if st := slot[kind]; st != nil {
				st.mu.Lock()
				r.LostDown = max(r.LostDown, float64(st.lost)/256)
				st.mu.Unlock()
			}
		}
	}
	return r
}

// Close ends the connection. Once it has returned nothing more is forwarded to
// or from p; the rest is taken down behind it, and awaited by SFU.Close.
func (p *Peer) Close() {
	if p.sfu == nil {
		return
	}
	p.mu.Lock()
	was := p.closed
	p.closed = true
	p.mu.Unlock()
	if was {
		return
	}
	p.Clear()
	for _, src := range p.sources {
		for _, st := range *src.streams.Load() {
			st.show(nil)
		}
	}
	close(p.done)
	go func() {
		defer p.sfu.remove(p) // however the rest goes
		defer p.loops.Wait()
		defer p.guard()
		// What it may say is that something was closed already.
		_ = p.pc.GracefulClose()
	}()
}

// run starts a goroutine of p. What goes wrong in one ends p alone.
func (p *Peer) run(loop func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.loops.Add(1)
	go func() {
		defer p.loops.Done()
		defer p.guard()
		loop()
	}()
}

// guard is deferred by whatever may go wrong for p: by run, and where Pion or
// another's goroutine does something of p's.
func (p *Peer) guard() {
	if r := recover(); r != nil {
		p.sfu.cfg.Log.Error("media: a connection broke", "fault", r, "stack", string(debug.Stack()))
		p.options.Changed(Failed)
		p.Close()
	}
}

func (p *Peer) onState(state webrtc.PeerConnectionState) {
	defer p.guard()
	select {
	case <-p.done:
		return // our own doing
	default:
	}
	switch state {
	case webrtc.PeerConnectionStateConnected:
		p.up.Store(true)
		p.openEyes(p.sfu.cfg.Now())
		p.options.Changed(Connected)
	case webrtc.PeerConnectionStateDisconnected:
		p.options.Changed(Disconnected)
	case webrtc.PeerConnectionStateFailed:
		p.options.Changed(Failed)
	case webrtc.PeerConnectionStateClosed:
		p.options.Changed(Closed)
	}
}

func (p *Peer) writeRTCP(packets ...rtcp.Packet) {
	if len(packets) > 0 && p.pc != nil {
		// Before the connection is up, and after, there is nobody to tell.
		_ = p.pc.WriteRTCP(packets)
	}
}

// clockOffset returns what to add to the browser's clock to have ours: measured
// once, so that its sound and its picture are moved alike.
func (p *Peer) clockOffset(theirs uint64, now time.Time) uint64 {
	p.clock.Lock()
	defer p.clock.Unlock()
	if !p.clock.known {
		p.clock.known, p.clock.offset = true, ntpTime(now)-theirs
	}
	return p.clock.offset
}
