package store

import "database/sql"

// Swept are the statements that every sweep asks, whatever there is in the tables,
// with how many arguments.
var Swept = map[string]int{dueToEnd: 1, visitsToReview: 5}

// Handle is what the store writes through.
func (s *Store) Handle() *sql.DB { return s.write }

// Tallied are the statements that figures ask of each ward.
var Tallied = []string{tallyVisits, tallyLead, tallyOpening, tallyRequests, tallyWaits, tallyPatients}
