package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wardvisit/wardvisit/booking/store"
	"github.com/wardvisit/wardvisit/booking/store/storetest"
)

// What every sweep asks is answered from indexes on both engines: it never reads the
// visits of years.
func TestSweepsReadNoVisitsThatAreOver(t *testing.T) {
	t.Parallel()
	instant := "'2026-11-24T12:00:00.000000Z'"
	arguments := map[int]string{1: instant, 2: instant, 3: "'2026-11-24'", 4: "'00000000-0000-0000-0000-000000000000'", 5: "500"}
	for query, n := range store.Swept {
		lite := plan(t, storetest.SQLite(t), "EXPLAIN QUERY PLAN ", withArguments(query, n, arguments))
		for _, line := range strings.Split(lite, "\n") {
			of, _, _ := strings.Cut(strings.TrimPrefix(line, "SCAN "), " ")
			if strings.HasPrefix(line, "SCAN ") && (of == "v" || of == "b") && !strings.Contains(line, "visits_one_hold") {
				t.Errorf("SQLite reads every visit:\n%s", lite)
			}
		}
		if pg := plan(t, storetest.Postgres(t), "EXPLAIN ", withArguments(query, n, arguments)); strings.Contains(pg, "Seq Scan on visits") {
			t.Errorf("PostgreSQL reads every visit:\n%s", pg)
		}
	}
}

// withArguments writes a query with its first n arguments in it.
func withArguments(query string, n int, arguments map[int]string) string {
	for i := n; i > 0; i-- {
		query = strings.ReplaceAll(query, fmt.Sprintf("$%d", i), arguments[i])
	}
	return query
}

// plan is how an engine would answer a query.
func plan(t *testing.T, url, ask, query string) string {
	t.Helper()
	db := storetest.Raw(t, url)
	db.SetMaxOpenConns(1)
	if strings.HasPrefix(url, "postgres") { // which would read a table that is empty from end to end
		if _, err := db.ExecContext(t.Context(), `SET enable_seqscan = off`); err != nil {
			t.Fatal(err)
		}
	}
	rows, err := db.QueryContext(t.Context(), ask+query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for rows.Next() {
		row := make([]any, len(names))
		for i := range row {
			row[i] = new(any)
		}
		if err := rows.Scan(row...); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprint(*row[len(row)-1].(*any)))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

// Figures of a ward read that ward's visits of the days asked for, and nobody else's.
func TestFiguresReadNoOtherWard(t *testing.T) {
	t.Parallel()
	arguments := map[int]string{1: "'00000000-0000-0000-0000-000000000000'", 2: "'2026-11-01T12:00:00.000000Z'", 3: "'2026-11-24T12:00:00.000000Z'"}
	for _, query := range store.Tallied {
		query = withArguments(query, 3, arguments)
		lite := plan(t, storetest.SQLite(t), "EXPLAIN QUERY PLAN ", query)
		for _, line := range strings.Split(lite, "\n") {
			if of, _, _ := strings.Cut(strings.TrimPrefix(line, "SCAN "), " "); strings.HasPrefix(line, "SCAN ") && len(of) == 1 {
				t.Errorf("SQLite reads a whole table:\n%s", lite)
			}
		}
		if pg := plan(t, storetest.Postgres(t), "EXPLAIN ", query); strings.Contains(pg, "Seq Scan on ") {
			t.Errorf("PostgreSQL reads a whole table:\n%s", pg)
		}
		t.Log(lite)
	}
}
