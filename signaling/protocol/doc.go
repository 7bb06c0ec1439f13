// Package protocol is the language of the room's websocket: one Go type for
// each frame, and how a frame is read and written.
//
// PROTOCOL.md, beside this file, is the protocol; this package says it in Go.
// The frames a browser sends are Requests, those the server sends are Notices.
// Both are sealed, so that the frames are exactly the types of this package.
//
// Decoding is strict about what it is given and generous about what it is not:
// a frame must be one JSON object of a known type with its fields in bounds,
// but fields nobody has heard of are ignored, so that either end may be newer.
//
// Nothing here knows a socket, a clock or a room. Who may send what, and when,
// is decided where the room is, in package signaling.
package protocol
