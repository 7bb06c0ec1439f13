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
//	       or for a database; media does not pass through it. Five times a second
//	       it looks at what comes from its people (watch).
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
// A ticket says which browser it was given to. A seat in which somebody was admitted
// is theirs in that browser: they come back to it by themselves, also over another
// browser that waits in it meanwhile (yields). Another, to which a link was sent on
// perhaps, is refused while the first is here or its seat is held, and after that is
// a newcomer, who waits for the ward; the book remembers it beyond the Room's life.
//
// # Before anybody is admitted
//
// Somebody waiting has a connection, but none of their packets is forwarded and
// none is forwarded to them; they are told nothing of who is in the room. To
// hold somebody, to cover the patient's side, to remove and to end are the same
// act of the media layer: when it has returned, not one packet more is sent.
//
// Staff may look at somebody who waits. That person is told first; only then are
// they shown, to that member of staff alone, who is outside the visit meanwhile:
// nothing passes between the patient's side and either. Who only looks is in
// nobody's list and takes nobody's place.
//
// # Whose login ends
//
// A ticket says by which login it was asked for, where that is one that may end in the
// middle: of staff, and of the iPad. While somebody is here by one, Attendance is asked
// every rollEvery whether they may be still (roll), and who may not is sent away like
// who is removed, but may come back once they are let in again.
//
// # What people are told of each other
//
// Who is here and in which slot (arrange), who speaks (voice), what is written
// (words), and what is switched on and yet does not come (trouble): to the person
// who can do something about it within ten seconds, to the others, and to the
// operator as figures and a line of the log. Words are kept in the room's memory
// alone, for those who were let in when they were said, and go with the room.
//
// How much of a picture somebody is sent follows from how large their page draws
// it (drawing); who gets it when the network carries too little, from whom they
// chose, who interprets, and who spoke last.
//
// # Bounds
//
// Frames, lines, seats, rooms, sockets that say nothing, joins being looked at,
// errands to Attendance and the time in the lobby all have one; each is a constant
// beside what it bounds. A crowd of silent sockets pushes itself out, not those
// who come (porch).
//
// # The end of a process
//
// Drain begins no visit and waits for those that go on; Stop sends everybody away
// to come back, to this process's successor.
//
// # When things go wrong
//
// A fault in what one person does, or in their media, ends that person's time
// here and nobody else's. The log names rooms and seats by their ids; no names,
// no words, no addresses, no secrets.
package signaling
