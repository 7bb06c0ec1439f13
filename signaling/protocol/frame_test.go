package protocol

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// golden returns the example frames by file name; the name up to its first dot
// is the frame's type.
func golden(t testing.TB) map[string][]byte {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.json")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no golden frames: %v", err)
	}
	frames := map[string][]byte{}
	for _, path := range paths {
		frame, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		frames[filepath.Base(path)] = []byte(strings.TrimSpace(string(frame)))
	}
	return frames
}

func decodeEither(frame []byte) (Frame, error) {
	if r, err := DecodeRequest(frame); err == nil {
		return r, nil
	}
	n, err := DecodeNotice(frame)
	return n, err
}

func TestGoldenFramesReadAndWriteTheSame(t *testing.T) {
	for name, want := range golden(t) {
		t.Run(name, func(t *testing.T) {
			frame, err := decodeEither(want)
			if err != nil {
				t.Fatal(err)
			}
			if typ, _, _ := strings.Cut(name, "."); frame.Type() != typ {
				t.Errorf("type %q in %s", frame.Type(), name)
			}
			got, err := Encode(frame)
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != string(want) {
				t.Errorf("written as\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func TestEveryFrameIsGoldenAndDocumented(t *testing.T) {
	doc, err := os.ReadFile("PROTOCOL.md")
	if err != nil {
		t.Fatal(err)
	}
	frames := golden(t)
	types := slices.Concat(slices.Collect(maps.Keys(decoders)), slices.Collect(maps.Keys(notices)))
	for _, typ := range types {
		if frames[typ+".json"] == nil {
			t.Errorf("no testdata/%s.json", typ)
		}
		if !strings.Contains(string(doc), "| `"+typ+"` |") {
			t.Errorf("PROTOCOL.md has no row for %s", typ)
		}
	}
}

func TestEveryCodeIsDocumented(t *testing.T) {
	doc, err := os.ReadFile("PROTOCOL.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []Code{
		BadVersion, BadTicket, SeatTaken, ResumeUnknown, RoomFull, RoomLocked, RoomOver, Removed,
		NotExpected, BadOffer, NotAllowed, TooSoon, Draining, Busy, Fault,
	} {
		if !strings.Contains(string(doc), "| `"+string(code)+"` |") {
			t.Errorf("PROTOCOL.md does not explain %s", code)
		}
	}
}

func TestBadFramesAreRefused(t *testing.T) {
	for _, tt := range []struct {
		name, frame string
		want        error
	}{
		{"empty", ``, ErrMalformed},
		{"not JSON", `{"type":`, ErrMalformed},
		{"an array", `[{"type":"leave"}]`, ErrMalformed},
		{"a string", `"leave"`, ErrMalformed},
		{"null", `null`, ErrMalformed},
		{"two objects", `{"type":"leave"}{"type":"leave"}`, ErrMalformed},
		{"no type", `{}`, ErrUnknown},
		{"unknown type", `{"type":"kick"}`, ErrUnknown},
		{"a type that is a number", `{"type":4}`, ErrMalformed},
		{"a frame only the server sends", `{"type":"welcome"}`, ErrUnknown},
		{"join with neither leave", `{"type":"join","v":2,"sdp":"v=0"}`, ErrMalformed},
		{"join with both leaves", `{"type":"join","v":2,"ticket":"a","resume":"b","sdp":"v=0"}`, ErrMalformed},
		{"ticket without an offer", `{"type":"join","v":2,"ticket":"a"}`, ErrMalformed},
		{"ticket too long", `{"type":"join","v":2,"sdp":"v=0","ticket":"` + strings.Repeat("a", maxTicket+1) + `"}`, ErrMalformed},
		{"sdp too long", `{"type":"offer","seq":1,"sdp":"` + strings.Repeat("a", maxSDP+1) + `"}`, ErrMalformed},
		{"sdp of too many lines", `{"type":"offer","seq":1,"sdp":"` + strings.Repeat(`\n`, maxSDPLines+1) + `"}`, ErrMalformed},
		{"offer without sdp", `{"type":"offer","seq":1}`, ErrMalformed},
		{"seq of nought", `{"type":"offer","seq":0,"sdp":"v=0"}`, ErrMalformed},
		{"seq below nought", `{"type":"offer","seq":-1,"sdp":"v=0"}`, ErrMalformed},
		{"a field of the wrong kind", `{"type":"state","audio":"yes"}`, ErrMalformed},
		{"seat too long", `{"type":"pin","seat":"` + strings.Repeat("a", maxSeat+1) + `"}`, ErrMalformed},
		{"stats of an unknown path", `{"type":"stats","path":"pigeon"}`, ErrMalformed},
		{"stats below nought", `{"type":"stats","rtt":-1}`, ErrMalformed},
		{"stats over a hundred per cent", `{"type":"stats","lost":101}`, ErrMalformed},
		{"too big", `{"type":"leave","x":"` + strings.Repeat("a", MaxFrame) + `"}`, ErrMalformed},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, err := DecodeRequest([]byte(tt.frame))
			if !errors.Is(err, tt.want) || r != nil {
				t.Errorf("DecodeRequest = %v, %v; want %v", r, err, tt.want)
			}
		})
	}
}

func TestUnknownFieldsAreIgnored(t *testing.T) {
	r, err := DecodeRequest([]byte(`{"type":"pin","seat":"a","colour":"blue"}`))
	if err != nil || r != (Pin{Seat: "a"}) {
		t.Errorf("DecodeRequest = %v, %v", r, err)
	}
}

func FuzzDecode(f *testing.F) {
	for _, frame := range golden(f) {
		f.Add(frame)
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		read, err := decodeEither(frame)
		if err != nil {
			if !errors.Is(err, ErrMalformed) && !errors.Is(err, ErrUnknown) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		written, err := Encode(read)
		if err != nil {
			t.Fatal(err)
		}
		if len(written) > MaxFrame {
			return // JSON's escaping may make more of it
		}
		again, err := decodeEither(written)
		if err != nil || again.Type() != read.Type() {
			t.Fatalf("%s was read, written and not read again: %v", read.Type(), err)
		}
	})
}
