package signalingtest

import (
	"sync"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
)

const (
	// repairEvery is how often a Browser says what came and asks for what did not:
	// as browsers do.
	repairEvery = 50 * time.Millisecond
	// askTimes is how often it asks for one packet.
	askTimes = 10
	// missingMost is how many packets it asks for at a time.
	missingMost = 128
	// keptPackets is how many packets a sender keeps to send again.
	keptPackets = 512
)

// tellArrivals tells the server what came when, and asks for what did not, until
// the Browser is closed.
func (b *Browser) tellArrivals() {
	defer b.work.Done()
	ticker := time.NewTicker(repairEvery)
	defer ticker.Stop()
	for {
		select {
		case <-b.stop:
			return
		case <-ticker.C:
		}
		var said []rtcp.Packet
		b.arriving.Lock()
		if b.wideID != 0 {
			said = b.arrivals.BuildFeedbackPacket()
		}
		b.arriving.Unlock()
		b.mu.Lock()
		slots := b.got
		b.mu.Unlock()
		for _, s := range slots {
			s.mu.Lock()
			if ask := s.missing.ask(); len(ask) > 0 {
				said = append(said, &rtcp.TransportLayerNack{
					SenderSSRC: 1, MediaSSRC: s.missing.ssrc, Nacks: rtcp.NackPairsFromSequenceNumbers(ask),
				})
			}
			s.mu.Unlock()
		}
		if len(said) > 0 {
			_ = b.pc.WriteRTCP(said) // to nobody, before it is up and after
		}
	}
}

// missing are the packets of a slot's picture that have not come.
type missing struct {
	any     bool
	ssrc    uint32
	newest  uint16
	holes   map[uint16]int // how often asked for, by number
	givenUp int
}

func (m *missing) note(header *rtp.Header) {
	if m.holes == nil {
		m.holes = map[uint16]int{}
	}
	ahead := int16(header.SequenceNumber - m.newest)
	switch {
	case !m.any:
		m.any, m.ssrc, m.newest = true, header.SSRC, header.SequenceNumber
	case ahead <= 0:
		delete(m.holes, header.SequenceNumber)
	default:
		for seq := m.newest + 1; seq != header.SequenceNumber; seq++ {
			m.holes[seq] = 0
		}
		m.newest = header.SequenceNumber
	}
}

func (m *missing) ask() (all []uint16) {
	for seq, times := range m.holes {
		switch {
		case times == askTimes:
			delete(m.holes, seq)
			m.givenUp++
		case len(all) < missingMost:
			m.holes[seq]++
			all = append(all, seq)
		}
	}
	return all
}

// kept is what a sender has sent and may be asked for again.
type kept struct {
	mu      sync.Mutex
	packets map[uint16]rtp.Packet
}

func (k *kept) put(header *rtp.Header, payload []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.packets == nil {
		k.packets = map[uint16]rtp.Packet{}
	}
	delete(k.packets, header.SequenceNumber-keptPackets)
	k.packets[header.SequenceNumber] = rtp.Packet{Header: header.Clone(), Payload: append([]byte(nil), payload...)}
}

func (k *kept) get(seq uint16) (rtp.Packet, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	p, ok := k.packets[seq]
	return p, ok
}
