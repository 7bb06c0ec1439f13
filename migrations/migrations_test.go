package migrations_test

import (
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"

	"github.com/wardvisit/wardvisit/booking/store/storetest"
	"github.com/wardvisit/wardvisit/migrations"
)

func TestMain(m *testing.M) { storetest.Main(m) }

func TestEnginesStepTogether(t *testing.T) {
	names := func(folder string) (found []string) {
		entries, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			found = append(found, e.Name())
		}
		return found
	}
	lite, pg := names("sqlite"), names("postgres")
	if diff := cmp.Diff(lite, pg); diff != "" {
		t.Errorf("sqlite/ and postgres/ differ (-sqlite +postgres):\n%s", diff)
	}
	for _, name := range pg {
		if up, ok := strings.CutSuffix(name, ".up.sql"); ok && !slices.Contains(pg, up+".down.sql") {
			t.Errorf("%s has no way down", name)
		}
	}
}

// A shape is what must be the same in both engines, each as sorted lines.
type shape struct{ Columns, Keys, Rules []string }

func TestEnginesHaveTheSameShape(t *testing.T) {
	lite := shapeOf(t, storetest.SQLite(t))
	pg := shapeOf(t, storetest.Postgres(t))
	if diff := cmp.Diff(lite, pg); diff != "" {
		t.Errorf("shapes differ (-sqlite +postgres):\n%s", diff)
	}
	if !slices.Contains(pg.Rules, "reservations_no_overlap") || !slices.Contains(pg.Rules, "visits_life") {
		t.Errorf("the rules that matter most are not among %v", pg.Rules)
	}
}

func TestUpDownUp(t *testing.T) {
	for engine, url := range map[string]string{
		"sqlite":   "sqlite:" + filepath.Join(t.TempDir(), "a folder with spaces?.db"),
		"postgres": "",
	} {
		t.Run(engine, func(t *testing.T) {
			if url == "" {
				url = storetest.EmptyPostgres(t)
			}
			if s, err := migrations.Status(t.Context(), url); err != nil || s.Version != 0 || s.Newest == 0 {
				t.Fatalf("before: %+v, %v", s, err)
			}
			up := func() shape {
				t.Helper()
				if err := migrations.Up(t.Context(), url); err != nil {
					t.Fatal(err)
				}
				return shapeOf(t, url)
			}
			first := up()
			if s, err := migrations.Status(t.Context(), url); err != nil || s.Version != s.Newest || s.Err() != nil {
				t.Fatalf("after: %+v, %v", s, err)
			}
			up() // twice is once
			if err := migrations.Down(t.Context(), url, 0); err != nil {
				t.Fatal(err)
			}
			if left := shapeOf(t, url); len(left.Columns) != 0 {
				t.Errorf("left behind: %v", left)
			}
			if diff := cmp.Diff(first, up()); diff != "" {
				t.Errorf("another shape the second time:\n%s", diff)
			}
		})
	}
}

func TestOneStepDown(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		before, err := migrations.Status(t.Context(), url)
		if err != nil {
			t.Fatal(err)
		}
		if err := migrations.Down(t.Context(), url, 1); err != nil {
			t.Fatal(err)
		}
		if after, err := migrations.Status(t.Context(), url); err != nil || after.Version != before.Version-1 {
			t.Errorf("from %+v to %+v, %v", before, after, err)
		}
	})
}

func TestManyProgramsStartAtOnce(t *testing.T) {
	for engine, url := range map[string]string{
		"sqlite":   "sqlite:" + filepath.Join(t.TempDir(), "new.db"),
		"postgres": "",
	} {
		t.Run(engine, func(t *testing.T) {
			if url == "" {
				url = storetest.EmptyPostgres(t)
			}
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					if err := migrations.Up(t.Context(), url); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
		})
	}
}

func TestNewerAndHalfDoneDatabasesAreRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, url string) {
		db := openRaw(t, url)
		for _, tt := range []struct {
			set  string
			want error
		}{
			{`UPDATE schema_migrations SET version = 999`, migrations.ErrNewer},
			{`UPDATE schema_migrations SET version = 3, dirty = true`, migrations.ErrHalfDone},
		} {
			if _, err := db.Exec(tt.set); err != nil {
				t.Fatal(err)
			}
			if err := migrations.Up(t.Context(), url); !errors.Is(err, tt.want) {
				t.Errorf("after %s: Up = %v, want %v", tt.set, err, tt.want)
			}
		}
	})
}

