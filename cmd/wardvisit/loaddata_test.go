package main

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wardvisit/wardvisit/booking/desk"
	"github.com/wardvisit/wardvisit/booking/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

// What is made up is what acts would have left behind: nothing overlaps, and each
// visit has what its state says.
func TestLoadedDataKeepsEveryRule(t *testing.T) {
	var seeded [][]string
	storetest.Each(t, func(t *testing.T, url string) {
		var said bytes.Buffer
		args := []string{"loaddata", "-database", url, "-wards", "4", "-ipads", "9", "-days", "40", "-visits", "3"}
		if err := run(t.Context(), args, noEnvironment, &said, io.Discard); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(said.String(), "40 of 40 days, 1080 visits") {
			t.Errorf("said %q", said.String())
		}
		db := storetest.Raw(t, url)
		for what, query := range map[string]string{
			"overlaps": `SELECT count(*) FROM reservations AS a JOIN reservations AS b
				ON a.resource_kind = b.resource_kind AND a.resource_id = b.resource_id AND a.id < b.id
				WHERE a.starts_at < b.ends_at AND b.starts_at < a.ends_at`,
			"booked visits without both reservations": `SELECT count(*) FROM visits AS v WHERE v.state = 'booked' AND
				(SELECT count(*) FROM reservations AS r WHERE r.visit_id = v.id AND r.state = 'firm') <> 2`,
			"visits that are over and have something": `SELECT count(*) FROM visits AS v JOIN reservations AS r ON r.visit_id = v.id
				WHERE v.state IN ('ended', 'cancelled') AND r.state <> 'released'`,
			"visits in any other state":       `SELECT count(*) FROM visits WHERE state NOT IN ('booked', 'ended', 'cancelled')`,
			"visits at which nobody is":       `SELECT count(*) FROM visits AS v WHERE NOT EXISTS (SELECT 1 FROM participants AS p WHERE p.visit_id = v.id AND p.visitor_id = v.held_for)`,
			"visits nobody was told of":       `SELECT count(*) FROM visits AS v WHERE NOT EXISTS (SELECT 1 FROM outbox AS o WHERE o.visit_id = v.id AND o.kind = 'booked')`,
			"sent notices without a delivery": `SELECT count(*) FROM outbox AS o WHERE o.state = 'sent' AND NOT EXISTS (SELECT 1 FROM deliveries AS d WHERE d.outbox_id = o.id)`,
			"visits without their events": `SELECT count(*) FROM visits AS v WHERE
				(SELECT count(*) FROM audit_events AS e WHERE e.subject = 'visit ' || v.id) <> CASE v.state WHEN 'ended' THEN 4 WHEN 'cancelled' THEN 3 ELSE 2 END`,
			"relatives outside a circle": `SELECT count(*) FROM visits AS v WHERE NOT EXISTS
				(SELECT 1 FROM circle_members AS m WHERE m.patient_id = v.patient_id AND m.visitor_id = v.held_for AND m.status = 'approved')`,
		} {
			var n int
			if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil || n != 0 {
				t.Errorf("%d %s (%v)", n, what, err)
			}
		}
		rows, err := db.QueryContext(t.Context(), `SELECT reference || ' ' || CASE state WHEN 'cancelled' THEN 'off' ELSE 'on' END FROM visits ORDER BY reference`)
		if err != nil {
			t.Fatal(err)
		}
		defer rows.Close()
		var visits []string
		for rows.Next() {
			var v string
			if err := rows.Scan(&v); err != nil {
				t.Fatal(err)
			}
			visits = append(visits, v)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		seeded = append(seeded, visits)
		if err := run(t.Context(), args, noEnvironment, io.Discard, io.Discard); !errors.Is(err, desk.ErrFounded) {
			t.Errorf("into a hospital: %v", err)
		}
	})
	if len(seeded) == 2 {
		if diff := cmp.Diff(seeded[0], seeded[1]); diff != "" {
			t.Errorf("one seed, two groups:\n%s", diff)
		}
	}
}

func noEnvironment(string) string { return "" }

func TestLoaddataRefuses(t *testing.T) {
	for _, args := range [][]string{
		{"-database", ""}, {"-wards", "0"}, {"-wards", "9999"}, {"-ipads", "3"}, {"-wards", "2", "-ipads", "7"}, {"-days", "0"}, {"-visits", "9"}, {"-speed", "2"},
	} {
		all := append([]string{"loaddata", "-database", "sqlite:" + t.TempDir() + "/never.db"}, args...)
		if err := run(t.Context(), all, noEnvironment, io.Discard, io.Discard); err == nil {
			t.Errorf("%v was accepted", args)
		}
	}
}
