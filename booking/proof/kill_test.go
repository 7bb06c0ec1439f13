package proof

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/booking"
	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/booking/store/storetest"
)

// This test's own program, started again with childVariable, is the program that is
// killed: a desk with people at it, which says of each act that it begins and, once
// the desk has answered, that it is done. What was said to be done must be there
// afterwards.

// childVariable says what a child is to be: see beChild.
const childVariable = "WARDVISIT_PROOF_CHILD"

// The kinds of child.
const (
	honestChild = "books"            // says what is so
	earlyChild  = "says too early"   // that a visit is booked, before it is
	halfChild   = "books by half"    // in one table, before the others
	tracedChild = "books one by one" // for the trace of what it writes: see fsync_test.go
)

// A word is what a child says: that it begins an act on a visit, or what became of
// one.
type word struct {
	Begins  bool
	What    string // hold, book, move, cancel; refused when a rule said no; fault when something broke
	Visit   booking.VisitID
	Version int
	Start   time.Time
	Why     string
}

// workers is how many people are at the desk of a child.
const workers = 8

// work has one person hold, book, move and cancel until ctx ends, and say so.
func work(ctx context.Context, w *world, n int, r *rand.Rand, say func(word)) {
	by := relative(n, 0)
	slot := func() time.Time { return on(1+r.IntN(13), 9, 0).Add(time.Duration(r.IntN(35)) * visitStep) }
	for ctx.Err() == nil {
		held, err := w.Hold(ctx, by, patientID(n), visitorID(n, 0), slot())
		if !said(say, word{What: "hold", Visit: held.ID, Version: held.Version, Start: held.When.Start()}, err) {
			continue
		}
		say(word{Begins: true, What: "book", Visit: held.ID})
		v, err := w.Book(ctx, by, held.ID)
		if !said(say, word{What: "book", Visit: held.ID, Version: v.Version, Start: v.When.Start()}, err) {
			continue
		}
		if r.IntN(2) == 0 {
			say(word{Begins: true, What: "move", Visit: held.ID})
			moved, err := w.Move(ctx, by, v.Reference, v.Version, slot())
			if said(say, word{What: "move", Visit: held.ID, Version: moved.Version, Start: moved.When.Start()}, err) {
				v = moved
			}
		}
		if r.IntN(4) > 0 {
			say(word{Begins: true, What: "cancel", Visit: held.ID})
			gone, err := w.Cancel(ctx, by, v.Reference, v.Version)
			said(say, word{What: "cancel", Visit: held.ID, Version: gone.Version, Start: gone.When.Start()}, err)
		}
	}
}

// said says what became of an act, and reports whether it was done.
func said(say func(word), done word, err error) bool {
	refusal := isRefusal(err)
	switch {
	case err == nil:
		say(done)
	case refusal != nil:
		say(word{What: "refused", Visit: done.Visit, Why: refusal.Code})
	default:
		say(word{What: "fault", Visit: done.Visit, Why: err.Error()})
	}
	return err == nil
}

// beChild is the program of a child, at the database that its arguments name. It
// ends when it is killed, or when its parent has ended.
func beChild(kind string) {
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	seed, _ := strconv.ParseUint(os.Args[2], 10, 64)
	s, err := store.Open(context.Background(), os.Args[1], store.MayLose) // it is the program that is killed
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	w := &world{url: os.Args[1], store: s, size: killed}
	w.now.Store(morning.UnixMicro())
	if w.Desk, err = newDesk(s, w.clock); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	children[kind](context.Background(), w, seed)
}

