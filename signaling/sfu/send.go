package sfu

import (
	"encoding/binary"
	"errors"
	"strconv"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/sdp/v3"
	"github.com/pion/webrtc/v4"
)

const (
	// resendsPerTick bounds what one receiver can have us send again: more in a
	// tenth of a second is an attack, or a network that repair makes worse.
	resendsPerTick = 128
	// originalNumber is what a retransmission's payload begins with (RFC 4588, 4):
	// the number it had at first.
	originalNumber = 2
)

// send writes a packet under our numbers, unless it was before. It reports false
// if the connection is not up yet, in which case it is as if nothing had been sent.
func (st *stream) send(p *packet, now time.Time) bool {
	seq, ts := p.seq+st.seq, p.ts+st.ts
	if !st.sent.open(seq) {
		return true
	}
	payload := p.payload
	switch {
	case st.kind == Audio:
		payload, st.header.PayloadType = st.repeated(p)
	case st.picture&pictureBits != 0 || st.level != 0:
		payload = st.altered(p)
	}
	st.header.Marker, st.header.SequenceNumber, st.header.Timestamp = p.marker, seq, ts
	if !st.write(&st.header, payload, now) {
		return false
	}
	st.packets++
	st.octets += uint32(len(payload))
	if st.sent.mark(seq) {
		st.note(p, ts, now)
	}
	return true
}

// write numbers a packet and hands it to the connection. With an error it is
// lost, as datagrams may be; the connection's end we learn elsewhere.
func (st *stream) write(header *rtp.Header, payload []byte, now time.Time) bool {
	size := len(payload) + int(header.PaddingSize) + overhead
	if st.outlet != nil {
		binary.BigEndian.PutUint16(st.number[:], st.outlet.number(size, st.probe, now))
	}
	n, err := st.out.WriteRTP(header, payload)
	if n == 0 && err == nil {
		return false
	}
	st.rate.add(size)
	st.sentBytes += uint64(size)
	return true
}

// note records the newest packet sent.
func (st *stream) note(p *packet, ts uint32, now time.Time) {
	st.newestTS, st.newestAt = ts, now
	if p.vp8.pictureAt != 0 {
		st.lastPicture = p.vp8.picture + st.picture
	}
	if p.vp8.levelAt != 0 {
		st.lastLevel = p.vp8.level + st.level
	}
	if p.seq-st.first > 2*lateBy {
		st.first = p.seq - lateBy // or numbers half a round later would look earlier
	}
}

// altered returns the payload with our picture id and level in place of the source's.
func (st *stream) altered(p *packet) []byte {
	buf := st.room(len(p.payload))
	copy(buf, p.payload)
	p.vp8.shift(buf, st.picture, st.level)
	return buf
}

// room returns n bytes of scratch, with room before them for an original number.
func (st *stream) room(n int) []byte {
	if len(st.scratch) < n+originalNumber {
		st.scratch = make([]byte, max(n, ringCell)+originalNumber)
	}
	return st.scratch[originalNumber : originalNumber+n]
}

// resend sends again what the receiver missed. It reports false if for now that
// is enough.
func (st *stream) resend(seq uint16, now time.Time) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	of := seq - st.seq
	if st.current == nil || st.out == nil || st.resends >= resendsPerTick || st.kind == Audio {
		return false // sound would not be the same again
	}
	if !st.sent.was(seq) || int16(of-st.first) < 0 {
		return true
	}
	p, ok := st.current.recall(of, st.room(ringCell))
	if !ok {
		return true
	}
	p.vp8.shift(p.payload, st.picture, st.level) // in our own copy
	st.resends++
	header, payload := &st.header, p.payload
	if st.again.SSRC != 0 {
		header, payload = &st.again, st.scratch[:originalNumber+len(p.payload)]
		binary.BigEndian.PutUint16(payload, seq)
		header.SequenceNumber++
	} else {
		header.SequenceNumber = seq // every byte as it was before
	}
	header.Marker, header.Timestamp = p.marker, p.ts+st.ts
	if st.write(header, payload, now) {
		st.resent++
		st.forwarded++
	}
	return true
}

