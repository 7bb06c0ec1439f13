package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
)

// A preparing connection keeps every statement that it has run once, prepared,
// since half of what an act costs in an embedded database is reading the same
// SQL again. There are as many as the constants in this package, so none is ever
// dropped. It belongs to database/sql, which calls it from one goroutine at a
// time; pgx has the same within.
type preparing struct {
	conn
	kept map[string]*prepared
}

// A conn is what database/sql asks of a connection here.
type conn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// A prepared statement is busy while somebody reads its rows.
type prepared struct {
	statement
	busy bool
}

type statement interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

func prepareOn(c driver.Conn) (*preparing, error) {
	able, ok := c.(conn)
	if !ok {
		return nil, fmt.Errorf("store: a connection of %T can do too little", c)
	}
	return &preparing{able, map[string]*prepared{}}, nil
}

// take returns the statement kept for query, or nil when it is busy.
func (p *preparing) take(ctx context.Context, query string) (*prepared, error) {
	if s, ok := p.kept[query]; ok {
		if s.busy {
			return nil, nil
		}
		return s, nil
	}
	stmt, err := p.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	able, ok := stmt.(statement)
	if !ok {
		return nil, errors.Join(fmt.Errorf("store: a statement of %T can do too little", stmt), stmt.Close())
	}
	p.kept[query] = &prepared{statement: able}
	return p.kept[query], nil
}

// ExecContext implements driver.ExecerContext.
func (p *preparing) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := p.take(ctx, query)
	switch {
	case err != nil:
		return nil, err
	case s == nil:
		return p.conn.ExecContext(ctx, query, args)
	}
	return s.ExecContext(ctx, args)
}

// QueryContext implements driver.QueryerContext.
func (p *preparing) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := p.take(ctx, query)
	switch {
	case err != nil:
		return nil, err
	case s == nil:
		return p.conn.QueryContext(ctx, query, args)
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		return nil, err
	}
	s.busy = true
	return &rowsOf{rows, s}, nil
}

// Close implements driver.Conn.
func (p *preparing) Close() error {
	var errs []error
	for _, s := range p.kept {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, p.conn.Close())...)
}

// rowsOf are rows that give their statement back.
type rowsOf struct {
	driver.Rows
	of *prepared
}

// Close implements driver.Rows.
func (r *rowsOf) Close() error {
	r.of.busy = false
	return r.Rows.Close()
}
