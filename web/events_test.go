package web

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestEvents reads a live page over a real connection, until the server drains.
func TestEvents(t *testing.T) {
	s := newServer(t, io.Discard, false)
	events := make(chan event, 2)
	ended := make(chan error, 1)
	live := httptest.NewServer(serve(s, "GET /live", func(w http.ResponseWriter, r *http.Request) error {
		err := s.streamEvents(r.Context(), w, events)
		ended <- err
		return err
	}))
	defer live.Close()
	client := &http.Client{Timeout: 10 * time.Second}
	answer, err := client.Get(live.URL + "/live")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if kind := answer.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Errorf("Content-Type: %s", kind)
	}
	events <- event{Name: "board", ID: "7", Data: []byte("<p>one</p>\n<p>two</p>")}
	want := []string{"retry: 2000", "", "event: board", "id: 7", "data: <p>one</p>", "data: <p>two</p>", ""}
	lines := bufio.NewScanner(answer.Body)
	for _, line := range want {
		if !lines.Scan() {
			t.Fatalf("the stream ended before %q: %v", line, lines.Err())
		}
		if lines.Text() != line {
			t.Fatalf("read %q, want %q", lines.Text(), line)
		}
	}
	s.Drain()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("drained with %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("draining left a live page open")
	}
}

func TestAnEventCannotForgeAnother(t *testing.T) {
	got := string(event{Name: "a\nevent: b", ID: "1\r\nid: 2", Data: []byte("x\n\ndata: y")}.encode())
	want := "event: aevent: b\nid: 1id: 2\ndata: x\ndata: \ndata: data: y\n\n"
	if got != want {
		t.Errorf("encoded %q, want %q", got, want)
	}
	if got := string(event{Name: "beat"}.encode()); !strings.HasSuffix(got, "data:\n\n") {
		t.Errorf("an event without data: %q, which browsers would not deliver", got)
	}
}
