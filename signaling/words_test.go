package signaling

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"Hello, Mam":                        "Hello, Mam",
		"two\r\nlines\tand tabs":            "two  lines and tabs",
		"\u202Eevil\u202C \u2066x\u2069":    "evil x",
		"bell\a, escape\x1b[31m, null\x00":  "bell, escape[31m, null",
		"\uFEFF\u200B\u202E":                "",
		"👩‍👧 and नमस्ते and a\u200Dz":       "👩‍👧 and नमस्ते and a\u200Dz",
		"right-to-left of itself: שלום":     "right-to-left of itself: שלום",
		"para\u2029graph and line\u2028end": "para graph and line end",
	} {
		if got := plain(text); got != want {
			t.Errorf("plain(%q) = %q, want %q", text, got, want)
		}
	}
}

// texts are the lines in an outbox, each as last told.
func texts(c *conn) (all []string) {
	at := map[int]int{}
	for {
		select {
		case frame := <-c.outbox:
			n, err := protocol.DecodeNotice(frame)
			if err != nil {
				all = append(all, "a frame that cannot be read: "+err.Error())
				continue
			}
			lines, _ := n.(protocol.Lines)
			for _, line := range lines.Lines {
				text := line.Kind + " " + line.Text
				if !line.Done {
					text += "…"
				}
				if i, has := at[line.N]; has {
					all[i] = text
					continue
				}
				at[line.N] = len(all)
				all = append(all, text)
			}
		default:
			return all
		}
	}
}

func (b *bubble) write(s *seat, text string, done bool) {
	b.t.Helper()
	b.do(func() { b.room.hear(s, s.conn, protocol.Line{Text: text, Done: done}) })
	time.Sleep(time.Second / chatsPerSecond) // nobody types faster
}

func (b *bubble) reads(who string, c *conn, want ...string) {
	b.t.Helper()
	if got := texts(c); fmt.Sprint(got) != fmt.Sprint(want) {
		b.t.Errorf("%s reads %q, want %q", who, got, want)
	}
}

func TestWhoIsInTheVisitReadsWhatIsSaid(t *testing.T) {
	inBubble(t, func(b *bubble) {
		patient, atBed := b.sit("patient")
		anna, c := b.sit("anna")
		b.write(anna, "before Ben\u202E", true)
		ben, bens := b.sit("ben")
		b.write(patient, "to all", true)
		b.do(func() { Hold{Seat: "ben"}.carry(b.room) })
		b.write(ben, "from outside", true)
		b.write(anna, "not for Ben", true)
		b.reads("who is held", bens, "chat to all")
		b.do(func() { Admit{Seat: "ben"}.carry(b.room) })
		b.write(anna, "Ben is back", true)
		b.reads("Ben", bens, "chat to all", "chat Ben is back")
		b.reads("the patient", atBed, "chat before Ben", "chat to all", "chat not for Ben", "chat Ben is back")
		b.reads("Anna", c, "chat before Ben", "chat to all", "chat not for Ben", "chat Ben is back")
		again := newConn(b.server, nil)
		b.do(func() { b.room.comeBack(ben, again, protocol.Join{}, nil, "") })
		b.reads("Ben, on another socket", again, "chat to all", "chat Ben is back")
		b.do(func() { b.room.hear(ben, again, protocol.Leave{}) })
		b.write(anna, "while Ben was away", true)
		_, bens = b.sit("ben")
		b.reads("Ben, come again", bens, "chat to all", "chat Ben is back", "chat while Ben was away")
		b.do(func() { End{}.carry(b.room) })
		b.do(func() {
			if len(b.room.words.lines) != 0 {
				t.Error("what was said outlives the visit")
			}
		})
	})
}

func TestACaptionGrows(t *testing.T) {
	inBubble(t, func(b *bubble) {
		_, atBed := b.sit("patient")
		reporter, _ := b.sit("reporter")
		b.do(func() { reporter.ticket.Role = ticket.Reporter })
		b.write(reporter, "Good", false)
		b.reads("the patient", atBed, "caption Good…")
		_, bens := b.sit("ben")
		b.write(reporter, "Good morning", false)
		b.write(reporter, "Good morning, love.", true)
		b.reads("the patient", atBed, "caption Good morning, love.")
		b.reads("who came in between", bens)
		b.write(reporter, "How", false)
		b.reads("the patient", atBed, "caption How…")
		b.do(func() { b.room.hear(reporter, reporter.conn, protocol.Leave{}) })
		b.reads("the patient", atBed, "caption How")
		b.do(func() {
			if n := len(b.room.words.lines); n != 2 {
				t.Errorf("%d lines are kept", n)
			}
		})
	})
}

func TestWritingHasItsBounds(t *testing.T) {
	inBubble(t, func(b *bubble) {
		patient, atBed := b.sit("patient")
		refused := func(line protocol.Line) protocol.Code {
			b.do(func() { b.room.hear(patient, atBed, line) })
			return last[protocol.Refused](atBed).Code
		}
		if code := refused(protocol.Line{Text: "typing", Done: false}); code != protocol.NotAllowed {
			t.Errorf("chat that is not done: %q", code)
		}
		for range 2 * chatsPerSecond {
			if code := refused(protocol.Line{Text: "x", Done: true}); code != "" {
				t.Fatalf("refused as %q", code)
			}
		}
		if code := refused(protocol.Line{Text: "x", Done: true}); code != protocol.TooSoon {
			t.Errorf("a flood of lines: %q", code)
		}
		longest := strings.Repeat("\u2018", protocol.MaxLine) // three bytes each
		for range 2 * maxLines {
			b.write(patient, longest, true)
			texts(atBed)
		}
		again := newConn(b.server, nil)
		b.do(func() { b.room.comeBack(patient, again, protocol.Join{}, nil, "") })
		got := texts(again)
		if len(got) != maxLines || again.over() {
			t.Errorf("%d lines are told again", len(got))
		}
		for _, text := range got {
			if text != "chat "+longest {
				t.Fatalf("told %.50q", text)
			}
		}
	})
}
