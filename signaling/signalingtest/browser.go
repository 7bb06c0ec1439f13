package signalingtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pion/interceptor/pkg/twcc"
	"github.com/pion/webrtc/v4"

	"github.com/wardvisit/wardvisit/signaling/protocol"
)

// joinWithin is how long Join and Resume wait for each step.
const joinWithin = 10 * time.Second

// Options say who a Browser is and what it sends.
type Options struct {
	URL    string // of the websocket: "ws://…/signal"
	Origin string // of the page it pretends to be
	Ticket string
	ID     uint32 // in every packet it sends
	Slots  int    // to offer
	// Muted and Dark are how it joins: microphone off, camera off.
	Muted, Dark bool
	Silent      bool // sends no packets at all, whatever it says
	// FramePackets is how many packets make a video frame, of which 25 are sent
	// a second; 1 if 0. Sound is 50 packets a second of 100 bytes.
	FramePackets int
	// PacketBytes is the payload of a video packet; 1100 if 0.
	PacketBytes int
	// Layers, if any, are those of its picture, highest first, in place of the
	// one that FramePackets and PacketBytes tell of.
	Layers []Layer
	// Up and Down, if not nil, are the network from it and to it.
	Up, Down *Link
	// Relay, if not nil, is the only way it may use.
	Relay *webrtc.ICEServer
	// Latency, if not nil, gets how long each packet took.
	Latency *Histogram
	// Saw, if not nil, is told of each packet when it has come. It is called from
	// the goroutines of all tracks.
	Saw func(of Stamp, at time.Time)
	Now func() time.Time
}

// A Refusal is the server's no to a join, or its last word later.
type Refusal struct {
	Code  protocol.Code // of refused, if that was said
	Close int           // the websocket's close code
}

func (r *Refusal) Error() string { return fmt.Sprintf("refused: %s (closed with %d)", r.Code, r.Close) }

// A View is what a Browser has been told and how it fares.
type View struct {
	Welcome  protocol.Welcome
	Standing string
	People   *protocol.People // nil unless told since last admitted
	Slots    *protocol.Slots  // likewise
	Said     []string
	Until    string // when it is to end, if told
	Speaking []string
	Trouble  protocol.Trouble
	Sparing  bool                // less is to be sent
	Lines    []protocol.TextLine // each as it was told last
	Looked   bool
	Refused  []protocol.Refused
	Answered int // the seq of the last answer
	Pong     int
	Ended    protocol.Reason
	Closed   int // the websocket's close code, 0 while open
	Media    webrtc.PeerConnectionState
}

// A Browser is one person's side of a visit.
type Browser struct {
	opt    Options
	pc     *webrtc.PeerConnection
	out    []*sender // of sound, and of each layer of the picture
	layers []Layer
	stop   chan struct{}
	work   sync.WaitGroup

	hearing sync.Once     // of the first packet
	heard   chan struct{} // closed then
	first   time.Time     // when that was; set before heard is closed

	arriving  sync.Mutex
	arrivals  *twcc.Recorder // guarded by arriving
	wideID    uint8          // likewise; of transport-wide numbers, 0 if not agreed
	downBytes int            // likewise; on the wire

	writing sync.Mutex // of socket: one writer at a time

	mu      sync.Mutex
	socket  *websocket.Conn // guarded by mu
	view    View            // guarded by mu
	changed chan struct{}   // guarded by mu; closed at every change of view
	got     []*Slot         // the slice is guarded by mu, each Slot by itself
	seq     int             // guarded by mu; of the last offer
	closed  bool            // guarded by mu
}

// Join takes a seat: it returns when the answer is set, which is before media
// flows. The error is a *Refusal if the server said no.
func Join(ctx context.Context, opt Options) (*Browser, error) {
	ctx, cancel := context.WithTimeout(ctx, joinWithin)
	defer cancel()
	b := &Browser{opt: opt, stop: make(chan struct{}), arrivals: twcc.NewRecorder(1), heard: make(chan struct{}), changed: make(chan struct{})}
	offer, err := b.connect()
	if err != nil {
		if b.pc != nil {
			b.Close()
		}
		return nil, fmt.Errorf("make a connection: %w", err)
	}
	join := protocol.Join{V: protocol.Version, Ticket: opt.Ticket, SDP: offer, Audio: !opt.Muted, Video: !opt.Dark}
	if err := b.knock(ctx, join); err != nil {
		b.Close()
		return nil, err
	}
	b.work.Add(1)
	go b.tellArrivals()
	if !opt.Silent {
		b.work.Add(1)
		go b.send()
	}
	return b, nil
}

