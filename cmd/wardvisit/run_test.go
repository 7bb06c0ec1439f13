package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/wardvisit/wardvisit/migrations"
)

func environment(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

// An operator who types something wrong reads one plain sentence that says what
// to type instead.
func TestWhatCannotBeDoneIsSaidPlainly(t *testing.T) {
	folder := t.TempDir()
	newer := "sqlite:" + newerDatabase(t)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name string
		args []string
		env  []string
		want string
	}{
		{"nothing", nil, nil, "say what to do"},
		{"a word we don't know", []string{"sevre"}, nil, `no command "sevre"`},
		{"a setting we don't know", []string{"serve", "-port", "1"}, nil, "-h` lists the settings"},
		{"a word too many", []string{"serve", "now"}, nil, `"now" is one word too many`},
		{"no such address", []string{"serve", "-listen", "8080"}, nil, "is not an address"},
		{"no such media address", []string{"serve", "-media-udp", "x"}, nil, "-media-udp"},
		{"no such database", []string{"serve", "-database", "mysql://x"}, nil, "sqlite:FILE or postgres://"},
		{"half a certificate", []string{"serve", "-tls-cert", "x"}, nil, "go together"},
		{"a public URL with a path", []string{"serve", "-public-url", "https://x.example/visits"}, nil, "must be like https://"},
		{"half a provider", []string{"serve", "-oidc-client", "x"}, nil, "say which with -oidc-issuer"},
		{"a provider without a secret", []string{"serve", "-oidc-issuer", "https://x.example"}, nil, "needs -oidc-client and -oidc-secret-file"},
		{"a provider without roles", []string{"serve", "-oidc-issuer", "https://x.example", "-oidc-client", "x", "-oidc-secret-file", "x"}, nil, "without a role nobody gets in"},
		{"a provider in the clear", []string{"serve", "-oidc-issuer", "http://x.example"}, nil, "must be https"},
		{"no such provider", []string{"serve", "-oidc-issuer", "x"}, nil, "must be like https://login.example.org"},
		{"no such log level", []string{"serve", "-log", "loud"}, nil, "debug, info, warn or error"},
		{"not an IP address", []string{"serve", "-media-address", "visits.example"}, nil, "is not an IP address"},
		{"a bad environment", []string{"serve"}, []string{"WARDVISIT_LISTEN", "here"}, "is not an address"},
		{"a port in use", []string{"demo", "-folder", folder, "-listen", taken.Addr().String()}, nil, "is already in use"},
		{"an unwritable folder", []string{"demo", "-folder", filepath.Join(file, "below")}, nil, "can't make the folder"},
		{"fresh, elsewhere", []string{"demo", "-fresh", "-database", newer}, nil, "empty another one yourself"},
		{"a newer database", []string{"demo", "-listen", "127.0.0.1:0", "-database", newer}, nil, "newer than this program"},
		{"a missing certificate", []string{"serve", "-listen", "127.0.0.1:0", "-database", "sqlite:" + filepath.Join(folder, "a.db"), "-tls-cert", "no", "-tls-key", "no"}, nil, "certificate"},
		{"migrate what", []string{"migrate", "up"}, nil, "say which database"},
		{"migrate whither", []string{"migrate", "-database", newer}, nil, "say up, down or status"},
		{"migrate down by half", []string{"migrate", "-database", newer, "down", "half"}, nil, "not a number of steps"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			err := run(ctx, tt.args, environment(tt.env...), io.Discard, io.Discard)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("run = %v, want one sentence with %q", err, tt.want)
			}
		})
	}
}

func newerDatabase(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "newer.db")
	if err := migrations.Up(t.Context(), "sqlite:"+file); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "UPDATE schema_migrations SET version = version + 1000"); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestHelpExplainsEverySetting(t *testing.T) {
	for _, args := range [][]string{{"-h"}, {"serve", "-h"}, {"demo", "-h"}, {"migrate", "-h"}} {
		var out bytes.Buffer
		err := run(t.Context(), args, environment(), &out, io.Discard)
		if err != nil && !errors.Is(err, flag.ErrHelp) {
			t.Errorf("%v = %v", args, err)
		}
		if !strings.Contains(out.String(), "wardvisit") || out.Len() < 100 {
			t.Errorf("%v says only %q", args, out.String())
		}
	}
}

func TestMigrateUpDownStatus(t *testing.T) {
	database := "sqlite:" + filepath.Join(t.TempDir(), "a.db")
	if err := run(t.Context(), []string{"migrate", "-database", database, "up"}, environment(), io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	state, err := migrations.Status(t.Context(), database)
	if err != nil || state.Newest < 7 {
		t.Fatalf("%+v %v", state, err)
	}
	step := func(n uint) string { return fmt.Sprintf("step %d of %d", n, state.Newest) }
	for _, tt := range []struct{ args, want string }{
		{"status", step(state.Newest)}, {"down", step(state.Newest - 1)}, {"down 2", step(state.Newest - 3)},
		{"up", step(state.Newest)}, {"up", step(state.Newest)},
	} {
		var out bytes.Buffer
		args := append([]string{"migrate", "-database", database}, strings.Fields(tt.args)...)
		if err := run(t.Context(), args, environment(), &out, io.Discard); err != nil {
			t.Fatalf("migrate %s: %v", tt.args, err)
		}
		if !strings.Contains(out.String(), tt.want) {
			t.Errorf("migrate %s says %q, want %q", tt.args, out.String(), tt.want)
		}
	}
}

// startDemo runs the practice hospital in this process until its stop is
// called, and returns what it says to open.
func startDemo(t *testing.T, args ...string) (tour, func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	ended := make(chan error, 1)
	var logs bytes.Buffer
	go func() {
		ended <- run(ctx, append([]string{"demo", "-json", "-listen", "127.0.0.1:0"}, args...), environment(), w, &logs)
		w.Close()
	}()
	var open tour
	if err := json.NewDecoder(r).Decode(&open); err != nil {
		t.Fatalf("%v: %v", err, <-ended)
	}
	stop := func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("demo ended with %v", err)
			}
		case <-time.After(30 * time.Second):
			t.Error("demo did not end")
		}
		if logs.Len() > 0 {
			t.Logf("it logged:\n%s", logs.String())
		}
	}
	return open, stop
}

func TestDemoGoesOnFromWhereItWas(t *testing.T) {
	folder := t.TempDir()
	open, stop := startDemo(t, "-folder", folder)
	second := run(t.Context(), []string{"demo", "-folder", folder, "-listen", "127.0.0.1:0"}, environment(), io.Discard, io.Discard)
	if second == nil || !strings.Contains(second.Error(), "another practice hospital is running") {
		t.Errorf("a second one in the same folder: %v", second)
	}
	for _, url := range []string{open.URL, open.Ward.URL, open.Relative.URL, open.Interpreter.URL, open.Device.URL, open.Messages.URL} {
		res, err := http.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK {
			t.Errorf("%s: %s, %v", url, res.Status, err)
		}
		if !bytes.Contains(bytes.ToLower(body), []byte("practice")) {
			t.Errorf("%s does not say that it is practice", url)
		}
	}
	stop()
	again, stop := startDemo(t, "-folder", folder)
	stop()
	if again.Relative.URL == open.Relative.URL {
		t.Error("a link was kept somewhere, to be printed twice")
	}
	_, stop = startDemo(t, "-folder", folder, "-fresh")
	stop()
}
