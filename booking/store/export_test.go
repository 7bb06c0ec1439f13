package store

import "database/sql"

// Handle is what the store writes through.
func (s *Store) Handle() *sql.DB { return s.write }
