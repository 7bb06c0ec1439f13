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
// In the place of sound and picture is a Stamp: who sent it, and when. A
// keyframe is sent first, and when asked for.
package signalingtest