// canPad reports whether packets of nothing can be sent: they go by the way of
// retransmissions, where nobody minds a number without content.
func (st *stream) canPad() bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.out != nil && st.outlet != nil && st.again.SSRC != 0
}

// pad sends a packet of nothing, for the receiver to say when it came.
func (st *stream) pad(size uint8, probe uint16, now time.Time) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.out == nil || st.outlet == nil || st.again.SSRC == 0 {
		return
	}
	header := &st.again
	header.SequenceNumber++
	header.Marker, header.Timestamp = false, st.newestTS
	header.Padding, header.PaddingSize = true, size
	st.probe = probe
	st.write(header, nil, now)
	st.probe = 0
	header.Padding, header.PaddingSize = false, 0
}

var errNoCodec = errors.New("sfu: the receiver took neither codec")

// Bind is called by Pion when the answer is settled.
func (st *stream) Bind(ctx webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	agreed := ctx.CodecParameters()
	var redundant uint8
	for _, codec := range agreed {
		if codec.MimeType == repeatsCodec.MimeType && st.kind == Audio {
			redundant = uint8(codec.PayloadType) // it is offered before the plain one: preferred
		}
		if codec.MimeType != st.mime {
			continue
		}
		st.mu.Lock()
		defer st.mu.Unlock()
		st.out = ctx.WriteStream()
		st.header = rtp.Header{Version: 2, PayloadType: uint8(codec.PayloadType), SSRC: uint32(ctx.SSRC())}
		st.plain, st.redundant = uint8(codec.PayloadType), redundant
		if repair, ok := repairOf(codec.PayloadType, agreed); ok {
			st.again = rtp.Header{Version: 2, PayloadType: uint8(repair), SSRC: uint32(ctx.SSRCRetransmission())}
		}
		st.numberBy(ctx.HeaderExtensions())
		return codec, nil
	}
	return webrtc.RTPCodecParameters{}, errNoCodec
}

// numberBy has packets carry transport-wide numbers, if that was agreed. A
// picture without retransmissions of its own does without: to send a packet
// again under its number it must be the same to the byte, and would not be.
func (st *stream) numberBy(agreed []webrtc.RTPHeaderExtensionParameter) {
	for _, extension := range agreed {
		if extension.URI != sdp.TransportCCURI || extension.ID < 1 || extension.ID > 14 ||
			st.kind == Video && st.again.SSRC == 0 {
			continue
		}
		for _, header := range []*rtp.Header{&st.header, &st.again} {
			// Cannot fail with an id of the one-byte form and two bytes.
			_ = header.SetExtension(uint8(extension.ID), st.number[:])
		}
		return
	}
	st.outlet = nil
}

// Unbind is called by Pion when the connection closes.
func (st *stream) Unbind(webrtc.TrackLocalContext) error {
	st.mu.Lock()
	st.out = nil
	st.mu.Unlock()
	return nil
}

// repairOf returns the payload type of the retransmissions of another.
func repairOf(of webrtc.PayloadType, agreed []webrtc.RTPCodecParameters) (webrtc.PayloadType, bool) {
	for _, codec := range agreed {
		if codec.MimeType == webrtc.MimeTypeRTX && codec.SDPFmtpLine == "apt="+strconv.Itoa(int(of)) {
			return codec.PayloadType, true
		}
	}
	return 0, false
}

// ID is the track's id in the answer.
func (st *stream) ID() string { return st.id }

// RID is empty: what is sent has one layer.
func (st *stream) RID() string { return "" }

// StreamID is the slot's id in the answer: what is played in step.
func (st *stream) StreamID() string { return st.group }

// Kind is Pion's word for the stream's kind.
func (st *stream) Kind() webrtc.RTPCodecType { return st.kind.codecType() }
