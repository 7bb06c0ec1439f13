package e2e

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // to make a database for the program under test
)

// toOpen is the line of JSON in which the program says what to open.
type toOpen struct {
	URL  string `json:"url"`
	Ward struct {
		URL, Email, Password string
	} `json:"ward"`
	Relative, Interpreter, Device, Messages struct {
		URL string `json:"url"`
	}
}

// A product is the real program, running with a practice hospital.
type product struct {
	open toOpen
	cmd  *exec.Cmd
	log  *strings.Builder
}

// start runs bin/wardvisit demo on the given database until the test ends. An
// empty database is the program's own choice, SQLite in its folder.
func start(t *testing.T, folder, database string, more ...string) *product {
	t.Helper()
	args := append([]string{"demo", "-json", "-folder", folder, "-listen", "127.0.0.1:0", "-media-udp", "127.0.0.1:0"}, more...)
	if database != "" {
		args = append(args, "-database", database)
	}
	p := &product{cmd: exec.Command(binary(t), args...), log: &strings.Builder{}}
	p.cmd.Stderr = p.log
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.stop(t) })
	line, err := bufio.NewReader(stdout).ReadBytes('\n')
	if err != nil {
		t.Fatalf("the program said nothing to open: %v\n%s", err, p.log)
	}
	if err := json.Unmarshal(line, &p.open); err != nil {
		t.Fatalf("%v in %s", err, line)
	}
	go io.Copy(io.Discard, stdout)
	return p
}

// stop asks the program to end, as an operator would, and insists that it does.
func (p *product) stop(t *testing.T) {
	if p.cmd.ProcessState != nil {
		return
	}
	p.cmd.Process.Signal(syscall.SIGTERM)
	killed := time.AfterFunc(20*time.Second, func() { p.cmd.Process.Kill() })
	err := p.cmd.Wait()
	if !killed.Stop() {
		t.Errorf("the program did not end within 20 s of being asked to")
	} else if err != nil {
		t.Errorf("the program ended with %v", err)
	}
	if t.Failed() {
		t.Logf("the program's log:\n%s", p.log)
	}
}

func binary(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "bin", "wardvisit"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%v: run `make build` first", err)
	}
	return path
}

// onBothEngines runs test against the program on SQLite and on PostgreSQL.
func onBothEngines(t *testing.T, test func(t *testing.T, database string)) {
	t.Run("sqlite", func(t *testing.T) { test(t, "") })
	t.Run("postgres", func(t *testing.T) { test(t, newPostgres(t)) })
}

// newPostgres makes an empty database in the cluster that .ci/run started.
func newPostgres(t *testing.T) string {
	t.Helper()
	cluster := os.Getenv("WARDVISIT_TEST_POSTGRES")
	if cluster == "" {
		missing(t, "WARDVISIT_TEST_POSTGRES names no PostgreSQL cluster (.ci/run starts one)")
	}
	admin, err := sql.Open("pgx", cluster)
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	name := fmt.Sprintf("e2e_%d", time.Now().UnixNano())
	if _, err := admin.ExecContext(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		admin, err := sql.Open("pgx", cluster)
		if err == nil {
			_, err = admin.ExecContext(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)")
			err = errors.Join(err, admin.Close())
		}
		if err != nil {
			t.Error(err)
		}
	})
	u, err := url.Parse(cluster)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// missing skips a test that this machine can't run, loudly; CI may skip nothing.
func missing(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip("SKIPPED: " + why)
}