func TestURLs(t *testing.T) {
	for _, bad := range []string{"", "sqlite:", "sqlite://", "mysql://root@host/db", "visits.db", "postgres:visits"} {
		if _, _, err := migrations.ParseURL(bad); err == nil {
			t.Errorf("ParseURL(%q) is no error", bad)
		}
	}
	if e, path, err := migrations.ParseURL("sqlite:///var/lib/visits.db"); e != migrations.SQLite || path != "/var/lib/visits.db" || err != nil {
		t.Errorf("got %q %q %v", e, path, err)
	}
	if _, _, err := migrations.ParseURL("mysql://root:secret@host/db"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("the error %v says the password", err)
	}
}

// Comments can be read from PostgreSQL, so there at least each table has one.
func TestEveryTableHasAComment(t *testing.T) {
	db := openRaw(t, storetest.Postgres(t))
	for _, table := range lines(t, db, `
SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
AND relname <> 'schema_migrations' AND obj_description(oid) IS NULL`) {
		t.Errorf("table %s has no comment", table)
	}
}

func openRaw(t *testing.T, url string) *sql.DB {
	t.Helper()
	engine, dsn, err := migrations.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	driver := "pgx"
	if engine == migrations.SQLite {
		driver, dsn = "sqlite", "file:"+strings.NewReplacer("?", "%3f", " ", "%20").Replace(dsn)
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func shapeOf(t *testing.T, url string) shape {
	t.Helper()
	db := openRaw(t, url)
	if strings.HasPrefix(url, "sqlite:") {
		return liteShape(t, db)
	}
	return shape{
		Columns: lines(t, db, `
SELECT table_name || '.' || column_name || CASE is_nullable WHEN 'YES' THEN ' null' ELSE '' END
FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'schema_migrations'`),
		Keys: lines(t, db, `
SELECT c.conrelid::regclass || CASE c.contype WHEN 'p' THEN ' primary ' ELSE ' to ' || c.confrelid::regclass || ' ' END ||
       (SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM unnest(c.conkey) WITH ORDINALITY AS k(num, n)
        JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.num)
FROM pg_constraint AS c WHERE c.contype IN ('p', 'f') AND c.connamespace = 'public'::regnamespace
AND c.conrelid <> to_regclass('schema_migrations')`),
		Rules: slices.Compact(lines(t, db, `
SELECT conname FROM pg_constraint WHERE contype IN ('c', 'x') AND connamespace = 'public'::regnamespace
UNION ALL SELECT indexname FROM pg_indexes WHERE schemaname = 'public'
AND indexname NOT IN (SELECT conname FROM pg_constraint) AND tablename <> 'schema_migrations'
UNION ALL SELECT tgname FROM pg_trigger WHERE NOT tgisinternal`)),
	}
}

func liteShape(t *testing.T, db *sql.DB) shape {
	t.Helper()
	const ours = ` FROM sqlite_master AS t WHERE t.type = 'table' AND t.name NOT IN ('schema_migrations', 'sqlite_sequence')`
	s := shape{
		Columns: lines(t, db, `
SELECT t.name || '.' || c.name || CASE c."notnull" WHEN 0 THEN ' null' ELSE '' END
FROM sqlite_master AS t, pragma_table_xinfo(t.name) AS c
WHERE t.type = 'table' AND t.name NOT IN ('schema_migrations', 'sqlite_sequence')`),
		Keys: lines(t, db, `
SELECT name || ' primary ' || (SELECT group_concat(name, ',') FROM (SELECT name FROM pragma_table_xinfo(t.name) WHERE pk > 0 ORDER BY pk))`+ours+`
UNION ALL SELECT t.name || ' to ' || f."table" || ' ' || (SELECT group_concat("from", ',') FROM (SELECT "from" FROM pragma_foreign_key_list(t.name) AS g WHERE g.id = f.id ORDER BY seq))
FROM sqlite_master AS t, pragma_foreign_key_list(t.name) AS f WHERE t.type = 'table' AND f.seq = 0`),
		Rules: lines(t, db, `
SELECT name FROM sqlite_master WHERE type = 'index' AND name NOT LIKE 'sqlite_%' AND tbl_name <> 'schema_migrations'`),
	}
	for _, trigger := range lines(t, db, `SELECT name FROM sqlite_master WHERE type = 'trigger'`) {
		for _, event := range []string{"_insert", "_update", "_delete"} {
			trigger = strings.TrimSuffix(trigger, event)
		}
		s.Rules = append(s.Rules, trigger)
	}
	for _, table := range lines(t, db, `SELECT t.sql`+ours) {
		for _, m := range regexp.MustCompile(`CONSTRAINT (\w+) CHECK`).FindAllStringSubmatch(table, -1) {
			s.Rules = append(s.Rules, m[1])
		}
	}
	slices.Sort(s.Rules)
	s.Rules = slices.Compact(s.Rules)
	return s
}

// lines are the one column of a query, sorted here since engines sort text
// differently.
func lines(t *testing.T, db *sql.DB, query string) (found []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		found = append(found, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(found)
	return found
}