var children = map[string]func(ctx context.Context, w *world, seed uint64){
	honestChild: func(ctx context.Context, w *world, seed uint64) {
		var wg sync.WaitGroup
		for n := 1; n <= workers; n++ {
			wg.Go(func() { work(ctx, w, n, rand.New(rand.NewPCG(seed, uint64(n))), aloud()) })
		}
		wg.Wait()
	},
	earlyChild: func(ctx context.Context, w *world, _ uint64) {
		say := aloud()
		held, err := w.Hold(ctx, relative(1, 0), patientID(1), visitorID(1, 0), on(1, 9, 0))
		if said(say, word{What: "hold", Visit: held.ID, Version: held.Version, Start: held.When.Start()}, err) {
			say(word{What: "book", Visit: held.ID, Version: held.Version + 1, Start: held.When.Start()})
		}
		select {}
	},
	halfChild: func(ctx context.Context, w *world, _ uint64) {
		say := aloud()
		held, err := w.Hold(ctx, relative(1, 0), patientID(1), visitorID(1, 0), on(1, 9, 0))
		if err == nil {
			err = w.openRaw(ctx)
		}
		if err == nil {
			_, err = w.raw.ExecContext(ctx, `UPDATE visits SET state = 'booked', held_until = NULL, version = version + 1 WHERE id = $1`, held.ID)
		}
		said(say, word{What: "book", Visit: held.ID, Version: held.Version + 1, Start: held.When.Start()}, err)
		select {}
	},
}

// aloud returns a way to say words on stdout, each whole and at once.
func aloud() func(word) {
	return func(w word) {
		line, err := json.Marshal(w)
		if err == nil {
			_, err = os.Stdout.Write(append(line, '\n')) // one write: not torn by another
		}
		if err != nil {
			os.Exit(1) // nobody listens any more
		}
	}
}

// killed is the hospital in which things are killed.
var killed = size{wards: 2, devices: 3, patients: 4}

// A ledger is what was said.
type ledger struct {
	mu     sync.Mutex // guards the rest
	visits map[booking.VisitID]*entry
	done   int
	faults []string
}

// An entry is what was last said of a visit, and what was under way.
type entry struct {
	last  word
	under string // what was begun and not answered
}

func newLedger() *ledger { return &ledger{visits: map[booking.VisitID]*entry{}} }

func (l *ledger) hear(w word) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := l.visits[w.Visit]
	if e == nil {
		e = &entry{}
	}
	switch {
	case w.Begins:
		e.under = w.What
	case w.What == "refused":
		e.under = ""
	case w.What == "fault":
		l.faults = append(l.faults, w.Why)
	default:
		e.last, e.under = w, ""
		l.visits[w.Visit] = e
		l.done++
	}
}

// heard is how many acts were said to be done.
func (l *ledger) heard() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.done
}

// becomes is the state of a visit after an act.
var becomes = map[string]string{"hold": "held", "book": "booked", "move": "booked", "cancel": "cancelled"}

// lost are those visits of which something else was said than is there. A visit
// with an act under way is as it was before the act, or after it; from now on it is
// to stay so.
func (l *ledger) lost(ctx context.Context, db querier) (found []string, err error) {
	for id, e := range l.visits {
		var state string
		var version int
		var start instant
		err := db.QueryRowContext(ctx, `SELECT state, version, starts_at FROM visits WHERE id = $1`, id).Scan(&state, &version, &start)
		if err != nil {
			found = append(found, fmt.Sprintf("visit %s, of which it was said %+v: %v", id, e.last, err))
			continue
		}
		before := version == e.last.Version && state == becomes[e.last.What] && start.Equal(e.last.Start)
		after := e.under != "" && version > e.last.Version && state == becomes[e.under]
		switch {
		case after:
			e.last = word{What: e.under, Visit: id, Version: version, Start: start.Time}
		case !before:
			found = append(found, fmt.Sprintf("visit %s is %s, version %d, at %v, and it was said %+v, then %q begun", id, state, version, start, e.last, e.under))
		}
	}
	return found, nil
}

// forgetHolds forgets what is only held: the next child's people give it back.
func (l *ledger) forgetHolds() {
	for id, e := range l.visits {
		if e.last.What == "hold" {
			delete(l.visits, id)
		}
		e.under = ""
	}
}

// A child is a program that was started to be killed.
type child struct {
	command *exec.Cmd
	stdin   io.Closer
	heard   chan struct{} // closed when everything that it said was heard
	once    sync.Once
}

