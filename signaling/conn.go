package signaling

import (
	"errors"
	"io"
	"net"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"

	"github.com/wardvisit/wardvisit/signaling/protocol"
)

const (
	// joinWithin is how long a socket may take to say who it is: a slow phone's
	// TLS and offer, several times over.
	joinWithin = 10 * time.Second
	// pingEvery has a vanished phone shown as reconnecting before the family
	// begins to wonder, and keeps every proxy's idle timer from running out.
	pingEvery = 5 * time.Second
	// pongWithin is two pings and some: one may be lost.
	pongWithin  = 12 * time.Second
	writeWithin = 5 * time.Second
	// closeWithin is how long we listen for the other end's goodbye.
	closeWithin = time.Second
	// outboxSize is how many frames may wait to be written. The room says little:
	// with this many waiting, nobody is reading.
	outboxSize = 64
	// How many frames a browser may send: a person pressing buttons, and a page
	// that says it all again after reconnecting.
	framesPerSecond = 20
	framesBurst     = 60
	// drainAtMost bounds what we read of a frame too big, so that the close
	// code arrives, in bytes.
	drainAtMost = 1 << 20
)

// A conn is one websocket. Its reader is the goroutine that calls serve; its
// writer drains the outbox. Anybody may tell and end it, and neither waits.
type conn struct {
	server *Server
	socket *websocket.Conn
	outbox chan []byte
	limit  *rate.Limiter // of the reader

	once  sync.Once
	ended chan struct{} // closed by end
	code  int           // set before ended is closed; 0: the other end is gone
	why   string        // likewise
}

func newConn(s *Server, socket *websocket.Conn) *conn {
	return &conn{
		server: s, socket: socket, outbox: make(chan []byte, outboxSize), ended: make(chan struct{}),
		limit: rate.NewLimiter(framesPerSecond, framesBurst),
	}
}

// tell queues a frame. A browser that does not read is dropped.
func (c *conn) tell(n protocol.Notice) {
	frame, err := protocol.Encode(n)
	if err != nil {
		c.server.cfg.Log.Error("a frame could not be written", "frame", n.Type(), "err", err)
		c.end(websocket.CloseInternalServerErr, "")
		return
	}
	select {
	case c.outbox <- frame:
	default:
		c.end(protocol.CloseSlow, "")
	}
}

// end has the socket closed, after what is in the outbox, with that code; the
// first call counts.
func (c *conn) end(code int, why string) {
	c.once.Do(func() {
		c.code, c.why = code, why
		close(c.ended)
	})
}

// refuse answers a join with no.
func (c *conn) refuse(code protocol.Code) {
	c.server.metrics.joins.WithLabelValues(string(code)).Inc()
	c.tell(protocol.Refused{Code: code, Frame: protocol.Join{}.Type()})
	c.end(protocol.CloseRefused, string(code))
}

// serve is the reader.
func (c *conn) serve() {
	written := make(chan struct{})
	go func() {
		defer close(written)
		defer c.guard()
		c.write()
	}()
	defer func() {
		c.end(0, "")
		<-written
		c.hangUp()
	}()
	defer c.guard()
	c.socket.SetReadLimit(protocol.MaxFrame)
	_ = c.waitUntil(joinWithin) // if it fails, so does the read
	room, s := c.join()
	if room == nil {
		c.drain()
		return
	}
	// Not before: a socket that answers pings has not yet said who it is.
	c.socket.SetPongHandler(func(string) error { return c.waitUntil(pongWithin) })
	defer room.post(s, func() { room.lost(s, c) })
	_ = c.waitUntil(pongWithin)
	for {
		request := c.read()
		if request == nil {
			c.drain()
			return
		}
		c.hear(room, s, request)
	}
}

// guard is deferred by reader and writer: what goes wrong in either ends this
// socket alone.
func (c *conn) guard() {
	if fault := recover(); fault != nil {
		c.server.cfg.Log.Error("a websocket broke", "fault", fault, "stack", string(debug.Stack()))
		c.end(websocket.CloseInternalServerErr, "")
	}
}

// join reads the first frame and seats whoever sent it, or says why not.
func (c *conn) join() (*Room, *seat) {
	leave := c.server.porch.enter(c)
	request := c.read()
	leave()
	if request == nil {
		return nil, nil
	}
	defer c.server.joining.Add(-1)
	crowded := c.server.joining.Add(1) > maxJoining
	join, ok := request.(protocol.Join)
	switch {
	case !ok:
		c.end(protocol.CloseOutOfOrder, "")
		return nil, nil
	case join.V != protocol.Version:
		c.refuse(protocol.BadVersion)
		return nil, nil
	case crowded:
		c.refuse(protocol.Busy)
		return nil, nil
	}
	room, s, code := c.server.enter(c, join)
	if code != "" {
		c.refuse(code)
		return nil, nil
	}
	return room, s
}

