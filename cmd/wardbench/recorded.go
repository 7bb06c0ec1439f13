package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// A picture is every row of a database: of each table, by its primary key.
type picture struct {
	tables map[string][]column
	rows   map[string]map[string][]any
}

// picture reads the whole database, which is small when it is asked for.
func (b *bare) picture(ctx context.Context) (picture, error) {
	tables, err := b.tables(ctx)
	if err != nil {
		return picture{}, err
	}
	p := picture{tables, map[string]map[string][]any{}}
	for table, columns := range tables {
		if p.rows[table], err = b.rowsOf(ctx, table, columns); err != nil {
			return picture{}, fmt.Errorf("read %s: %w", table, err)
		}
	}
	return p, nil
}

func (b *bare) rowsOf(ctx context.Context, table string, columns []column) (map[string][]any, error) {
	var names []string
	for _, c := range columns {
		names = append(names, `"`+c.name+`"`)
	}
	found, err := b.QueryContext(ctx, `SELECT `+strings.Join(names, ", ")+` FROM "`+table+`"`)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	rows := map[string][]any{}
	for found.Next() {
		row := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := found.Scan(into...); err != nil {
			return nil, err
		}
		var key []any
		for i, c := range columns {
			if c.key {
				key = append(key, row[i])
			}
		}
		rows[fmt.Sprint(key...)] = row
	}
	return rows, found.Err()
}

// named are the new names that an act has given, which nobody else may have: ids,
// and what else is unique.
func named(before, after picture) (names []string) {
	for table, columns := range after.tables {
		for key, row := range after.rows[table] {
			for i, c := range columns {
				name, text := row[i].(string)
				if before.rows[table][key] == nil && text && slices.Contains([]string{"id", "reference", "token_hash"}, c.name) {
					names = append(names, name)
				}
			}
		}
	}
	return names
}

// A statement is one that an act could not do without.
type statement struct {
	table string
	text  string
	args  []any
}

// rank is the order in which acts touch tables: see package store.
func (s statement) rank() int {
	place, known := map[string]int{"act_keys": 1, "patients": 2, "devices": 3, "interpreters": 4, "visits": 5, "wards": 9}[s.table]
	if !known {
		return 7
	}
	return place
}

// writesBetween are the fewest statements that make one picture of the other:
// one INSERT for the new rows of a table, and one UPDATE for the rows of a table
// that change alike. Whatever else an act asks, reads and checks is not in them.
func writesBetween(before, after picture) ([]statement, error) {
	var all []statement
	for table, columns := range after.tables {
		added, err := insertOf(table, columns, before.rows[table], after.rows[table])
		if err != nil {
			return nil, err
		}
		all = append(all, added...)
		all = append(all, updatesOf(table, columns, before.rows[table], after.rows[table])...)
	}
	slices.SortStableFunc(all, func(a, b statement) int {
		return cmp.Or(cmp.Compare(a.rank(), b.rank()), cmp.Compare(a.text, b.text))
	})
	if len(all) == 0 {
		return nil, errors.New("an act has written nothing")
	}
	return all, nil
}

func insertOf(table string, columns []column, before, after map[string][]any) ([]statement, error) {
	var names, rows []string
	for _, c := range columns {
		if !c.grown {
			names = append(names, `"`+c.name+`"`)
		}
	}
	s := statement{table: table}
	for _, key := range slices.Sorted(maps.Keys(after)) {
		if _, known := before[key]; known {
			continue
		}
		var places []string
		for i, c := range columns {
			if !c.grown {
				s.args = append(s.args, after[key][i])
				places = append(places, fmt.Sprintf("$%d", len(s.args)))
			}
		}
		rows = append(rows, "("+strings.Join(places, ", ")+")")
	}
	for key := range before {
		if _, kept := after[key]; !kept {
			return nil, fmt.Errorf("an act has deleted from %s, which the reference cannot", table)
		}
	}
	if len(rows) == 0 {
		return nil, nil
	}
	s.text = `INSERT INTO "` + table + `" (` + strings.Join(names, ", ") + `) VALUES ` + strings.Join(rows, ", ")
	return []statement{s}, nil
}

func updatesOf(table string, columns []column, before, after map[string][]any) []statement {
	alike := map[string]*statement{}
	for _, key := range slices.Sorted(maps.Keys(after)) {
		was, is := before[key], after[key]
		if was == nil || reflect.DeepEqual(was, is) {
			continue
		}
		u := statement{table: table}
		var sets []string
		for i, c := range columns {
			if reflect.DeepEqual(was[i], is[i]) {
				continue
			}
			n, counts := is[i].(int64)
			if m, counted := was[i].(int64); counts && counted {
				sets = append(sets, fmt.Sprintf(`"%s" = "%s" + %d`, c.name, c.name, n-m))
				continue
			}
			u.args = append(u.args, is[i])
			sets = append(sets, fmt.Sprintf(`"%s" = $%d`, c.name, len(u.args)))
		}
		u.text = `UPDATE "` + table + `" SET ` + strings.Join(sets, ", ") + ` WHERE id IN (`
		same := fmt.Sprintln(u.text, u.args)
		if alike[same] == nil {
			alike[same] = &u
		}
		alike[same].args = append(alike[same].args, is[0]) // every table's first column is its id
	}
	var all []statement
	for _, u := range alike {
		keys := len(u.args) - strings.Count(u.text, "$")
		var places []string
		for i := range keys {
			places = append(places, fmt.Sprintf("$%d", len(u.args)-keys+i+1))
		}
		u.text += strings.Join(places, ", ") + ")"
		all = append(all, *u)
	}
	return all
}
