package main

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/store/storetest"
	"github.com/wardvisit/wardvisit/signaling/protocol"
	"github.com/wardvisit/wardvisit/signaling/signalingtest"
	"github.com/wardvisit/wardvisit/signaling/ticket"
)

// patience bounds every wait for the program: far longer than anything takes on
// a busy machine.
const patience = 30 * time.Second

// thisIsTheProgram is set in the environment of a test binary that is to be the
// program itself.
const thisIsTheProgram = "WARDVISIT_TEST_IS_THE_PROGRAM"

// TestBeTheProgram is not a test: it is `wardvisit serve`, run by the tests below
// with signals of its own.
func TestBeTheProgram(*testing.T) {
	args, is := os.LookupEnv(thisIsTheProgram)
	if !is {
		return
	}
	os.Args = append([]string{"wardvisit"}, strings.Fields(args)...)
	main()
	os.Exit(0)
}

// A hospital is a real one in which two visits are about to begin.
type hospital struct {
	file   string // its database
	visits []string
	seals  *ticket.Sealer
}

// A program is `wardvisit serve` in a process of its own, on a copy of a hospital.
type program struct {
	hospital
	t     *testing.T
	url   string
	cmd   *exec.Cmd
	ended chan struct{} // closed when it has
	err   error         // what it ended with; set before ended is closed

	mu  sync.Mutex
	log strings.Builder // guarded by mu
}

func (h hospital) start(t *testing.T, more ...string) *program {
	t.Helper()
	p := &program{hospital: h, t: t, ended: make(chan struct{})}
	database, err := os.ReadFile(h.file)
	if err != nil {
		t.Fatal(err)
	}
	p.file = filepath.Join(t.TempDir(), "hospital.db")
	if err := os.WriteFile(p.file, database, 0o600); err != nil {
		t.Fatal(err)
	}
	p.cmd = exec.Command(os.Args[0], "-test.run=^TestBeTheProgram$")
	args := append([]string{"serve", "-listen", "127.0.0.1:0", "-media-udp", "127.0.0.1:0", "-turn", "off", "-database", "sqlite:" + p.file}, more...)
	p.cmd.Env = append(os.Environ(), thisIsTheProgram+"="+strings.Join(args, " "))
	stderr, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ready := make(chan string, 1)
	go p.read(stderr, ready)
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // it has ended, if all is well
		<-p.ended
		if t.Failed() {
			t.Logf("the program's log:\n%s", p.said())
		}
	})
	select {
	case p.url = <-ready:
	case <-p.ended:
		t.Fatal("the program ended before it was ready")
	case <-time.After(patience):
		t.Fatal("the program is not ready")
	}
	return p
}

// newHospital makes a practice hospital into a real one, of which two visits have
// been started.
func newHospital(t *testing.T) (h hospital) {
	t.Helper()
	h.file = filepath.Join(t.TempDir(), "ready.db")
	url := "sqlite:" + h.file
	cfg := config{listen: "127.0.0.1:0", database: url, mediaUDP: "127.0.0.1:0", turn: noRelay, logLevel: "error", videoCodec: "vp8"}
	s, err := open(t.Context(), cfg, true, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	s.close()
	db := storetest.Raw(t, url)
	var key string
	if err := db.QueryRow("SELECT value FROM settings WHERE name = 'ticket_key'").Scan(&key); err != nil {
		t.Fatal(err)
	}
	raw, err := hex.DecodeString(key)
	if err != nil {
		t.Fatal(err)
	}
	if h.seals, err = ticket.New(raw, time.Now); err != nil {
		t.Fatal(err)
	}
	for _, change := range []string{
		"UPDATE settings SET value = 'false' WHERE name = 'practice'",
		"UPDATE visits SET state = 'preparing' WHERE id IN (SELECT min(id) FROM visits WHERE state = 'booked' GROUP BY device_id ORDER BY 1 LIMIT 2)",
	} {
		if _, err := db.Exec(change); err != nil {
			t.Fatal(err)
		}
	}
	var visits string
	if err := db.QueryRow("SELECT group_concat(id, ' ') FROM visits WHERE state = 'preparing'").Scan(&visits); err != nil {
		t.Fatal(err)
	}
	if h.visits = strings.Fields(visits); len(h.visits) != 2 {
		t.Fatalf("%d visits are about to begin", len(h.visits))
	}
	if err := db.Close(); err != nil { // so that all is in the one file
		t.Fatal(err)
	}
	return h
}

var readyLine = regexp.MustCompile(`msg=ready url=(\S+)`)

// read keeps what the program says, and notes its end.
func (p *program) read(stderr io.Reader, ready chan<- string) {
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		p.mu.Lock()
		fmt.Fprintln(&p.log, lines.Text())
		p.mu.Unlock()
		if found := readyLine.FindStringSubmatch(lines.Text()); found != nil {
			ready <- found[1]
		}
	}
	p.err = p.cmd.Wait()
	close(p.ended)
}

