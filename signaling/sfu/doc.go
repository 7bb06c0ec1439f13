// Package sfu moves sound and pictures between people's connections, and knows
// nothing of rooms.
//
// A Peer is one browser's connection. The browser offers once, with a section
// of each kind to send and a number of slots to receive; Connect answers once.
// From then on nothing is negotiated but ICE restarts: Show says whose sound or
// picture flows in which slot, Want how large it is on the receiver's screen,
// and that is all.
//
//	            ┌─ layer h ─┐
//	browser ──▶ ├─ layer m ─┤ source ──┬──▶ stream (a slot of one Peer) ──▶ browser
//	            └─ layer l ─┘          └──▶ stream (a slot of another)  ──▶ browser
//
// # What flows
//
// A source is what a Peer sends of one kind: the sound, or the picture in up to
// three layers of one size each. Packets are taken where Pion has decrypted them
// (intake), kept in their layer's ring for repair, and handed to each stream that
// uses the layer. A stream keeps its SSRC for life: when it changes source or
// layer, it goes on with its own numbering, timestamps and VP8 picture ids, so
// that a receiver sees one unbroken stream which once had a keyframe. Pictures
// are not copied on the way but by the encryption, and nothing is allocated by
// this package.
//
// # Layers
//
// Browsers stop and begin sending layers as their network and power allow, so
// the choice is among those of which something came lately. A stream goes from
// one layer to another only at a keyframe of the other, which is asked for, and
// shows the old until then. Each layer has timestamps of its own; the sender's
// reports say which of them are the same moment, and without reports the time
// passed does.
//
// # Who gets what
//
// Ten times a second each Peer is steered: what its network is believed to
// carry, less what its sound takes, is allotted to its slots (allot, a function
// of values alone). Whoever has priority comes first: for a deaf person the
// interpreter's hands are the words. Then everybody gets the lowest layer, then
// one more in turn, and nobody more than their size on the screen has use for.
// A picture that does not fit at all is held back, the receiver is told
// (Options.Paused), and it comes back by itself. To go up needs a margin, and
// what went up in vain stays down a while, longer each time, so that nothing
// flaps. Sound is never allotted: it is always sent.
//
// # The estimate
//
// Every packet to a receiver that can say when packets came carries a
// transport-wide number; from what it says an estimator works out what the
// network carries, by the growing of its queue (trend) and by loss (lossLimit),
// after draft-ietf-rmcat-gcc-02 with what browsers changed since. Two things are
// our own. Loss that stays when less is sent is the network's own and no reason
// to send less still; and when nothing at all came for a while that was an outage,
// as of a phone that changes its network, and is no loss either.
//
// An estimate knows only what was tried. While somebody has use for more than
// they get, the network is probed: a few packets of padding, sent at the rate
// that would be needed. If they come at that rate, it is the estimate. So a
// picture is back some seconds after a bad stretch, and a call on a LAN, which
// begins at firstEstimate, is at its best after one or two.
//
// Of a receiver that cannot say when packets came, its receiver reports are used.
//
// # Repair
//
// We answer a receiver's NACK from the layer's ring, and send NACKs ourselves for
// what did not reach us. There is one ring for a layer, not one for each
// receiver; it is allocated when somebody first watches, and freed when nobody
// does. Where it was agreed, what is sent again goes by a stream of its own (RTX,
// RFC 4588), both ways; else under its own number, the same to the byte. Requests
// for keyframes from all receivers become at most one every keyframeEvery for
// each layer.
//
// Sound that is asked for again comes too late, and must not go out again under
// its number if it is not the same to the byte. So it is repeated beforehand, if
// that was agreed (RED, RFC 2198; redundancy): a browser puts the frame before
// into each packet, and we take packets apart, whole again where one was lost,
// and make them up anew for each receiver, with no, one or two earlier frames,
// by what its network loses and carries. Of a network that takes pictures at all
// the voices are a small part, and two earlier frames mend most bursts. Who does
// not know of it gets the frames alone, those mended too.
//
// Where a network is so narrow that two voices hardly fit, the heads of packets
// are most of it. There the senders can do what we cannot: Sparing says of each
// whether somebody needs them to send fewer, larger packets and smaller pictures.
//
// We report to the sender what arrived when (transport-wide feedback), so that a
// browser raises its bitrate beyond the one it begins at.
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
// What a browser sends is authentic, not well-meant. Everything it can make grow
// is bounded: SSRCs, NACKs answered, keyframes asked, gaps remembered. No number
// of a stream is encrypted twice with another content, whatever a sender repeats
// or repairs, for that would give its key away (window). What goes wrong for one
// Peer ends that Peer.
//
// # The engine
//
// Connections are pion/webrtc's, with none of its interceptors, which cost half
// of everything, and none of its tracks on the way in, which cost a goroutine, a
// wake-up and a copy each. The parts that know RTP (packet, vp8, h264, ring, gaps,
// layer, redundancy, stream) and those that know networks (trend, loss, estimate,
// allot) know nothing of Pion but a writer, and can be moved onto a leaner engine.
package sfu
