package sfu

import (
	"bytes"
	"testing"

	"github.com/pion/rtp"
)

func TestParseReadsWhatMatters(t *testing.T) {
	for _, tt := range []struct {
		name string
		wire []byte
		ok   bool
		want packet
	}{
		{"plain", []byte{0x80, 0xEF, 0, 7, 0, 0, 0, 9, 0, 0, 0, 5, 'a'}, true,
			packet{marker: true, seq: 7, ts: 9, ssrc: 5, payload: []byte("a")}},
		{"with a contributing source", []byte{0x81, 0x6F, 0, 7, 0, 0, 0, 9, 0, 0, 0, 5, 1, 1, 1, 1, 'a'}, true,
			packet{seq: 7, ts: 9, ssrc: 5, payload: []byte("a")}},
		{"with a one-byte extension", []byte{0x90, 0x6F, 0, 7, 0, 0, 0, 9, 0, 0, 0, 5, 0xBE, 0xDE, 0, 2, 0x10, 'm', 0, 0x31, 1, 2, 0, 0, 'a'}, true,
			packet{seq: 7, ts: 9, ssrc: 5, payload: []byte("a"), wide: 0x0102, hasWide: true}},
		{"with a two-byte extension", []byte{0x90, 0x6F, 0, 7, 0, 0, 0, 9, 0, 0, 0, 5, 0x10, 0, 0, 2, 1, 1, 'm', 3, 2, 1, 2, 0, 'a'}, true,
			packet{seq: 7, ts: 9, ssrc: 5, payload: []byte("a"), wide: 0x0102, hasWide: true}},
		{"padded", []byte{0xA0, 0x6F, 0, 7, 0, 0, 0, 9, 0, 0, 0, 5, 'a', 0, 2}, true,
			packet{seq: 7, ts: 9, ssrc: 5, payload: []byte("a")}},
		{"nothing but padding", []byte{0xA0, 0x6F, 0, 7, 0, 0, 0, 9, 0, 0, 0, 5, 0, 0, 3}, true,
			packet{seq: 7, ts: 9, ssrc: 5, payload: []byte{}}},
		{"more padding than packet", []byte{0xA0, 0x6F, 0, 7, 0, 0, 0, 9, 0, 0, 0, 5, 0, 0, 4}, false, packet{}},
		{"too short", []byte{0x80, 0, 0, 7, 0, 0, 0, 9, 0, 0, 0}, false, packet{}},
		{"another version", []byte{0x40, 0, 0, 7, 0, 0, 0, 9, 0, 0, 0, 5}, false, packet{}},
		{"an extension that is cut off", []byte{0x90, 0, 0, 7, 0, 0, 0, 9, 0, 0, 0, 5, 0xBE, 0xDE, 0, 1}, false, packet{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := parse(tt.wire, &extensions{wide: 3})
			if ok != tt.ok {
				t.Fatalf("parse = %v", ok)
			}
			if !ok {
				return
			}
			if !bytes.Equal(got.payload, tt.want.payload) {
				t.Errorf("payload %q", got.payload)
			}
			got.payload, tt.want.payload = nil, nil
			if got.seq != tt.want.seq || got.ts != tt.want.ts || got.ssrc != tt.want.ssrc || got.marker != tt.want.marker ||
				got.wide != tt.want.wide || got.hasWide != tt.want.hasWide {
				t.Errorf("parse = %+v, want %+v", got, tt.want)
			}
		})
	}
}

// FuzzParse holds our reader against Pion's.
func FuzzParse(f *testing.F) {
	for _, p := range []rtp.Packet{
		{Header: rtp.Header{Version: 2, SequenceNumber: 1, Timestamp: 2, SSRC: 3, Marker: true}, Payload: []byte{0x90, 0x80, 0x81, 0x02, 0x00}},
		{Header: rtp.Header{Version: 2, CSRC: []uint32{1, 2}}, Payload: []byte{0x10, 0x00}, PaddingSize: 4},
	} {
		for _, profile := range []uint16{oneByteForm, twoByteForm} {
			p.Header.ExtensionProfile, p.Header.Extension = profile, true
			if err := p.Header.SetExtension(3, []byte{0xAB, 0xCD}); err != nil {
				f.Fatal(err)
			}
			wire, err := p.Marshal()
			if err != nil {
				f.Fatal(err)
			}
			f.Add(wire)
		}
	}
	f.Fuzz(func(t *testing.T, wire []byte) {
		got, ok := parse(wire, &extensions{wide: 3, loud: 4, rid: 5})
		if !ok {
			return
		}
		got.look(vp8Coding)
		if got.vp8.pictureAt != 0 || got.vp8.levelAt != 0 {
			got.vp8.shift(bytes.Clone(got.payload), 1, 1) // stays within the payload
		}
		var want rtp.Packet
		if want.Unmarshal(wire) != nil || len(want.Payload) == 0 {
			return // Pion also looks into extensions that we skip
		}
		if got.seq != want.SequenceNumber || got.ts != want.Timestamp || got.ssrc != want.SSRC || got.marker != want.Marker {
			t.Fatalf("parse = %+v, Pion reads %+v", got, want.Header)
		}
		if !bytes.Equal(got.payload, want.Payload) {
			t.Fatalf("payload of %d bytes, Pion reads %d", len(got.payload), len(want.Payload))
		}
		// Pion does not read two-byte extensions with application bits, and takes
		// the first of an id whatever its length.
		if wide := want.GetExtension(3); len(wide) == 2 && (!got.hasWide || !bytes.Equal(wide, []byte{byte(got.wide >> 8), byte(got.wide)})) {
			t.Fatalf("transport-wide number %x, %v; Pion reads %x", got.wide, got.hasWide, wide)
		}
	})
}
