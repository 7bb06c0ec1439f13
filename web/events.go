package web

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// beat is how often a silent stream says that it is alive: well within the
// minute after which proxies hang up.
const beat = 15 * time.Second

// longAgo is a deadline that has passed.
var longAgo = time.Unix(1, 0)

// An event is one message of a live page. Its ID comes back as Last-Event-ID
// when the reader was cut off and connects again.
type event struct {
	Name string
	ID   string
	Data []byte // may be of several lines
}

// streamEvents keeps an answer open and sends what arrives on events, until the
// reader goes, the server drains, or events is closed. ctx is the request's.
//
// The answer outlives the server's write deadline, which is for pages; each
// write may take one beat instead, so that a reader who stopped reading is let
// go.
func (s *Server) streamEvents(ctx context.Context, w http.ResponseWriter, events <-chan event) error {
	s.metrics.watchers.Inc()
	defer s.metrics.watchers.Dec()
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Time{})
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no") // nginx would keep them to itself
	w.WriteHeader(http.StatusOK)
	write := func(b []byte) error {
		// A connection that can have no deadline, as in a test, blocks nobody.
		late := time.AfterFunc(beat, func() { _ = control.SetWriteDeadline(longAgo) })
		defer late.Stop()
		if _, err := w.Write(b); err != nil {
			return err
		}
		return control.Flush()
	}
	// The first words tell the browser how soon to come back if it is cut off.
	if err := write([]byte("retry: 2000\n\n")); err != nil {
		return ignoreGone(err)
	}
	heart := time.NewTicker(beat)
	defer heart.Stop()
	for {
		var err error
		select {
		case e, open := <-events:
			if !open {
				return nil
			}
			err = write(e.encode())
		case <-heart.C:
			err = write([]byte(":\n\n"))
		case <-ctx.Done():
			return nil
		case <-s.drained:
			return nil
		}
		if err != nil {
			return ignoreGone(err)
		}
	}
}

// encode writes an event as the browser reads it.
func (e event) encode() []byte {
	var out bytes.Buffer
	if e.Name != "" {
		fmt.Fprintf(&out, "event: %s\n", oneLine(e.Name))
	}
	if e.ID != "" {
		fmt.Fprintf(&out, "id: %s\n", oneLine(e.ID))
	}
	for line := range bytes.Lines(e.Data) {
		fmt.Fprintf(&out, "data: %s\n", bytes.TrimRight(line, "\r\n"))
	}
	if len(e.Data) == 0 {
		out.WriteString("data:\n")
	}
	out.WriteByte('\n')
	return out.Bytes()
}

// oneLine keeps what must be one line on one.
func oneLine(s string) string {
	return strings.NewReplacer("\n", "", "\r", "", "\x00", "").Replace(s)
}

// lastEventID is what the reader had seen before it was cut off, or nothing.
func lastEventID(r *http.Request) string { return r.Header.Get("Last-Event-ID") }