func (p *program) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.log.String()
}

func (p *program) signal(s os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
}

// join has the patient's side of a visit come in.
func (p *program) join(visit int) (*signalingtest.Browser, error) {
	p.t.Helper()
	now := time.Now()
	sealed, err := p.seals.Seal(ticket.Ticket{
		Room: p.visits[visit], Seat: desk.SeatOfPatient, Role: ticket.Patient, ID: fmt.Sprint(now.UnixNano()),
		NotBefore: now, Expires: now.Add(time.Minute),
	})
	if err != nil {
		p.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	b, err := signalingtest.Join(ctx, signalingtest.Options{
		URL: "ws" + strings.TrimPrefix(p.url, "http") + "/signal", Origin: p.url, Ticket: sealed, Slots: 5, Now: time.Now,
	})
	if err == nil {
		p.t.Cleanup(b.Close)
	}
	return b, err
}

func (p *program) mustJoin(visit int) *signalingtest.Browser {
	p.t.Helper()
	b, err := p.join(visit)
	if err != nil {
		p.t.Fatal(err)
	}
	return b
}

// status is what the program answers to a request.
func (p *program) status(path string) int {
	p.t.Helper()
	client := http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Get(p.url + path)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, res.Body)
	return res.StatusCode
}

// drains waits until the program says that it drains.
func (p *program) drains() {
	p.t.Helper()
	deadline := time.Now().Add(patience)
	for p.status("/readyz") != http.StatusServiceUnavailable {
		if time.Now().After(deadline) {
			p.t.Fatal("it does not say that it drains")
		}
		<-time.After(10 * time.Millisecond)
	}
}

// ends waits until the program has ended well.
func (p *program) ends() {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.t.Fatal("it does not end")
	}
	if p.err != nil {
		p.t.Errorf("it ended with %v", p.err)
	}
}

func (p *program) hungUp(b *signalingtest.Browser) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), patience)
	defer cancel()
	v, err := b.Wait(ctx, func(v signalingtest.View) bool { return v.Closed != 0 })
	if err != nil || v.Closed != websocket.CloseServiceRestart || v.Ended != "" {
		p.t.Errorf("hung up with %d, ended %q, %v", v.Closed, v.Ended, err)
	}
}

func TestAskedToStop(t *testing.T) {
	h := newHospital(t)
	t.Run("it lets visits end", func(t *testing.T) { letsVisitsEnd(t, h.start(t)) })
	for _, second := range []os.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run("and again, it stops at once: "+second.String(), func(t *testing.T) {
			p := h.start(t)
			patient := p.mustJoin(0)
			p.signal(syscall.SIGTERM)
			p.drains()
			p.signal(second)
			p.hungUp(patient)
			p.ends()
		})
	}
	t.Run("it waits for so long only", func(t *testing.T) {
		p := h.start(t, "-drain-for", "1s")
		patient := p.mustJoin(0)
		p.signal(syscall.SIGTERM)
		p.hungUp(patient)
		p.ends()
		if !strings.Contains(p.said(), "visits are cut off") {
			t.Error("it does not say what it did")
		}
	})
	t.Run("with nobody there it stops at once", func(t *testing.T) {
		p := h.start(t)
		p.signal(syscall.SIGTERM)
		p.ends()
	})
}

func letsVisitsEnd(t *testing.T, p *program) {
	patient := p.mustJoin(0)
	if alive, ready := p.status("/healthz"), p.status("/readyz"); alive != http.StatusOK || ready != http.StatusOK {
		t.Errorf("it says of its health %d and of its readiness %d", alive, ready)
	}
	p.signal(syscall.SIGTERM)
	p.drains()
	if alive, page := p.status("/healthz"), p.status("/"); alive != http.StatusOK || page != http.StatusOK {
		t.Errorf("while it drains its health is %d, and a page %d", alive, page)
	}
	var no *signalingtest.Refusal
	if _, err := p.join(1); !errors.As(err, &no) || no.Code != protocol.Draining {
		t.Errorf("a visit that would begin: %v", err)
	}
	patient.Cut()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := patient.Resume(ctx); err != nil {
		t.Errorf("back into a visit that goes on: %v", err)
	}
	if err := patient.Send(protocol.Leave{}); err != nil {
		t.Fatal(err)
	}
	p.ends()
}
