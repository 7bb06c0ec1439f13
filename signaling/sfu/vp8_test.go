package sfu

import (
	"bytes"
	"testing"
)

func TestVP8Descriptors(t *testing.T) {
	for _, tt := range []struct {
		name string
		wire []byte
		want vp8
	}{
		{"empty", nil, vp8{}},
		{"shortest keyframe", []byte{0x10, 0x00}, vp8{starts: true}},
		{"shortest other frame", []byte{0x10, 0x01}, vp8{}},
		{"the middle of a keyframe", []byte{0x00, 0x00}, vp8{}},
		{"another partition", []byte{0x11, 0x00}, vp8{}},
		{"as Chromium sends", []byte{0x90, 0xE0, 0x92, 0x34, 0x07, 0x20, 0x00},
			vp8{starts: true, pictureAt: 2, picture: 0x1234, levelAt: 4, level: 7}},
		{"a short picture id", []byte{0x90, 0x80, 0x12, 0x00}, vp8{starts: true}},
		{"a level alone", []byte{0x90, 0x40, 0x07, 0x01}, vp8{levelAt: 2, level: 7}},
		{"cut off in the picture id", []byte{0x90, 0x80, 0x92}, vp8{}},
		{"cut off before the frame", []byte{0x90, 0x80, 0x92, 0x34}, vp8{pictureAt: 2, picture: 0x1234}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := parseVP8(tt.wire); got != tt.want {
				t.Errorf("parseVP8 = %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestVP8ShiftGoesRound(t *testing.T) {
	wire := []byte{0x90, 0xE0, 0xFF, 0xFF, 0xFF, 0x20, 0x00}
	parseVP8(wire).shift(wire, 2, 2)
	if want := []byte{0x90, 0xE0, 0x80, 0x01, 0x01, 0x20, 0x00}; !bytes.Equal(wire, want) {
		t.Errorf("shifted to %x, want %x", wire, want)
	}
}
