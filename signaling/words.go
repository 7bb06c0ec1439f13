package signaling

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/time/rate"

	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

const (
	// maxLines is how many lines a room remembers: an hour of somebody typing
	// what is said.
	maxLines = 200
	// How many lines a person may write: faster than anybody chats, and a caption
	// that grows by a word at a time.
	chatsPerSecond    = 5
	captionsPerSecond = 10
	// linesFrame is how much of what was said is told in one frame, in bytes:
	// with the rest of the frame less than the protocol's longest.
	linesFrame = protocol.MaxFrame * 3 / 4
)

// words are what has been written in a room. They are in its memory alone, and
// gone with it.
type words struct {
	lines   []written // in the order they were begun
	last    int       // n of the newest
	readers map[string]*reader
}

// A written line, and from whom it is kept: whoever is asked to wait does not
// learn later what was said meanwhile.
type written struct {
	protocol.TextLine
	hidden []string
}

// A reader is somebody who has been let in.
type reader struct {
	after int  // n of the newest line that was there before
	out   bool // asked to wait again
}

// letIn notes that somebody may read from now on.
func (w *words) letIn(seat string) {
	if w.readers == nil {
		w.readers = map[string]*reader{}
	}
	if w.readers[seat] == nil {
		w.readers[seat] = &reader{after: w.last}
	}
	w.readers[seat].out = false
}

// sendOut notes that somebody waits, and so may not.
func (w *words) sendOut(seat string) {
	if r := w.readers[seat]; r != nil {
		r.out = true
	}
}

// mayRead reports whether a line is for somebody's eyes.
func (w *words) mayRead(seat string, line written) bool {
	r := w.readers[seat]
	return r != nil && !r.out && line.N > r.after && !slices.Contains(line.hidden, seat)
}

// said is every line for somebody's eyes.
func (w *words) said(seat string) (all []protocol.TextLine) {
	for _, line := range w.lines {
		if w.mayRead(seat, line) {
			all = append(all, line.TextLine)
		}
	}
	return all
}

// put adds a line, or has it replace what its writer had not done with.
func (w *words) put(line protocol.TextLine) written {
	i := slices.IndexFunc(w.lines, func(have written) bool { return have.Seat == line.Seat && !have.Done })
	if i < 0 {
		w.last++
		i = len(w.lines)
		w.lines = append(w.lines, written{TextLine: protocol.TextLine{N: w.last}})
	}
	line.N = w.lines[i].N
	w.lines[i].TextLine = line
	for seat, r := range w.readers {
		if r.out && !slices.Contains(w.lines[i].hidden, seat) {
			w.lines[i].hidden = append(w.lines[i].hidden, seat)
		}
	}
	put := w.lines[i]
	if len(w.lines) > maxLines {
		w.lines = slices.Delete(w.lines, 0, 1)
	}
	return put
}

// unfinished is the line that somebody has not done with.
func (w *words) unfinished(seat string) (protocol.TextLine, bool) {
	for _, line := range w.lines {
		if line.Seat == seat && !line.Done {
			return line.TextLine, true
		}
	}
	return protocol.TextLine{}, false
}

// pens returns the limit of how fast somebody writes.
func pens(role ticket.Role) *rate.Limiter {
	if role == ticket.Reporter {
		return rate.NewLimiter(captionsPerSecond, 2*captionsPerSecond)
	}
	return rate.NewLimiter(chatsPerSecond, 2*chatsPerSecond)
}

// write has s say something in writing.
func (r *Room) write(s *seat, line protocol.Line) {
	kind := protocol.Chat
	if s.ticket.Role == ticket.Reporter {
		kind = protocol.Caption
	}
	switch {
	case s.standing != protocol.Admitted, kind == protocol.Chat && !line.Done:
		s.tell(protocol.Refused{Code: protocol.NotAllowed, Frame: line.Type()})
		return
	case !s.pen.AllowN(r.server.cfg.Now(), 1):
		s.tell(protocol.Refused{Code: protocol.TooSoon, Frame: line.Type()})
		return
	}
	text := plain(line.Text)
	if text == "" && line.Done {
		return // nothing that can be seen
	}
	r.utter(protocol.TextLine{Seat: s.ticket.Seat, Name: s.ticket.Name, Kind: kind, Text: text, Done: line.Done})
}

// utter keeps a line and tells it to those who may read it.
func (r *Room) utter(line protocol.TextLine) {
	put := r.words.put(line)
	for _, s := range r.admitted() {
		if r.words.mayRead(s.ticket.Seat, put) {
			s.tell(protocol.Lines{Lines: []protocol.TextLine{put.TextLine}})
		}
	}
}

// finishLine ends the line that somebody leaves unfinished.
func (r *Room) finishLine(s *seat) {
	if line, ok := r.words.unfinished(s.ticket.Seat); ok {
		line.Done = true
		r.utter(line)
	}
}

// recall tells s what was said before.
func (r *Room) recall(s *seat) {
	if s.conn == nil {
		return
	}
	var some []protocol.TextLine
	size := 0
	for _, line := range r.words.said(s.ticket.Seat) {
		frame, err := protocol.Encode(protocol.Lines{Lines: []protocol.TextLine{line}})
		if err != nil {
			continue
		}
		if size+len(frame) > linesFrame {
			s.tell(protocol.Lines{Lines: some})
			some, size = nil, 0
		}
		some, size = append(some, line), size+len(frame)
	}
	if len(some) > 0 {
		s.tell(protocol.Lines{Lines: some})
	}
}

// plain is text as it is shown: on one line, without what moves, hides or turns
// round the words of others. What joins letters and emoji stays.
func plain(text string) string {
	return strings.TrimSpace(strings.Map(func(c rune) rune {
		switch {
		case c == '\n', c == '\r', c == '\t', c == '\u2028', c == '\u2029':
			return ' '
		case unicode.IsControl(c), // from the keyboard of nobody
			c >= '\u202A' && c <= '\u202E', c >= '\u2066' && c <= '\u2069', // directions forced
			c >= '\uFFF9' && c <= '\uFFFB', c == '\uFEFF', c == '\u200B': // not to be seen
			return -1
		}
		return c
	}, text))
}
