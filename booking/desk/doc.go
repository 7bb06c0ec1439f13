// Package desk is what people can ask for: one method for each act of a
// relative, a nurse, an interpreter or an iPad.
//
// # An act
//
// Every act that changes something has one shape, and nothing else: load, ask
// whether the actor may, decide with a pure rule of booking, save, record. All
// of it is one transaction of booking/store, so a fact, its audit event and the
// notices it owes to people exist together or not at all. An act may be run
// again from the start when it loses a race, so nothing leaves the process
// inside it: what must leave is a notice in the outbox, and what the rooms must
// hear, web tells them after the commit.
//
// # Who may
//
// An actor who may not see a thing is told that it is not there. Staff see the
// wards they hold; a relative the visits they come to and the patients whose
// circle they are in; an interpreter the visits they are asked to, never the
// patient's name; an iPad its own visits and the patient's alias. A coordinator of
// interpreters sees the visits of their wards that want one, as an interpreter would,
// and the one list of interpreters; who holds the role everywhere changes that list.
//
// # Holds
//
// A slot chosen is a visit in the state held, with reservations that expire.
// Whoever meets an expired one that is in the way ends it in their own
// transaction, so that an abandoned form never blocks anybody for longer than it
// said; Sweep ends those that nobody meets.
//
// # What a ward decides
//
// Its visiting times, closures, protected times and policy are changed by its
// managers. Each change has a preview that says which booked visits it touches,
// and an act that takes the ward first, so that of two who decide at once the
// second sees what the first did. Nothing booked is cancelled by a change: what is
// against the rules is flagged, or somebody has set the rule aside and said why.
// A held time is asked about once more when it is booked, when the ward is the
// act's own and just before the commit, so that nobody slips into a ward that
// closes.
//
// # Keys
//
// A request may arrive twice: a press that was not answered is pressed again, a
// program that was cut off asks once more. Keyed returns the desk for one such
// request. Its act is run once; asking again under the same key gives the same
// answer, the thing that was made as it stands now, also after a crash, since the
// key is kept in the transaction of the act. The same key with anything else asked
// is ErrKeyReused. A key belongs to the actor who chose it, and is forgotten after
// a week.
//
// An act that creates is written with create in the place of do, and a creation
// that says what is asked and how to find what was made.
//
// # Imports
//
// Import makes what a file of package intake says, in one transaction: each row is
// tried on its own, so that every problem is found, and with one problem nothing
// stays. It is the ward's own acts, row by row, under the same rules and
// constraints; only the grid of sessions is not asked of a visit that was promised
// elsewhere. A file is older than what the ward knows: it moves nobody, lifts no
// bar, overrules no withdrawn consent, and takes nothing away.
//
// # Devices
//
// A visit has a definite device from the moment it is held. When no single one is
// free, others change devices in the same act, and nobody who comes to them is
// told. A device that is lost, lent or given to another bay leaves its visits to
// the others of its ward in the act that says so. Whoever plans on a device reads
// it before touching it; the touch looks again, and runs the act anew, if somebody
// has changed it in between.
//
// # Interpreters
//
// An interpreter is reserved from the moment they are asked. Whoever says no, does
// not answer in time, is not heard of, is stuck or does not come is replaced by the
// next best in the act that says so; visits that lose theirs together, by time off,
// are matched together, with those that had none. What the clock alone decides is
// in FollowUpInterpreters. A family that nobody interprets for is told once, and
// decides whether to go on without.
//
// # Flags
//
// Whatever troubles a booked visit is worked out anew from how things stand, by
// review, at the end of the act that changed them; so a flag opens when its cause
// does and closes when it goes, and nobody keeps count. The sweep finds what time
// brings, and what two acts that did not see each other both missed.
//
// # Coming and going
//
// Where a patient is follows from all that is known of their movements, in order of
// when they happened. Staff and a hospital's own system tell of them by the same
// acts, in any order and as often as they like; each is one transaction, in which
// stays, visits, flags and tasks follow. See rehome.go, and merge.go for two records
// of one person.
//
// # Places
//
// Administrators keep sites, wards, bays and beds; they see how many patients and
// visits a change touches, and never whose. Nothing is removed, since visits and
// stays are history: a ward or a bed is closed. A ward with visits booked, and a bed
// with somebody in it, are not; the database holds both sides to the second. A page
// that shows what is true no more is told who changed it.
//
// # How an iPad is known
//
// An iPad's browser makes a key that cannot be read out of it, and signs with it: when
// it is paired, for a cookie that is good for five minutes, and for each seat that it
// takes in a room. A cookie that somebody copied ends when the iPad renews its own, at
// most five minutes later, and never gives a seat. Whoever copies all that a browser
// keeps may have the key as well; a chain of links, of which each can be shown once,
// tells within two minutes of both being awake that there are two. Then neither goes
// on, and staff are told. No clock of an iPad is believed in any of this.
//
// iPads that were paired before there were keys held a secret that could be copied.
// They are unpaired by the migration, and paired again as new ones are.
//
// # Figures
//
// How visits are used is counted by the database ward by ward (booking.Tally) and told
// coarsely (booking.Figures): no page sees a count. How long a ward takes to open a visit
// is from the last Start to the first person let in, the only part of the work of staff
// that is written down as it happens.
//
// # How it was
//
// Whoever was at a visit is asked how it was, until it is no longer fresh to them; on
// the iPad for minutes only, since it goes on to somebody else. An answer is one row
// for each person and visit. The audit says that somebody answered, never what. The
// ward reads the words without who said them, unless they allowed it.
//
// # Secrets
//
// Links, one-time codes, pairing codes and device keys are kept only as hashes.
// A link alone opens nothing: the code that opens it goes to the same phone.
//
// # Second factors
//
// Somebody who works here may have, and in some roles must have, an app that makes
// codes besides their password. While they must and have none, they hold no role, so
// that every page, act and room refuses them by itself; only their own page, on which
// they set one up, does not ask. A code opens one door once: the step it is of is a row
// whose primary key the second user breaks. Five wrong ones close the second step for a
// quarter of an hour, and thirty one after another close it for codes of apps until a code
// on paper or an administrator opens it (NIST SP 800-63B, section 5.2.2, allows a hundred);
// nobody meets it without the password, so a stranger cannot lock anybody out of it.
// Adding or removing an app ends every login of its owner but the one at which they do it.
// Somebody who comes in through the hospital's own accounts is asked there, and not here.
//
// # One after another at a shared screen
//
// Between a patient's bed and the next, nobody types a password and a code. Whoever has
// signed in in full in a browser may come back to it for a shift with six digits of their
// own. The browser is known by a mark that only it has; without that a PIN opens nothing,
// so that one that is overlooked is worth nothing at another screen. The fifth wrong one
// has the browser forget whose it was, and nothing else: nobody can lock a colleague out,
// and there is nothing to wait for. A browser forgets somebody who signs out, and everybody
// whose logins are ended. A PIN does not let in whoever holds a role everywhere, nor
// whoever comes in through the hospital's own accounts, who must be able to end what they
// let in. It is hashed as a password is, but with a key first: a million of them would
// otherwise be tried in an afternoon by whoever has the table.
//
// The secret of an app has to be read again, so it cannot be hashed. It is sealed with
// AES-256-GCM by a key derived from Pepper, and bound to its owner and row. That keeps
// whoever sees the table, a query of it or a part of a backup from making codes. It
// does not keep whoever has the whole database from it, as the program keeps Pepper
// there too, so that a restored backup is a working hospital and no key can be lost
// apart from it. Codes on paper have sixty bits, and are kept as keyed hashes.
package desk
