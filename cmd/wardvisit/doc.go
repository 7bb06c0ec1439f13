// Command wardvisit is the whole product in one program.
//
//	wardvisit demo      everything on this machine, with a practice hospital
//	wardvisit serve     a real hospital's server
//	wardvisit doctor    whether serve would do well here, and what to do if not
//	wardvisit migrate   moves the database up or down to this program's shape
//	wardvisit import    brings in a hospital from CSV files, each whole or not at all
//
// It is where everyone is introduced: the desk to its store, the pages to the
// desk, the rooms to the desk's word on who may enter (attendance.go), and all
// of them to the clock, the environment and the network, which no other package
// may ask for themselves.
package main
