package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A Cluster is a PostgreSQL server in a folder of its own, which may be killed and
// started again. It is used by one goroutine.
type Cluster struct {
	URL string // of its database "postgres"

	bin, dir string
	as       *syscall.SysProcAttr
	settings []string
	server   *exec.Cmd     // nil while it is down
	over     chan struct{} // closed when server has ended
}

// NewCluster makes a server and starts it, with further settings as arguments of
// postgres. It listens on a socket in its folder and nowhere else. It does not
// outlive this process; Stop ends it before.
func NewCluster(ctx context.Context, settings ...string) (*Cluster, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "wardvisit-pg-")
	if err != nil {
		return nil, err
	}
	c := &Cluster{bin: bin, dir: dir, settings: settings}
	u := url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/postgres",
		RawQuery: url.Values{"host": {dir}, "sslmode": {"disable"}}.Encode()}
	c.URL = u.String()
	if c.as, err = owner(dir); err == nil {
		err = c.initialise(ctx)
	}
	if err == nil {
		err = c.start()
	}
	if err != nil {
		c.Stop()
		return nil, err
	}
	return c, nil
}

func (c *Cluster) initialise(ctx context.Context) error {
	initdb := exec.CommandContext(ctx, filepath.Join(c.bin, "initdb"), "-D", filepath.Join(c.dir, "data"),
		"-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", "--locale=C")
	initdb.SysProcAttr = c.as
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("storetest: initdb: %w\n%s", err, out)
	}
	return nil
}

// start starts a server that dies with this process, also when it is killed. The
// thread that starts a child must live as long as the child does, or Linux takes
// its end for its process's.
func (c *Cluster) start() error {
	server := exec.Command(filepath.Join(c.bin, "postgres"), append([]string{"-D", filepath.Join(c.dir, "data"), "-k", c.dir, "-h", "",
		"-c", "max_connections=200", "-c", "log_min_messages=fatal"}, c.settings...)...)
	server.SysProcAttr = c.as
	started, over := make(chan error), make(chan struct{})
	go func() {
		runtime.LockOSThread()
		err := server.Start()
		started <- err
		if err == nil {
			server.Wait()
			close(over)
		}
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("storetest: start postgres: %w", err)
	}
	c.server, c.over = server, over
	return nil
}

// Restart starts the server again after Kill, and returns when it has recovered.
func (c *Cluster) Restart(ctx context.Context) error {
	if err := c.start(); err != nil {
		return err
	}
	db, err := sql.Open("pgx", c.URL)
	if err != nil {
		return err
	}
	return errors.Join(answers(ctx, db), db.Close())
}

// Kill ends every process of the server at once, as nothing but a power cut does.
func (c *Cluster) Kill() error {
	pid := c.server.Process.Pid
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil { // it is to start no more of them
		return err
	}
	list, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	if err != nil {
		return err
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		return err
	}
	children := strings.Fields(string(list))
	for _, child := range children {
		n, err := strconv.Atoi(child)
		if err != nil {
			return err
		}
		if err := syscall.Kill(n, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			return err
		}
	}
	<-c.over
	c.server = nil
	return gone(children)
}

// gone waits until processes are no more, or only the memory of them, since a new
// server does not start while an old one's still has its memory.
func gone(pids []string) error {
	for _, pid := range pids {
		for tries := 0; ; tries++ {
			stat, err := os.ReadFile("/proc/" + pid + "/stat")
			if _, state, _ := strings.Cut(string(stat), ") "); err != nil || strings.HasPrefix(state, "Z") {
				break
			}
			if tries == 1000 {
				return fmt.Errorf("storetest: process %s of PostgreSQL does not die", pid)
			}
			<-time.After(5 * time.Millisecond)
		}
	}
	return nil
}

// Stop ends the server, if it runs, and removes its folder.
func (c *Cluster) Stop() {
	if c.server != nil {
		c.server.Process.Signal(syscall.SIGQUIT) // at once, with nothing to keep
		<-c.over
		c.server = nil
	}
	os.RemoveAll(c.dir)
}

// Killable returns a new server for a test that kills it; it is stopped at the end.
// It keeps what it has acknowledged, unlike the one that other tests use.
func Killable(t testing.TB, settings ...string) *Cluster {
	t.Helper()
	c, err := NewCluster(context.WithoutCancel(t.Context()), settings...)
	if err != nil {
		skipOrFail(t, err)
	}
	t.Cleanup(c.Stop)
	db, err := sql.Open("pgx", c.URL)
	if err == nil {
		err = errors.Join(answers(t.Context(), db), db.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}