// startChild starts a child, whose words go to hear. under is a program to run it
// under, with its arguments.
func startChild(t *testing.T, kind, url string, seed uint64, hear func(word), under ...string) *child {
	t.Helper()
	self := must[string](t)(os.Executable())
	args := append(under, self, url, strconv.FormatUint(seed, 10))
	c := &child{command: exec.Command(args[0], args[1:]...), heard: make(chan struct{})}
	c.command.Env = append(os.Environ(), childVariable+"="+kind)
	c.command.Stderr = os.Stderr
	c.stdin = must[io.WriteCloser](t)(c.command.StdinPipe())
	stdout := must[io.ReadCloser](t)(c.command.StdoutPipe())
	ok(t, c.command.Start())
	go func() {
		defer close(c.heard)
		lines := bufio.NewScanner(stdout)
		for lines.Scan() {
			var w word
			if err := json.Unmarshal(lines.Bytes(), &w); err != nil {
				t.Errorf("a child said %q", lines.Text())
				continue
			}
			hear(w)
		}
	}()
	t.Cleanup(c.kill)
	return c
}

// kill ends the child at once, and hears out what it had said.
func (c *child) kill() {
	_ = c.command.Process.Kill() // SIGKILL
	c.wait()
}

// wait waits until the child has ended.
func (c *child) wait() {
	c.once.Do(func() {
		<-c.heard
		_ = c.command.Wait() // however it ended
		_ = c.stdin.Close()
	})
}

// round has a child work until it has said so many words, kills it, and looks at
// what is there.
func (l *ledger) round(t *testing.T, w *world, kind string, seed uint64, words int) (lost, half []string) {
	t.Helper()
	had := l.heard()
	c := startChild(t, kind, w.url, seed, l.hear)
	await(t, "a child to do something", func() bool { return l.heard() >= had+words })
	c.kill()
	w.raw = storetest.Raw(t, w.url)
	defer w.raw.Close()
	if w.isPostgres() { // whose connections outlive the program by a moment
		w.awaitAlone(t)
	} else {
		var whole string
		ok(t, w.raw.QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&whole))
		if whole != "ok" {
			t.Error("SQLite says: " + whole)
		}
	}
	lost, err := l.lost(t.Context(), w.raw)
	ok(t, err)
	half, err = broken(t.Context(), w.raw)
	ok(t, err)
	return lost, half
}

// What was acknowledged is there, and nothing is there by half, however often the
// program is killed in the middle of its work.
func TestKilledProgram(t *testing.T) {
	t.Parallel()
	inHospital(t, killed, func(t *testing.T, w *world) {
		ok(t, errors.Join(w.store.Close(), w.raw.Close()))
		l, r := newLedger(), rand.New(rand.NewPCG(2, 2))
		rounds := often(6, 100)
		for round := range rounds {
			lost, half := l.round(t, w, honestChild, uint64(round), 1+r.IntN(60))
			if len(lost)+len(half)+len(l.faults) > 0 {
				t.Fatalf("after kill %d\nlost: %s\nby half: %s\nfaults: %s", round+1,
					strings.Join(lost, "\n"), strings.Join(half, "\n"), strings.Join(l.faults, "\n"))
			}
			l.forgetHolds()
		}
		t.Logf("killed %d times; %d acts acknowledged; %d visits as they were said to be", rounds, l.done, len(l.visits))
	})
}

// A program that says too early what it does is found out, and one that does it by
// half.
func TestPlantedKilledProgram(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		kind       string
		words      int
		lost, half bool
	}{
		{earlyChild, 2, true, false},
		{halfChild, 1, false, true},
	} {
		t.Run(tt.kind, func(t *testing.T) {
			inHospital(t, killed, func(t *testing.T, w *world) {
				ok(t, errors.Join(w.store.Close(), w.raw.Close()))
				lost, half := newLedger().round(t, w, tt.kind, 1, tt.words)
				if (len(lost) > 0) != tt.lost || (len(half) > 0) != tt.half {
					t.Errorf("found lost %v, by half %v", lost, half)
				}
			})
		})
	}
}
