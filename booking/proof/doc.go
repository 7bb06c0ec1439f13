// Package proof holds the booking side to its promises, on both engines, from
// the outside: through the desk as the pages use it, and then by looking into
// the database past everything that could be wrong in the same way.
//
// # What is proved
//
// Nothing overlaps and nothing is left half done, whatever sixty-four people do
// at once (storm_test.go). Every answer that anybody got could have been given
// one after another (history_test.go). What was acknowledged is there after the
// program, or PostgreSQL, has been killed in the middle of its work
// (kill_test.go, cluster_test.go); who presses again then gets the same answer
// (key_test.go); and SQLite had it on the disk before anybody was told
// (fsync_test.go).
//
// # A proof that can fail
//
// A check that has never found anything may be a check that finds nothing. So
// each one here is also run against a build or a schema that breaks the promise
// on purpose, and must find it: the tests whose names begin with TestPlanted, and
// those of the checker itself.
//
// # How long
//
// By default each proof takes a few seconds. With WARDVISIT_PROVE=full it runs as
// often as the promise says: `make prove`.
package proof
