package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Pools are the connections to the database, by what they are for.
func (s *Store) Pools() map[string]sql.DBStats {
	if s.read == s.write {
		return map[string]sql.DBStats{"all": s.write.Stats()}
	}
	return map[string]sql.DBStats{"write": s.write.Stats(), "read": s.read.Stats()}
}

const owedNotices = `SELECT count(*), min(due_at) FROM outbox WHERE state IN ('pending', 'leased')`

// Owed returns how many notices are owed and not sent yet, and when the first of
// them is due, or was; the zero Time if there are none.
func (s *Store) Owed(ctx context.Context) (notices int, due time.Time, err error) {
	var first stamp
	if err := s.read.QueryRowContext(ctx, owedNotices).Scan(&notices, &first); err != nil {
		return 0, time.Time{}, fmt.Errorf("store: count what is owed: %w", err)
	}
	return notices, first.Time, nil
}
