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
// # The audit
//
// Every act leaves an Event in the audit, in the transaction of the act; also one
// that only reads a patient's record, once for each reader and patient in ten
// minutes, and one that was refused because the thing is another ward's.
//
// The events are sealed into one chain for the whole database, by a sealer and
// not by the acts: were each act to hash the event before its own, no two acts could
// commit at once, and the whole trust would queue for one row. So an act writes its
// event as it is, and within about a second the sealer gives it a place in the
// chain. An event that commits late, with a lower number than some that are sealed
// already, is sealed when it is found: the chain has an order of its own, the place,
// and every event is in it once. What is not sealed yet could still be altered
// unseen; that this is seconds and no more is watched, and an alarm if it is not.
//
// The hash of a place is SHA-256 over twelve fields, each written as a netstring
// (its length in bytes in decimal, a colon, its bytes, a comma), so that no two
// events are ever written the same:
//
//	wardvisit-audit-1, the hash of the place before (for the first, 64 zeros), place,
//	sealed_at, seq, at, actor_kind, actor_id, action, subject, ward_id, reason
//
// Instants are in UTC as 2006-01-02T15:04:05.000000Z, numbers decimal, hashes and
// ids in lower case, and what is null is empty. In Python:
//
//	net = lambda *f: b"".join(b"%d:%s," % (len(x.encode()), x.encode()) for x in f)
//	hash = hashlib.sha256(net("wardvisit-audit-1", before, str(place), sealed_at, str(seq), at,
//	    actor_kind, actor_id, action, subject, ward_id or "", reason)).hexdigest()
//
// A chain by itself does not show that its end was cut off, nor that all of it was
// made anew by somebody who owns the database. Against the first, the head (the
// last place and its hash) is shown on the audit's page and written to the log
// each day, and a check can be told to expect it. Against both, a key that is kept
// outside the database can be given to the sealer: the last place of each batch then
// bears HMAC-SHA-256, by that key, of "wardvisit-audit-1 PLACE:HASH".
//
// # Refusals and faults
//
// A rule that says no returns a *Refusal, which the person asking may see.
// Any other error is a fault, which only the operator may see.
package booking
