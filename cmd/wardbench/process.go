package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// A process is a server that wardbench started, to put load on or to time.
type process struct {
	command *exec.Cmd
	stdin   io.Closer // closing it ends a server of ours, also if wardbench is killed
	said    string    // the line by which it said that it is ready
}

// start runs a program, says told to it, and waits until it prints a line that
// begins as ready does.
func start(ctx context.Context, env []string, told, ready, name string, args ...string) (*process, error) {
	command := exec.CommandContext(ctx, name, args...)
	command.Env = append(os.Environ(), env...)
	command.Stderr = os.Stderr
	stdin, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	stdout, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	p := &process{command: command, stdin: stdin}
	if _, err := io.WriteString(stdin, told); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	lines := bufio.NewReader(stdout)
	for !strings.HasPrefix(p.said, ready) || p.said == "" {
		if p.said, err = lines.ReadString('\n'); err != nil {
			return nil, errors.Join(fmt.Errorf("%s %s ended before it was ready", name, strings.Join(args, " ")), p.stop())
		}
		p.said = strings.TrimSpace(p.said)
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }() // ends with the process
	return p, nil
}

// stopWithin is how long a process has to end by itself.
const stopWithin = 10 * time.Second

// stop asks the process to end, and kills it if it does not.
func (p *process) stop() error {
	_ = p.stdin.Close()
	_ = p.command.Process.Signal(os.Interrupt)
	kill := time.AfterFunc(stopWithin, func() { _ = p.command.Process.Kill() })
	defer kill.Stop()
	err := p.command.Wait()
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		return nil // however it ended, it has
	}
	return err
}

// memory is how many bytes of the process are in the machine's memory.
func (p *process) memory() (int, error) {
	statm, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", p.command.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("read memory: %w", err)
	}
	fields := strings.Fields(string(statm))
	if len(fields) < 2 {
		return 0, errors.New("read memory: /proc looks different here")
	}
	pages, err := strconv.Atoi(fields[1])
	return pages * os.Getpagesize(), err
}

// clockTick is the unit of processor time in /proc, a hundredth of a second on
// every Linux that Go runs on.
const clockTick = 10 * time.Millisecond

// processorTime is what the process has spent so far, in user and kernel.
func (p *process) processorTime() (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.command.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("read processor time: %w", err)
	}
	// The name of the program comes second, in brackets, and may hold anything.
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	const user, system = 11, 12 // counted from the state, the first after the name
	if len(fields) <= system {
		return 0, errors.New("read processor time: /proc looks different here")
	}
	var ticks int64
	for _, field := range []string{fields[user], fields[system]} {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("read processor time: %w", err)
		}
		ticks += n
	}
	return time.Duration(ticks) * clockTick, nil
}
