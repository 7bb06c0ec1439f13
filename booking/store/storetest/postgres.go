package storetest

import (
	"context"
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
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers "pgx"

	"github.com/wardvisit/wardvisit/migrations"
)

// cluster is the PostgreSQL server of this process.
var cluster struct {
	once  sync.Once
	admin *sql.DB  // of its database "postgres"
	url   *url.URL // of the same
	blank string   // the name of a migrated database to copy
	stop  func()
	err   error // why there is none
	shape error // why the migrations do not apply to it
}

var databases atomic.Int64

// newDatabase makes a database in the cluster, which it starts if need be.
func newDatabase(t *testing.T, migrated bool) string {
	t.Helper()
	cluster.once.Do(func() { cluster.err = startCluster(context.Background()) })
	if cluster.err != nil {
		skipOrFail(t, cluster.err)
	}
	if cluster.shape != nil { // which is no reason to test less
		t.Fatal(cluster.shape)
	}
	name := fmt.Sprintf("wardvisit_test_%d_%d", os.Getpid(), databases.Add(1))
	from := "template0"
	if migrated {
		from = cluster.blank
	}
	if err := create(t.Context(), name, from); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := cluster.admin.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return urlOf(name)
}

func create(ctx context.Context, name, from string) error {
	if _, err := cluster.admin.ExecContext(ctx, "CREATE DATABASE "+name+" TEMPLATE "+from); err != nil {
		return fmt.Errorf("storetest: create a database: %w", err)
	}
	return nil
}

func urlOf(name string) string {
	u := *cluster.url
	u.Path = "/" + name
	return u.String()
}

func startCluster(ctx context.Context) error {
	where := os.Getenv("WARDVISIT_TEST_POSTGRES")
	if where == "" {
		var err error
		if where, cluster.stop, err = ThrowAway(ctx, forTests...); err != nil {
			return err
		}
	}
	u, err := url.Parse(where)
	if err != nil {
		return errors.New("storetest: WARDVISIT_TEST_POSTGRES is not a URL")
	}
	cluster.url = u
	if cluster.admin, err = sql.Open("pgx", where); err != nil {
		return err
	}
	if err := answers(ctx, cluster.admin); err != nil {
		return fmt.Errorf("storetest: PostgreSQL does not answer: %w", err)
	}
	blank := fmt.Sprintf("wardvisit_test_%d_blank", os.Getpid())
	if err := create(ctx, blank, "template0"); err != nil {
		return err
	}
	cluster.blank = blank
	cluster.shape = migrations.Up(ctx, urlOf(blank))
	return nil
}

func answers(ctx context.Context, db *sql.DB) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		err := db.PingContext(ctx)
		if err == nil || ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// stopCluster drops what is left in a cluster that was given, and ends one that
// was started.
func stopCluster() {
	if cluster.admin != nil {
		if cluster.blank != "" {
			if _, err := cluster.admin.Exec("DROP DATABASE " + cluster.blank + " WITH (FORCE)"); err != nil {
				fmt.Fprintln(os.Stderr, "storetest: drop the blank database:", err)
			}
		}
		cluster.admin.Close()
	}
	if cluster.stop != nil {
		cluster.stop()
	}
}

// forTests are settings under which a power cut loses data: what is lost is a test.
var forTests = []string{"-F", "-c", "full_page_writes=off"}

// ThrowAway starts a PostgreSQL server in a new folder, listening on a socket in
// it and nowhere else, with further settings as arguments of postgres. stop ends
// it and removes the folder; it also ends with this process.
func ThrowAway(ctx context.Context, settings ...string) (where string, stop func(), err error) {
	c, err := NewCluster(ctx, settings...)
	if err != nil {
		return "", nil, err
	}
	return c.URL, c.Stop, nil
}

// programs finds initdb and postgres: on the path, or where Debian puts them.
func programs() (dir string, err error) {
	if found, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(found), nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return "", errors.New("there is no initdb")
	}
	slices.Sort(found)
	return filepath.Dir(found[len(found)-1]), nil
}

// owner says as whom to run PostgreSQL, which refuses to run as root, and gives
// them dir.
func owner(dir string) (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT}
	if os.Geteuid() != 0 {
		return attr, nil
	}
	who, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("root may not run PostgreSQL: %w", err)
	}
	uid, err1 := strconv.ParseUint(who.Uid, 10, 32)
	gid, err2 := strconv.ParseUint(who.Gid, 10, 32)
	if err := errors.Join(err1, err2, os.Chown(dir, int(uid), int(gid))); err != nil {
		return nil, err
	}
	attr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return attr, nil
}
