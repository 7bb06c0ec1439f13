package store

import "github.com/wardvisit/wardvisit/migrations"

// Engine is which of the two the store is on.
func (s *Store) Engine() migrations.Engine { return s.engine.name }
