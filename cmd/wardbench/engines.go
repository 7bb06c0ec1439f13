package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/wardvisit/wardvisit/migrations"
)

// An engine is a kind of database to measure on.
type engine struct {
	name   string
	driver string
	// empty makes a database of the program's shape, and says how to remove it.
	empty func(ctx context.Context) (url string, remove func() error, err error)
}

var engines = []engine{
	{"SQLite", "sqlite", emptySQLite},
	{"PostgreSQL", "pgx", emptyPostgres},
}

func emptySQLite(ctx context.Context) (string, func() error, error) {
	folder, err := os.MkdirTemp("", "wardbench-")
	if err != nil {
		return "", nil, err
	}
	remove := func() error { return os.RemoveAll(folder) }
	at := "sqlite:" + filepath.Join(folder, "bench.db")
	if err := migrations.Up(ctx, at); err != nil {
		return "", nil, errors.Join(err, remove())
	}
	return at, remove, nil
}

// emptyPostgres makes a database in the server that WARDVISIT_TEST_POSTGRES
// names, or in a throw-away one. That one does wait for its disk: figures without
// would promise what no hospital would dare to run.
func emptyPostgres(ctx context.Context) (string, func() error, error) {
	where, stop := os.Getenv("WARDVISIT_TEST_POSTGRES"), func() error { return nil }
	if where == "" {
		var err error
		if where, stop, err = startPostgres(ctx); err != nil {
			return "", nil, err
		}
	}
	at, drop, err := newDatabase(ctx, where)
	if err != nil {
		return "", nil, errors.Join(err, stop())
	}
	remove := func() error { return errors.Join(drop(), stop()) }
	if err := migrations.Up(ctx, at); err != nil {
		return "", nil, errors.Join(err, remove())
	}
	return at, remove, nil
}

func newDatabase(ctx context.Context, where string) (at string, drop func() error, err error) {
	u, err := url.Parse(where)
	if err != nil {
		return "", nil, errors.New("WARDVISIT_TEST_POSTGRES is not a URL")
	}
	admin, err := sql.Open("pgx", where)
	if err != nil {
		return "", nil, err
	}
	waiting, cancel := context.WithTimeout(ctx, settleWithin)
	defer cancel()
	if err := until(waiting, func() bool { return admin.PingContext(waiting) == nil }); err != nil {
		return "", nil, errors.Join(fmt.Errorf("PostgreSQL does not answer: %w", err), admin.Close())
	}
	name := "wardbench_" + strings.ToLower(rand.Text())
	if _, err := admin.ExecContext(ctx, "CREATE DATABASE "+name); err != nil {
		return "", nil, errors.Join(err, admin.Close())
	}
	u.Path = "/" + name
	return u.String(), func() error {
		_, err := admin.Exec("DROP DATABASE " + name + " WITH (FORCE)")
		return errors.Join(err, admin.Close())
	}, nil
}

// startPostgres starts a server in a new folder, which listens on a socket there
// and nowhere else.
func startPostgres(ctx context.Context) (where string, stop func() error, err error) {
	bin, err := postgresPrograms()
	if err != nil {
		return "", nil, err
	}
	folder, err := os.MkdirTemp("", "wardbench-")
	if err != nil {
		return "", nil, err
	}
	as, err := postgresOwner(folder)
	if err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(folder))
	}
	data := filepath.Join(folder, "data")
	initdb := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C")
	initdb.SysProcAttr = as
	if out, err := initdb.CombinedOutput(); err != nil {
		return "", nil, errors.Join(fmt.Errorf("initdb: %w: %s", err, out), os.RemoveAll(folder))
	}
	server := exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", folder, "-h", "", "-c", "log_min_messages=fatal")
	server.SysProcAttr = as
	if err := server.Start(); err != nil {
		return "", nil, errors.Join(err, os.RemoveAll(folder))
	}
	u := url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/postgres", RawQuery: url.Values{"host": {folder}, "sslmode": {"disable"}}.Encode()}
	return u.String(), func() error {
		err := server.Process.Signal(syscall.SIGINT) // its "fast" way to end
		_ = server.Wait()                            // however it ended, it has
		return errors.Join(err, os.RemoveAll(folder))
	}, nil
}

// postgresPrograms finds initdb and postgres: on the path, or where Debian puts
// them.
func postgresPrograms() (folder string, err error) {
	if found, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(found), nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.New("it is not installed here, and WARDVISIT_TEST_POSTGRES names no server")
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1]), nil
}

// postgresOwner says as whom to run PostgreSQL, which refuses to run as root, and
// gives them the folder.
func postgresOwner(folder string) (*syscall.SysProcAttr, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	who, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("root may not run PostgreSQL: %w", err)
	}
	uid, err1 := strconv.ParseUint(who.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(who.Gid, 10, 32)
	if err := errors.Join(err1, err2, os.Chown(folder, int(uid), int(gid))); err != nil {
		return nil, err
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
}
