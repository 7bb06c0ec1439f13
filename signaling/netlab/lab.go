package netlab

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// ErrUnavailable is wrapped by New where there can be no laboratory: on another
// system than Linux, without root, or without iproute2.
var ErrUnavailable = errors.New("netlab: no laboratory can be made here")

// prefix begins the name of every namespace of ours:
// wvlab-<process>-<when it started>-<name>.
const prefix = "wvlab-"

// commandWithin is how long iproute2 may take for one thing.
const commandWithin = 10 * time.Second

// Config is what a Lab needs to be told.
type Config struct {
	// Now is the clock by which packets are delayed.
	Now func() time.Time
	// Seed is where chance begins: the same seed and the same packets give the
	// same losses.
	Seed uint64
}

// A Lab owns namespaces and links, and removes them.
type Lab struct {
	cfg Config
	own string // how the names of this process's namespaces begin

	mu     sync.Mutex
	places []*Namespace // guarded by mu
	links  []*Link      // guarded by mu
	made   uint64       // guarded by mu; how many links there ever were
}

// New makes an empty laboratory, after removing what a crashed one has left.
func New(cfg Config) (*Lab, error) {
	own, err := signature(os.Getpid())
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	if os.Geteuid() != 0 {
		return nil, fmt.Errorf("%w: network namespaces need root", ErrUnavailable)
	}
	if _, err := exec.LookPath("ip"); err != nil {
		return nil, fmt.Errorf("%w: there is no ip (apt-get install iproute2)", ErrUnavailable)
	}
	if err := sweep(); err != nil {
		return nil, err
	}
	return &Lab{cfg: cfg, own: prefix + own + "-"}, nil
}

// Close ends every link and removes every namespace. What runs in one should
// have ended by then: a namespace lives on, without a name, until it has.
func (l *Lab) Close() error {
	l.mu.Lock()
	places, links := l.places, l.links
	l.places, l.links = nil, nil
	l.mu.Unlock()
	var err error
	for _, k := range links {
		err = errors.Join(err, k.Close())
	}
	for _, n := range places {
		err = errors.Join(err, run("netns", "delete", n.name))
	}
	return err
}

// signature is a process, told from every other that ever had its number by
// when it started.
func signature(pid int) (string, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", err
	}
	// The name of the program comes second, in brackets, and may hold anything.
	_, rest, _ := bytes.Cut(stat, []byte(") "))
	fields := bytes.Fields(rest)
	const started = 19 // counted from the state, the first after the name
	if len(fields) <= started {
		return "", errors.New("/proc looks different here")
	}
	return fmt.Sprintf("%d-%s", pid, fields[started]), nil
}

// sweep removes the namespaces of processes that are gone.
func sweep() error {
	out, err := ip("netns", "list")
	if err != nil {
		return err
	}
	for line := range strings.Lines(out) {
		name, _, _ := strings.Cut(strings.TrimSpace(line), " ")
		parts := strings.Split(strings.TrimPrefix(name, prefix), "-")
		if !strings.HasPrefix(name, prefix) || len(parts) < 3 {
			continue // not ours
		}
		pid, err := strconv.Atoi(parts[0])
		if err != nil {
			continue
		}
		if alive, err := signature(pid); err == nil && alive == parts[0]+"-"+parts[1] {
			continue
		}
		if err := abandon(name); err != nil {
			return err
		}
	}
	return nil
}

// abandon ends what runs in a namespace whose maker is gone, and removes it.
// Another process may be doing the same at this moment.
func abandon(name string) error {
	inside, err := ip("netns", "pids", name)
	if err == nil {
		for field := range strings.FieldsSeq(inside) {
			if pid, err := strconv.Atoi(field); err == nil {
				_ = syscall.Kill(pid, syscall.SIGKILL)
			}
		}
		err = run("netns", "delete", name)
	}
	if err == nil {
		return nil
	}
	if left, listErr := ip("netns", "list"); listErr == nil && !strings.Contains(left, name) {
		return nil
	}
	return err
}

func run(args ...string) error {
	_, err := ip(args...)
	return err
}

// ip runs iproute2 and returns what it says.
func ip(args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), commandWithin)
	defer cancel()
	out, err := exec.CommandContext(ctx, "ip", args...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("netlab: ip %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(out))
	}
	return string(out), nil
}
