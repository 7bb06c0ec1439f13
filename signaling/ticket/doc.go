// Package ticket is short, signed leave to take one seat in one room.
//
// Whoever decides who may visit (it is not this package, and not the room)
// seals a Ticket and gives it to the browser; the browser gives it to the room
// in the first frame of its websocket, never in a URL; the room opens it. The
// two need share only a key, and the room needs no database to know who came.
//
// # Form
//
//	base64url(JSON) "." base64url(HMAC-SHA256(key, base64url(JSON)))
//
// There is one algorithm and nothing in a ticket names it, so none can be
// swapped in. The signature covers the audience, so that a key used elsewhere
// by mistake makes no tickets. A ticket is not secret from its holder and holds
// nothing the holder may not know.
//
// # Life
//
// A ticket lives MaxLife at most, whatever it says, and opens a seat once: the
// room remembers its ID for as long as it lives. Somebody already seated comes
// back with the secret the room gave them, or with a new ticket.
package ticket
