// Package booking is the language of visiting: wards and the devices carried
// to their beds, the sessions in which visits may happen, the people who may
// come, and the visits themselves.
//
// It is pure. Nothing here reads a clock, a database or a network, so every
// rule can be read, and tested, as a function of its arguments. Storage is in
// booking/store; the acts that staff and relatives perform, which load, decide
// and save in one transaction, are in booking/desk.
//
// # Time
//
// A ward publishes its Sessions in local wall-clock time, since a session at
// two o'clock is at two o'clock on both sides of a clock change. Everything
// derived from a Session is an absolute, half-open Interval in UTC. The
// conversion lives in clock.go and nowhere else: it refuses times that do not
// happen and names those that happen twice.
//
// # The life of a visit
//
// A visit is held while a relative fills in a form, booked when they confirm,
// preparing once the ward has pressed Start, in the lobby when the iPad has
// opened its side of the room, live from the first admission, and then ended or
// cancelled, for good. State in visit.go draws it.
//
// # Refusals and faults
//
// A rule that says no returns a *Refusal, which the person asking may see.
// Any other error is a fault, which only the operator may see.
package booking