// Resume takes the seat back on another websocket; the connection goes on.
func (b *Browser) Resume(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, joinWithin)
	defer cancel()
	return b.knock(ctx, protocol.Join{V: protocol.Version, Resume: b.View().Welcome.Resume, Audio: !b.opt.Muted, Video: !b.opt.Dark})
}

// knock opens a websocket, sends the join and waits for the welcome.
func (b *Browser) knock(ctx context.Context, join protocol.Join) error {
	socket, err := Dial(ctx, b.opt.URL, b.opt.Origin)
	if err != nil {
		return err
	}
	b.mu.Lock()
	if b.closed {
		b.mu.Unlock()
		return errors.Join(net.ErrClosed, socket.Close())
	}
	b.socket = socket
	b.view = View{Media: b.view.Media}
	b.work.Add(1)
	b.mu.Unlock()
	go b.listen(socket)
	if err := b.Send(join); err != nil {
		return err
	}
	v, err := b.Wait(ctx, func(v View) bool { return v.Welcome.V != 0 || v.Closed != 0 })
	switch {
	case err != nil:
		return fmt.Errorf("wait for the welcome: %w", err)
	case v.Welcome.V == 0:
		refusal := &Refusal{Close: v.Closed}
		if len(v.Refused) > 0 {
			refusal.Code = v.Refused[0].Code
		}
		return refusal
	case v.Welcome.SDP == "":
		return nil
	}
	answer := webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: v.Welcome.SDP}
	if err := b.pc.SetRemoteDescription(answer); err != nil {
		return fmt.Errorf("set the answer: %w", err)
	}
	b.agree()
	return nil
}

// Heard returns how many bytes have come from the server, as they were on the wire.
func (b *Browser) Heard() int {
	b.arriving.Lock()
	defer b.arriving.Unlock()
	return b.downBytes
}

// Dial opens a websocket as a page of that origin would.
func Dial(ctx context.Context, url, origin string) (*websocket.Conn, error) {
	socket, response, err := websocket.DefaultDialer.DialContext(ctx, url, http.Header{"Origin": {origin}})
	if response != nil && err != nil {
		return nil, fmt.Errorf("open websocket: status %d: %w", response.StatusCode, err)
	}
	if err != nil {
		return nil, fmt.Errorf("open websocket: %w", err)
	}
	return socket, nil
}

// Send sends a frame.
func (b *Browser) Send(r protocol.Request) error {
	frame, err := protocol.Encode(r)
	if err != nil {
		return err
	}
	b.mu.Lock()
	socket := b.socket
	b.mu.Unlock()
	b.writing.Lock()
	defer b.writing.Unlock()
	if err := socket.WriteMessage(websocket.TextMessage, frame); err != nil {
		return fmt.Errorf("send %s: %w", r.Type(), err)
	}
	return nil
}

// answered is what Pion repeats of an answer in its next offer, and browsers do not:
// which layers the other end takes.
var answered = regexp.MustCompile(`a=(rid:\S+ |simulcast:)recv[^\r\n]*\r\n`)

// Restart restarts ICE, and returns when the answer is set.
func (b *Browser) Restart(ctx context.Context) error {
	offer, err := b.pc.CreateOffer(&webrtc.OfferOptions{ICERestart: true})
	if err != nil {
		return fmt.Errorf("offer: %w", err)
	}
	if err := b.pc.SetLocalDescription(offer); err != nil {
		return fmt.Errorf("offer: %w", err)
	}
	b.mu.Lock()
	b.seq++
	seq, refused := b.seq, len(b.view.Refused)
	b.mu.Unlock()
	if err := b.Send(protocol.Offer{Seq: seq, SDP: answered.ReplaceAllString(offer.SDP, "")}); err != nil {
		return err
	}
	v, err := b.Wait(ctx, func(v View) bool { return v.Answered == seq || len(v.Refused) > refused })
	if err != nil {
		return fmt.Errorf("wait for the answer: %w", err)
	}
	if v.Answered != seq {
		return &Refusal{Code: v.Refused[refused].Code}
	}
	return nil
}

