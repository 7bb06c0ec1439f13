package sfu

import (
	"time"

	"github.com/pion/rtcp"
)

// reception is what a receiver report says of a source (RFC 3550, 6.4.1 and A).
type reception struct {
	any     bool
	ssrc    uint32
	first   uint32 // extended by the rounds of the 16-bit number
	highest uint32
	packets uint32
	transit uint32  // in units of the clock
	jitter  float64 // likewise

	expectedBefore, packetsBefore uint32 // at the last report
	lost                          uint8  // of 256, as last reported
}

func (r *reception) newest() uint16 { return uint16(r.highest) }

func (r *reception) note(p *packet, clock uint32, now time.Time) {
	if !r.any || p.ssrc != r.ssrc {
		*r = reception{any: true, ssrc: p.ssrc, first: uint32(p.seq), highest: uint32(p.seq)}
	}
	r.packets++
	ahead := int16(p.seq - r.newest())
	if ahead > 0 {
		r.highest += uint32(ahead)
	}
	arrived := uint32(uint64(now.UnixMicro()) * uint64(clock) / 1e6)
	transit := arrived - p.ts
	if r.transit != 0 && ahead > 0 {
		d := int32(transit - r.transit)
		r.jitter += (float64(max(d, -d)) - r.jitter) / 16
	}
	r.transit = transit
}

func (r *reception) report() rtcp.ReceptionReport {
	expected := r.highest - r.first + 1
	newly, came := expected-r.expectedBefore, r.packets-r.packetsBefore
	r.expectedBefore, r.packetsBefore = expected, r.packets
	r.lost = 0
	if newly > came {
		r.lost = uint8(min(255, (newly-came)*256/newly))
	}
	var total uint32
	if expected > r.packets {
		total = min(expected-r.packets, 1<<23-1)
	}
	return rtcp.ReceptionReport{
		SSRC: r.ssrc, FractionLost: r.lost, TotalLost: total, LastSequenceNumber: r.highest, Jitter: uint32(r.jitter),
	}
}

// A senderClock ties a source's timestamps to our time.
type senderClock struct {
	known  bool
	ntp    uint64 // of the sender's last report, by its own clock
	rtp    uint32
	offset uint64 // from its clock to ours, wrapping
	heard  time.Time
}

// at returns our time, and the timestamp the sender would give it.
func (c senderClock) at(now time.Time, clock uint32) (ntp uint64, rtp uint32, ok bool) {
	if !c.known {
		return 0, 0, false
	}
	since := now.Sub(c.heard)
	ntp = c.ntp + c.offset + ntpSpan(since)
	return ntp, c.rtp + uint32(int64(since)*int64(clock)/int64(time.Second)), true
}

// echo returns what lets the sender work out its round trip.
func (c senderClock) echo(now time.Time) (last, delay uint32) {
	if !c.known {
		return 0, 0
	}
	return uint32(c.ntp >> 16), uint32(ntpSpan(now.Sub(c.heard)) >> 16)
}

// ntpEpoch is how many seconds NTP's epoch, 1900, is before Unix's.
const ntpEpoch = 2208988800

// ntpTime is t in NTP's form: seconds in the upper half, their fraction in the lower.
func ntpTime(t time.Time) uint64 {
	return uint64(t.Unix()+ntpEpoch)<<32 | uint64(t.Nanosecond())<<32/1e9
}

func ntpSpan(d time.Duration) uint64 {
	return uint64(d/time.Second)<<32 + uint64(d%time.Second)<<32/1e9
}
