// Package turn is a relay for people whose network lets nothing through but one
// port: a TURN server in our own process, which relays to our own media port and
// to nothing else on earth.
//
// # Who may use it
//
// A credential is made for a ticket, and is worth something for ticket.MaxLife.
// With it somebody may open four relays (a browser tries several ways at once).
// A relay that is open goes on beyond that, since a visit is longer, and dies
// with the person's seat: Revoke closes it and makes every credential of that
// seat worthless. There is no list of credentials: one is an HMAC of its name,
// which says when it was made, for which seat and for which ticket.
//
// # Where it leads
//
// To the addresses in Config.Routes, compared as whole addresses, port and all.
// That is a list of what is allowed, so whatever is not on it is refused in every
// way of writing it: private, loopback, link-local, unique local, mapped into
// IPv6, through NAT64, our own other ports. The rule is kept twice: when a
// permission is asked for, by address; and for each datagram, by address and
// port, by the relay's own socket, which neither sends nor takes anything else.
package turn