// read returns the next frame, or nil once the conversation is over, having
// said why.
func (c *conn) read() protocol.Request {
	kind, frame, err := c.socket.ReadMessage()
	var network net.Error
	switch {
	case c.over():
		return nil
	case errors.Is(err, websocket.ErrReadLimit):
		c.end(websocket.CloseMessageTooBig, "")
		return nil
	case errors.As(err, &network) && network.Timeout():
		c.end(protocol.CloseTimeout, "")
		return nil
	case err != nil:
		c.end(0, "")
		return nil
	case !c.limit.AllowN(c.server.cfg.Now(), 1):
		c.end(protocol.CloseFlood, "")
		return nil
	case kind != websocket.TextMessage:
		c.end(protocol.CloseMalformed, "")
		return nil
	}
	request, err := protocol.DecodeRequest(frame)
	switch {
	case errors.Is(err, protocol.ErrUnknown):
		c.end(protocol.CloseUnknown, "")
		return nil
	case err != nil:
		c.end(protocol.CloseMalformed, "")
		return nil
	}
	return request
}

// hear passes a frame on: what is the room's to the room, the rest is done here.
func (c *conn) hear(room *Room, s *seat, request protocol.Request) {
	switch request := request.(type) {
	case protocol.Ping:
		c.tell(protocol.Pong(request))
	case protocol.Join:
		c.end(protocol.CloseOutOfOrder, "")
	case protocol.Offer:
		c.restart(room, s, request)
	default:
		room.post(s, func() { room.hear(s, c, request) })
	}
}

// write is the writer.
func (c *conn) write() {
	pings := time.NewTicker(pingEvery)
	defer pings.Stop()
	for {
		select {
		case frame := <-c.outbox:
			if !c.writeFrame(frame) {
				return
			}
		case <-pings.C:
			if c.socket.WriteControl(websocket.PingMessage, nil, c.by(writeWithin)) != nil {
				c.giveUp()
				return
			}
		case <-c.server.ctx.Done():
			c.end(websocket.CloseServiceRestart, "")
			c.sayGoodbye()
			return
		case <-c.ended:
			c.sayGoodbye()
			return
		}
	}
}

func (c *conn) writeFrame(frame []byte) bool {
	err := c.socket.SetWriteDeadline(c.by(writeWithin))
	if err == nil {
		err = c.socket.WriteMessage(websocket.TextMessage, frame)
	}
	if err != nil {
		c.giveUp()
	}
	return err == nil
}

// giveUp is the writer's, when nobody is there to write to.
func (c *conn) giveUp() {
	c.end(0, "")
	_ = c.socket.SetReadDeadline(c.by(0)) // have the reader notice
}

// sayGoodbye writes what is left and the close frame, and has the reader listen
// a moment longer for the other end's.
func (c *conn) sayGoodbye() {
	for more := c.code != 0; more; {
		select {
		case frame := <-c.outbox:
			more = c.writeFrame(frame)
		default:
			more = false
		}
	}
	if c.code != 0 {
		c.server.metrics.closed.WithLabelValues(strconv.Itoa(c.code)).Inc()
		if c.code != websocket.CloseMessageTooBig { // the websocket package has said it
			_ = c.socket.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(c.code, c.why), c.by(writeWithin))
		}
	}
	_ = c.socket.SetReadDeadline(c.by(closeWithin))
}

// drain waits for the other end's close frame, so that ours is not overtaken by
// a reset of the connection.
func (c *conn) drain() {
	if c.over() && c.code == 0 {
		return
	}
	<-c.ended
	for {
		if _, _, err := c.socket.ReadMessage(); err != nil {
			return
		}
	}
}

func (c *conn) hangUp() {
	if c.code == websocket.CloseMessageTooBig {
		_, _ = io.CopyN(io.Discard, c.socket.NetConn(), drainAtMost)
	}
	_ = c.socket.Close() // nothing is left to lose
}

func (c *conn) over() bool {
	select {
	case <-c.ended:
		return true
	default:
		return false
	}
}

// waitUntil gives the other end that long to say something.
func (c *conn) waitUntil(d time.Duration) error {
	if c.over() {
		return nil // sayGoodbye has set the last deadline
	}
	return c.socket.SetReadDeadline(c.by(d))
}

func (c *conn) by(d time.Duration) time.Time { return c.server.cfg.Now().Add(d) }