// Cut breaks the websocket as a lost network does: with no goodbye.
func (b *Browser) Cut() {
	b.mu.Lock()
	defer b.mu.Unlock()
	_ = b.socket.NetConn().Close()
}

// View returns how things are.
func (b *Browser) View() View {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.view
}

// Wait waits until things are as wanted.
func (b *Browser) Wait(ctx context.Context, wanted func(View) bool) (View, error) {
	for {
		b.mu.Lock()
		view, changed := b.view, b.changed
		b.mu.Unlock()
		if wanted(view) {
			return view, nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return view, ctx.Err()
		}
	}
}

// Close ends everything at once, without taking leave, and waits for it.
func (b *Browser) Close() {
	b.mu.Lock()
	was := b.closed
	b.closed = true
	socket := b.socket
	b.mu.Unlock()
	if was {
		return
	}
	close(b.stop)
	if socket != nil {
		_ = socket.Close()
	}
	_ = b.pc.GracefulClose()
	b.work.Wait()
}

// update changes the view and wakes whoever waits for it.
func (b *Browser) update(change func(*View)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change(&b.view)
	close(b.changed)
	b.changed = make(chan struct{})
}

// listen reads the websocket until it closes.
func (b *Browser) listen(socket *websocket.Conn) {
	defer b.work.Done()
	for {
		_, frame, err := socket.ReadMessage()
		if err != nil {
			code := websocket.CloseAbnormalClosure
			var closed *websocket.CloseError
			if errors.As(err, &closed) {
				code = closed.Code
			}
			_ = socket.Close()
			b.mu.Lock()
			current := b.socket == socket
			b.mu.Unlock()
			if current {
				b.update(func(v *View) { v.Closed = code })
			}
			return
		}
		if notice, err := protocol.DecodeNotice(frame); err == nil {
			b.hear(notice)
		}
	}
}

func (b *Browser) hear(notice protocol.Notice) {
	if answer, ok := notice.(protocol.Answer); ok {
		description := webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer.SDP}
		if b.pc.SetRemoteDescription(description) != nil {
			return // whoever waits for the answer will say so
		}
	}
	b.update(func(v *View) {
		switch n := notice.(type) {
		case protocol.Welcome:
			v.Welcome, v.Standing = n, n.Standing
		case protocol.Standing:
			v.Standing = n.Standing
			if n.Standing != protocol.Admitted {
				v.People, v.Slots, v.Speaking = nil, nil, nil
			}
		case protocol.People:
			v.People = &n
		case protocol.Slots:
			v.Slots = &n
		case protocol.Say:
			v.Said = append(v.Said[:len(v.Said):len(v.Said)], n.Text)
		case protocol.Speaking:
			v.Speaking = n.Seats
		case protocol.Trouble:
			v.Trouble = n
		case protocol.Until:
			v.Until = n.At
		case protocol.Looked:
			v.Looked = n.On
		case protocol.Sparing:
			v.Sparing = n.On
		case protocol.Lines:
			v.Lines = replaced(v.Lines, n.Lines)
		case protocol.Refused:
			v.Refused = append(v.Refused[:len(v.Refused):len(v.Refused)], n)
		case protocol.Answer:
			v.Answered = n.Seq
		case protocol.Pong:
			v.Pong = n.N
		case protocol.Ended:
			v.Ended = n.Reason
		}
	})
}

// replaced is lines with those that are new added, and those of an old number
// in their place.
func replaced(lines, with []protocol.TextLine) []protocol.TextLine {
	lines = slices.Clone(lines)
	for _, line := range with {
		if i := slices.IndexFunc(lines, func(have protocol.TextLine) bool { return have.N == line.N }); i >= 0 {
			lines[i] = line
		} else {
			lines = append(lines, line)
		}
	}
	return lines
}
