// Package signalingtest is a browser in Go: a websocket and a Pion connection
// that take a seat in a room, send sound and pictures that say whose they are,
// and tell for each slot what arrived, and from whom.
//
// Tests of the room meet several of them in a visit; Load fills a server with
// them to measure it. Nothing here imports package testing, so that a command
// may use it too.
//
// # What they send
//
// Packets shaped as Opus and VP8 are: the right payload descriptors, picture
// ids and keyframes, so that a forwarder must treat them as it would real ones.
// In the place of sound and picture is a Stamp: who sent it, in which layer, and
// when. A keyframe is sent first, and when asked for. A picture may have three
// layers, as browsers have, any of which can be made to stop.
//
// # What lies between
//
// A Link is the network one way: so many bits a second, a queue, loss. A Browser
// says what came and when, asks for what did not, and sends again what it is
// asked for, all as browsers do, so that what a server makes of a network can be
// seen from end to end.
package signalingtest
