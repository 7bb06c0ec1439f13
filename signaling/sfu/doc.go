// Package sfu moves sound and pictures between people's connections, and knows
// nothing of rooms.
//
// A Peer is one browser's connection. The browser offers once, with a section
// of each kind to send and a number of slots to receive; Connect answers once.
// From then on nothing is negotiated but ICE restarts: Show says whose sound or
// picture flows in which slot, and that is all.
//
//	browser ──▶ source ──┬──▶ stream (a slot of one Peer) ──▶ browser
//	                     └──▶ stream (a slot of another)  ──▶ browser
//
// # What flows
//
// A source is what a Peer sends of one kind. It has one goroutine, which reads
// a packet, keeps it in a ring for repair, and hands it to each stream that
// shows it. A stream keeps its SSRC for life: when it changes source, it goes
// on with its own numbering, timestamps and VP8 picture ids, so that a receiver
// sees one unbroken stream which once had a keyframe. Nothing is copied on the
// way but by the encryption, and nothing is allocated by this package.
//
// # Repair
//
// We answer a receiver's NACK from the source's ring, and send NACKs ourselves
// for what did not reach us. There is one ring for a source, not one for each
// receiver; it is allocated when somebody first watches, and freed with the
// source. Requests for keyframes from all receivers become at most one every
// keyframeEvery. We report to the sender what arrived when (transport-wide
// feedback), so that a browser raises its bitrate beyond the one it begins at.
//
// # Lip sync
//
// Sender reports are made anew for each stream on one clock, that of the server:
// a sender's own clock is moved by an amount measured once, the same for its
// sound as for its picture.
//
// # Security
//
// The server is ICE-lite. It sends to an address only when a check has come
// from it that proves knowledge of the connection's password; candidates in an
// offer are thrown away, and offers claiming to be ICE-lite are refused, so
// nobody can have us send packets at a stranger. DTLS fingerprints are checked
// by Pion, as are SRTP replays.
//
// # The engine
//
// Connections are pion/webrtc's, with none of its interceptors, which cost half
// of everything. The parts that know RTP (packet, vp8, ring, gaps, stream) know
// nothing of Pion but a writer, and can be moved onto a leaner engine.
package sfu
