package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/signaling/netlab"
)

// TestMain lets the test's own program be the servers that it measures.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && strings.HasPrefix(os.Args[1], "serve-") {
		if err := run(context.Background(), os.Args[1:], os.Stdin, os.Stdout, os.Stderr); err != nil {
			panic(err)
		}
		return
	}
	os.Exit(m.Run())
}

// Everything is measured for an instant: the figures mean nothing, but each is
// there.
func TestMeasures(t *testing.T) {
	var table bytes.Buffer
	err := run(t.Context(), []string{"-only", "acts,repack,rooms,join,size", "-clients", "4", "-acts", "200ms",
		"-rooms", "2", "-carry", "300ms", "-passes", "1", "-joins", "2", "-binary", os.Args[0]}, nil, &table, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"SQLite, 4 clients", "p99 of an act", "after a loss", "2 rooms of 3", "rooms that one core carries", "join to first media", "size of the program"} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("no %q in\n%s", want, table.String())
		}
	}
	for _, wrong := range []string{"SQLite:", "rooms is not measured", "join is not measured", "NaN"} {
		if strings.Contains(table.String(), wrong) {
			t.Errorf("%q in\n%s", wrong, table.String())
		}
	}
}

// Over the emulated line too; which needs root, and so is skipped loudly without.
func TestMeasuresTheNetwork(t *testing.T) {
	if lab, err := netlab.New(netlab.Config{Now: time.Now}); errors.Is(err, netlab.ErrUnavailable) && os.Getenv("CI") != "true" {
		t.Skip("SKIPPED: ", err)
	} else if err != nil {
		t.Fatal(err)
	} else if err := lab.Close(); err != nil {
		t.Fatal(err)
	}
	var table bytes.Buffer
	if err := run(t.Context(), []string{"-only", "network", "-passes", "1", "-joins", "1"}, nil, &table, io.Discard); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"join to first media", "socket cut", "address changed", "server killed"} {
		if !strings.Contains(table.String(), want) {
			t.Errorf("no %q in\n%s", want, table.String())
		}
	}
}

func TestSaysWhatItLacks(t *testing.T) {
	var table bytes.Buffer
	err := run(t.Context(), []string{"-only", "start,size,page,trust", "-binary", "nowhere/wardvisit"}, nil, &table, io.Discard)
	if err != nil || strings.Count(table.String(), "there is no nowhere/wardvisit") != 5 {
		t.Errorf("%v\n%s", err, table.String())
	}
}

func TestRefusesAPlanItCannotCarryOut(t *testing.T) {
	for _, args := range [][]string{{"-only", "weather"}, {"-rooms", "0"}, {"-acts", "0s"}, {"-clients", "many"}} {
		if err := run(t.Context(), args, nil, io.Discard, io.Discard); err == nil {
			t.Errorf("%v was accepted", args)
		}
	}
}

type failing struct{}

var errBroken = errors.New("broken")

func (failing) work(context.Context) ([]time.Duration, error) { return nil, errBroken }

func TestACrowdStopsAtTheFirstFault(t *testing.T) {
	_, err := crowd(t.Context(), 3, time.Hour, func(int) (worker, error) { return failing{}, nil })
	if !errors.Is(err, errBroken) {
		t.Errorf("%v", err)
	}
}

func TestFigures(t *testing.T) {
	for _, tt := range []struct {
		f    float64
		want string
	}{{12345.6, "12346"}, {99.95, "100.0"}, {12.34, "12.3"}, {1.234, "1.23"}, {0, "0.00"}} {
		if got := figure(tt.f); got != tt.want {
			t.Errorf("%v is written %s, want %s", tt.f, got, tt.want)
		}
	}
	if got := median([]float64{3, 1, 2, 10}); got != 2.5 {
		t.Errorf("median %v", got)
	}
	sorted := []time.Duration{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	if quantile(sorted, 0.5) != 6 || quantile(sorted, 0.99) != 10 || quantile(nil, 0.5) != 0 {
		t.Error("quantiles are off")
	}
}
