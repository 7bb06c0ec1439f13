package proof

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/wardvisit/wardvisit/booking/store/storetest"
)

// A kill says nothing of a power cut: what a killed program wrote is still in the
// memory of the machine. So the kernel is asked what the program did: that each
// acknowledgement comes after an fsync of everything that it acknowledges.

// acknowledgement is how a traced child says that an act is done: a write of its
// own, which the trace shows between those of the database.
const acknowledgement = "ACKNOWLEDGED"

// tracedActs is how many acts a traced child does.
const tracedActs = 12

func init() {
	children[tracedChild] = func(ctx context.Context, w *world, seed uint64) {
		done := 0
		ctx, end := context.WithCancel(ctx)
		defer end()
		work(ctx, w, 1, rand.New(rand.NewPCG(seed, 1)), func(said word) {
			if said.Begins || said.What == "refused" {
				return
			}
			aloud()(word{What: said.What, Why: acknowledgement + " " + said.Why})
			if done++; done == tracedActs {
				end()
			}
		})
	}
	for name, synchronous := range map[string]string{fullChild: "FULL", normalChild: "NORMAL"} {
		children[name] = func(ctx context.Context, w *world, _ uint64) { writePlainly(ctx, w.url, synchronous) }
	}
}

// The kinds of child that write without the store, as it does and as it must not.
const (
	fullChild   = "writes and waits"
	normalChild = "writes and does not wait"
)

// writePlainly writes to the database past the store, which would not open it with
// less than FULL.
func writePlainly(ctx context.Context, url, synchronous string) {
	db, err := sql.Open("sqlite", "file:"+strings.TrimPrefix(url, "sqlite:")+"?_pragma=busy_timeout(10000)&_pragma=journal_mode(WAL)&_pragma=synchronous("+synchronous+")")
	for n := range tracedActs {
		if err == nil {
			_, err = db.ExecContext(ctx, `INSERT INTO settings (name, value) VALUES ($1, 'x')`, fmt.Sprint("row ", n))
		}
		what := "write"
		if err != nil {
			what = "fault " + err.Error()
		}
		aloud()(word{What: what, Why: acknowledgement})
	}
}

// An attempt is one line of a trace: a call, by whom, on which file, and whether the
// line is its beginning or its end.
type attempt struct {
	call, file string
	begins     bool
	ends       bool
	text       string
}

var (
	whole      = regexp.MustCompile(`^(\d+) +(\w+)\((?:\d+|AT_FDCWD)<([^>]*)>(.*)\) += -?\d+`)
	unfinished = regexp.MustCompile(`^(\d+) +(\w+)\((?:\d+|AT_FDCWD)<([^>]*)>(.*)<unfinished \.\.\.>$`)
	resumed    = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>.* += (-?\d+)`)
)

// readTrace gives the lines of a trace in their order.
func readTrace(trace io.Reader) (found []attempt, err error) {
	under := map[string]attempt{} // by thread
	lines := bufio.NewScanner(trace)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		if m := whole.FindStringSubmatch(line); m != nil {
			found = append(found, attempt{call: m[2], file: m[3], begins: true, ends: true, text: m[4]})
		} else if m := unfinished.FindStringSubmatch(line); m != nil {
			a := attempt{call: m[2], file: m[3], begins: true, text: m[4]}
			found = append(found, a)
			under[m[1]] = a
		} else if m := resumed.FindStringSubmatch(line); m != nil {
			a := under[m[1]]
			a.begins, a.ends = false, true
			found = append(found, a)
			delete(under, m[1])
		}
	}
	return found, lines.Err()
}

// tooEarly counts the acknowledgements in a trace, and those given before all that
// was written to the log of the database, or to the database, was on the disk. Each
// acknowledgement must have something to acknowledge.
func tooEarly(trace []attempt, database string) (acknowledged, early int) {
	dirty := map[string]bool{}   // files written to since they were last synced
	syncing := map[string]bool{} // files being synced, with all that is in them
	wrote := false               // anything since the last acknowledgement
	for _, a := range trace {
		ours := strings.HasPrefix(a.file, database) && !strings.HasSuffix(a.file, "-shm")
		switch {
		case a.call == "write" && strings.Contains(a.text, acknowledgement):
			if a.begins {
				acknowledged++
				if !wrote || dirty[database] || dirty[database+"-wal"] {
					early++
				}
				wrote = false
			}
		case ours && strings.HasPrefix(a.call, "pwrite"), ours && a.call == "write", ours && a.call == "ftruncate":
			dirty[a.file], syncing[a.file], wrote = true, false, true
		case ours && (a.call == "fsync" || a.call == "fdatasync"):
			if a.begins {
				syncing[a.file] = true
			}
			if a.ends && syncing[a.file] { // and nothing was written meanwhile
				dirty[a.file], syncing[a.file] = false, false
			}
		}
	}
	return acknowledged, early
}

// traced runs a child under strace and returns what it did.
func traced(t *testing.T, kind, url string) []attempt {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err == nil {
		err = exec.CommandContext(t.Context(), strace, "-o", os.DevNull, "true").Run()
	}
	if err != nil {
		message := fmt.Sprintf("NOT TESTED WHAT REACHES THE DISK: strace does not work here: %v", err)
		if os.Getenv("CI") == "true" {
			t.Fatal(message)
		}
		t.Skip(message)
	}
	out := filepath.Join(t.TempDir(), "trace")
	l := newLedger()
	startChild(t, kind, url, 4, l.hear,
		strace, "-f", "-y", "-qq", "-s", "200", "-o", out, "-e", "trace=write,writev,pwrite64,pwritev,ftruncate,fsync,fdatasync").wait()
	if len(l.faults) > 0 {
		t.Fatal(l.faults)
	}
	file, err := os.Open(out)
	ok(t, err)
	defer file.Close()
	trace, err := readTrace(file)
	ok(t, err)
	return trace
}

// Nothing is acknowledged before it is on the disk.
func TestNoAcknowledgementBeforeItsSync(t *testing.T) {
	t.Parallel()
	w := founded(t, storetest.SQLite(t), killed)
	ok(t, w.store.Close())
	ok(t, w.raw.Close())
	acknowledged, early := tooEarly(traced(t, tracedChild, w.url), strings.TrimPrefix(w.url, "sqlite:"))
	if acknowledged < tracedActs || early != 0 {
		t.Errorf("%d acknowledgements, %d of them too early", acknowledged, early)
	}
}

// A database that is told not to wait for the disk is found out.
func TestPlantedAcknowledgementBeforeItsSync(t *testing.T) {
	t.Parallel()
	for kind, waits := range map[string]bool{fullChild: true, normalChild: false} {
		url := storetest.SQLite(t)
		acknowledged, early := tooEarly(traced(t, kind, url), strings.TrimPrefix(url, "sqlite:"))
		if acknowledged != tracedActs || waits && early != 0 || !waits && early < tracedActs/2 {
			t.Errorf("a child that %s: %d acknowledgements, %d of them too early", kind, acknowledged, early)
		}
	}
}
