package sfu

import (
	"io"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/transport/v4/packetio"
)

const (
	// maxSSRCs is how many streams one connection may bring or speak of, of media and
	// of reports. A browser has two for each layer and a few for each slot. More is a
	// flood: the first of them are what there is, and the rest is dropped.
	maxSSRCs = 64
	// floodSSRCs is when it is enough: Pion remembers each for as long as the
	// connection lives, so one that brings so many is ended.
	floodSSRCs = 1024
)

// An intake takes what a browser sends under one SSRC, as soon as it is decrypted:
// Pion believes it to be a buffer that somebody will read. That spares a copy, a
// goroutine and a wake-up for each packet, keeps all that one browser sends in
// order, and leaves to us what an SSRC is that nobody announced.
//
// Its Write is called by one goroutine, that of the connection's media or that
// of its reports.
type intake struct {
	peer   *Peer
	ssrc   uint32
	layer  *layer // nil until known
	repair bool   // of the layer
}

// newIntake is called by Pion with the first packet of an SSRC, or before.
func (p *Peer) newIntake(of packetio.BufferPacketType, ssrc uint32) io.ReadWriteCloser {
	switch n := p.intakes.Add(1); {
	case n == floodSSRCs:
		p.run(p.endFlood) // not here: Pion holds a lock
		return deaf{}
	case n > maxSSRCs:
		return deaf{}
	case of == packetio.RTPBufferPacket:
		return &intake{peer: p, ssrc: ssrc}
	}
	return &ear{peer: p, ssrc: ssrc}
}

// endFlood ends a connection that brings more streams than any browser has.
func (p *Peer) endFlood() {
	p.sfu.cfg.Log.Warn("media: a connection was ended that brought too many streams", "streams", floodSSRCs)
	p.options.Changed(Failed)
	p.Close()
}

// Write takes one RTP packet.
func (in *intake) Write(b []byte) (int, error) {
	defer in.peer.guard()
	in.take(b, in.peer.sfu.cfg.Now())
	return len(b), nil
}

// Read has nothing: whoever reads is told that it is over.
func (*intake) Read([]byte) (int, error) { return 0, io.EOF }

// Close does nothing: there is nothing to free.
func (*intake) Close() error { return nil }

func (in *intake) take(b []byte, now time.Time) {
	agreed := &in.peer.terms
	p, ok := parse(b, &agreed.ids)
	if !ok {
		return
	}
	if p.hasWide {
		in.peer.noteArrival(&p, now)
	}
	if in.layer == nil && !in.find(&p) {
		return
	}
	repeats := false
	if in.repair {
		if !p.unwrap(in.layer.ssrc()) {
			return
		}
	} else if as := agreed.codings[p.payloadType]; as != in.layer.source.coding {
		if as != repeatedOpus || in.layer.source.coding != opus {
			return // comfort noise: nothing that was agreed
		}
		repeats = true
	}
	p.look(in.layer.source.coding)
	if p.hasLoud {
		in.layer.source.loud.hear(p.loud, now)
	}
	if repeats {
		in.takeBlocks(&p, now)
		return
	}
	in.layer.take(&p, now)
}

// find works out which layer an SSRC is: by its payload type the kind, and by
// the layer's name, which a packet carries until we have reported on it.
func (in *intake) find(p *packet) bool {
	agreed := &in.peer.terms
	as, repair := agreed.codings[p.payloadType], agreed.repair[p.payloadType]
	kind, named := Video, agreed.ids.rid
	switch {
	case repair:
		named = agreed.ids.repairedRID
	case as == opus, as == repeatedOpus:
		kind = Audio
	case as == unknown:
		return false
	}
	src := in.peer.sources[kind]
	if !src.isNamed {
		in.layer, in.repair = src.layers[0], repair
		return in.layer != nil
	}
	rank, known := ranks[string(p.extension(named))] // does not allocate
	if named == 0 || !known || src.layers[rank] == nil {
		return false
	}
	in.layer, in.repair = src.layers[rank], repair
	return true
}

// unwrap makes of a retransmission (RFC 4588) the packet it repairs. It reports
// false of one that repairs nothing, as those sent only to probe.
func (p *packet) unwrap(ssrc uint32, known bool) bool {
	if !known || len(p.payload) < originalNumber+1 {
		return false
	}
	p.seq = uint16(p.payload[0])<<8 | uint16(p.payload[1])
	p.ssrc, p.repair, p.payload = ssrc, true, p.payload[originalNumber:]
	return true
}

// An ear hears the reports that concern one SSRC, of ours or of the browser's.
// Pion hands a report to each SSRC that it names.
type ear struct {
	peer *Peer
	ssrc uint32
}

// Write takes one RTCP packet.
func (e *ear) Write(b []byte) (int, error) {
	defer e.peer.guard()
	packets, err := rtcp.Unmarshal(b)
	if err != nil {
		return len(b), nil // Pion has read it before; be safe
	}
	now := e.peer.sfu.cfg.Now()
	for _, packet := range packets {
		e.peer.hear(packet, e.ssrc, now)
	}
	return len(b), nil
}

// Read has nothing, as that of an intake.
func (*ear) Read([]byte) (int, error) { return 0, io.EOF }

// Close does nothing.
func (*ear) Close() error { return nil }

// deaf takes what is too much, and drops it.
type deaf struct{}

// Write drops what it gets.
func (deaf) Write(b []byte) (int, error) { return len(b), nil }

// Read has nothing.
func (deaf) Read([]byte) (int, error) { return 0, io.EOF }

// Close does nothing.
func (deaf) Close() error { return nil }
