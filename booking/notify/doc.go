// Package notify carries notices out of the building.
//
// An act at the desk writes the notices it owes in its own transaction, so a
// notice exists if and only if what it tells is true. The Dispatcher here takes
// them one at a time after the commit, puts each in words, hands it to the
// Sender of its channel, and writes down how that went. Nothing else in the
// program sends anything to anybody.
//
// # Once, nearly always
//
// A notice is leased before it is sent and settled after. A process that dies in
// between leaves a lease that runs out, and the notice is sent by whoever leases
// it next: none is lost, and a few may go twice. Every Sender narrows that gap
// as far as its provider allows, since the Reference of a Message is the same at
// each attempt: GOV.UK Notify is asked whether it has one already, and email
// carries it as its Message-ID.
//
// # What is tried again
//
// A Sender says of each Failure whether it is final. Only what may pass is tried
// again: a provider that is down, slow or busy, never one that has understood
// and refused. Each wait is about twice the one before. A notice whose time has
// passed is not sent at all: a reminder that comes after the visit is worse than
// none.
//
// # What is never written down
//
// A log line holds the id of a notice, its kind and a code; never a number, a
// name, a link or what a provider answered, since providers quote numbers in
// their refusals.
//
// # Words
//
// The texts are in messages, one file for each kind of notice, and may need only
// the words listed in catalogue.go. They say the hospital, never the ward: a
// locked phone lights up in front of strangers, and a ward's name can be a
// diagnosis. Nor do they name the patient. A ward may add a sentence of its own to
// some of them, as booking.Wording says: it is put in after the text is made, and no
// template ever reads it.
package notify
