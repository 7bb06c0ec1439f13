// Package port makes one TCP port serve everything that a call needs.
//
// Many hospital networks let out one thing: TCP to port 443. So pages,
// websockets, media over TCP and the relay all live there, and are told apart by
// the first bytes that the other end sends, of which there are ten at most:
//
//	an upper-case letter              HTTP             pages
//	16 03                             TLS              unwrapped, then looked at again
//	.. .. .. .. 21 12 A4 42           STUN             the relay (TURN)
//	LL LL .. .. .. .. 21 12 A4 42     STUN in a frame  media (ICE-TCP, RFC 4571)
//
// No two of them can be confused: a method of HTTP is letters, whose bytes no
// STUN message begins with, and 21 12 A4 42, the magic cookie, can't stand at both
// places at once. Whatever else comes is closed.
//
// # Doors
//
// Each kind has a door, which is a net.Listener. A door that nobody has asked
// for is shut: what is meant for it is closed. Over a port with TLS, pages that
// are asked for without it come to a door of their own, which can send them on.
//
// # Strangers
//
// A connection is a stranger until it has shown that it has business here, which
// is for the layer above to say, by Known: a whole request of HTTP, a credential
// of the relay, a check for a connection that we have answered. That is one
// notion with one bound for everything that can be done to us by not speaking,
// or slowly: half-open connections, TLS handshakes that stop, headers that come
// a byte at a time, idle ones between two requests. There are at most
// Config.MaxStrangers, and none, but for the idle, is one for longer than
// Config.KnownWithin. When there is one too many, the oldest of those from
// whichever network has most of them must go: so neither does a flood from one
// place keep out anybody from another, nor one from everywhere keep out those
// who speak at once.
//
// # What it does not do
//
// It holds no connection after handing it over, and knows nothing of what is
// said on it. Each connection is looked at in a goroutine of its own; a fault in
// it ends that connection alone.
package port
