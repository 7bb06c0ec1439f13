package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"slices"
	"time"
)

// opened is what `wardvisit demo -json` says: where each person begins.
type opened struct {
	URL      string               `json:"url"`
	Relative struct{ URL string } `json:"relative"`
	Messages struct{ URL string } `json:"messages"`
}

// demo starts the program with a practice hospital of its own, which ends with
// the returned process.
func demo(ctx context.Context, binary, folder string) (*process, opened, error) {
	if _, err := os.Stat(binary); errors.Is(err, fs.ErrNotExist) {
		return nil, opened{}, fmt.Errorf("there is no %s: `make build` makes it", binary)
	}
	p, err := start(ctx, nil, "", "{", binary, "demo", "-fresh", "-json", "-log", "error", "-folder", folder,
		"-listen", "127.0.0.1:0", "-media-udp", "127.0.0.1:0", "-turn", "off")
	if err != nil {
		return nil, opened{}, err
	}
	var o opened
	if err := json.Unmarshal([]byte(p.said), &o); err != nil {
		return nil, opened{}, errors.Join(fmt.Errorf("read what demo says: %w", err), p.stop())
	}
	return p, o, nil
}

// starts times the program from being started, with nothing there, to its first
// page.
func starts(ctx context.Context, p plan) ([]row, error) {
	var took []time.Duration
	for range p.starts {
		d, err := startOnce(ctx, p.binary)
		if err != nil {
			return nil, err
		}
		took = append(took, d)
	}
	slices.Sort(took)
	return []row{{
		what: "start, with a new practice hospital, to the first page",
		ours: figure(milliseconds(quantile(took, 0.5))) + " ms",
	}}, nil
}

func startOnce(ctx context.Context, binary string) (took time.Duration, err error) {
	folder, err := os.MkdirTemp("", "wardbench-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(folder)
	began := time.Now()
	program, o, err := demo(ctx, binary, folder)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, program.stop()) }()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, o.URL, nil)
	if err != nil {
		return 0, err
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("the first page answers %s", response.Status)
	}
	return time.Since(began), nil
}

// size weighs the program.
func size(_ context.Context, p plan) ([]row, error) {
	info, err := os.Stat(p.binary)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no %s: `make build` makes it", p.binary)
	}
	if err != nil {
		return nil, err
	}
	return []row{{what: "size of the program", ours: figure(float64(info.Size())/1e6) + " MB"}}, nil
}
