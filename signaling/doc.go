// Package signaling is the room in which a visit happens: who is in it, who
// waits outside, and whose sound and picture flows to whom.
//
// It has never heard of a ward or a booking. Whoever shows a valid Ticket may
// knock; whether they are expected, and whether they wait or come straight in,
// it asks of its Attendance; and what the ward decides it is told as Orders.
// The words of its websocket are in signaling/protocol, the media in
// signaling/sfu.
//
// # Who owns what
//
//	conn   one websocket: a reader, which is the HTTP handler's goroutine, and
//	       a writer, which drains a bounded outbox. A browser too slow to take
//	       what it is sent is dropped, and comes back with its resume secret.
//	Room   one goroutine, run, which owns every seat, and so needs no lock.
//	       Others give it tasks. It never waits for a browser, for the network
//	       or for a database; media does not pass through it.
//	clerk  one goroutine a Room, which tells Attendance of arrivals and
//	       departures, one after the other, in the order they happened.
//
// # A seat
//
//	reserve ──▶ arriving ──▶ waiting ──▶ admitted ◀──▶ held
//	                            │            │          │
//	                            └────────────┴──────────┴──▶ gone
//
// A ticket reserves a seat, opens it once, and nobody else's ticket or secret
// opens it while a socket is in it. A seat whose socket is lost is held for
// holdFor with its media going on, and the others are told "reconnecting". A
// person who was removed does not come back while the Room lives, and a Room
// lives lingerFor after its last person left, which is longer than any ticket:
// so it also outlives every ticket it has to remember as used.
//
// # Before anybody is admitted
//
// Somebody waiting has a connection, but none of their packets is forwarded and
// none is forwarded to them; they are told nothing of who is in the room. To
// hold somebody, to cover the patient's side, to remove and to end are the same
// act of the media layer: when it has returned, not one packet more is sent.
//
// # When things go wrong
//
// A fault in what one person does, or in their media, ends that person's time
// here and nobody else's. The log names rooms and seats by their ids; no names,
// no words, no addresses, no secrets.
package signaling
