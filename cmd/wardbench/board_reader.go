package main

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"time"
)

// A boardReader has a board open, as a browser does: it is told when there is
// something new, and fetches the board.
type boardReader struct {
	client           *http.Client
	at, events, page string
	serial           int64
	last             []byte // the board as it came over the wire
	seen             chan sighting

	mu        sync.Mutex // guards expecting
	expecting bool
}

// A sighting is when a reader was told of a change, and when they had the board.
type sighting struct {
	told, shown time.Time
	err         error
}

func newBoardReader(n int, at, events, page string) *boardReader {
	jar, err := cookiejar.New(nil)
	if err != nil {
		panic(err) // it is made of nothing that could be wrong
	}
	// Each from an address of their own, since the doors slow down whoever tries many
	// passwords from one.
	from := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 9, byte(1+n))}}
	return &boardReader{
		client: &http.Client{Jar: jar, Transport: &http.Transport{DialContext: from.DialContext, MaxIdleConnsPerHost: 4},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		at: at, events: events, page: page, seen: make(chan sighting, 1),
	}
}

// post sends a form that leads somewhere when all is well.
func (b *boardReader) post(ctx context.Context, to string, f url.Values) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, b.at+to, strings.NewReader(f.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := b.client.Do(r)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body) // so that the connection is used again
	if response.StatusCode != http.StatusSeeOther {
		return statusError(response)
	}
	return nil
}

func (b *boardReader) get(ctx context.Context, what string) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.at+what, http.NoBody)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept-Encoding", "gzip") // and left so, as it is on the wire
	response, err := b.client.Do(r)
	if err == nil && response.StatusCode != http.StatusOK {
		err = errors.Join(statusError(response), response.Body.Close())
	}
	return response, err
}

// watch opens the stream, and returns when the reader has been told how things are.
func (b *boardReader) watch(ctx context.Context) (*bufio.Scanner, error) {
	if err := b.fetch(ctx); err != nil {
		return nil, err
	}
	response, err := b.get(ctx, b.events)
	if err != nil {
		return nil, err
	}
	context.AfterFunc(ctx, func() { _ = response.Body.Close() })
	lines := bufio.NewScanner(response.Body)
	b.serial, err = nextSerial(lines)
	return lines, err
}

// nextSerial is that of the next look on a stream.
func nextSerial(lines *bufio.Scanner) (int64, error) {
	for lines.Scan() {
		if body, is := strings.CutPrefix(lines.Text(), "data: "); is {
			var look struct {
				Serial int64 `json:"serial"`
			}
			err := json.Unmarshal([]byte(body), &look)
			return look.Serial, err
		}
	}
	return 0, errors.Join(errors.New("the stream ended"), lines.Err())
}

// expect has the reader report the next change.
func (b *boardReader) expect() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.expecting = true
}

// read follows the stream until ctx ends. A look that differs only in the minute
// fetches the board too, and is no change.
func (b *boardReader) read(ctx context.Context, lines *bufio.Scanner) {
	for {
		serial, err := nextSerial(lines)
		if ctx.Err() != nil {
			return
		}
		s := sighting{told: time.Now(), err: err}
		if err == nil {
			s.err = b.fetch(ctx)
			s.shown = time.Now()
		}
		if s.err == nil && serial == b.serial {
			continue
		}
		b.serial = serial
		b.mu.Lock()
		expected := b.expecting
		b.expecting = false
		b.mu.Unlock()
		if expected {
			b.seen <- s
		}
		if err != nil {
			return
		}
	}
}

func (b *boardReader) fetch(ctx context.Context) error {
	response, err := b.get(ctx, b.page)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	b.last, err = io.ReadAll(response.Body)
	return err
}

// A fan is the reference: it tells everybody, and answers with one page.
type fan struct {
	page    []byte
	mu      sync.Mutex // guards what follows
	serial  int64
	changed chan struct{} // closed at a change
}

func (f *fan) now() (serial int64, changed chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.serial, f.changed
}

func (f *fan) change(w http.ResponseWriter, _ *http.Request) {
	f.mu.Lock()
	f.serial++
	close(f.changed)
	f.changed = make(chan struct{})
	f.mu.Unlock()
	w.Header().Set("Location", "/page")
	w.WriteHeader(http.StatusSeeOther)
}

func (f *fan) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	for {
		serial, changed := f.now()
		fmt.Fprintf(w, "event: look\nid: %d.29000000.0123456789abcdef.\ndata: {\"serial\":%d,\"minute\":29000000,\"build\":\"0123456789abcdef\"}\n\n", serial, serial)
		if err := http.NewResponseController(w).Flush(); err != nil {
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		}
	}
}

// serveFan is `wardbench serve-fan`: the reference, whose page is the first line of
// stdin.
func serveFan(stdin io.Reader, stdout io.Writer) error {
	lines := bufio.NewReader(stdin)
	line, err := lines.ReadString('\n')
	if err != nil {
		return fmt.Errorf("read the page: %w", err)
	}
	f := &fan{changed: make(chan struct{})}
	if f.page, err = hex.DecodeString(strings.TrimSpace(line)); err != nil {
		return fmt.Errorf("read the page: %w", err)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /events", f.events)
	mux.HandleFunc("POST /change", f.change)
	mux.HandleFunc("GET /page", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(f.page) })
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	fmt.Fprintf(stdout, "http://%s\n", l.Addr())
	_, _ = io.Copy(io.Discard, lines) // however it ends
	err = server.Close()
	if ended := <-served; !errors.Is(ended, http.ErrServerClosed) {
		err = errors.Join(err, ended)
	}
	return err
}
