// Package login knows who is asking.
//
// A hospital's visits have four kinds of people at four doors: staff, relatives,
// interpreters, and the iPad at the bed. Each door has its own cookie and its own
// login, so that one browser can hold all four at once, as it does when somebody
// tries the practice hospital alone, and so that signing in at one door never
// touches another. Which person a page is for is said by its route, never by
// whichever cookie happens to be there.
//
// # What a cookie is worth
//
// For people it names a login, a row in the store that says who and until when.
// The store is given only the hash of it, so that a stolen backup opens nothing.
// For an iPad the cookie is a token that is good for five minutes. It gets the next
// one by signing with a key that no cookie holds; an iPad is signed out by unpairing
// it.
//
// Neither says what may be done. Each request asks the desk who this is today, so
// a role that was taken away, a bar or a lost iPad counts from the next request.
//
// # How long a login lasts
//
// The lives, and the reason for each, are beside the doors in doors.go. Two
// clocks run: one from signing in, and for some doors one from the last thing
// their holder did. Watching a page that renews itself is not doing something:
// see Doors.Recheck.
//
// # Half open
//
// Between a right password and the second step a login is half open: it says whose
// password was right, and opens nothing. See Doors.HalfSignIn. Whoever changes how they
// sign in loses every login they have, and gets a new one for the browser at hand.
//
// # One after another
//
// A browser on a ward also bears a mark, by which the desk knows who signed in there in
// full this shift and may come back with a PIN. The mark signs nobody in. Whoever signs in,
// in whatever way, gets a new login: that of whoever was there before ends, with what it
// let in.
//
// # What a login let in ends with it
//
// A page asks for itself. What goes on without asking, such as a look at who waits,
// bears the Mark of the login that it was begun by, and whoever keeps it going asks
// Holder, every second or two, whether that login still lets its owner in.
//
// # Laziness
//
// The middleware reads nothing and writes nothing by itself. A login is looked up
// when a handler first asks for it, so that a style sheet or the front page costs
// no query and is never sent with a cookie.
package login
