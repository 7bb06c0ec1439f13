package sfu

import (
	"sync"
	"time"

	"github.com/pion/rtcp"
)

// sentKept is how many packets are remembered until the receiver has said when
// they came: 2 s at 4 Mbit/s. A divisor of 65,536.
const sentKept = 1024

// An outlet numbers all that one Peer is sent, whichever the stream, and
// remembers what was sent when, until the Peer has said when it came.
type outlet struct {
	mu      sync.Mutex
	next    uint16
	began   time.Time
	packets [sentKept]sentPacket
	epoch   epoch
	acks    []ack // reused
}

type sentPacket struct {
	at     time.Duration // since the outlet began
	size   uint16        // bytes on the wire
	number uint16
	probe  uint16 // which probe it belongs to, 0 for none
	open   bool   // nothing was said of it yet
}

// An ack is what a receiver says of one packet.
type ack struct {
	sent  time.Duration // since the outlet began
	came  time.Duration // by the receiver's clock, since an instant of its own
	size  int
	probe uint16
	lost  bool
}

// number gives the next packet its number. It may belong to a probe.
func (o *outlet) number(size int, probe uint16, now time.Time) uint16 {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.began.IsZero() {
		o.began = now
	}
	o.next++
	o.packets[o.next%sentKept] = sentPacket{
		at: now.Sub(o.began), size: uint16(size), number: o.next, probe: probe, open: true,
	}
	return o.next
}

// heard matches what a receiver says with what was sent. A packet that came is
// told of once; so is one that did not. What is returned is good until the next
// call; of calls there is one at a time.
func (o *outlet) heard(report *rtcp.TransportLayerCC) []ack {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.acks = o.acks[:0]
	at := o.epoch.since(report.ReferenceTime)
	r := ackReader{number: report.BaseSequenceNumber, left: int(report.PacketStatusCount), deltas: report.RecvDeltas}
	for _, chunk := range report.PacketChunks {
		switch chunk := chunk.(type) {
		case *rtcp.RunLengthChunk:
			for range chunk.RunLength {
				if !o.ack(&r, chunk.PacketStatusSymbol, &at) {
					return o.acks
				}
			}
		case *rtcp.StatusVectorChunk:
			for _, symbol := range chunk.SymbolList {
				if !o.ack(&r, symbol, &at) {
					return o.acks
				}
			}
		}
	}
	return o.acks
}

// An ackReader walks through a report.
type ackReader struct {
	number uint16
	left   int // packets
	deltas []*rtcp.RecvDelta
}

// ack notes what is said of one packet. It reports whether there may be more.
func (o *outlet) ack(r *ackReader, symbol uint16, at *time.Duration) bool {
	if r.left == 0 {
		return false
	}
	came := symbol == rtcp.TypeTCCPacketReceivedSmallDelta || symbol == rtcp.TypeTCCPacketReceivedLargeDelta
	if came {
		if len(r.deltas) == 0 {
			return false
		}
		*at += time.Duration(r.deltas[0].Delta) * time.Microsecond
		r.deltas = r.deltas[1:]
	}
	p := &o.packets[r.number%sentKept]
	if p.open && p.number == r.number {
		p.open = false
		o.acks = append(o.acks, ack{sent: p.at, came: *at, size: int(p.size), probe: p.probe, lost: !came})
	}
	r.number++
	r.left--
	return r.left > 0
}

const (
	// epochUnit is that of a report's reference time, which has 24 bits.
	epochUnit = 64 * time.Millisecond
	epochBits = 24
)

// An epoch makes reference times, which begin again every twelve days, go on.
type epoch struct {
	any  bool
	last uint32
	at   time.Duration
}

func (e *epoch) since(reference uint32) time.Duration {
	if !e.any {
		e.any, e.last = true, reference
	}
	step := int32((reference-e.last)<<(32-epochBits)) >> (32 - epochBits)
	e.at += time.Duration(step) * epochUnit
	e.last = reference
	return e.at
}
