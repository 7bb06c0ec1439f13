// Package migrations is the shape of the database, step by step, once for each
// engine.
//
// The two folders step together: 000004 says the same in sqlite/ and in
// postgres/, each in its engine's best words, and migrations_test.go compares
// what comes out. A rule that two people can race for is a constraint with a
// name, and the name is the same in both, because booking/store knows a refused
// write by it. Where one engine has an exclusion constraint the other has a pair
// of triggers, named after it.
//
// Every table, and every column whose name does not say it, has a comment: as
// COMMENT ON in postgres/, where it can be read from the database, and beside the
// line in sqlite/.
//
// Steps go forwards and back. A program refuses a database that is newer than
// itself, since it cannot know what the newer steps promised.
package migrations
