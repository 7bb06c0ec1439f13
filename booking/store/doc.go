// Package store remembers the words of booking. It is the only place with SQL.
//
// # Two engines, one text
//
// Every statement is a constant in the intersection of what SQLite and
// PostgreSQL understand, beside the one method that uses it. engine.go is the
// only file that knows there are two. Instants are parameters, never the
// database's clock, and travel as stamp.
//
// # Transactions
//
// Do runs an act: one transaction, run again from the start when the database
// asks for it or when somebody else was a moment faster. View runs a read, of one
// unmoving picture of the data. Nothing reaches a table in any other way, except
// the outbox's leases and the logins, which are transactions of their own.
//
// # Who waits for whom
//
// Two acts that reserve the same things must not wait for each other in a
// circle. So every act touches rows in one order: its key, if it has one; a setting;
// the patient, then beds, devices and interpreters, by Touch; then whatever hangs on
// them; and last, by itself, the serial of each ward that Record named. An act that
// meets something out of that order takes it only if nobody has it; else it is run
// again, and begins with all that it turned out to need. On SQLite there is one
// writer and nothing to order.
//
// # The database has the last word
//
// A rule that two people can race for is a constraint with a name, the same in
// both engines. A write that breaks it comes back as the refusal which that name
// stands for; nothing above checks first what the constraint checks.
package store
